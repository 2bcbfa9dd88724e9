package wire

import (
	"encoding/json"
	"sync"
	"time"

	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
)

// Lead is a run.Port whose media goes to the other end. It copies units, so their memory is free when Unit returns. A
// track number is taken with the first media and given back with the end.
type Lead struct {
	end      *End
	instance uint16
	bridge   string

	mu     sync.Mutex // Close may come from another goroutine than media
	track  uint16
	opened bool
	ended  bool
	mute   bool // what follows has a description that could not be sent
}

// Lead makes a port to a bridge of an instance at the other end.
func (e *End) Lead(instance uint16, bridge string) *Lead {
	return &Lead{end: e, instance: instance, bridge: bridge}
}

// CopiesUnits makes a Lead a run.Copier.
func (l *Lead) CopiesUnits() {}

// Unit implements run.Port. It returns false when the other end has given no more credit, and for a unit that cannot
// be: one without parts, or of more than 16 MiB.
func (l *Lead) Unit(u *media.Unit) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ready() {
		return false
	}
	ok, err := l.end.writer.Unit(l.track, (*frame.Unit)(u))
	return l.queued(ok, err)
}

// Gap implements run.Port.
func (l *Lead) Gap(from, length time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ready() {
		return false
	}
	return l.queued(l.end.writer.Gap(l.track, frame.Silence{PTS: from, Duration: length}))
}

func (l *Lead) queued(ok bool, err error) bool {
	if err != nil || !ok {
		return false // an error of the connection is noticed by whoever sends and reads
	}
	l.end.poke()
	return true
}

// Codec implements run.Port. After a description of more than 64 KiB, which no codec needs, units are refused.
func (l *Lead) Codec(t media.Track) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.mute = false
	if !l.ready() {
		return
	}
	text, err := json.Marshal(t)
	if err == nil {
		err = l.end.sent(l.end.writer.Codec(l.track, text))
	}
	l.mute = err != nil
}

// Mark implements run.Port.
func (l *Lead) Mark(m run.Mark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case m == run.End:
		l.finish()
	case m == run.Flush && l.ready():
		_ = l.end.sent(l.end.writer.Flush(l.track)) // as in finish
	}
}

// Close ends the track, if there is one yet. It may be called at any time, and more than once.
func (l *Lead) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.opened {
		l.finish()
	}
	l.ended = true
}

// finish ends the track; one that ends before it began is opened for that, since the other side waits for its end.
func (l *Lead) finish() {
	l.mute = false
	if !l.ready() {
		return
	}
	l.ended = true
	_ = l.end.sent(l.end.writer.EOS(l.track)) // the connection's errors are noticed elsewhere
	l.end.release(l.track)
}

// ready opens the track if need be; false if nothing can be sent on it.
func (l *Lead) ready() bool {
	if l.ended || l.mute {
		return false
	}
	if l.opened {
		return true
	}
	track, ok := l.end.allot(l)
	if !ok {
		return false
	}
	if err := l.end.writer.Open(track, l.instance, l.bridge); err != nil {
		l.end.release(track)
		l.ended = true
		return false
	}
	l.track, l.opened = track, true
	return true
}
