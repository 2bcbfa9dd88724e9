package rtmp

import (
	"bytes"
	"sync"
	"time"

	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/flv"
	"sluice/api/rtmp/session"
	"sluice/engine/media"
)

const (
	// batch is how many units, and volume how many bytes, are written with one call at most: what one slow reader holds is no more.
	batch  = 64
	volume = 256 << 10
)

// feed writes units to one other end, and what that needs to decode them. Safe for concurrent use.
type feed struct {
	press *press
	write func([]session.Frame) bool // takes all or nothing

	mu     sync.Mutex
	tracks []media.Track
	state  []told // of each track
	told   bool   // metadata was written since the tracks changed
	based  bool
	base   time.Duration // the time that the other end knows as 0
	last   uint32        // the largest timestamp that it got
	frames []session.Frame
}

// told is what the other end knows of a track.
type told struct {
	config []byte // the last that it got
	ready  bool   // it can decode
}

// begin takes the tracks that come from now on.
func (p *feed) begin(tracks []media.Track) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tracks, p.state, p.told = tracks, make([]told, len(tracks)), false
}

// again says that the other end is another, or the same anew: it knows nothing.
func (p *feed) again() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.state, p.told, p.based, p.last = make([]told, len(p.tracks)), false, false, 0
}

// push writes units, and gives how many were taken: all, unless the other end has no room.
func (p *feed) push(track int, items []*media.Unit) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if track >= len(p.tracks) {
		return len(items)
	}
	if !p.based {
		p.based, p.base = true, items[0].DTS
	}
	taken := 0
	for taken < len(items) {
		n := p.some(track, items[taken:])
		if n == 0 {
			break
		}
		taken += n
	}
	return taken
}

// some writes the first of some units with one call, and gives how many.
func (p *feed) some(track int, items []*media.Unit) int {
	t, state := &p.tracks[track], p.state[track]
	p.frames = p.frames[:0]
	if !p.told {
		p.frames = append(p.frames, session.Frame{Type: chunk.DataAMF0, Body: describe(p.tracks)})
	}
	n, size := 0, 0
	for n < len(items) && n < batch && size < volume {
		f := p.press.frame(t, items[n])
		if f != nil {
			size += p.add(t, &state, f, items[n])
		}
		n++
	}
	if len(p.frames) > 0 && !p.write(p.frames) {
		return 0
	}
	p.state[track], p.told = state, true
	for i := range p.frames {
		if t := p.frames[i].Timestamp; int32(t-p.last) > 0 { // they begin anew after 49.7 days
			p.last = t
		}
	}
	return n
}

// now is the time, in milliseconds, that the media has reached at the other end.
func (p *feed) now() uint32 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

// add adds what the client needs of a frame, and gives how many bytes that are.
func (p *feed) add(t *media.Track, state *told, f *flv.Frame, u *media.Unit) int {
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
