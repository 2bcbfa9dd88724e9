package fake

import (
	"slices"
	"sync"
	"time"

	"sluice/engine/media"
	"sluice/engine/run"
)

// Port is a run.Port that remembers what it was given. All methods are safe for concurrent use.
type Port struct {
	mu     sync.Mutex
	units  []*media.Unit
	gaps   int
	tracks []media.Track
	marks  []run.Mark
	full   bool
	ended  bool
}

// NewPort makes a Port that takes everything.
func NewPort() *Port { return &Port{} }

// Block lets the port refuse units and gaps, as a far side that is slow does, or take them again.
func (p *Port) Block(full bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.full = full
}

// Unit implements run.Port.
func (p *Port) Unit(u *media.Unit) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.full || p.ended {
		return false
	}
	p.units = append(p.units, u)
	return true
}

// Gap implements run.Port. Gaps are only counted.
func (p *Port) Gap(_, _ time.Duration) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.full || p.ended {
		return false
	}
	p.gaps++
	return true
}

// Codec implements run.Port.
func (p *Port) Codec(t media.Track) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.tracks = append(p.tracks, t)
	}
}

// Mark implements run.Port.
func (p *Port) Mark(m run.Mark) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.marks = append(p.marks, m)
		p.ended = m == run.End
	}
}

// Units are those taken so far.
func (p *Port) Units() []*media.Unit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.units)
}

// Gaps is how many were taken so far.
func (p *Port) Gaps() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.gaps
}

// Tracks are the codecs announced so far.
func (p *Port) Tracks() []media.Track {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.tracks)
}

// Marks are those that came so far.
func (p *Port) Marks() []run.Mark {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.marks)
}
