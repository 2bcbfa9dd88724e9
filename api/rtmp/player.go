package rtmp

import (
	"bytes"
	"context"
	"sync"
	"time"

	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/flv"
	"sluice/api/rtmp/session"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

const (
	// batch is how many units, and volume how many bytes, are written with one call at most: what one slow reader holds is no more.
	batch  = 64
	volume = 256 << 10
)

// player is the element rtmp.out: it writes units to a client.
type player struct {
	peer  *Peer
	press *press

	mu     sync.Mutex
	tracks []media.Track
	state  []told // of each track
	told   bool   // metadata was written since the tracks changed
	based  bool
	base   time.Duration // the time that the client knows as 0
	frames []session.Frame
	reader *hub.Reader
	open   bool // the client was told that it plays
}

// told is what a client knows of a track.
type told struct {
	config []byte // the last that it got
	ready  bool   // it can decode
}

var _ node.UnitSink = (*player)(nil)

func newPlayer(p *Peer, press *press) *player { return &player{peer: p, press: press} }

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
func (p *player) Begin(tracks []media.Track) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tracks, p.state, p.told = tracks, make([]told, len(tracks)), false
}

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

// Push implements hub.UnitSink.
func (p *player) Push(track int, items []*media.Unit) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if track >= len(p.tracks) {
		return len(items)
	}
	t, state := &p.tracks[track], p.state[track]
	p.frames = p.frames[:0]
	if !p.told {
		p.frames = append(p.frames, session.Frame{Type: chunk.DataAMF0, Body: describe(p.tracks)})
	}
	if !p.based {
		p.based, p.base = true, items[0].DTS
	}
	n, size := 0, 0
	for n < len(items) && n < batch && size < volume {
		f := p.press.frame(t, items[n])
		n++
		if f != nil {
			size += p.add(t, &state, f, items[n-1])
		}
	}
	if len(p.frames) > 0 && !p.peer.stream.Media(p.frames) {
		return 0
	}
	p.state[track], p.told = state, true
	return n
}

// add adds what the client needs of a frame, and gives how many bytes that are.
func (p *player) add(t *media.Track, state *told, f *flv.Frame, u *media.Unit) int {
	kind, moment := uint8(chunk.Audio), u.PTS
	if t.Kind == media.Video {
		kind, moment = chunk.Video, u.DTS
	}
	stamp := uint32(max(moment-p.base, 0) / time.Millisecond)
	config := f.Config
	if config == nil && !state.ready {
		config = flv.Config(t)
	}
	size := 0
	if f.Key && config != nil && !bytes.Equal(config, state.config) {
		p.frames = append(p.frames, session.Frame{Type: kind, Timestamp: stamp, Body: config})
		state.config = config
		size += len(config)
	}
	state.ready = state.ready || f.Key
	if !state.ready {
		return 0
	}
	for _, b := range f.Bodies {
		p.frames = append(p.frames, session.Frame{Type: kind, Timestamp: stamp, Body: b})
		size += len(b)
	}
	return size
}
