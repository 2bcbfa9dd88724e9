package rtmp

import (
	"context"
	"sync"

	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/session"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// player is the element rtmp.out: it writes units to a client.
type player struct {
	peer *Peer
	page *Page // whose client it is; nil if none's
	want media.Want
	feed feed

	mu     sync.Mutex
	reader *hub.Reader
	open   bool // the client was told that it plays
}

var _ node.UnitSink = (*player)(nil)

func newPlayer(p *Peer, press *press) *player {
	out := &player{peer: p}
	out.feed = feed{press: press, write: out.media}
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
func (p *player) Want() media.Want { return p.want }

// Begin implements hub.UnitSink.
func (p *player) Begin(tracks []media.Track) {
	p.feed.begin(tracks)
	if p.page != nil {
		p.page.agree(tracks)
	}
}

// Push implements hub.UnitSink.
func (p *player) Push(track int, items []*media.Unit) int { return p.feed.push(track, items) }

// media writes to the client, if it is there; what comes while it is not is left out.
func (p *player) media(frames []session.Frame) bool {
	s := p.peer.client()
	if s == nil {
		return true
	}
	if !s.Media(frames) {
		return false
	}
	if p.page != nil {
		p.page.sent(frames)
	}
	return true
}

// say writes a data message to the client, at the time that its media has reached. A client that is too slow does not hear it.
func (p *player) say(body []byte) {
	if s := p.peer.client(); s != nil {
		s.Media([]session.Frame{{Type: chunk.DataAMF0, Timestamp: p.feed.now(), Body: body}})
	}
}

// Attach implements node.Taker.
func (p *player) Attach(r *hub.Reader) {
	p.mu.Lock()
	p.reader = r
	p.mu.Unlock()
	p.flow()
}

// play lets media flow.
func (p *player) play() {
	p.mu.Lock()
	p.open = true
	p.mu.Unlock()
	p.flow()
}

// flow lets media flow, if there is a client that was told that it plays.
func (p *player) flow() {
	p.mu.Lock()
	r, open := p.reader, p.open
	p.mu.Unlock()
	s := p.peer.client()
	if r == nil || s == nil {
		return
	}
	s.OnRoom(r.Wake)
	s.OnPause(func(paused bool) {
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

// hold lets nothing flow any more, until play is called.
func (p *player) hold() {
	p.mu.Lock()
	p.open = false
	r := p.reader
	p.mu.Unlock()
	if r != nil {
		r.Pause()
	}
}

// End implements hub.UnitSink.
func (p *player) End(reason error) {
	if reason == nil {
		reason = errEnded
	}
	p.peer.Finish(reason)
}
