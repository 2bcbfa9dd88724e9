package instance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sketch is a template by hand: a camera "cam" whose picture goes to "out"; a lazy branch "rec" and a lazy pipeline
// "hls"; a branch "push" that may fail alone; guests in "seat", at most three; a field "mix.level" that may be set.
type sketch struct {
	policy  func(*plan.Policy)
	seats   string // on_error of guests
	push    string // on_error of the branch that may fail alone; "": there is none
	rec     string // on_error of the lazy branch
	lonely  bool   // there is nothing that always runs
	version int
	offline bool
	fails   error
	devices bool // "cam", "push", "rec" and what decodes guests are replaceable
	own     bool // each guest has a lazy branch "own"
	mute    bool // of guests the sound is left out
}

func (s *sketch) Resolve(in plan.Inputs) (*plan.Plan, error) {
	if s.fails != nil {
		return nil, s.fails
	}
	p := &plan.Plan{Graph: "room", Policy: plan.DefaultPolicy()}
	p.Policy.Restart = plan.Restart{When: "error", Least: plan.Span(time.Second), Most: plan.Span(8 * time.Second), Tries: 3, Window: plan.Span(time.Minute)}
	if s.policy != nil {
		s.policy(&p.Policy)
	}
	node := func(name string) { p.Nodes = append(p.Nodes, plan.Node{Name: name, Domain: "gst", Pipeline: "cam"}) }
	l := plan.Pipeline{Name: "cam", Offline: s.offline}
	chain := func(branch string, names ...string) {
		for i, n := range names {
			l.Elements = append(l.Elements, plan.Element{Name: n, Node: n, Branch: branch})
			node(n)
			if i > 0 {
				l.Links = append(l.Links, plan.Link{From: plan.Pad{Of: names[i-1]}, To: plan.Pad{Of: n}})
			}
		}
	}
	if !s.lonely {
		chain("", "cam", "mix", "out")
		if s.push != "" {
			chain("push", "push")
			l.Links = append(l.Links, plan.Link{From: plan.Pad{Of: "mix"}, To: plan.Pad{Of: "push"}})
			l.Branches = append(l.Branches, plan.Branch{Name: "push", Kind: plan.Apart, OnError: s.push})
		}
		p.Bridges = append(p.Bridges, plan.Bridge{Name: "side", Direction: plan.IntoGst, Pipeline: "cam"})
	}
	chain("rec", "rec")
	l.Branches = append(l.Branches, plan.Branch{Name: "rec", Kind: plan.Lazy, Linger: plan.Span(2 * time.Second), OnError: s.rec})
	keys, known := in.Keys["seat"]
	if !known {
		keys = []plan.Key{{Name: "{guest}"}}
	}
	if len(keys) > 3 {
		return nil, fault.New(fault.InvalidParams, "room/seat", "%d instances are more than the 3 allowed", len(keys))
	}
	names := ""
	for _, k := range slices.SortedFunc(slices.Values(keys), func(a, b plan.Key) int { return strings.Compare(a.Name, b.Name) }) {
		if k.Name == "bad" {
			return nil, fault.New(fault.InvalidParams, "room/seat[bad]", "it cannot be")
		}
		b := "seat[" + k.Name + "]"
		names += k.Name + " "
		chain(b, b+"/in", b+"/dec")
		l.Branches = append(l.Branches, plan.Branch{Name: b, Kind: plan.Keyed, Key: k.Name, Max: 3, OnError: s.seats})
		p.Bridges = append(p.Bridges, plan.Bridge{Name: b + "/bridge", Direction: plan.IntoGst, Branch: b, Pipeline: "cam"})
		if s.own {
			chain(b+"/own", b+"/own")
			l.Branches = append(l.Branches, plan.Branch{Name: b + "/own", Kind: plan.Lazy, Key: k.Name, Linger: plan.Span(2 * time.Second)})
		}
		if s.mute {
			p.Omitted = append(p.Omitted, plan.Omission{From: b + "/in", Kind: media.Audio, Why: "g729 cannot be decoded"})
		}
		p.Policy.Cost += 0.5
	}
	for name, fields := range in.Set {
		known := slices.ContainsFunc(p.Nodes, func(n plan.Node) bool { return n.Name == name })
		if level, ok := fields["level"].(int); !ok || level > 10 || !known {
			return nil, fault.New(fault.InvalidParams, "room/"+name, "level: %v", fields["level"])
		}
		for i := range l.Elements {
			if l.Elements[i].Name == name {
				l.Elements[i].Props = []plan.Setting{{Name: "level", Text: fmt.Sprint(fields["level"])}}
			}
		}
	}
	p.Pipelines = []plan.Pipeline{l, {Name: "hls", Lazy: true, Linger: plan.Span(5 * time.Second), Elements: []plan.Element{{Name: "hls", Node: "hls"}}}}
	node("hls")
	for i := range p.Pipelines[0].Elements {
		if e := &p.Pipelines[0].Elements[i]; s.devices && e.Name != "mix" && e.Name != "out" {
			e.Factory, e.Replaceable = "device", true
			if slices.Contains(in.Without[e.Node], "device") {
				e.Factory, e.Replaceable = "software", false
			}
		}
	}
	p.Hash = fmt.Sprintf("%d %s%v", s.version, names, in.Set)
	return p, nil
}

