package stack

import (
	"context"
	"crypto/rand"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack/resolve"
	"sluice/api/sip/stack/socket"
	"sluice/api/sip/stack/transaction"
	"sluice/engine/fault"
)

// Do begins a client transaction.
func (p *Socket) Do(ctx context.Context, r *sip.Request) (Transaction, error) {
	return p.do(ctx, r, path{})
}

func (p *Socket) do(ctx context.Context, r *sip.Request, by path) (Transaction, error) {
	if r.Method == sip.ACK || r.Method == sip.CANCEL {
		return nil, fault.New(fault.Internal, "sip", "%s has no transaction of its own", r.Method)
	}
	r = r.Clone()
	targets, err := p.targets(ctx, r, by)
	if err != nil {
		return nil, err
	}
	o := &outgoing{port: p, path: by, request: r, rest: targets, responses: make(chan *sip.Response, room), answered: make(chan struct{})}
	if err := o.try(ctx); err != nil {
		return nil, err
	}
	return o, nil
}

// Write sends an ACK.
func (p *Socket) Write(ctx context.Context, r *sip.Request) error { return p.write(ctx, r, path{}) }

func (p *Socket) write(ctx context.Context, r *sip.Request, by path) error {
	r = r.Clone()
	return p.each(ctx, r, by, func(f socket.Flow) error {
		p.sign(r, f)
		return f.Send([]byte(r.String()))
	})
}

// Ping sends a keep-alive.
func (p *Socket) Ping(ctx context.Context, r *sip.Request) error { return p.ping(ctx, r, path{}) }

func (p *Socket) ping(ctx context.Context, r *sip.Request, by path) error {
	return p.each(ctx, r.Clone(), by, func(f socket.Flow) error { return f.Send([]byte("\r\n\r\n")) })
}

// each sends something to the first place that takes it.
func (p *Socket) each(ctx context.Context, r *sip.Request, by path, send func(socket.Flow) error) error {
	targets, err := p.targets(ctx, r, by)
	if err != nil {
		return err
	}
	for _, t := range targets {
		var f socket.Flow
		if f, err = p.flow(ctx, t, by); err == nil {
			err = send(f)
		}
		if err == nil {
			return nil
		}
	}
	return unreachable(r, err)
}

func unreachable(r *sip.Request, err error) error {
	return fault.New(fault.Unreachable, "sip", "%s could not be sent", r.Method).Because(err)
}

// targets are the places to which a request may go, the best first. A strict router gets the request as RFC 3261 12.2.1.1 has it.
func (p *Socket) targets(ctx context.Context, r *sip.Request, by path) ([]resolve.Target, error) {
	next := &r.Recipient
	if route := r.Route(); route != nil {
		next = &route.Address
		if !route.Address.UriParams.Has("lr") {
			strict := route.Address
			r.RemoveHeader("Route")
			r.AppendHeader(&sip.RouteHeader{Address: r.Recipient})
			r.Recipient = strict
			next = &r.Recipient
		}
	}
	found, err := resolve.Find(ctx, p.stack.opt.Resolver, next, string(p.network))
	if err != nil {
		return nil, err
	}
	allowed := found[:0]
	for _, t := range found {
		e := p.stack.opt.Reach(t.Addr)
		if e == nil {
			e = by.allows(t.Addr)
		}
		if e != nil {
			err = e
			continue
		}
		allowed = append(allowed, t)
	}
	if len(allowed) == 0 {
		return nil, err
	}
	return allowed, nil
}

// flow is the way to a place.
func (p *Socket) flow(ctx context.Context, t resolve.Target, by path) (socket.Flow, error) {
	if by.leads(t) && p.streams.Has(by.over) {
		return by.over, nil
	}
	if t.Network != "UDP" {
		return p.streams.Flow(ctx, t.Network, t.Addr, t.Name)
	}
	if p.udp == nil {
		return nil, fault.New(fault.InvalidRequest, "sip", "the port is of %s and has no UDP", p.network)
	}
	return p.udp.Flow(t.Addr), nil
}

// sign makes a request one of ours: Via, Max-Forwards and the length.
func (p *Socket) sign(r *sip.Request, f socket.Flow) {
	for r.RemoveHeader("Via") {
	}
	via := &sip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: f.Network(), Host: p.Host().String(), Port: int(p.addr.Port()),
		Params: sip.NewParams(),
	}
	via.Params.Add("branch", sip.RFC3261BranchMagicCookie+rand.Text())
	via.Params.Add("rport", "") // RFC 3581: the answer comes back through whatever translates addresses
	r.PrependHeader(via)
	if r.MaxForwards() == nil {
		hops := sip.MaxForwardsHeader(70)
		r.AppendHeader(&hops)
	}
	r.SetBody(r.Body())
	r.SetTransport(f.Network())
	r.SetDestination(f.Remote().String())
}

// begin sends a request in a transaction of its own.
func (p *Socket) begin(r *sip.Request, f socket.Flow, o *outgoing) error {
	a := &attempt{o: o, key: transaction.ClientKey(r), flow: f, request: r}
	a.client = transaction.NewClient(r, f, p.stack.opt.Timers, a)
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return fault.New(fault.Closed, "sip", "the port was closed")
	}
	p.clients[a.key] = a
	p.mu.Unlock()
	if err := a.client.Start(); err != nil {
		a.Forget()
		return err
	}
	return nil
}
