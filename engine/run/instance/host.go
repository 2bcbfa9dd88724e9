package instance

import (
	"sync/atomic"
	"time"

	"sluice/engine/plan"
	"sluice/engine/run"
)

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
	h.inst.box.put(func() { h.inst.owner.notice(h.at, n) })
}
