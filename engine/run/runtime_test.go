package run_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// owner is the smallest thing that keeps the contract from the instance's side: one goroutine that owns the state,
// makes one call at a time off its loop, and takes requests, outcomes and notices as messages.
type owner struct {
	rt       run.Runtime
	requests chan request
	notices  chan run.Notice // a stand-in for an unbounded queue: tests send few
	states   []run.State     // the loop's until gone is closed
	gone     chan struct{}
}

type request struct {
	call   run.Call
	change run.Change
	reply  chan error
}

func (o *owner) Epoch() time.Time       { return time.Time{} }
func (o *owner) Outlet(string) run.Port { return fake.NewPort() }
func (o *owner) Key(string)             {}
func (o *owner) Tell(n run.Notice)      { o.notices <- n }

func own(rt run.Runtime) *owner {
	o := &owner{
		rt: rt, requests: make(chan request), notices: make(chan run.Notice, 16), states: []run.State{run.Planned}, gone: make(chan struct{}),
	}
	go o.loop()
	return o
}

// ask sends a request and waits for its outcome.
func (o *owner) ask(call run.Call, c ...run.Change) error {
	r := request{call: call, reply: make(chan error, 1)}
	if len(c) > 0 {
		r.change = c[0]
	}
	o.requests <- r
	return <-r.reply
}

func (o *owner) to(s run.State) {
	if err := o.states[len(o.states)-1].To(s); err == nil {
		o.states = append(o.states, s)
	}
}

func (o *owner) loop() {
	defer close(o.gone)
	for {
		select {
		case n := <-o.notices:
			o.notice(n)
		case r := <-o.requests:
			err := o.perform(r)
			if r.call != run.CallStop || errors.Is(err, fault.Lost) {
				o.failed(err)
			}
			if r.call == run.CallStop {
				o.to(run.Stopped)
				r.reply <- err
				return
			}
			r.reply <- err
		}
	}
}

// perform makes the call in a goroutine and goes on taking notices meanwhile.
func (o *owner) perform(r request) error {
	switch r.call {
	case run.CallPrepare:
		o.to(run.Starting)
	case run.CallDrain:
		o.to(run.Draining)
	}
	outcome := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		outcome <- call(ctx, o.rt, r.call, r.change, o)
	}()
	for {
		select {
		case n := <-o.notices:
			o.notice(n)
		case err := <-outcome:
			return err
		}
	}
}

// patience is the deadline of each call. Only calls that are told to hang use it up.
const patience = 50 * time.Millisecond

func call(ctx context.Context, rt run.Runtime, c run.Call, change run.Change, host run.Host) (err error) {
	switch c {
	case run.CallPrepare:
		_, err = rt.Prepare(ctx, &plan.Plan{Graph: "g", Hash: "h"}, host)
	case run.CallStart:
		err = rt.Start(ctx)
	case run.CallApply:
		_, err = rt.Apply(ctx, change)
	case run.CallDrain:
		err = rt.Drain(ctx)
	case run.CallStop:
		err = rt.Stop(ctx)
	}
	return err
}

func (o *owner) notice(n run.Notice) {
	switch n.Kind {
	case run.FirstMedia:
		o.to(run.Live)
	case run.BranchGone:
		o.to(run.Degraded)
	case run.Broken:
		o.failed(n.Err)
	}
}

func (o *owner) failed(err error) {
	switch {
	case errors.Is(err, fault.Lost):
		o.to(run.Lost)
	case errors.Is(err, fault.GstElement):
		o.to(run.Failed)
	}
}

func element(node string) error { return fault.New(fault.GstElement, node, "it failed") }

