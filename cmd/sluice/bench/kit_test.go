package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"sluice/engine/plan"
	"sluice/engine/worker"
)

// patience is longer than anything here takes; nothing is expected to take it.
const patience = time.Minute

// program is the built sluice, which has GStreamer in it.
func program(b *testing.B) string {
	b.Helper()
	path, err := filepath.Abs("../../../bin/sluice")
	if named := os.Getenv("SLUICE_BENCH_PROGRAM"); named != "" {
		path = named
	}
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		b.Skipf("there is no program to measure; `make build` makes it: %v", err)
	}
	var version struct {
		GStreamer bool `json:"gstreamer"`
	}
	if err := json.Unmarshal(output(b, path, "version", "--json"), &version); err != nil {
		b.Fatal(err)
	}
	if !version.GStreamer {
		b.Skip("bin/sluice is without GStreamer")
	}
	return path
}

// number is how much of something is measured: what the environment says, or the usual.
func number(b *testing.B, name string, usual int) int {
	b.Helper()
	text := os.Getenv("SLUICE_BENCH_" + name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("SLUICE_BENCH_%s is %q, which is no number above 0", name, text)
	}
	return n
}

// output runs a program and gives what it writes.
func output(b *testing.B, path string, args ...string) []byte {
	b.Helper()
	var said bytes.Buffer
	cmd := exec.CommandContext(b.Context(), path, args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		b.Fatalf("%s %v: %v\n%s", filepath.Base(path), args, err, &said)
	}
	return out
}

// planned is the plan that the program makes of a graph of this folder.
func planned(b *testing.B, path, graph string, args ...string) *plan.Plan {
	b.Helper()
	args = append([]string{"plan", filepath.Join("testdata", graph+".yaml"), "--json"}, args...)
	p := &plan.Plan{}
	if err := json.Unmarshal(output(b, path, args...), p); err != nil {
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
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-limit.C:
			b.Fatalf("waited in vain for %s", what)
		}
	}
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
