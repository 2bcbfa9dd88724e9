package mux

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/pion/ice/v4"
	"golang.org/x/net/netutil"

	"sluice/elements/webrtc/gso"
)

const (
	// writeBuffer is how many bytes wait for a TCP peer that takes them slowly; what comes then is lost.
	writeBuffer = 1 << 20
	// firstCheck is how long a TCP connection may take to say whose it is.
	firstCheck = 5 * time.Second
	// maxConnections on a TCP port. One costs a few kB before it is known whose it is.
	maxConnections = 16384
)

func (m *Mux) listenUDP(ctx context.Context, o Options) error {
	for _, address := range o.UDP {
		list, err := o.expand(address)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("%q: no interface has an address that may be used", address)
		}
		for _, at := range list {
			var lc net.ListenConfig
			conn, err := lc.ListenPacket(ctx, "udp", at.String())
			if err != nil {
				return err
			}
			m.udp.add(gso.New(conn.(*net.UDPConn)))
		}
	}
	return nil
}

func (m *Mux) listenTCP(ctx context.Context, o Options) error {
	for _, address := range o.TCP {
		var lc net.ListenConfig
		listener, err := lc.Listen(ctx, "tcp", address)
		if err != nil {
			return err
		}
		m.listeners = append(m.listeners, listener)
		params := ice.TCPMuxParams{
			Listener: netutil.LimitListener(listener, maxConnections), ReadBufferSize: 8, WriteBufferSize: writeBuffer,
			FirstStunBindTimeout: firstCheck, AliveDurationForConnFromStun: firstCheck,
		}
		if o.Log != nil {
			params.Logger = o.Log.NewLogger("ice-tcp")
		}
		m.tcp = append(m.tcp, ice.NewTCPMuxDefault(params))
	}
	return nil
}

// expand gives a UDP address for each address of the machine, so that an answer leaves from the address that was asked.
func (o *Options) expand(address string) ([]netip.AddrPort, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(service, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%q: the port is no number up to 65535", address)
	}
	if host != "" {
		ip, err := netip.ParseAddr(host)
		if err != nil {
			return nil, fmt.Errorf("%q: the host is no IP address", address)
		}
		if !ip.IsUnspecified() {
			return []netip.AddrPort{netip.AddrPortFrom(ip.Unmap(), uint16(port))}, nil
		}
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var out []netip.AddrPort
	for _, i := range interfaces {
		if i.Flags&net.FlagUp == 0 || (len(o.Interfaces) > 0 && !slices.Contains(o.Interfaces, i.Name)) {
			continue
		}
		list, err := i.Addrs()
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if ip, ok := o.usable(a, host); ok {
				out = append(out, netip.AddrPortFrom(ip, uint16(port)))
			}
		}
	}
	return out, nil
}

// usable leaves out link-local IPv6 addresses: no peer is told of them (RFC 8445 5.1.1.1).
func (o *Options) usable(a net.Addr, host string) (netip.Addr, bool) {
	n, ok := a.(*net.IPNet)
	if !ok {
		return netip.Addr{}, false
	}
	ip, ok := netip.AddrFromSlice(n.IP)
	ip = ip.Unmap()
	switch {
	case !ok, ip.IsLinkLocalUnicast() && ip.Is6(), ip.IsMulticast(), ip.IsLoopback() && !o.Loopback, host == "0.0.0.0" && !ip.Is4():
		return netip.Addr{}, false
	}
	return ip, true
}
