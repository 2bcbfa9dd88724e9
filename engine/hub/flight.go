package hub

import (
	"context"
	"sync"
)

// flights are the demands under way, at most one for each need. The hub's lock guards all but the calls themselves.
type flights struct {
	mu    *sync.Mutex
	ctx   context.Context //nolint:containedctx // of the calls, which outlive who asks; the hub cancels it
	calls sync.WaitGroup
	all   map[any]*flight
}

// flight is one demand, and those who wait for it to be met.
type flight struct {
	key      any
	cancel   context.CancelFunc
	waiting  map[chan<- error]struct{} // with room for an error each
	met      bool                      // somebody got what he waited for: the call is no longer to be cancelled
	returned bool
}

// join waits with the others for a need to be met, or begins to. failed gets the reason if the call fails.
func (s *flights) join(n need, failed chan<- error) *flight {
	f := s.all[n.key]
	if f == nil {
		ctx, cancel := context.WithCancel(s.ctx)
		f = &flight{key: n.key, cancel: cancel, waiting: map[chan<- error]struct{}{}}
		s.all[n.key] = f
		s.calls.Go(func() { s.call(ctx, f, n.start) })
	}
	f.waiting[failed] = struct{}{}
	return f
}

// leave stops waiting. When the last has left in vain, the call is cancelled.
func (s *flights) leave(f *flight, failed chan<- error, met bool) {
	delete(f.waiting, failed)
	f.met = f.met || met
	switch {
	case len(f.waiting) > 0:
	case f.returned:
		s.land(f)
	case !f.met:
		f.cancel()
		s.land(f)
	}
}

func (s *flights) call(ctx context.Context, f *flight, start func(context.Context) error) {
	defer f.cancel()
	err := start(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	f.returned = true
	if err == nil && len(f.waiting) > 0 {
		return
	}
	s.land(f)
	for failed := range f.waiting {
		select {
		case failed <- err:
		default: // he heard of another failure already
		}
	}
}

// land lets whoever comes next begin anew.
func (s *flights) land(f *flight) {
	if s.all[f.key] == f {
		delete(s.all, f.key)
	}
}
