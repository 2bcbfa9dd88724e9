package rtmp

import (
	"context"
	"sync"

	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// player is the element rtmp.out: it writes units to a client.
type player struct {
	peer *Peer
	feed feed

	mu     sync.Mutex
	reader *hub.Reader
	open   bool // the client was told that it plays
}

var _ node.UnitSink = (*player)(nil)

func newPlayer(p *Peer, press *press) *player {
	return &player{peer: p, feed: feed{press: press, write: p.stream.Media}}
}

// Start implements element.Element.
func (p *player) Start(context.Context) error { return nil }

// Stop implements element.Element.
func (p *player) Stop(context.Context) error {
	p.peer.finish(nil)
	return nil
}

// Want implements node.Taker.
func (p *player) Want() media.Want { return p.peer.stream.Takes() }

// Begin implements hub.UnitSink.
func (p *player) Begin(tracks []media.Track) { p.feed.begin(tracks) }

// Push implements hub.UnitSink.
func (p *player) Push(track int, items []*media.Unit) int { return p.feed.push(track, items) }

// Attach implements node.Taker.
func (p *player) Attach(r *hub.Reader) {
	p.mu.Lock()
	p.reader = r
	open := p.open
	p.mu.Unlock()
	p.peer.stream.OnRoom(r.Wake)
	p.peer.stream.OnPause(func(paused bool) {
		if paused {
			r.Pause()
			return
		}
		r.Resume()
	})
	if open {
		r.Resume()
	}
}

// play lets media flow.
func (p *player) play() {
	p.mu.Lock()
	p.open = true
	r := p.reader
	p.mu.Unlock()
	if r != nil {
		r.Resume()
	}
}

// End implements hub.UnitSink.
func (p *player) End(reason error) {
	if reason == nil {
		reason = errEnded
	}
	p.peer.finish(reason)
}
