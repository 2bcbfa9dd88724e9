package srt

import (
	"context"
	"sync"

	"sluice/api/srt/flow"
	"sluice/api/srt/link"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// errEnded is why a player ends whose stream did.
var errEnded = fault.New(fault.Closed, "", "the stream has ended")

// player is the element srt.out: it writes units to a client.
type player struct {
	peer *Peer
	feed *flow.Feed

	mu     sync.Mutex
	reader *hub.Reader
	conn   *link.Conn // nil until the client is let in
}

var _ node.UnitSink = (*player)(nil)

func newPlayer(p *Peer) *player {
	out := &player{peer: p}
	out.feed = flow.NewFeed(out.write, p.Finish)
	return out
}

// Start implements element.Element.
func (p *player) Start(context.Context) error { return nil }

// Stop implements element.Element.
func (p *player) Stop(context.Context) error {
	p.peer.Finish(nil)
	return nil
}

// Want implements node.Taker.
func (p *player) Want() media.Want { return flow.Want() }

// Begin implements hub.UnitSink.
func (p *player) Begin(tracks []media.Track) { p.feed.Begin(tracks) }

// Push implements hub.UnitSink.
func (p *player) Push(track int, items []*media.Unit) int { return p.feed.Push(track, items) }

// write writes to the client.
func (p *player) write(b []byte) bool {
	p.mu.Lock()
	c := p.conn
	p.mu.Unlock()
	return c != nil && c.Write(b)
}

// Attach implements node.Taker.
func (p *player) Attach(r *hub.Reader) {
	p.mu.Lock()
	p.reader = r
	p.mu.Unlock()
}

// play lets media flow to a client that was let in. What it sends is nobody's business.
func (p *player) play(c *link.Conn) {
	p.mu.Lock()
	p.conn = c
	r := p.reader
	p.mu.Unlock()
	c.Deaf()
	if r != nil {
		c.OnRoom(r.Wake)
		r.Resume()
	}
}

// End implements hub.UnitSink.
func (p *player) End(reason error) {
	if reason == nil {
		reason = errEnded
	}
	p.peer.Finish(reason)
}
