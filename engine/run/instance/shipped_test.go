package instance

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/hls/outlet"
	"sluice/elements/convert"
	"sluice/elements/mix"
	"sluice/elements/stream"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/spec"
	"sluice/engine/stat"
	"sluice/graphs"
	gst "sluice/testdata/registry"
)

// library holds graphs by name.
type library map[string]*spec.Graph

func (l library) Graph(name string) (*spec.Graph, bool) { g, ok := l[name]; return g, ok }

// shipped compiles one of the graphs that come with sluice.
func shipped(t *testing.T, name string) *plan.Template {
	t.Helper()
	cat, err := gst.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	reg, err := element.NewRegistry(cat, slices.Concat(stream.Elements(), convert.Elements(), mix.Elements(), outlet.Elements()), nil)
	if err != nil {
		t.Fatal(err)
	}
	lib := library{}
	for _, n := range []string{name, "fragments/member", "fragments/seat"} {
		text, err := graphs.FS.ReadFile(n + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		list, _ := spec.Parse(n+".yaml", n, text)
		for _, g := range list {
			lib[g.Name] = g
		}
	}
	tmpl, err := plan.Compile(lib[name], lib, reg)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

// The shipped room, with its real plans: guests come up to the limit, the layout changes while it plays, a guest's own
// mix runs while somebody listens to it, and a restart brings all of that back.
func TestTheShippedRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t}
		i, err := New(Spec{
			ID: "7f", Template: shipped(t, "rooms/mixer"), Inputs: plan.Inputs{Params: map[string]any{"room": "red", "seats": 2}},
		}, Options{Open: r.open, Random: func() float64 { return 0 }})
		if err != nil {
			t.Fatal(err)
		}
		r.Instance = i
		i.Begin()
		defer r.stop()
		play := func() {
			t.Helper()
			synctest.Wait()
			r.fake().Tell(run.Notice{Kind: run.FirstMedia, Node: "picture"})
			r.want(run.Live)
		}
		play()
		for _, c := range r.fake().Calls() {
			if strings.Contains(c.Plan, "{") {
				t.Errorf("a Runtime saw the placeholder in %q", c.Plan)
			}
		}
		key := func(name string) plan.Key {
			return plan.Key{Name: name, Params: map[string]any{"stream": "cam-" + name}}
		}
		if err := r.Add(t.Context(), "seat", plan.Key{Name: "ann"}); fault.CodeOf(err) != fault.InvalidParams || !strings.Contains(err.Error(), "stream") {
			t.Errorf("a guest without a stream: %v", err)
		}
		for _, name := range []string{"ann", "bob"} {
			if err := r.Add(t.Context(), "seat", key(name)); err != nil {
				t.Fatal(err)
			}
		}
		err = r.Add(t.Context(), "seat", key("cat"))
		if wantCode(t, "a third guest", err, fault.InvalidParams); !strings.Contains(err.Error(), "rooms/mixer#7f/seat") {
			t.Errorf("the place is not in %q", err)
		}
		if err := r.Set(t.Context(), "picture", map[string]any{"layout": "speaker"}); err != nil {
			t.Error(err)
		}
		wantCode(t, "another size", r.Set(t.Context(), "picture", map[string]any{"width": 320}), fault.InvalidParams)
		if err := r.Demand("seat[bob]/own"); err != nil {
			t.Error(err)
		}
		want := []string{"add_branch seat[ann]", "add_branch seat[bob]", "set", "start_lazy seat[bob]/own"}
		r.wantChanges(want...)
		before := r.Plan().Hash
		r.fake().Crash(broken("picture"))
		for r.opened() < 2 {
			r.after(time.Second)
		}
		play()
		r.wantChanges(want[0], want[1], want[3])
		if got := r.Plan().Hash; got != before {
			t.Errorf("before it played %s, now %s", before, got)
		}
		if err := r.Remove(t.Context(), "seat", "bob"); err != nil {
			t.Fatal(err)
		}
		wantCode(t, "listening to who has left", r.Demand("seat[bob]/own"), fault.ResourceNotFound)
		last := func(c fake.Call) bool { return c.Change.Verb == run.RemoveBranch && c.Err == nil }
		if !slices.ContainsFunc(r.fake().Calls(), last) {
			t.Error("the guest was not removed")
		}
	})
}

// A room goes on while its guests give nothing, and while it has none: what it shows then is its own. It fails when that stops.
func TestTheShippedRoomIsAliveByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &rig{t: t}
		i, err := New(Spec{
			ID: "7f", Template: shipped(t, "rooms/mixer"), Inputs: plan.Inputs{Params: map[string]any{"room": "red"}},
		}, Options{Open: r.open, Random: func() float64 { return 0 }})
		if err != nil {
			t.Fatal(err)
		}
		r.Instance = i
		i.Begin()
		defer r.stop()
		synctest.Wait()
		frames := uint64(0)
		var more atomic.Uint64 // frames at each look
		more.Store(1)
		r.fake().Inspected(func(report *run.Report) {
			frames += more.Load()
			silent := time.Duration(0)
			if more.Load() == 0 {
				silent = time.Hour
			}
			report.Samples = []run.Sample{
				{Kind: run.OfBridge, Name: "seat-ann-adec-audio-in", Silent: -1}, {Kind: run.OfBridge, Name: "seat-ann-vdec-video-in", Silent: -1},
				{Kind: run.OfNode, Name: "picture", Counts: stat.Snapshot{Units: frames}, Silent: silent},
			}
		})
		r.fake().Tell(run.Notice{Kind: run.FirstMedia, Node: "picture"})
		r.want(run.Live)
		r.after(time.Minute)
		if err := r.Add(t.Context(), "seat", plan.Key{Name: "ann", Params: map[string]any{"stream": "cam"}}); err != nil {
			t.Fatal(err)
		}
		r.after(time.Minute)
		if s := r.Status(); s.State != run.Live || s.Restarts != 0 {
			t.Fatalf("with a silent guest it is %s: %v", s.State, s.Fault)
		}
		more.Store(0)
		r.after(5 * time.Second)
		if s := r.Status(); s.Restarts == 0 || s.Fault == nil || s.Fault.Code != fault.Stalled {
			t.Errorf("without a picture it is %s: %v", s.State, s.Fault)
		}
	})
}
