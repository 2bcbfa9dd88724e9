package engine

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Refusal is an event for which nothing could be started.
type Refusal struct {
	At    time.Time
	Event string // "whep.play"
	Path  string // "/live/cam"
	Err   error
}

// refused keeps the latest refusals, so that who asks later is told why. Safe for concurrent use.
type refused struct {
	mu   sync.Mutex
	ring [refusalsKept]Refusal
	next int
}

// refusalsKept is how many are kept: of those who were refused the latest are asked about.
const refusalsKept = 256

// note keeps one. That somebody went away before it was decided is none.
func (r *refused) note(at time.Time, ev Event, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ring[r.next%refusalsKept] = Refusal{At: at, Event: ev.Name, Path: ev.Path, Err: err}
	r.next++
}

// Refused tells which events of a stream could not be answered lately, the latest first: who wanted to publish or play it, and the
// conversions that it would have taken. As many of all streams are remembered as refusals are kept.
func (e *Engine) Refused(stream string) []Refusal {
	r, at := &e.refused, path(stream)
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []Refusal
	for i := max(0, r.next-refusalsKept); i < r.next; i++ {
		if one := r.ring[i%refusalsKept]; one.Path == at {
			out = append(out, one)
		}
	}
	slices.Reverse(out)
	return out
}
