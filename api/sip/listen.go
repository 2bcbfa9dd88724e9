package sip

import (
	"context"
	"net"
	"net/netip"
	"strconv"

	"sluice/api"
	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// listen binds one address at which trunks and telephones call in.
func (d *Door) listen(ctx context.Context, key string, network stack.Network, text string) error {
	at, err := place(text, d.opt.Bind)
	if err != nil {
		return err
	}
	s, err := d.trusted.Listen(ctx, network, at, gate{d})
	if err != nil {
		kind := "tcp"
		if network == stack.UDP {
			kind = "udp"
		}
		return api.Unbound(key, kind, text, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if network == stack.UDP {
		d.at = append(d.at, net.UDPAddrFromAddrPort(s.Addr()))
	} else {
		d.at = append(d.at, net.TCPAddrFromAddrPort(s.Addr()))
	}
	return nil
}

// place reads "host:port".
func place(text string, usual netip.Addr) (netip.AddrPort, error) {
	host, port, err := net.SplitHostPort(text)
	n, wrong := strconv.ParseUint(port, 10, 16)
	if err != nil || wrong != nil {
		return netip.AddrPort{}, fault.New(fault.InvalidParams, "sip.listen", "%q is no address to listen on", text)
	}
	if host == "" {
		return netip.AddrPortFrom(bound(usual), uint16(n)), nil
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.AddrPort{}, fault.New(fault.InvalidParams, "sip.listen", "%q is no IP address", host)
	}
	return netip.AddrPortFrom(a, uint16(n)), nil
}

// Endpoints implements api.Public.
func (d *Door) Endpoints() []api.Endpoint {
	const both = 2 // UDP and TCP
	return api.Endpoints("sip", "sips", "", both*len(d.opt.Listen), d.Addresses())
}