// rig runs one instance on fakes, inside a bubble.
type rig struct {
	*Instance
	t    *testing.T
	bus  *event.Bus
	subs *event.Subscription

	mu    sync.Mutex
	fakes []*fake.Runtime
	prime func(n int, f *fake.Runtime) // is given each Runtime when it is opened
}

func (r *rig) open(string) (run.Runtime, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := fake.New()
	f.Answer(run.Do, func(run.Change) (run.Result, error) { return run.Result{Type: "image/png"}, nil })
	if r.prime != nil {
		r.prime(len(r.fakes), f)
	}
	r.fakes = append(r.fakes, f)
	return f, nil
}

// fake gives the newest Runtime.
func (r *rig) fake() *fake.Runtime {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fakes[len(r.fakes)-1]
}

// opened counts the Runtimes so far.
func (r *rig) opened() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.fakes)
}

// play lets the newest Runtime give its first media, and waits until everybody has heard of it.
func (r *rig) play() {
	r.t.Helper()
	synctest.Wait()
	if !r.fake().Tell(run.Notice{Kind: run.FirstMedia, Node: "cam"}) {
		r.t.Fatal("nobody hears the first media")
	}
	synctest.Wait()
}

// revived waits for the next Runtime and lets that play.
func (r *rig) revived() {
	r.t.Helper()
	for before := r.opened(); r.opened() == before; {
		if r.after(time.Second / 4); r.state().Over() {
			r.t.Fatalf("it is %s and does not come back", r.state())
		}
	}
	r.play()
}

// tell passes on a notice of the newest Runtime, and waits until its effect is there.
func (r *rig) tell(n run.Notice) {
	r.fake().Tell(n)
	synctest.Wait()
}

// after lets time pass.
func (r *rig) after(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// state tells the state, once everything has settled.
func (r *rig) state() run.State {
	synctest.Wait()
	return r.Status().State
}

func (r *rig) want(s run.State) {
	r.t.Helper()
	if got := r.state(); got != s {
		r.t.Errorf("%s, want %s (%+v)", got, s, r.Status().Fault)
	}
}

// states lists the states that the instance went through, as events say it.
func (r *rig) states() []run.State {
	out := []run.State{run.Planned}
	for _, e := range r.events(event.InstanceChanged) {
		b := e.Body.(event.Instance)
		if run.State(b.From) != out[len(out)-1] {
			r.t.Errorf("an event says from %s, after %v", b.From, out)
		}
		out = append(out, run.State(b.To))
	}
	return out
}

// events takes those of a name that were raised and not taken, and all of them if it is "".
func (r *rig) events(name string) []event.Event {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out []event.Event
	for {
		e, lost, err := r.subs.Next(ctx)
		if err != nil {
			return out
		}
		if lost > 0 {
			r.t.Errorf("%d events lost", lost)
		}
		if e.Name == name || name == "" {
			out = append(out, e)
		}
	}
}

// changes lists what was applied to the newest Runtime and succeeded, as "verb branch".
func (r *rig) changes() []string {
	var out []string
	for _, c := range r.fake().Calls() {
		if c.Call == run.CallApply && c.Err == nil {
			out = append(out, strings.TrimSpace(string(c.Change.Verb)+" "+c.Change.Branch))
		}
	}
	return out
}

func (r *rig) wantChanges(want ...string) {
	r.t.Helper()
	synctest.Wait()
	if got := r.changes(); !slices.Equal(got, want) {
		r.t.Errorf("applied %q, want %q", got, want)
	}
}

// stop ends the instance; it must be possible at any time.
func (r *rig) stop() {
	r.t.Helper()
	if err := r.Stop(context.Background()); err != nil && !errors.Is(err, fault.Lost) {
		r.t.Errorf("stop: %v", err)
	}
	select {
	case <-r.Done():
	default:
		r.t.Error("stopped, and not done")
	}
}

// options change what a rig runs.
type option func(*rig, *Spec, *Options)

func primed(prime func(n int, f *fake.Runtime)) option {
	return func(r *rig, _ *Spec, _ *Options) { r.prime = prime }
}

// logged writes the log to a builder, which is to be read when the instance has ended.
func logged(to *strings.Builder) option {
	return func(_ *rig, _ *Spec, o *Options) { o.Log = slog.New(slog.NewTextHandler(to, nil)) }
}

// begin begins an instance of a sketch in a bubble, runs the test and stops it.
func begin(t *testing.T, s *sketch, test func(t *testing.T, r *rig), options ...option) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t, bus: event.NewBus(nil)}
		r.subs = r.bus.Subscribe(1000, nil)
		spec := Spec{ID: "7f", Template: s}
		opts := Options{Open: r.open, Bus: r.bus, Random: func() float64 { return 0 }}
		for _, o := range options {
			o(r, &spec, &opts)
		}
		i, err := New(spec, opts)
		if err != nil {
			t.Fatal(err)
		}
		r.Instance = i
		i.Begin()
		defer r.stop()
		test(t, r)
	})
}

// live begins one and lets it become live.
func live(t *testing.T, s *sketch, test func(t *testing.T, r *rig), options ...option) {
	t.Helper()
	begin(t, s, func(t *testing.T, r *rig) {
		r.play()
		r.want(run.Live)
		test(t, r)
	}, options...)
}

func broken(node string) error { return fault.New(fault.GstElement, node, "it failed") }

func wantCode(t *testing.T, what string, err error, want fault.Code) {
	t.Helper()
	if got := fault.CodeOf(err); got != want {
		t.Errorf("%s: %v, want %q", what, err, want)
	}
}
