package srt

import (
	"context"
	"errors"
	"sync"

	"sluice/api/srt/link"
	"sluice/api/visitor"
	"sluice/engine/element"
	"sluice/engine/fault"
)

// Peer is a client that publishes or plays one stream. The door makes it and watches it; an element (srt.in, srt.out) moves its
// media. Safe for concurrent use.
type Peer struct {
	*visitor.Life
	request   *link.Request
	publishes bool
	user      string     // of the door, which alone uses it
	in        *publisher // one of them is nil
	out       *player

	mu   sync.Mutex
	conn *link.Conn // nil while the client is not let in
}

func newPeer(r *link.Request, publishes bool) *Peer {
	p := &Peer{Life: visitor.Begin(), request: r, publishes: publishes}
	if publishes {
		p.in = &publisher{peer: p}
	} else {
		p.out = newPlayer(p)
	}
	return p
}

// follow goes on with the connection of a publisher who has something else to publish; nil: there is none.
func (p *Peer) follow(before *Peer) {
	if before != nil {
		p.conn, p.in.rest = before.conn, before.in.rest
	}
}

// renewed tells whether a publisher ended because its client goes on with something else.
func (p *Peer) renewed() bool {
	if p.in == nil {
		return false
	}
	reason := p.in.renewal.Load()
	return reason != nil && errors.Is(p.Err(), *reason)
}

// accept lets the client in.
func (p *Peer) accept() (*link.Conn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conn != nil {
		return p.conn, nil
	}
	c, err := p.request.Accept()
	p.conn = c
	return c, err
}

// part ends the connection, or refuses it if there is none yet.
func (p *Peer) part(err error) {
	p.mu.Lock()
	c := p.conn
	p.mu.Unlock()
	if c != nil {
		c.Close()
		return
	}
	p.request.Reject(reason(err))
}

// find finds the peer that the event brought.
func find(env element.Env, conf element.Conf, publish bool) (*Peer, error) {
	p, err := visitor.Find[*Peer](env, conf, "no client of SRT")
	if err != nil {
		return nil, err
	}
	if p.publishes != publish {
		return nil, fault.New(fault.InvalidRequest, "", "the session is for the other of srt.in and srt.out")
	}
	return p, p.Claim(env.Over)
}

// New implements element.Factory.
func (In) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, err := find(env, conf, true)
	if err != nil {
		return nil, err
	}
	p.in.use(env)
	return p.in, nil
}

// New implements element.Factory.
func (Out) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, err := find(env, conf, false)
	if err != nil {
		return nil, err
	}
	return p.out, nil
}
