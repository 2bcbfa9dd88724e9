package rtsp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bluenviron/gortsplib/v5"

	"sluice/api"
	"sluice/api/rtsp/gate"
	"sluice/engine/fault"
)

// writing is how long what was written may take to be sent, at most.
const writing = 10 * time.Second

// server is gortsplib's, with a gate of ours before it. RTSP and RTSPS have one each, since one has either TLS or not.
type server struct {
	door *Door
	key  string // of the configuration
	at   []string
	rtsp gortsplib.Server
	gate *gate.Gate
	once sync.Once

	groups groups
}

func newServer(d *Door, key string, at []string, conf *tls.Config) *server {
	const queue = 512 // packets that wait for a player's socket, where they are not written at once; a power of two
	s := &server{door: d, key: key, at: at, gate: gate.New(conf, d.opt.Idle, writing)}
	listener := func(string, string) (net.Listener, error) { return s.gate, nil }
	s.rtsp = gortsplib.Server{
		RTSPAddress: ":0", // which is not looked at
		Handler:     &handler{server: s}, ReadTimeout: d.opt.Silence, IdleTimeout: d.opt.Idle, WriteTimeout: writing,
		WriteQueueSize: queue, DisableRTCPSenderReports: true, TLSConfig: conf, Listen: listener,
		TLSListen: func(string, string, *tls.Config) (net.Listener, error) { return s.gate, nil },
	}
	return s
}

// listen binds and begins to serve.
func (s *server) listen(ctx context.Context) error {
	var wrong []error
	for _, a := range s.at {
		l, err := api.Bind(ctx, s.key, a)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		s.gate.Add(api.Limit(l, s.door.opt.Connections, s.door.opt.PerAddress))
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	if err := s.media(); err != nil {
		return err
	}
	if err := s.rtsp.Start(); err != nil {
		return fault.New(fault.Unreachable, "rtsp.udp", "the ports for media cannot be had").
			Advise("set rtsp.udp to an address with an even port that is free, as the next three are, or to nothing").Because(err)
	}
	s.gate.Open()
	return nil
}

// media says which ports the server has for media.
func (s *server) media() error {
	o := s.door.opt
	if o.UDP == "" {
		return nil
	}
	host, text, err := net.SplitHostPort(o.UDP)
	port, bad := strconv.ParseUint(text, 10, 16)
	if err != nil || bad != nil || port%2 != 0 {
		return fault.New(fault.InvalidParams, "rtsp.udp", "%q is no address with an even port", o.UDP)
	}
	switch {
	case port == 0:
		two, err := pair(host)
		if err != nil {
			return err
		}
		port = uint64(two[0].LocalAddr().(*net.UDPAddr).AddrPort().Port()) //nolint:forcetypeassert // of UDP it is one
		s.rtsp.ListenPacket = two.take
	case s.rtsp.TLSConfig != nil:
		port += 2
	}
	s.rtsp.UDPRTPAddress = net.JoinHostPort(host, strconv.FormatUint(port, 10))
	s.rtsp.UDPRTCPAddress = net.JoinHostPort(host, strconv.FormatUint(port+1, 10))
	if o.Multicast != "" && s.rtsp.TLSConfig == nil {
		s.rtsp.MulticastIPRange, s.rtsp.MulticastRTPPort, s.rtsp.MulticastRTCPPort = o.Multicast, o.MulticastPort, o.MulticastPort+1
	}
	return nil
}

// neighbours are two sockets, that with the even port first.
type neighbours [2]net.PacketConn

// pair binds two neighbouring ports that are free.
func pair(host string) (neighbours, error) {
	const tries = 1000
	for range tries {
		first, err := net.ListenPacket("udp", net.JoinHostPort(host, "0")) //nolint:noctx // it does not wait
		if err != nil {
			return neighbours{}, api.Unbound("rtsp.udp", "udp", net.JoinHostPort(host, "0"), err)
		}
		port := first.LocalAddr().(*net.UDPAddr).AddrPort().Port() //nolint:forcetypeassert // of UDP it is one
		if port%2 == 0 {
			second, err := net.ListenPacket("udp", net.JoinHostPort(host, strconv.Itoa(int(port)+1))) //nolint:noctx // as above
			if err == nil {
				return neighbours{first, second}, nil
			}
		}
		_ = first.Close()
	}
	return neighbours{}, fault.New(fault.Overloaded, "rtsp.udp", "no two neighbouring ports are free")
}

// take is gortsplib's ListenPacket: it gives what is bound already, once each, and binds what else is asked for.
func (n *neighbours) take(network, address string) (net.PacketConn, error) {
	_, port, _ := net.SplitHostPort(address)
	for i, c := range n {
		if c != nil && strings.HasSuffix(c.LocalAddr().String(), ":"+port) {
			n[i] = nil
			return c, nil
		}
	}
	return net.ListenPacket(network, address) //nolint:noctx // it does not wait
}

// close cuts off who is left and returns when nothing runs any more.
func (s *server) close() {
	s.once.Do(func() {
		opened := s.gate.End()
		if opened {
			s.rtsp.Close()
		}
	})
}
