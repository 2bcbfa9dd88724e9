//go:build cgo && !nogst

package gst

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"sluice/engine/fault"
	"sluice/engine/gst/pipeline"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Inspect implements run.Runtime. It reads counters and waits for nothing.
func (r *Runtime) Inspect(ctx context.Context) (run.Report, error) {
	if err := ctx.Err(); err != nil {
		return run.Report{}, err
	}
	r.mu.Lock()
	rep := run.Report{Phase: r.phase, Lazy: slices.Sorted(maps.Keys(r.lazy))}
	if r.plan != nil {
		rep.Plan = r.plan.Hash
	}
	r.mu.Unlock()
	all := pipeline.Samples{}
	for _, l := range r.playing() {
		l.Sample(all, &rep)
	}
	for _, leg := range r.running() {
		rep.Samples = append(rep.Samples, leg.Samples()...)
	}
	for _, s := range all {
		rep.Samples = append(rep.Samples, *s)
	}
	slices.SortFunc(rep.Samples, func(a, b run.Sample) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return rep, nil
}

// Tap implements run.Tapper.
func (r *Runtime) Tap(node string, see func(run.Passed)) error {
	lines := r.playing()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.phase != run.Prepared {
		return fault.New(fault.Internal, r.id, "tap on a runtime that is %s", r.phase)
	}
	if !slices.ContainsFunc(r.plan.Nodes, func(n plan.Node) bool { return n.Name == node && n.Pipeline != "" }) {
		return fault.New(fault.ResourceNotFound, node, "there is no node of that name in GStreamer")
	}
	r.taps[node] = see
	for _, l := range lines {
		l.Tap(node, see)
	}
	return nil
}
