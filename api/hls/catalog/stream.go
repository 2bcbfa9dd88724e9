package catalog

import (
	"context"
	"slices"
	"sync"
	"time"

	"sluice/api/hls/rendition"
	"sluice/engine/fault"
)

// Stream is what is offered under one path: one rendition, or several that show the same. It also stands for a path that somebody only
// waits for. All of it is guarded by the catalogue's lock.
type Stream struct {
	catalog *Catalog
	path    string
	places  []*Place // in the order in which they were offered
	target  *rendition.Target
	time    *rendition.Timeline
	viewers int           // and those who wait
	changed chan struct{} // closed when places come, go, or change hands
	why     error         // its last maker left; nil if he was done
}

// Wait counts somebody in who waits for a path, whether anybody makes it or not. leave, which may be called again, counts him out.
func (c *Catalog) Wait(path string) (s *Stream, leave func()) {
	c.mu.Lock()
	s = c.get(path)
	s.join(1)
	c.mu.Unlock()
	return s, s.leaver()
}

// Enter counts a viewer in. leave, which may be called again, counts him out.
func (s *Stream) Enter() (leave func()) {
	s.catalog.mu.Lock()
	s.join(1)
	s.catalog.mu.Unlock()
	return s.leaver()
}

func (s *Stream) leaver() func() {
	return sync.OnceFunc(func() {
		s.catalog.mu.Lock()
		s.join(-1)
		var left []*Place
		if s.viewers == 0 { // and nobody waits for who went
			left = slices.DeleteFunc(slices.Clone(s.places), func(p *Place) bool { return p.made })
		}
		s.catalog.tidy(s)
		s.catalog.mu.Unlock()
		for _, p := range left {
			p.remove()
		}
	})
}

// join counts, and tells makers whether there is anybody when that changes. The caller holds the lock, here and below.
func (s *Stream) join(more int) {
	was := s.viewers > 0
	s.viewers += more
	if now := s.viewers > 0; now != was {
		for _, p := range s.places {
			if p.tell != nil {
				p.tell(now)
			}
		}
	}
}

// made tells whether somebody makes it.
func (s *Stream) made() bool {
	return slices.ContainsFunc(s.places, func(p *Place) bool { return p.made })
}

func (s *Stream) rung(name string) *Place {
	if i := slices.IndexFunc(s.places, func(p *Place) bool { return p.rung == name }); i >= 0 {
		return s.places[i]
	}
	return nil
}

// drop takes a place out of the stream. What belongs to it can still be fetched until it is removed.
func (s *Stream) drop(p *Place) {
	s.places = slices.DeleteFunc(s.places, func(x *Place) bool { return x == p })
	s.shout()
}

// shout wakes who waits for a change.
func (s *Stream) shout() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// reports are those of all renditions but one.
func (s *Stream) reports(of *Place) []rendition.Report {
	s.catalog.mu.Lock()
	others := slices.DeleteFunc(slices.Clone(s.places), func(p *Place) bool { return p == of })
	s.catalog.mu.Unlock()
	var out []rendition.Report
	for _, p := range others {
		if r := p.rendition.Report(); r.MSN >= 0 {
			r.URI = p.key + playlistSuffix
			out = append(out, r)
		}
	}
	return out
}

// playlistSuffix ends the name of a media playlist, behind its key.
const playlistSuffix = ".m3u8"

// Made tells whether somebody makes the stream now.
func (s *Stream) Made() bool {
	s.catalog.mu.Lock()
	defer s.catalog.mu.Unlock()
	return s.made()
}

// Ready waits until there is something to play: all renditions, or those that are there when one has been for a while. If nobody makes
// the stream, or who did has gone, it is fault.StreamNotFound.
func (s *Stream) Ready(ctx context.Context) error {
	var enough <-chan time.Time
	for {
		s.catalog.mu.Lock()
		places, changed, done, clock := slices.Clone(s.places), s.changed, s.catalog.done, s.catalog.opt.Clock
		made, why := s.made(), s.why
		s.catalog.mu.Unlock()
		switch {
		case !made && why != nil:
			return why
		case !made:
			return fault.New(fault.StreamNotFound, "", "nobody makes %q", s.path)
		}
		missing := slices.IndexFunc(places, func(p *Place) bool { return !p.ready() })
		if missing < 0 {
			return nil
		}
		if enough == nil && slices.ContainsFunc(places, (*Place).ready) {
			enough = clock.After(patience)
		}
		select {
		case <-places[missing].rendition.Ready():
		case <-changed:
		case <-enough:
			return nil
		case <-done:
			return fault.New(fault.Closed, "", "the server is stopping")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ready tells whether a rendition can be played.
func (p *Place) ready() bool {
	select {
	case <-p.rendition.Ready():
		return true
	default:
		return false
	}
}
