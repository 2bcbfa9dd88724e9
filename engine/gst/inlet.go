//go:build cgo && !nogst

package gst

import (
	"sync"
	"time"

	"sluice/engine/gst/crossing"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// inlet is the way of units into a bridge. It outlives the appsrc behind it, which comes and goes with its branch; without
// one it drops. It implements run.Port.
type inlet struct {
	name string
	host run.Host

	mu      sync.Mutex
	elem    *elem
	planned string // the appsrc's caps in the plan
	track   media.Track
	known   bool // a track was given
	last    time.Duration
	jump    bool // something is missing before the next unit
	ended   bool
	arena   []byte
}

// openInlets makes the inlets of a plan that there are not yet, and gives all of the plan's.
func (r *Runtime) openInlets(p *plan.Plan) run.Inlets {
	r.openLegs(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	out := run.Inlets{}
	for _, b := range p.Bridges {
		if b.Direction != plan.IntoGst {
			continue
		}
		if r.inlets[b.Name] == nil {
			r.inlets[b.Name] = &inlet{name: b.Name, host: r.host}
		}
		out[b.Name] = r.inlets[b.Name]
	}
	return out
}

func (r *Runtime) inlet(bridge string) *inlet {
	r.mu.Lock()
	defer r.mu.Unlock()
	in, _ := r.inlets[bridge].(*inlet)
	return in
}

// attach puts an appsrc behind the inlet.
func (in *inlet) attach(e *elem) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.elem, in.jump = e, true
	for _, s := range e.Props {
		if s.Name == "caps" {
			in.planned = s.Text
		}
	}
	shim.WatchKeys(e.object(), func(bool) { in.host.Key(in.name) })
	if in.known {
		in.describe()
	}
	if in.ended {
		shim.EndFeed(e.object())
	}
}

// detach waits for a unit that is on its way and lets go of the appsrc.
func (in *inlet) detach() {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.elem = nil
}

// describe tells the appsrc what follows. What GStreamer cannot read is left at the plan's caps.
func (in *inlet) describe() {
	shim.SetCaps(in.elem.object(), crossing.Caps(in.planned, in.track))
}

// Codec implements run.Port.
func (in *inlet) Codec(t media.Track) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.track, in.known = t, true
	if in.elem != nil {
		in.describe()
	}
}

// Unit implements run.Port. It copies the unit.
func (in *inlet) Unit(u *media.Unit) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.elem == nil || in.ended {
		return false
	}
	in.arena = crossing.Join(in.arena[:0], in.track.Codec, u.AU)
	var flags uint
	if u.Key {
		flags |= shim.Key
	}
	if in.jump {
		flags |= shim.Discont
		in.jump = false
	}
	in.last = u.PTS
	return shim.Push(in.elem.object(), in.arena, u.PTS, u.DTS, flags)
}

// Gap implements run.Port.
func (in *inlet) Gap(from, length time.Duration) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.elem == nil || in.ended {
		return false
	}
	in.jump = true
	shim.Gap(in.elem.object(), from, length)
	return true
}

// Mark implements run.Port.
func (in *inlet) Mark(m run.Mark) {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch m {
	case run.Flush:
		in.jump = true
		if in.elem != nil {
			shim.Flush(in.elem.object())
		}
	case run.End:
		if in.elem != nil && !in.ended {
			shim.EndFeed(in.elem.object())
		}
		in.ended = true
	}
}

// release lets go of an appsrc that is removed, unless another has taken its place.
func (in *inlet) release(e *elem) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.elem == e {
		in.elem = nil
	}
}
