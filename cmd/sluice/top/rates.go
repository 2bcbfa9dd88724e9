package top

import (
	"sluice/api/rest/wire"
)

// pair is two samples, of which speeds are made. The older one may be missing.
type pair struct{ was, is *Sample }

// seconds is how far apart they are; 0 if there are no two, or if the server began anew between them.
func (p pair) seconds() float64 {
	if p.was == nil || p.is == nil || !p.was.Server.Started.Equal(p.is.Server.Started) {
		return 0
	}
	return max(0, p.is.At.Sub(p.was.At).Seconds())
}

// speed is a difference by the second; negative if it is not known.
func (p pair) speed(was, is float64) float64 {
	if s := p.seconds(); s > 0 && is >= was {
		return (is - was) / s
	}
	return -1
}

// flow is what passes through a stream.
type flow struct {
	in, out float64 // bits a second; negative: not known
	fps     float64 // of the first track of pictures; negative: not known
}

// before finds a stream in the older sample, if it is the same publication.
func (p pair) before(s wire.Stream) *wire.Stream {
	if p.seconds() == 0 {
		return nil
	}
	for i, old := range p.was.Streams {
		if old.Name == s.Name && old.Publication == s.Publication {
			return &p.was.Streams[i]
		}
	}
	return nil
}

// flow measures a stream. What goes out is what readers are given: each track's bits for each of its readers.
func (p pair) flow(s wire.Stream) flow {
	f := flow{in: -1, out: -1, fps: -1}
	old := p.before(s)
	if old == nil {
		return f
	}
	f.in, f.out = 0, 0
	for _, t := range s.Tracks {
		was := trackOf(old, t.ID)
		if was == nil { // it came between the samples
			continue
		}
		bits := max(0, p.speed(8*float64(was.Counts.Bytes), 8*float64(t.Counts.Bytes)))
		if !t.Converted {
			f.in += bits
		}
		f.out += bits * float64(t.Readers)
		if f.fps < 0 && t.Kind == "video" {
			f.fps = p.pictures(*was, t)
		}
	}
	return f
}

// pictures counts pictures by the second, where they are counted at all: of packets only the units made of them are.
func (p pair) pictures(was, is wire.Track) float64 {
	switch {
	case is.Form == "units":
		return p.speed(float64(was.Counts.Units), float64(is.Counts.Units))
	case was.Derived != nil && is.Derived != nil:
		return p.speed(float64(was.Derived.Units), float64(is.Derived.Units))
	}
	return -1
}

func trackOf(s *wire.Stream, id string) *wire.Track {
	for i, t := range s.Tracks {
		if t.ID == id {
			return &s.Tracks[i]
		}
	}
	return nil
}

// total adds up what passes through all streams.
func (p pair) total() flow {
	sum := flow{in: -1, out: -1, fps: -1}
	if p.seconds() == 0 {
		return sum
	}
	sum.in, sum.out = 0, 0
	for _, s := range p.is.Streams {
		f := p.flow(s)
		sum.in += max(0, f.in)
		sum.out += max(0, f.out)
	}
	return sum
}

// worker is the CPU time that a pipeline's process uses by the second; negative if it is not known.
func (p pair) worker(id string) float64 {
	if p.seconds() == 0 {
		return -1
	}
	was, had := p.was.Processes[id]
	is, has := p.is.Processes[id]
	if !had || !has || was.PID != is.PID {
		return -1
	}
	return p.speed(was.CPU, is.CPU)
}
