package rtmp

import (
	"sync"

	"sluice/api/rtmp/flv"
	"sluice/engine/media"
)

// press writes each unit of a stream once for all who play it. What it keeps is what was played last, since all play the same
// at about the same time. Safe for concurrent use.
type press struct {
	mu    sync.Mutex
	kept  [64]printed
	next  int
	users int // the presses' lock guards it
}

type printed struct {
	unit  *media.Unit
	frame *flv.Frame
}

// frame is a unit as messages have it; nil if none do.
func (p *press) frame(t *media.Track, u *media.Unit) *flv.Frame {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.kept {
		k := &p.kept[(p.next-1-i+2*len(p.kept))%len(p.kept)]
		if k.unit == u {
			return k.frame
		}
		if k.unit == nil {
			break
		}
	}
	f := flv.Make(t, u)
	p.kept[p.next] = printed{u, f}
	p.next = (p.next + 1) % len(p.kept)
	return f
}

// presses are those of all streams that are played, by name. Safe for concurrent use.
type presses struct {
	mu sync.Mutex
	by map[string]*press
}

// take gives the press of a stream, and what gives it back.
func (p *presses) take(name string) (*press, func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.by == nil {
		p.by = map[string]*press{}
	}
	one := p.by[name]
	if one == nil {
		one = &press{}
		p.by[name] = one
	}
	one.users++
	return one, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(p.by, name)
		}
	}
}
