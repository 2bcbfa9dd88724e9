package node

import (
	"sync"
	"time"

	"sluice/engine/media"
	"sluice/engine/run"
)

// awaited is how long a newer picture is waited for, before an old one is better than none. A browser makes one in a fifth of that.
const awaited = 500 * time.Millisecond

// still lets one picture into GStreamer: the newest key picture, and one that is not old if its publisher can be asked for one. What
// decodes it is told that nothing follows, so that it waits for nothing.
type still struct {
	fresh time.Duration                           // what is no older is not old
	age   func(*media.Unit) time.Duration         // of a unit
	ask   func()                                  // asks for a newer picture
	wait  func(time.Duration, func()) func() bool // as time.AfterFunc, whose Stop it gives
	port  run.Port
	times func(*media.Unit) // gives a unit the times that it has in GStreamer
	over  func()            // hears, once, that nothing more is needed

	mu    sync.Mutex
	old   *media.Unit // that is waited with
	stop  func() bool
	given bool
}

// push takes what is read, all of it: this is no reader that could be slow.
func (s *still) push(items []*media.Unit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range items {
		switch {
		case s.given:
		case !u.Key && s.old != nil:
			s.give(s.old) // what follows it comes: nobody can be asked for another
		case !u.Key:
		case s.old == nil && s.age(u) > s.fresh:
			s.old = u
			s.stop = s.wait(awaited, s.late)
			s.ask()
		default:
			s.give(u)
		}
	}
}

// late gives the old picture, since no other came.
func (s *still) late() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.given && s.old != nil {
		s.give(s.old)
	}
}

// give gives a picture. The caller holds s.mu.
func (s *still) give(u *media.Unit) {
	moved := *u
	s.times(&moved)
	if !s.port.Unit(&moved) {
		s.old = nil // it is not ready, and takes the next
		s.ask()
		return
	}
	s.port.Mark(run.End)
	s.end()
}

// close ends the waiting.
func (s *still) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.given {
		s.end()
	}
}

// end is the end, for whatever reason. The caller holds s.mu.
func (s *still) end() {
	s.given = true
	if s.stop != nil {
		s.stop()
	}
	s.over()
}
