package worker_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/worker"
)

// However a worker dies, its call returns, its host is told how, and others go on.
func TestDeaths(t *testing.T) {
	p, _ := start(t, "serve", func(o *worker.Options) {
		o.Memory = 400 << 20
		o.Grace = patience // what ends by itself is not too late on a slow machine
	})
	other := started(t, p, echoing("other", "own"))
	for action, want := range map[string]struct {
		code fault.Code
		says string
	}{
		"kill":     {fault.GstElement, "signal 9"},
		"segv":     {fault.GstElement, "SIGSEGV"}, // Go makes an exit code of it, C would die of it
		"abort":    {fault.GstElement, "an element crashed and took its process along"},
		"exit":     {fault.GstElement, "exit code 5: the end is near"},
		"flood":    {fault.ProtocolViolation, "flood"},
		"garbage":  {fault.ProtocolViolation, "broke the protocol"},
		"shut":     {fault.GstElement, "the worker died"},
		"freeze":   {fault.Lost, "no sign of life"},
		"allocate": {fault.Overloaded, "memory"},
	} {
		t.Run(action, func(t *testing.T) {
			i := started(t, p, echoing("", "own"))
			_, err := i.Apply(within(t, patience), do(action))
			if fault.CodeOf(err) != want.code || !strings.Contains(err.Error(), want.says) || !strings.HasPrefix(err.Error(), "test#1: ") {
				t.Errorf("the call at work returns %v", err)
			}
			n := i.next(t)
			for n.Kind == run.Said {
				n = i.next(t)
			}
			if n.Kind != run.Broken || fault.CodeOf(n.Err) != want.code || !strings.Contains(n.Err.Error(), want.says) {
				t.Errorf("the host is told %+v", n)
			}
			i.inlets["in"].Unit(unit(1)) // goes nowhere, and hurts nobody
			if err := i.Stop(within(t, patience)); err != nil {
				t.Errorf("stop: %v", err)
			}
			if _, err := other.Apply(within(t, patience), do("pid")); err != nil {
				t.Errorf("another worker: %v", err)
			}
		})
	}
}

// What hangs in a call costs the worker, never the server: the call returns fault.Lost when its time is up, and Stop nil.
func TestHangs(t *testing.T) {
	p, _ := start(t, "serve", nil)
	for _, call := range []string{"prepare", "start", "apply", "drain", "stop"} {
		t.Run(call, func(t *testing.T) {
			rt, err := p.Open("test#2")
			if err != nil {
				t.Fatal(err)
			}
			graph, host := "hang in "+call, newHost()
			steps := []func() error{
				func() error {
					_, err := rt.Prepare(soon(t, call == "prepare"), echoing(graph, "own"), host)
					return err
				},
				func() error { return rt.Start(soon(t, call == "start")) },
				func() error { _, err := rt.Apply(soon(t, call == "apply"), hangIf(call == "apply")); return err },
				func() error { return rt.Drain(soon(t, call == "drain")) },
			}
			for _, step := range steps {
				if err = step(); err != nil {
					break
				}
			}
			if call != "stop" && !errors.Is(err, fault.Lost) || call == "stop" && err != nil {
				t.Errorf("%v", err)
			}
			before := time.Now()
			if err := rt.Stop(within(t, patience)); err != nil {
				t.Errorf("stop: %v", err)
			}
			if took := time.Since(before); took > patience/2 {
				t.Errorf("stop took %s", took)
			}
		})
	}
}

// A worker whose reader hangs in a port gives no signs of life, though its calls return.
func TestAReaderThatHangs(t *testing.T) {
	p, _ := start(t, "serve", func(o *worker.Options) { o.Beat, o.Silence = 50*time.Millisecond, 500*time.Millisecond })
	i := started(t, p, echoing("", "own"))
	i.act(t, "hold", nil)
	i.inlets["in"].Unit(unit(1))
	if n := i.next(t); n.Kind != run.Broken || fault.CodeOf(n.Err) != fault.Lost || !strings.Contains(n.Err.Error(), "no sign of life") {
		t.Errorf("%+v", n)
	}
}
