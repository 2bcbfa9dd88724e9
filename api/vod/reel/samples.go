package reel

import (
	"errors"
	"io"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// sample is what a container has of a track at one time.
type sample struct {
	lane     int // of the container's tracks
	data     []byte
	key      bool
	dts, cts time.Duration // cts is from when it is decoded to when it is shown
}

// samples are those of a container.
type samples interface {
	// next gives the next one, with room before its data, or io.EOF.
	next() (sample, error)
}

// lane is a track of a container.
type lane struct {
	*form
	index   int  // of those that are given; -1: it is not
	reorder bool // samples are shown in another order than they are decoded in
}

// strip is a Reel of samples.
type strip struct {
	from   samples
	lanes  []*lane
	tracks []media.Track
	first  []given // units that were read to know the tracks
	end    error
	base   time.Duration // when the first one is decoded, or shown if it is sound
}

// given is a unit of a lane.
type given struct {
	lane int
	unit media.Unit
}

// newStrip looks at the first units, to know what the tracks are.
func newStrip(from samples, lanes []*lane) (*strip, error) {
	const enough = 512
	s := &strip{from: from, lanes: lanes}
	for len(s.first) < enough && !s.known() {
		g, ok, err := s.read()
		if s.end = err; err != nil {
			break
		}
		if ok {
			s.first = append(s.first, g)
		}
	}
	if s.end != nil && !errors.Is(s.end, io.EOF) {
		return nil, s.end
	}
	s.choose()
	for i, g := range s.first {
		if i == 0 || g.unit.DTS < s.base {
			s.base = g.unit.DTS
		}
	}
	return s, nil
}

// known tells whether all tracks are.
func (s *strip) known() bool {
	for _, l := range s.lanes {
		if _, ready := l.track(); !ready {
			return false
		}
	}
	return true
}

// choose takes the first track of pictures and of sound.
func (s *strip) choose() {
	for _, kind := range []media.Kind{media.Video, media.Audio} {
		found := false
		for _, l := range s.lanes {
			t, ready := l.track()
			if l.codec.Kind() != kind {
				continue
			}
			if l.index = -1; ready && !found {
				l.index, found = len(s.tracks), true
				s.tracks = append(s.tracks, t)
			}
		}
	}
}

// read reads the next unit; false if it is none.
func (s *strip) read() (given, bool, error) {
	p, err := s.from.next()
	if err != nil {
		return given{}, false, err
	}
	l := s.lanes[p.lane]
	if l.index < 0 {
		return given{}, false, nil
	}
	cts := p.cts
	if cts == 0 && l.reorder {
		cts = 1 // the first picture of those that are reordered need not be late itself
	}
	u, ok, err := l.unit(p.data, p.key, p.dts, cts)
	if err != nil {
		if fault.CodeOf(err) == fault.MediaCorrupt { // players do without it
			return given{}, false, nil
		}
		return given{}, false, err
	}
	u.PTS = p.dts + p.cts
	return given{p.lane, u}, ok, nil
}

// Tracks implements Reel.
func (s *strip) Tracks() []media.Track { return s.tracks }

// Next implements Reel.
func (s *strip) Next() (int, media.Unit, error) {
	for {
		g, ok, err := given{}, false, s.end
		switch {
		case len(s.first) > 0:
			g, ok, err = s.first[0], true, nil
			s.first = s.first[1:]
		case s.end == nil:
			g, ok, err = s.read()
			s.end = err
		}
		if err != nil {
			return 0, media.Unit{}, err
		}
		if i := s.lanes[g.lane].index; ok && i >= 0 {
			g.unit.DTS, g.unit.PTS = g.unit.DTS-s.base, g.unit.PTS-s.base
			return i, g.unit, nil
		}
	}
}
