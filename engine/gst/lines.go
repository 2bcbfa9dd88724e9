//go:build cgo && !nogst

package gst

import (
	"context"
	"maps"
	"slices"

	"sluice/engine/gst/pipeline"
	"sluice/engine/plan"
	"sluice/engine/run"
)

func (r *Runtime) line(name string) *pipeline.Pipeline {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines[name]
}

// playing lists the pipelines in the order of the plan.
func (r *Runtime) playing() []*pipeline.Pipeline {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*pipeline.Pipeline
	if r.plan == nil {
		return nil
	}
	for i := range r.plan.Pipelines {
		if l := r.lines[r.plan.Pipelines[i].Name]; l != nil {
			out = append(out, l)
		}
	}
	return out
}

// playingAll lists all pipelines, also those that the plan no longer has, by name.
func (r *Runtime) playingAll() []*pipeline.Pipeline {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]*pipeline.Pipeline, 0, len(r.lines))
	for _, name := range slices.Sorted(maps.Keys(r.lines)) {
		out = append(out, r.lines[name])
	}
	return out
}

// create makes a pipeline without anything in it. The build lock is held.
func (r *Runtime) create(p *plan.Pipeline) (*pipeline.Pipeline, error) {
	r.mu.Lock()
	crosses := slices.ContainsFunc(r.plan.Bridges, func(b plan.Bridge) bool { return b.Pipeline == p.Name })
	r.mu.Unlock()
	l, err := pipeline.New(p, pipeline.Around{
		ID: r.id, Log: r.log, Epoch: r.host.Epoch(), Crosses: crosses, Stopping: r.stopping,
		Inlet: r.inlet, Outlet: r.host.Outlet, Asleep: r.asleep, Taps: r.tapping,
		News: func(n pipeline.News) { r.notes.put(note{News: n}) },
	})
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines[p.Name] = l
	return l, nil
}

// begin makes a pipeline and plays it while others play. The build lock is held.
func (r *Runtime) begin(ctx context.Context, p *plan.Pipeline) error {
	l, err := r.create(p)
	if err != nil {
		return err
	}
	_ = l.Try(true) // there is nothing in it yet
	if err = l.Add(); err == nil {
		err = l.Start(ctx)
	}
	if late := l.Try(false); err == nil {
		err = late
	}
	if err != nil {
		r.dismiss(l)
	}
	return err
}

// finish ends a pipeline while others play: its sinks have some of the time that ctx has. The build lock is held.
func (r *Runtime) finish(ctx context.Context, l *pipeline.Pipeline) {
	l.End(true)
	ctx, cancel := pipeline.Patience(ctx)
	defer cancel()
	l.Await(ctx)
	r.dismiss(l)
}

// dismiss ends a pipeline at once. The build lock is held, or nobody else is at work any more.
func (r *Runtime) dismiss(l *pipeline.Pipeline) {
	l.Shut()
	l.Halt()
	r.mu.Lock()
	delete(r.lines, l.Name())
	r.mu.Unlock()
	l.Release()
}

// tapping is who looks inside, by node.
func (r *Runtime) tapping() map[string]func(run.Passed) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.taps)
}
