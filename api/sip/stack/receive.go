package stack

import (
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/api/sip/stack/socket"
	"sluice/api/sip/stack/transaction"
)

// take takes what came at the port.
func (p *Socket) take(f socket.Flow, data []byte) {
	m, err := message.Parse(data)
	if err != nil {
		p.malformed(f, err)
		return
	}
	m.SetTransport(f.Network())
	m.SetSource(f.Remote().String())
	switch m := m.(type) {
	case *sip.Response:
		p.mu.Lock()
		a := p.clients[transaction.ClientKey(m)]
		p.mu.Unlock()
		if a != nil {
			a.client.Receive(m)
		}
	case *sip.Request:
		seen(m, f.Remote())
		p.request(m, back(m, f, p), len(data))
	}
}

// malformed refuses what cannot be read, if it can be told who sent it.
func (p *Socket) malformed(f socket.Flow, err error) {
	p.stack.opt.Log.Debug("a message is malformed", "remote", f.Remote(), "network", f.Network(), "err", err)
	wrong := (*message.Malformed)(nil)
	if !errors.As(err, &wrong) || wrong.Request == nil {
		return
	}
	wrong.Request.SetTransport(f.Network())
	seen(wrong.Request, f.Remote())
	_ = back(wrong.Request, f, p).Send([]byte(wrong.Refuse().String()))
}

// seen notes in the Via of a request where it came from (RFC 3261 18.2.1, RFC 3581 4).
func seen(r *sip.Request, from netip.AddrPort) {
	via := r.Via()
	asked := via.Params.Has("rport")
	if asked {
		via.Params.Add("rport", strconv.Itoa(int(from.Port())))
	}
	if asked || via.Host != from.Addr().String() {
		via.Params.Add("received", from.Addr().String())
	}
}

// back is the way of the answers to a request (RFC 3261 18.2.2, RFC 3581 4). maddr is not obeyed: it would send them to others.
func back(r *sip.Request, f socket.Flow, p *Socket) socket.Flow {
	if f.Reliable() {
		return f
	}
	if r.Via().Params.Has("rport") {
		return f
	}
	port := r.Via().Port
	if port == 0 {
		port = sip.DefaultUdpPort
	}
	return p.udp.Flow(netip.AddrPortFrom(f.Remote().Addr(), uint16(port)))
}

// broken ends what waits for answers on a connection.
func (p *Socket) broken(f socket.Flow, err error) {
	p.mu.Lock()
	var ended []*transaction.Client
	for _, a := range p.clients {
		if a.flow == f {
			ended = append(ended, a.client)
		}
	}
	p.mu.Unlock()
	for _, c := range ended {
		c.End(err)
	}
}

// request takes a request.
func (p *Socket) request(r *sip.Request, f socket.Flow, length int) {
	key := transaction.ServerKey(r)
	p.mu.Lock()
	known := p.servers[key]
	p.mu.Unlock()
	switch {
	case r.Method == sip.ACK:
		if known == nil || !known.tx.Ack() {
			p.hand(&incoming{port: p, request: r, source: addrPort(r)})
		}
	case r.Method == sip.CANCEL:
		p.cancel(r, f, known)
	case known != nil:
		known.tx.Repeated()
	default:
		p.enter(r, f, key, length)
	}
}

// enter takes a request that is new.
func (p *Socket) enter(r *sip.Request, f socket.Flow, key string, length int) {
	source := addrPort(r)
	if !p.stack.gate.enter(source.Addr(), length) {
		refuse(r, f, sip.StatusServiceUnavailable, "Service Unavailable", sip.NewHeader("Retry-After", "10"))
		return
	}
	in := newIncoming(p, r, f, key, length)
	merge := in.merge
	p.mu.Lock()
	other, merged := p.merges[merge]
	if p.closed || p.servers[key] != nil {
		p.mu.Unlock()
		in.merge = ""
		in.tx.End()
		return
	}
	p.servers[key] = in
	if merge != "" && !merged {
		p.merges[merge] = key
	}
	p.mu.Unlock()
	switch lacking := p.lacking(r); {
	case merged && merge != "" && other != key:
		in.refuse(sip.StatusLoopDetected, "Loop Detected") // the same request by two ways: RFC 3261 8.2.2.2
	case len(lacking) > 0:
		in.refuse(sip.StatusBadExtension, "Bad Extension", sip.NewHeader("Unsupported", strings.Join(lacking, ", ")))
	default:
		p.orders.put(in)
	}
}

// crowded refuses a request for which there is no room.
func crowded(in *incoming) {
	in.refuse(sip.StatusServiceUnavailable, "Service Unavailable", sip.NewHeader("Retry-After", "10"))
}

// lacking are the extensions that a request requires, and nobody here has.
func (p *Socket) lacking(r *sip.Request) (names []string) {
	for _, name := range message.Tokens(r, "Require") {
		if !contains(p.stack.opt.Supported, name) {
			names = append(names, name)
		}
	}
	return names
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if strings.EqualFold(n, name) {
			return true
		}
	}
	return false
}

// hand gives a request to the port's handler, behind those of its call.
func (p *Socket) hand(in *incoming) bool {
	return p.calls.put(in.request.CallID().Value(), func() { p.handler.Request(in) })
}

// cancel answers a CANCEL, and has its INVITE answered. Nothing is kept of it: one that comes again is answered again, just so.
func (p *Socket) cancel(r *sip.Request, f socket.Flow, invite *incoming) {
	if invite == nil || invite.request.Method != sip.INVITE {
		refuse(r, f, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	}
	refuse(r, f, sip.StatusOK, "OK")
	invite.takeBack(r)
}

// refuse answers a request that is not kept.
func refuse(r *sip.Request, f socket.Flow, code int, reason string, headers ...sip.Header) {
	res := sip.NewResponseFromRequest(r, code, reason, nil)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	_ = f.Send([]byte(res.String()))
}

// addrPort is where a request came from.
func addrPort(r *sip.Request) netip.AddrPort {
	a, _ := netip.ParseAddrPort(r.Source())
	return a
}
