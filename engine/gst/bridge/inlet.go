//go:build cgo && !nogst

// Package bridge passes units between Go and GStreamer: into an appsrc, out of an appsink.
package bridge

import (
	"sync"
	"time"

	"sluice/engine/gst/crossing"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/run"
)

// Inlet is the way of units into a bridge. It outlives the appsrc behind it, which comes and goes with its branch; without
// one it drops. It implements run.Port.
type Inlet struct {
	key func() // asks for a key frame

	mu      sync.Mutex
	appsrc  shim.Object
	planned string // the appsrc's caps in the plan
	track   media.Track
	known   bool // a track was given
	jump    bool // something is missing before the next unit
	ended   bool
	arena   []byte
}

// New makes an inlet. key is called on GStreamer's threads whenever something behind it wants a key frame.
func New(key func()) *Inlet { return &Inlet{key: key} }

// Attach puts an appsrc behind the inlet. planned are its caps in the plan.
func (in *Inlet) Attach(appsrc shim.Object, planned string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.appsrc, in.planned, in.jump = appsrc, planned, true
	shim.WatchKeys(appsrc, in.key)
	if in.known {
		in.describe()
	}
	if in.ended {
		shim.EndFeed(appsrc)
	}
}

// Detach waits for a unit that is on its way and lets go of an appsrc, unless another has taken its place.
func (in *Inlet) Detach(appsrc shim.Object) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.appsrc == appsrc {
		in.appsrc = nil
	}
}

// describe tells the appsrc what follows. What GStreamer cannot read is left at the plan's caps.
func (in *Inlet) describe() {
	shim.SetCaps(in.appsrc, crossing.Caps(in.planned, in.track))
}

// CopiesUnits makes an Inlet a run.Copier.
func (in *Inlet) CopiesUnits() {}

// Codec implements run.Port.
func (in *Inlet) Codec(t media.Track) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.track, in.known = t, true
	if in.appsrc != nil {
		in.describe()
	}
}

// Unit implements run.Port.
func (in *Inlet) Unit(u *media.Unit) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.appsrc == nil || in.ended {
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
	return shim.Push(in.appsrc, in.arena, u.PTS, u.DTS, flags)
}

// Gap implements run.Port.
func (in *Inlet) Gap(from, length time.Duration) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.appsrc == nil || in.ended {
		return false
	}
	in.jump = true
	if from >= 0 && length > 0 {
		shim.Gap(in.appsrc, from, length)
	}
	return true
}

// Mark implements run.Port.
func (in *Inlet) Mark(m run.Mark) {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch m {
	case run.Flush:
		in.jump = true
		if in.appsrc != nil {
			shim.Flush(in.appsrc)
		}
	case run.End:
		if in.appsrc != nil && !in.ended {
			shim.EndFeed(in.appsrc)
		}
		in.ended = true
	}
}
