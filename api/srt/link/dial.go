package link

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"

	"sluice/api/srt/wire"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// askAgain is how long an answer is waited for before a caller asks again (4.3.1).
const askAgain = 250 * time.Millisecond

// heard is a handshake, and when.
type heard struct {
	wire.Handshake
	ticks uint32
	at    time.Time
}

// Dial calls a listener at an address "host:port", until ctx is done. The connection has a socket of its own, which ends with
// it. Nobody there is fault.Unreachable; a listener that says no has the fault that fits its reason.
func Dial(ctx context.Context, address string, o Options) (*Conn, error) {
	udp, to, err := open(ctx, address, o.Reach)
	if err != nil {
		return nil, err
	}
	e := newEndpoint(udp, o)
	answers := make(chan heard, 1)
	e.shake = func(h wire.Header, body []byte, from netip.AddrPort) {
		s, err := wire.ParseHandshake(body)
		if err != nil || from != to {
			return
		}
		select {
		case answers <- heard{s, h.Time, time.Now()}:
		default:
		}
	}
	e.serve()
	c, err := e.call(ctx, to, answers)
	if err != nil {
		e.close()
		return nil, err
	}
	c.own = true
	return c, nil
}

// open finds an address and a socket that reaches it.
func open(ctx context.Context, address string, reach element.Reach) (*net.UDPConn, netip.AddrPort, error) {
	failed := func(err error) error {
		return fault.New(fault.Unreachable, "", "%s cannot be reached over UDP", address).Because(err)
	}
	// A dial of UDP sends nothing, but finds the address with ctx's patience.
	d := net.Dialer{Control: reach.Control}
	probe, err := d.DialContext(ctx, "udp", address)
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		return nil, netip.AddrPort{}, fault.New(f.Code, "", "%s: %s", address, f.Msg).Advise("%s", f.Hint)
	}
	if err != nil {
		return nil, netip.AddrPort{}, failed(err)
	}
	at, ok := probe.RemoteAddr().(*net.UDPAddr)
	_ = probe.Close()
	if !ok {
		return nil, netip.AddrPort{}, failed(nil)
	}
	to := netip.AddrPortFrom(at.AddrPort().Addr().Unmap(), uint16(at.Port))
	network := "udp6"
	if to.Addr().Is4() {
		network = "udp4"
	}
	udp, err := net.ListenUDP(network, nil)
	if err != nil {
		return nil, netip.AddrPort{}, failed(err)
	}
	return udp, to, nil
}

// call shakes hands.
func (e *endpoint) call(ctx context.Context, to netip.AddrPort, answers <-chan heard) (*Conn, error) {
	id := e.number()
	hello := wire.Handshake{Version: 4, Extension: 2, MTU: mtu, Window: window, Kind: wire.Induction, Socket: id}
	first, err := e.ask(ctx, to, hello, answers, wire.Induction)
	if err != nil {
		return nil, err
	}
	if first.Version < 5 || first.Extension != wire.Magic {
		return nil, fault.New(fault.ProtocolViolation, "", "the listener does not speak version 5 of SRT")
	}
	mine := uint16(min(e.opt.Latency.Milliseconds(), 1<<16-1))
	request := wire.Handshake{
		Version: 5, MTU: mtu, Window: window, Kind: wire.Conclusion, Socket: id, Cookie: first.Cookie, Seq: random32() & wire.MaxSequence,
		Live: &wire.Live{Version: version, Flags: wire.Usual, Receive: mine, Send: mine}, StreamID: e.opt.StreamID,
	}
	var keys *cipher
	if e.opt.Passphrase != "" {
		if keys, err = newCipher(e.opt.Passphrase, e.opt.KeyLength); err != nil {
			return nil, err
		}
		if request.KeyMaterial, err = keys.begin(); err != nil {
			return nil, err
		}
		request.Encryption = uint16(e.opt.KeyLength / 8)
	}
	second, err := e.ask(ctx, to, request, answers, wire.Conclusion)
	if err != nil {
		return nil, err
	}
	if err := usable(&second, keys != nil); err != nil {
		return nil, err
	}
	c := newConn(e, id, second.Socket, to, &second.Handshake, true)
	c.keys = keys
	c.rcv.start(request.Seq)
	c.snd.first, c.snd.next = request.Seq, request.Seq // both sides count from the caller's number
	c.rcv.clock.sync(second.ticks, second.at)
	e.add(c)
	return c, nil
}

// usable says what is wrong with an answer.
func usable(s *heard, encrypted bool) error {
	if s.Live == nil || s.MTU < overhead+188 {
		return fault.New(fault.ProtocolViolation, "", "the listener's answer is not one of live streams")
	}
	if r, no := wire.Refused(s.KeyMaterial); no {
		return refused(r)
	}
	if encrypted && s.KeyMaterial == nil {
		return refused(wire.Unsecure)
	}
	return nil
}

// ask says something again and again until it is answered.
func (e *endpoint) ask(ctx context.Context, to netip.AddrPort, s wire.Handshake, answers <-chan heard, want wire.Kind) (heard, error) {
	body := s.Append(nil, true)
	t := time.NewTicker(askAgain)
	defer t.Stop()
	for {
		e.control(to, wire.Header{Type: wire.TypeHandshake}, func(b []byte) []byte { return append(b, body...) })
		for waiting := true; waiting; {
			select {
			case h := <-answers:
				if r, no := h.Kind.Rejects(); no {
					return h, refused(r)
				}
				if h.Kind == want {
					return h, nil
				}
			case <-t.C:
				waiting = false
			case <-ctx.Done():
				return heard{}, fault.New(fault.Unreachable, "", "no SRT listener answers at %s", to).Because(ctx.Err())
			}
		}
	}
}
