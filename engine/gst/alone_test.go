//go:build cgo && !nogst

package gst_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/gst"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/value"
)

// calls resolves a graph whose guests have pipelines of their own.
func calls(t testing.TB, guests ...string) *plan.Plan {
	t.Helper()
	all := shelf{}
	all.add(t, "fragments/call", []byte(`graph: v1
about: One call.
params: {stream: string}
nodes:
  in: stream.in name=$stream
  to: convert codec=pcma
  out: {element: stream.out, set: {name: $(stream)/far}}
links:
  - in.audio -> to -> out
exports:
  picture: in.video
`))
	all.add(t, "calls", []byte(`graph: v1
about: Calls.
nodes:
  call: {use: fragments/call, each: {key: guest, max: 4}, on_error: drop}
`))
	tmpl, err := plan.Compile(all["calls"], all, elements(t))
	if err != nil {
		t.Fatal(err)
	}
	in := plan.Inputs{Keys: map[string][]plan.Key{"call": {}}, Given: map[string][]element.Format{}, Want: map[string][]element.Format{}}
	for _, g := range guests {
		in.Keys["call"] = append(in.Keys["call"], plan.Key{Name: g, Params: map[string]any{"stream": g}})
		in.Given["call["+g+"]/in"] = []element.Format{{Kind: media.Audio, Codec: media.PCMU}}
		in.Want["call["+g+"]/out"] = []element.Format{{Kind: media.Audio, Codec: media.PCMA}}
	}
	return resolve(t, tmpl, in)
}

// Branches that are pipelines of their own come, fail, leave and come back, each alone.
func TestBranchesThatArePipelines(t *testing.T) {
	track, list := units(t, "pcmu")
	rt := open(t)
	host, _ := begin(t, rt, calls(t))
	talk := func(in run.Inlets, guest string) {
		t.Helper()
		if !give(host, in["call-"+guest+"-to-audio-in"], track, list) {
			t.Fatal("a unit was not taken")
		}
		until(t, "what "+guest+" says", func() bool {
			s, ok := sample(t, rt, "call-"+guest+"-out-audio-out")
			return ok && s.Counts.Units > 10
		})
	}
	bob := apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "call[bob]", Plan: calls(t, "bob")}).Inlets
	talk(bob, "bob")
	before := parts(t, rt)
	both := calls(t, "bob", "ann")
	missing := changed(both, "call-ann-to-aenc", func(e *plan.Element) { e.Factory = "nonesuch" })
	if _, err := rt.Apply(within(t), run.Change{Verb: run.AddBranch, Branch: "call[ann]", Plan: missing}); !errors.Is(err, fault.ElementUnavailable) {
		t.Errorf("%v", err)
	}
	same(t, before, parts(t, rt))
	quiet(t, host)
	bad := changed(both, "call-ann-to-aenc", func(e *plan.Element) {
		e.Factory, e.Props = "identity", []plan.Setting{{Name: "error-after", Text: "3"}}
	})
	bad = changed(bad, "call-ann-out-audio-out", func(e *plan.Element) { e.Props = e.Props[1:] })
	in := apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "call[ann]", Plan: bad}).Inlets
	give(host, in["call-ann-to-audio-in"], track, list)
	if gone := notice(t, host, run.BranchGone); gone.Branch != "call[ann]" || gone.Node != "call[ann]/to" {
		t.Errorf("%+v", gone)
	}
	same(t, before, parts(t, rt))
	talk(bob, "bob")
	for range 2 {
		talk(apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "call[ann]", Plan: both}).Inlets, "ann")
		if _, err := rt.Apply(within(t), run.Change{Verb: run.AddBranch, Branch: "call[ann]", Plan: both}); !errors.Is(err, fault.NameInUse) {
			t.Errorf("twice: %v", err)
		}
		apply(t, rt, run.Change{Verb: run.RemoveBranch, Branch: "call[ann]", Plan: calls(t, "bob")})
		if _, err := rt.Apply(within(t), run.Change{Verb: run.RemoveBranch, Branch: "call[ann]", Plan: calls(t, "bob")}); !errors.Is(err, fault.ResourceNotFound) {
			t.Errorf("gone already: %v", err)
		}
		same(t, before, parts(t, rt))
	}
	talk(bob, "bob")
	quiet(t, host)
}

