// Package supervisor keeps the instances that run: their names, whether the machine has room for another, what a changed
// folder of graphs means to them, and their common end. It knows nothing of what an instance does inside and calls no
// Runtime.
package supervisor

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/instance"
	"sluice/engine/run/load"
)

// Options are what a supervisor is made with. The zero Options run plans that need no GStreamer.
type Options struct {
	Open   run.Open     // nil: there is no GStreamer
	Log    *slog.Logger // nil: nothing is logged
	Bus    *event.Bus   // nil: nobody hears of events
	CPUs   float64      // what all plans together may cost; 0 is no limit
	Limits instance.Limits
	Random func() float64 // of backoff; nil means the usual source
}

// Supervisor is the set of instances that run. All methods are safe for concurrent use.
type Supervisor struct {
	opts instance.Options
	cpus float64

	mu      sync.Mutex
	running map[string]*entry
	meter   load.Meter
	closing bool
}

// entry is one name that is taken.
type entry struct {
	inst     *instance.Instance // nil while its plan is being made
	estimate float64            // of its plan, in CPUs
	thought  float64            // CPUs that it was thought to cost when its plan became this one
}

// New makes a supervisor. It starts nothing.
func New(o Options) *Supervisor {
	s := &Supervisor{cpus: o.CPUs, running: map[string]*entry{}}
	s.opts = instance.Options{
		Open: o.Open, Log: o.Log, Bus: o.Bus, Limits: o.Limits, Random: o.Random, Reserve: s.reserve, Over: s.release,
	}
	return s
}

// Start begins an instance and returns at once; Ready of the instance waits until it is live. Without an ID it gets one.
// ctx bounds only the starting. Errors: fault.NameInUse, fault.Overloaded where the plan costs more than there is left,
// fault.Closed after Stop, and what the template says.
func (s *Supervisor) Start(ctx context.Context, spec instance.Spec) (*instance.Instance, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if spec.Template == nil {
		return nil, fault.New(fault.InvalidRequest, spec.ID, "there is no graph to start")
	}
	id, err := s.take(spec.ID)
	if err != nil {
		return nil, err
	}
	spec.ID = id
	i, err := instance.New(spec, s.opts)
	if err == nil {
		err = s.admit(id, i.Plan())
	}
	if err != nil {
		s.release(id)
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		delete(s.running, id)
		return nil, closed()
	}
	s.running[id].inst = i
	i.Begin()
	return i, nil
}

// take reserves a name, or makes one.
func (s *Supervisor) take(id string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return "", closed()
	}
	if id == "" {
		for id == "" || s.running[id] != nil {
			id = strings.ToLower(rand.Text()[:8])
		}
	} else if s.running[id] != nil {
		return "", fault.New(fault.NameInUse, id, "an instance called %q runs already", id).Advise("stop it first, or choose another name")
	}
	s.running[id] = &entry{}
	return id, nil
}

// Get finds a running instance.
func (s *Supervisor) Get(id string) (*instance.Instance, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.running[id]
	if e == nil || e.inst == nil {
		return nil, false
	}
	return e.inst, true
}

// Instances lists those that run, by name.
func (s *Supervisor) Instances() []*instance.Instance {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]*instance.Instance, 0, len(s.running))
	for _, e := range s.running {
		if e.inst != nil {
			out = append(out, e.inst)
		}
	}
	slices.SortFunc(out, func(a, b *instance.Instance) int { return cmp.Compare(a.ID(), b.ID()) })
	return out
}

// List asks all running instances how they are, all at once, and lists the answers by name. It takes no longer than one
// Runtime may take to answer.
func (s *Supervisor) List(ctx context.Context) []instance.Report {
	all := s.Instances()
	out := make([]instance.Report, len(all))
	var asked sync.WaitGroup
	for n, i := range all {
		asked.Go(func() { out[n] = i.Report(ctx) })
	}
	asked.Wait()
	return out
}

// Reload offers the templates of a new set of graphs to those instances whose graph is in it. Which of them begin anew
// is said at instance.Reload; all others keep the plan they have. It returns at once.
func (s *Supervisor) Reload(lookup func(graph string) (instance.Template, bool)) {
	for _, i := range s.Instances() {
		if t, ok := lookup(i.Plan().Graph); ok {
			i.Reload(t)
		}
	}
}

// Stop ends all instances at the same time, each properly by its policy, and returns when they are gone. What is left
// when ctx is done is cut off. Nothing starts any more. The error joins those of instances that did not stop. It may be
// called again.
func (s *Supervisor) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()
	all := s.Instances()
	errs := make([]error, len(all))
	var stopped sync.WaitGroup
	for n, i := range all {
		stopped.Go(func() { errs[n] = i.Stop(ctx) })
	}
	stopped.Wait()
	return errors.Join(errs...)
}

func closed() error { return fault.New(fault.Closed, "", "no more instances are started") }