// A life is what is done to a Runtime, what each step gives, and the states an instance goes through.
func TestLives(t *testing.T) {
	calls := func(c ...run.Call) []run.Call { return c }
	const prepare, start, apply, drain, stop = run.CallPrepare, run.CallStart, run.CallApply, run.CallDrain, run.CallStop
	for _, life := range []struct {
		name   string
		orders func(*fake.Runtime)
		calls  []run.Call
		errs   []error // the code of each, nil for success
		states []run.State
	}{
		{"whole", nil, calls(prepare, start, apply, drain, stop), make([]error, 5),
			[]run.State{run.Planned, run.Starting, run.Live, run.Draining, run.Stopped}},
		{"never begun", nil, calls(stop), make([]error, 1), []run.State{run.Planned, run.Stopped}},
		{"a failing prepare", func(f *fake.Runtime) { f.Fail(prepare, element("x")) },
			calls(prepare, start, stop), []error{fault.GstElement, fault.Internal, nil}, []run.State{run.Planned, run.Starting, run.Failed}},
		{"a failing start", func(f *fake.Runtime) { f.Fail(start, element("x")) },
			calls(prepare, start, start, drain, stop), []error{nil, fault.GstElement, fault.Internal, fault.Internal, nil},
			[]run.State{run.Planned, run.Starting, run.Failed}},
		{"a hanging start", func(f *fake.Runtime) { f.Wedge(start) },
			calls(prepare, start, apply, stop), []error{nil, fault.Lost, fault.Internal, nil}, []run.State{run.Planned, run.Starting, run.Lost}},
		{"a hanging drain", func(f *fake.Runtime) { f.Wedge(drain) },
			calls(prepare, start, drain, stop), []error{nil, nil, fault.Lost, nil},
			[]run.State{run.Planned, run.Starting, run.Live, run.Draining, run.Lost}},
		{"a drain that stalls", func(f *fake.Runtime) { f.Fail(drain, fault.New(fault.Stalled, "out", "no end")) },
			calls(prepare, start, drain, apply, stop), []error{nil, nil, fault.Stalled, fault.Internal, nil},
			[]run.State{run.Planned, run.Starting, run.Live, run.Draining, run.Stopped}},
		{"a hanging stop", func(f *fake.Runtime) { f.Wedge(stop) },
			calls(prepare, start, drain, stop), []error{nil, nil, nil, fault.Lost},
			[]run.State{run.Planned, run.Starting, run.Live, run.Draining, run.Lost}},
		{"a hanging apply", func(f *fake.Runtime) { f.Wedge(apply) },
			calls(prepare, start, apply, apply, drain, stop), []error{nil, nil, fault.Lost, fault.Internal, fault.Internal, nil},
			[]run.State{run.Planned, run.Starting, run.Live, run.Lost}},
	} {
		t.Run(life.name, func(t *testing.T) {
			f := fake.New()
			if life.orders != nil {
				life.orders(f)
			}
			o := own(f)
			f.Answer(run.Do, func(run.Change) (run.Result, error) { return run.Result{}, nil })
			for i, c := range life.calls {
				err := o.ask(c, run.Change{Verb: run.StartLazy, Branch: "none"})
				if c == apply && errors.Is(err, fault.ResourceNotFound) {
					err = nil // the plan is empty; that the call was made at all is what counts
				}
				if want := life.errs[i]; (want == nil) != (err == nil) || want != nil && !errors.Is(err, want) {
					t.Errorf("%s: %v, want %v", c, err, want)
				}
				if c == start && err == nil {
					f.Tell(run.Notice{Kind: run.FirstMedia, Node: "in"})
				}
			}
			<-o.gone
			if !slices.Equal(o.states, life.states) {
				t.Errorf("states %v, want %v", o.states, life.states)
			}
		})
	}
}

// Every order of up to four calls: the fake allows exactly what the table of phases allows.
func TestOrders(t *testing.T) {
	all := []run.Call{run.CallPrepare, run.CallStart, run.CallApply, run.CallDrain, run.CallStop}
	for n := range 5 * 5 * 5 * 5 {
		f, phase := fake.New(), run.Fresh
		var order []run.Call
		for i, k := 0, n; i < 4; i, k = i+1, k/5 {
			c := all[k%5]
			order = append(order, c)
			next, want := phase.After(c)
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			err := call(ctx, f, c, run.Change{Verb: run.StartLazy, Branch: "none"}, fake.NewHost())
			cancel()
			if errors.Is(err, fault.ResourceNotFound) {
				err = nil
			}
			if fmt.Sprint(err) != fmt.Sprint(want) {
				t.Fatalf("%v: %v, want %v", order, err, want)
			}
			if phase = next; want != nil {
				continue
			}
			if report, err := f.Inspect(context.Background()); err != nil || report.Phase != phase {
				t.Fatalf("%v: the report says %s, want %s", order, report.Phase, phase)
			}
		}
	}
}

// A crash while a change is being made: the change ends with it, the host hears of it, and stopping works.
func TestCrash(t *testing.T) {
	f := fake.New()
	entered, _ := f.Wedge(run.CallApply)
	o := own(f)
	if err := errors.Join(o.ask(run.CallPrepare), o.ask(run.CallStart)); err != nil {
		t.Fatal(err)
	}
	f.Tell(run.Notice{Kind: run.FirstMedia})
	outcome := make(chan error)
	go func() { outcome <- o.ask(run.CallApply) }()
	<-entered
	f.Crash(element("vdec"))
	if err := <-outcome; !errors.Is(err, fault.GstElement) {
		t.Errorf("the change: %v", err)
	}
	if err := o.ask(run.CallDrain); err == nil {
		t.Error("what crashed can be drained")
	}
	if err := o.ask(run.CallStop); err != nil {
		t.Errorf("stop: %v", err)
	}
	<-o.gone
	if want := []run.State{run.Planned, run.Starting, run.Live, run.Failed}; !slices.Equal(o.states, want) {
		t.Errorf("states %v, want %v", o.states, want)
	}
	if f.Tell(run.Notice{}) || f.Deliver("b", &media.Unit{}) || f.WantKey("b") {
		t.Error("the host was called after stop")
	}
}
