//go:build cgo && !nogst

package gst_test

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// until waits until a condition on a port holds.
func until(t testing.TB, what string, cond func() bool) {
	t.Helper()
	ctx := within(t)
	for !cond() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s does not happen", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// notice waits for a notice of a kind; Broken is an error unless it is wanted.
func notice(t testing.TB, host *fake.Host, kind run.NoticeKind) run.Notice {
	t.Helper()
	for {
		n, err := host.Next(within(t))
		if err != nil {
			t.Fatalf("no %s: %v", kind, err)
		}
		if n.Kind == kind {
			return n
		}
		if n.Kind == run.Broken {
			t.Fatalf("broken: %v", n.Err)
		}
	}
}

const recordText = `
graph: v1
about: Bars, that can be recorded.
params: {target: file}
nodes:
  bars: videotestsrc is-live=true
  enc: vp8enc deadline=1 keyframe-max-dist=10
  live: stream.out name=bars
  mux: webmmux
  file: {element: filesink, set: {location: $target}, lazy: 1s}
links:
  - bars -> [video/x-raw,width=160,height=90,framerate=25/1] -> enc -> live
  - enc -> mux -> file
`

func TestLazyBranch(t *testing.T) {
	target := filepath.Join(t.TempDir(), "rec.webm")
	p := resolve(t, template(t, "rec", recordText), plan.Inputs{Params: map[string]any{"target": target}})
	rt := open(t)
	host, _ := begin(t, rt, p)
	live := host.Port("live-video-out")
	branch := lazyBranch(t, p)
	for range 2 {
		count := len(live.Units())
		until(t, "media", func() bool { return len(live.Units()) > count+5 })
		if _, err := os.Stat(target); err == nil {
			t.Fatal("it records before it was asked to")
		}
		apply(t, rt, run.Change{Verb: run.StartLazy, Branch: branch})
		apply(t, rt, run.Change{Verb: run.StartLazy, Branch: branch}) // again: no error
		if rep, _ := rt.Inspect(t.Context()); len(rep.Lazy) != 1 {
			t.Errorf("lazy: %v", rep.Lazy)
		}
		count = len(live.Units())
		until(t, "media", func() bool { return len(live.Units()) > count+20 })
		apply(t, rt, run.Change{Verb: run.EndLazy, Branch: branch})
		launch(t, "filesrc location="+target+" ! matroskademux ! vp8dec ! fakesink")
		if err := os.Remove(target); err != nil {
			t.Fatal(err)
		}
	}
	noGaps(t, live.Units())
}

// noGaps checks that pictures came in a row. A busy machine may lose some before the encoder; a stall is longer.
func noGaps(t testing.TB, list []*media.Unit) {
	t.Helper()
	for i := 1; i < len(list); i++ {
		if d := list[i].PTS - list[i-1].PTS; d > 3*time.Second || d < 0 {
			t.Errorf("picture %d comes %s after the one before it", i, d)
		}
	}
}

func lazyBranch(t testing.TB, p *plan.Plan) string {
	t.Helper()
	for _, l := range p.Pipelines {
		if l.Lazy {
			return l.Name
		}
		for _, b := range l.Branches {
			if b.Kind == plan.Lazy {
				return b.Name
			}
		}
	}
	t.Fatalf("no lazy branch or pipeline in %+v", p.Pipelines)
	return ""
}

func apply(t testing.TB, rt run.Runtime, c run.Change) run.Result {
	t.Helper()
	res, err := rt.Apply(within(t), c)
	if err != nil {
		t.Fatalf("%s %s: %v", c.Verb, c.Branch, err)
	}
	return res
}

// Guests come and go; picture and sound go on.
func TestMixerSeats(t *testing.T) {
	track, pictures := units(t, "h264")
	sound, sounds := units(t, "opus")
	tmpl := template(t, "rooms/mixer", read(t, "rooms/mixer"))
	room := func(guests ...string) *plan.Plan {
		in := plan.Inputs{Params: map[string]any{"room": "red", "width": int64(320), "height": int64(180)}, Keys: map[string][]plan.Key{"seat": {}}}
		for _, g := range guests {
			in.Keys["seat"] = append(in.Keys["seat"], plan.Key{Name: g, Params: map[string]any{"stream": g}})
		}
		return resolve(t, tmpl, in)
	}
	rt := open(t)
	host, _ := begin(t, rt, room())
	out := host.Port("out-video-out")
	until(t, "an empty room", func() bool { return len(out.Units()) > 5 })
	for round, guests := range [][]string{{"ann"}, {"ann", "bob"}, {"bob"}, {"bob", "cid"}, {}} {
		change := run.Change{Plan: room(guests...)}
		switch round {
		case 0:
			change.Verb, change.Branch = run.AddBranch, "seat[ann]"
		case 1:
			change.Verb, change.Branch = run.AddBranch, "seat[bob]"
		case 2:
			change.Verb, change.Branch = run.RemoveBranch, "seat[ann]"
		case 3:
			change.Verb, change.Branch = run.AddBranch, "seat[cid]"
		case 4:
			change.Verb, change.Branch = run.RemoveBranch, "seat[bob]"
			change.Plan = room("cid")
		}
		res := apply(t, rt, change)
		if change.Verb == run.AddBranch {
			if len(res.Inlets) != 2 {
				t.Fatalf("inlets %v", res.Inlets)
			}
			base := time.Since(host.Epoch())
			for name, in := range res.Inlets {
				tr, list := track, pictures
				if in != nil && bytes.Contains([]byte(name), []byte("audio")) {
					tr, list = sound, sounds
				}
				in.Codec(tr)
				for _, u := range list {
					moved := *u
					moved.PTS, moved.DTS = u.PTS+base, u.DTS+base
					in.Unit(&moved)
				}
			}
			if _, err := rt.Apply(within(t), change); !errors.Is(err, fault.NameInUse) {
				t.Errorf("the same guest again: %v", err)
			}
		}
		count := len(out.Units())
		until(t, "pictures", func() bool { return len(out.Units()) > count+10 })
	}
	list := out.Units()
	for i := 1; i < len(list); i++ {
		if d := list[i].PTS - list[i-1].PTS; d > 3*time.Second || d <= 0 {
			t.Errorf("picture %d of %d comes %s after the one before it", i, len(list), d)
		}
	}
	if n := len(host.Port("out-audio-out").Units()); n < 20 {
		t.Errorf("%d frames of sound", n)
	}
}

// A branch that fails leaves, and comes again; the others never notice.
func TestABranchFailsAlone(t *testing.T) {
	p := resolve(t, template(t, "x", `
graph: v1
about: Two recordings, one of which fails.
nodes:
  bars: videotestsrc is-live=true
  enc: vp8enc deadline=1
  live: stream.out name=bars
  bad: {element: identity, set: {error-after: 10}, on_error: drop}
  sink: {element: fakesink, on_error: drop}
links:
  - bars -> [video/x-raw,width=160,height=90,framerate=25/1] -> enc -> live
  - enc -> bad -> sink
`), plan.Inputs{})
	rt := open(t)
	host, _ := begin(t, rt, p)
	live := host.Port("live-video-out")
	for range 2 {
		gone := notice(t, host, run.BranchGone)
		if gone.Node != "bad" || gone.Branch == "" || gone.Err == nil {
			t.Errorf("%+v", gone)
		}
		count := len(live.Units())
		until(t, "media", func() bool { return len(live.Units()) > count+5 })
		apply(t, rt, run.Change{Verb: run.AddBranch, Branch: gone.Branch, Plan: p})
	}
	notice(t, host, run.BranchGone)
	noGaps(t, live.Units())
}

func TestValuesWhileMediaFlows(t *testing.T) {
	tmpl := template(t, "x", `
graph: v1
about: Bars at a bit rate.
params: {rate: {type: int, default: 300}}
nodes:
  bars: videotestsrc is-live=true pattern=snow
  enc: x264enc tune=zerolatency bitrate=$rate
  live: stream.out name=bars
links:
  - bars -> [video/x-raw,width=320,height=180,framerate=25/1] -> enc -> live
`)
	at := func(rate int64) *plan.Plan {
		return resolve(t, tmpl, plan.Inputs{Params: map[string]any{"rate": rate}})
	}
	rt := open(t)
	host, _ := begin(t, rt, at(200))
	live := host.Port("live-video-out")
	size := func() int {
		from := len(live.Units())
		until(t, "media", func() bool { return len(live.Units()) >= from+25 })
		n := 0
		for _, u := range live.Units()[from : from+25] {
			n += u.Bytes()
		}
		return n
	}
	before := size()
	apply(t, rt, run.Change{Verb: run.Set, Plan: at(2000)})
	size()
	if after := size(); after < 3*before {
		t.Errorf("%d bytes a second at 200 kbit/s, %d at 2000", before, after)
	}
	other := at(2000)
	other.Pipelines[0].Elements = other.Pipelines[0].Elements[1:]
	if _, err := rt.Apply(within(t), run.Change{Verb: run.Set, Plan: other}); !errors.Is(err, fault.InvalidParams) {
		t.Errorf("a plan without its source: %v", err)
	}
}

func TestSnapshot(t *testing.T) {
	p := resolve(t, template(t, "x", `
graph: v1
about: Pictures of bars.
nodes:
  bars: videotestsrc is-live=true
  live: snapshot.out
links:
  - bars -> [video/x-raw,width=320,height=180,framerate=25/1] -> live
`), plan.Inputs{})
	rt := open(t)
	begin(t, rt, p)
	res := apply(t, rt, run.Change{Verb: run.Do, Node: "live", Action: "snapshot"})
	img, err := png.Decode(bytes.NewReader(res.Bytes))
	if err != nil || res.Type != "image/png" || img.Bounds().Dx() != 320 {
		t.Errorf("%s: %v", res.Type, err)
	}
	if _, err := rt.Apply(within(t), run.Change{Verb: run.Do, Node: "live", Action: "dance"}); !errors.Is(err, fault.ResourceNotFound) {
		t.Errorf("%v", err)
	}
}

// A call out of order, without a deadline, or after the end is refused.
func TestOrder(t *testing.T) {
	rt := open(t)
	if err := rt.Start(within(t)); !errors.Is(err, fault.Internal) {
		t.Errorf("start first: %v", err)
	}
	if err := rt.Drain(context.Background()); !errors.Is(err, fault.Internal) {
		t.Errorf("no deadline: %v", err)
	}
	if err := rt.(run.Tapper).Tap("x", func(run.Passed) {}); !errors.Is(err, fault.Internal) {
		t.Errorf("tap before prepare: %v", err)
	}
	if err := rt.Stop(context.Background()); !errors.Is(err, fault.Internal) {
		t.Errorf("stop without a deadline: %v", err)
	}
	if err := rt.Stop(within(t)); err != nil {
		t.Error(err)
	}
	if err := rt.Start(within(t)); !errors.Is(err, fault.Closed) {
		t.Errorf("after stop: %v", err)
	}
	newer := *compile(t, "jobs/transcode", nil)
	newer.Version = plan.Version + 1
	if _, err := open(t).Prepare(within(t), &newer, fake.NewHost()); !errors.Is(err, fault.InvalidRequest) {
		t.Errorf("a plan from a newer version: %v", err)
	}
}
