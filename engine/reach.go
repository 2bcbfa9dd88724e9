package engine

import (
	"net/netip"
	"sync/atomic"
)

// Reach says why an element, by its name, may not connect to an address, as fault.Forbidden: see element.Reach. Nil lets all connect
// everywhere. It is called from many goroutines, and must be quick.
type Reach func(element string, to netip.AddrPort) error

// reach is where elements of an instance may connect to: where whoever started it may, and, if callers of an API wrote the graph or a
// fragment of it, where they may. They may write it anew while it runs, so that is looked at whenever something connects.
func (e *Engine) reach(graph string, started Reach) Reach {
	if e.opt.Callers == nil {
		return started
	}
	var theirs atomic.Bool // for good, for they may remove it, too
	look := func() bool {
		if !theirs.Load() && e.opt.Store.Current().OfCallers(graph) {
			theirs.Store(true)
		}
		return theirs.Load()
	}
	look()
	return func(element string, to netip.AddrPort) error {
		if started != nil {
			if err := started(element, to); err != nil {
				return err
			}
		}
		if look() {
			return e.opt.Callers(element, to)
		}
		return nil
	}
}
