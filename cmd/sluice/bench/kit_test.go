package bench

import (
	"context"
	"encoding/json"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
	"sluice/engine/plan"
	"sluice/engine/worker"
)

// patience is longer than anything here takes; nothing is expected to take it.
const patience = benchtest.Patience

// planned is the plan that the program makes of a graph of this folder.
func planned(b *testing.B, path, graph string, args ...string) *plan.Plan {
	b.Helper()
	args = append([]string{"plan", filepath.Join("testdata", graph+".yaml"), "--json"}, args...)
	p := &plan.Plan{}
	if err := json.Unmarshal(benchtest.Output(b, path, args...), p); err != nil {
		b.Fatal(err)
	}
	return p
}

// within bounds what could hang.
func within(b *testing.B) context.Context {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	b.Cleanup(cancel)
	return ctx
}

// pool starts a pool whose workers are the program, and waits for the spare one. With args, workers load these elements
// ahead.
func pool(b *testing.B, path string, log slog.Handler, env []string, args ...string) *worker.Pool {
	b.Helper()
	p := worker.New(worker.Options{Path: path, Args: append([]string{"worker"}, args...), Env: env, Log: slog.New(log)})
	if err := p.Start(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := p.Stop(within(b)); err != nil {
			b.Errorf("the pool does not stop: %v", err)
		}
	})
	until(b, "a spare worker", func() bool { return p.Counts().Spare > 0 })
	return p
}

// until looks again and again whether something has come about that nobody tells of.
func until(b *testing.B, what string, so func() bool) {
	b.Helper()
	benchtest.Until(b, what, time.Millisecond, so)
}

// sorted are values of which some are looked at by rank.
type sorted []float64

// rank sorts values.
func rank(values []float64) sorted {
	out := slices.Clone(values)
	slices.Sort(out)
	return out
}

// at is the value above which the given share of them is not.
func (s sorted) at(share float64) float64 {
	if len(s) == 0 {
		return 0
	}
	return s[min(int(share*float64(len(s))), len(s)-1)]
}

// median is the value in the middle.
func (s sorted) median() float64 {
	if n := len(s); n > 0 && n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s.at(0.5)
}