// A lazy pipeline that cannot start is an error of the change; one that fails later is a branch that is gone. Both may be
// started again.
func TestALazyPipelineFails(t *testing.T) {
	dir := t.TempDir()
	track, pictures := units(t, "vp8")
	target := filepath.Join(dir, "folder", "x.webm")
	p := changed(resolve(t, template(t, "x", lazyCapsText), plan.Inputs{
		Params: map[string]any{"target": target}, Given: given(media.Video, media.VP8),
	}), "conv", func(e *plan.Element) {
		e.Factory, e.Props = "identity", []plan.Setting{{Name: "error-after", Text: "2"}}
	})
	rt := open(t)
	host, inlets := begin(t, rt, p)
	var f *fault.Fault
	if _, err := rt.Apply(within(t), run.Change{Verb: run.StartLazy, Branch: "file"}); !errors.As(err, &f) || f.Code != fault.ResourceNotFound || f.Place != "file" {
		t.Errorf("%v", err)
	}
	if rep, _ := rt.Inspect(t.Context()); len(rep.Lazy) > 0 {
		t.Errorf("lazy: %v", rep.Lazy)
	}
	quiet(t, host)
	if err := os.Mkdir(filepath.Dir(target), 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		apply(t, rt, run.Change{Verb: run.StartLazy, Branch: "file"})
		give(host, inlets[only(t, p, plan.IntoGst)], track, pictures)
		if gone := notice(t, host, run.BranchGone); gone.Branch != "file" || gone.Node != "conv" {
			t.Errorf("%+v", gone)
		}
		if left := parts(t, rt); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	}
	quiet(t, host)
}

// A branch with two sinks ends when both have all that came.
func TestTwoFilesEnd(t *testing.T) {
	dir := t.TempDir()
	p := resolve(t, template(t, "x", `
graph: v1
about: Two recordings of one camera, while somebody wants them.
params: {one: file, two: file}
nodes:
  bars: videotestsrc is-live=true
  enc: vp8enc deadline=1 keyframe-max-dist=5
  live: stream.out name=bars
  both: {element: identity, lazy: 1s}
  a: webmmux
  b: webmmux
  one: filesink location=$one
  two: filesink location=$two
links:
  - bars -> [video/x-raw,width=160,height=90,framerate=50/1] -> enc -> live
  - enc -> both -> a -> one
  - both -> b -> two
`), plan.Inputs{Params: map[string]any{"one": filepath.Join(dir, "one"), "two": filepath.Join(dir, "two")}})
	rt := open(t)
	host, _ := begin(t, rt, p)
	branch := lazyBranch(t, p)
	for range 2 {
		apply(t, rt, run.Change{Verb: run.StartLazy, Branch: branch})
		until(t, "media", func() bool { s, ok := sample(t, rt, "both"); return ok && s.Counts.Units > 12 })
		begun := time.Now()
		apply(t, rt, run.Change{Verb: run.EndLazy, Branch: branch})
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("it took %s to end", took)
		}
		for _, file := range []string{"one", "two"} {
			launch(t, "filesrc location="+filepath.Join(dir, file)+" ! matroskademux ! vp8dec ! fakesink")
		}
	}
	quiet(t, host)
}

