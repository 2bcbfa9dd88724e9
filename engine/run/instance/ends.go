package instance

import (
	"sync/atomic"
	"time"

	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/stat"
)

// Ends is what lies in Go around the GStreamer part of a plan: the hub, sessions, elements written in Go. No method may
// block; a method may use those methods of Instance that do not wait.
//
// An instance that is restarted gets a fresh Runtime and with it other inlets; a call of Inlets that follows Over is of
// the next Runtime.
type Ends interface {
	// Epoch says from when the times of all units count that a new Runtime takes and gives. It comes before everything
	// else of that Runtime.
	Epoch(t time.Time)
	// Outlet gives the port for what comes out of a bridge. It is called from goroutines of the Runtime, before the
	// bridge's first media. Nil drops.
	Outlet(b plan.Bridge) run.Port
	// Inlets hands over the plan that runs from now on and the ports into those of its bridges that are new: all of them
	// before the start, those of a branch that was added, and those of what is lazy whenever it has begun to run. Ports whose
	// bridge is no longer in the plan are dead.
	Inlets(p *plan.Plan, in run.Inlets)
	// Rest says that what these bridges lead into, which is lazy, runs no longer. Inlets hands their ports over again.
	Rest(bridges []string)
	// Key asks for a key frame of what goes into a bridge. It is called from goroutines of the Runtime, also for every
	// lost frame.
	Key(bridge string)
	// Over says that the Runtime is gone. All its ports are dead.
	Over()
	// Closed says that the instance has come to its end for good, and why if it failed. It is called once, before Done, and returns
	// when nothing of what lies in Go is left; it may wait for that, with a limit of its own.
	Closed(reason error)
}

// nobody is the Ends of plans around which there is nothing.
type nobody struct{}

func (nobody) Epoch(time.Time)               {}
func (nobody) Outlet(plan.Bridge) run.Port   { return nil }
func (nobody) Inlets(*plan.Plan, run.Inlets) {}
func (nobody) Rest([]string)                 {}
func (nobody) Key(string)                    {}
func (nobody) Over()                         {}
func (nobody) Closed(error)                  {}

// unread is the outlet of a bridge that nobody reads. It takes everything and counts the units.
type unread struct{ units *stat.Counter }

func (u unread) Unit(*media.Unit) bool               { u.units.Inc(); return true }
func (unread) Gap(time.Duration, time.Duration) bool { return true }
func (unread) Codec(media.Track)                     {}
func (unread) Mark(run.Mark)                         {}

// host is what one Runtime has of its instance.
type host struct {
	inst  *Instance
	at    *attempt
	epoch time.Time
	plan  atomic.Pointer[plan.Plan] // the newest that the Runtime may know
}

func newHost(i *Instance, at *attempt, p *plan.Plan) *host {
	h := &host{inst: i, at: at, epoch: time.Now()}
	h.plan.Store(p)
	return h
}

// Epoch implements run.Host.
func (h *host) Epoch() time.Time { return h.epoch }

// Outlet implements run.Host.
func (h *host) Outlet(bridge string) run.Port {
	for _, b := range h.plan.Load().Bridges {
		if b.Name != bridge {
			continue
		}
		if port := h.inst.spec.Ends.Outlet(b); port != nil {
			return port
		}
	}
	return unread{&h.inst.unread}
}

// Key implements run.Host.
func (h *host) Key(bridge string) { h.inst.spec.Ends.Key(bridge) }

// Tell implements run.Host.
func (h *host) Tell(n run.Notice) {
	h.inst.box.Put(func() { h.inst.owner.notice(h.at, n) })
}