// A source ends when what it feeds does: nobody has to wait for it.
func TestALazySourceEnds(t *testing.T) {
	target := filepath.Join(t.TempDir(), "x")
	p := resolve(t, template(t, "x", `
graph: v1
about: A recording of bars, while somebody wants it.
params: {target: file}
nodes:
  in: stream.in name=x
  out: stream.out name=y
  bars: videotestsrc is-live=true
  enc: vp8enc deadline=1
  mux: webmmux
  file: {element: filesink, set: {location: $target}, lazy: 1s}
links:
  - in -> out
  - bars -> [video/x-raw,width=160,height=90,framerate=50/1] -> enc -> mux -> file
`), plan.Inputs{Params: map[string]any{"target": target}})
	rt := open(t)
	host, _ := begin(t, rt, p)
	name := lazyBranch(t, p)
	for range 2 {
		apply(t, rt, run.Change{Verb: run.StartLazy, Branch: name})
		until(t, "media", func() bool { s, ok := sample(t, rt, "enc"); return ok && s.Counts.Units > 10 })
		begun := time.Now()
		apply(t, rt, run.Change{Verb: run.EndLazy, Branch: name})
		if took := time.Since(begun); took > 10*time.Second {
			t.Errorf("it took %s to end", took)
		}
		launch(t, "filesrc location="+target+" ! matroskademux ! vp8dec ! fakesink")
	}
	quiet(t, host)
}

// Of values of which one cannot be, none changes.
func TestNoValueChangesWithABadOne(t *testing.T) {
	tmpl := template(t, "x", `
graph: v1
about: Bars at a bit rate.
params: {rate: int}
nodes:
  bars: videotestsrc is-live=true
  enc: x264enc tune=zerolatency bitrate=$rate
  fit: videobalance hue=0.0
  live: stream.out name=bars
links:
  - bars -> [video/x-raw,width=320,height=180,framerate=25/1] -> fit -> enc -> live
`)
	at := func(rate int64, hue string) *plan.Plan {
		return changed(resolve(t, tmpl, plan.Inputs{Params: map[string]any{"rate": rate}}), "fit", func(e *plan.Element) {
			e.Props = []plan.Setting{{Name: "hue", Type: value.Float, Text: hue}}
		})
	}
	rt := open(t)
	begin(t, rt, at(300, "0.0"))
	has := func(rate, hue string) {
		t.Helper()
		if got := []string{gst.Property(t, rt, "enc", "bitrate"), gst.Property(t, rt, "fit", "hue")}; !slices.Equal(got, []string{rate, hue}) {
			t.Errorf("%v, want %s and %s", got, rate, hue)
		}
	}
	has("300", "0")
	refuse := func(what string, p *plan.Plan) {
		t.Helper()
		if _, err := rt.Apply(within(t), run.Change{Verb: run.Set, Plan: p}); !errors.Is(err, fault.InvalidParams) {
			t.Errorf("%s: %v", what, err)
		}
		has("300", "0")
	}
	refuse("a word", at(500, "blue"))
	refuse("another preset", changed(at(500, "0.5"), "enc", func(e *plan.Element) {
		e.Props = append(slices.Clone(e.Props), plan.Setting{Name: "speed-preset", Text: "slow"})
	}))
	fewer := at(500, "0.5")
	fewer.Pipelines = nil
	refuse("no pipeline", fewer)
	other := at(500, "0.5")
	other.Bridges = nil
	refuse("no bridge", other)
	apply(t, rt, run.Change{Verb: run.Set, Plan: at(500, "0.5")})
	has("500", "0.5")
}

// An element that posts messages without end takes nothing from anybody else; some of them are told.
func TestAFloodOfMessages(t *testing.T) {
	p := resolve(t, template(t, "x", `
graph: v1
about: A level for every single sample.
nodes:
  tone: audiotestsrc num-buffers=20
  level: level interval=1
  out: fakesink
links:
  - tone -> level -> out
`), plan.Inputs{})
	rt := open(t)
	host, _ := begin(t, rt, p)
	said := 0
	for begun := time.Now(); ; {
		n, err := host.Next(within(t))
		if err != nil || n.Kind == run.Broken {
			t.Fatalf("%v, %+v", err, n)
		}
		if n.Kind == run.Said {
			said++
		}
		if n.Kind == run.NodeEnded && n.Node == "out" {
			if most := 50 * (2 + int(time.Since(begun)/time.Second)); said == 0 || said > most {
				t.Errorf("%d messages were told in %s", said, time.Since(begun))
			}
			return
		}
	}
}
