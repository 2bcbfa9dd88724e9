//go:build cgo && !nogst

package gst_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/value"
)

// room resolves a mixer's plan with some guests.
func room(t testing.TB, guests ...string) *plan.Plan {
	t.Helper()
	in := plan.Inputs{Params: map[string]any{"room": "red", "width": int64(320), "height": int64(180)}, Keys: map[string][]plan.Key{"seat": {}}}
	for _, g := range guests {
		in.Keys["seat"] = append(in.Keys["seat"], plan.Key{Name: g, Params: map[string]any{"stream": g}})
	}
	return resolve(t, template(t, "rooms/mixer", read(t, "rooms/mixer")), in)
}

// give hands units to an inlet as if they came from now on. It tells whether all were taken.
func give(host *fake.Host, in run.Port, track media.Track, list []*media.Unit) bool {
	base := time.Since(host.Epoch())
	in.Codec(track)
	for _, u := range list {
		moved := *u
		moved.PTS, moved.DTS = u.PTS+base, u.DTS+base
		if !in.Unit(&moved) {
			return false
		}
	}
	return true
}

// changed gives a plan in which one element is another.
func changed(p *plan.Plan, element string, change func(*plan.Element)) *plan.Plan {
	out := *p
	out.Pipelines = slices.Clone(p.Pipelines)
	for i := range out.Pipelines {
		list := slices.Clone(out.Pipelines[i].Elements)
		for k := range list {
			if list[k].Name == element {
				change(&list[k])
			}
		}
		out.Pipelines[i].Elements = list
	}
	return &out
}

// sample finds one of a report.
func sample(t testing.TB, rt run.Runtime, name string) (run.Sample, bool) {
	t.Helper()
	rep, err := rt.Inspect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(rep.Samples, func(s run.Sample) bool { return s.Name == name })
	if i < 0 {
		return run.Sample{}, false
	}
	return rep.Samples[i], true
}

// A guest who left may come back, and is seen again.
func TestAGuestComesBack(t *testing.T) {
	track, pictures := units(t, "h264")
	rt := open(t)
	host, _ := begin(t, rt, room(t))
	for range 3 {
		res := apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: room(t, "ann")})
		if !give(host, res.Inlets["seat-ann-guest-vdec-video-in"], track, pictures) {
			t.Fatal("a unit was not taken")
		}
		until(t, "the guest's picture", func() bool {
			s, ok := sample(t, rt, "seat[ann]/guest/vdec")
			return ok && s.Counts.Units > 0
		})
		apply(t, rt, run.Change{Verb: run.RemoveBranch, Branch: "seat[ann]", Plan: room(t)})
	}
}

// What is lazy in a branch leaves with it, and does not come back by itself.
func TestLazyInABranch(t *testing.T) {
	rt := open(t)
	host, _ := begin(t, rt, room(t))
	for range 2 {
		apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: room(t, "ann")})
		if rep, _ := rt.Inspect(t.Context()); len(rep.Lazy) != 0 {
			t.Errorf("lazy: %v", rep.Lazy)
		}
		apply(t, rt, run.Change{Verb: run.StartLazy, Branch: "seat[ann]/own"})
		until(t, "what the guest hears", func() bool {
			s, ok := sample(t, rt, "seat-ann-own-audio-out")
			return ok && s.Counts.Units > 0
		})
		apply(t, rt, run.Change{Verb: run.RemoveBranch, Branch: "seat[ann]", Plan: room(t)})
	}
	_ = host
}

// A branch that fails leaves with all of it, in every pipeline, and can be added or removed.
func TestABranchInTwoPipelinesFails(t *testing.T) {
	track, pictures := units(t, "h264")
	rt := open(t)
	host, _ := begin(t, rt, room(t))
	bad := changed(room(t, "ann"), "picture-size-ann", func(e *plan.Element) {
		e.Factory, e.Props = "identity", []plan.Setting{{Name: "error-after", Type: value.Int, Text: "3"}}
	})
	for round := range 3 {
		res := apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: bad})
		give(host, res.Inlets["seat-ann-guest-vdec-video-in"], track, pictures)
		if gone := notice(t, host, run.BranchGone); gone.Branch != "seat[ann]" || gone.Node != "picture" {
			t.Errorf("%+v", gone)
		}
		for _, name := range []string{"seat-ann-guest-vdec-video-in", "seat-ann-guest-adec-audio-in"} {
			if s, ok := sample(t, rt, name); ok {
				t.Errorf("there is still %+v", s)
			}
		}
		if round == 1 { // it may be removed before it comes again
			apply(t, rt, run.Change{Verb: run.RemoveBranch, Branch: "seat[ann]", Plan: room(t)})
		}
	}
	res := apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: room(t, "ann")})
	give(host, res.Inlets["seat-ann-guest-vdec-video-in"], track, pictures)
	until(t, "the guest's picture", func() bool {
		s, ok := sample(t, rt, "seat[ann]/guest/vdec")
		return ok && s.Counts.Units > 0
	})
}

// A branch that cannot be added is refused with its reason and leaves nothing behind; the room goes on.
func TestABranchThatCannotBe(t *testing.T) {
	rt := open(t)
	host, _ := begin(t, rt, room(t, "bob"))
	before := parts(t, rt)
	good := room(t, "bob", "ann")
	link := func(to string, change func(*plan.Link)) *plan.Plan {
		out := *good
		out.Pipelines = slices.Clone(good.Pipelines)
		for i := range out.Pipelines {
			list := slices.Clone(out.Pipelines[i].Links)
			for k := range list {
				if strings.Contains(list[k].From.Of, "ann") && list[k].To.Of == to {
					change(&list[k])
				}
			}
			out.Pipelines[i].Links = list
		}
		return &out
	}
	for _, c := range []struct {
		name string
		plan *plan.Plan
		code fault.Code
		node string
	}{
		{"no such element", changed(good, "picture-size-ann", func(e *plan.Element) { e.Factory = "nonesuch" }), fault.ElementUnavailable, "picture"},
		{"no such value", changed(good, "picture-size-ann", func(e *plan.Element) {
			e.Props = []plan.Setting{{Name: "caps", Type: value.String, Text: "=,"}}
		}), fault.InvalidParams, "picture"},
		{"no common format", changed(good, "picture-scale-ann", func(e *plan.Element) { e.Factory, e.Props = "audioconvert", nil }), fault.GstNegotiation, ""},
		{"no common format at a filter", link("picture-scale-ann", func(k *plan.Link) { k.Caps = "audio/x-raw" }), fault.GstNegotiation, ""},
		{"no such property of a pad", link("picture-mix", func(k *plan.Link) {
			k.PadProps = []plan.Setting{{Name: "xpos", Type: value.String, Text: "left"}}
		}), fault.InvalidParams, "picture"},
		{"no such input", link("picture-mix", func(k *plan.Link) { k.To.Name = "quux" }), fault.GstNegotiation, "picture"},
		{"it does not start", changed(good, "seat-ann-own-audio-out", func(*plan.Element) {}), "", ""},
		{"a file that cannot be", changed(good, "picture-scale-ann", func(e *plan.Element) {
			e.Factory, e.Props = "filesink", []plan.Setting{{Name: "location", Type: value.String, Text: "/nonesuch/x"}}
		}), "", "*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := rt.Apply(within(t), run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: c.plan})
			var f *fault.Fault
			switch {
			case c.code == "" && c.node == "":
				if err != nil {
					t.Fatal(err)
				}
				apply(t, rt, run.Change{Verb: run.RemoveBranch, Branch: "seat[ann]", Plan: room(t, "bob")})
			case !errors.As(err, &f), c.code != "" && f.Code != c.code, c.node != "" && c.node != "*" && f.Place != c.node:
				t.Errorf("%v (%+v)", err, f)
			}
			same(t, before, parts(t, rt))
		})
	}
	out := host.Port("out-video-out")
	count := len(out.Units())
	until(t, "pictures", func() bool { return len(out.Units()) > count+5 })
	apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: good})
	quiet(t, host)
}

// quiet checks that nothing bad was told.
func quiet(t testing.TB, host *fake.Host) {
	t.Helper()
	host.Tell(run.Notice{Kind: "last"})
	for {
		n, err := host.Next(within(t))
		switch {
		case err != nil:
			t.Fatal(err)
		case n.Kind == "last":
			return
		case n.Kind == run.Broken || n.Kind == run.BranchGone:
			t.Errorf("told: %+v", n)
		}
	}
}

const lazyCapsText = `
graph: v1
about: A lazy branch with caps in it.
params: {target: file}
nodes:
  in: stream.in name=x
  file: {element: filesink, set: {location: $target}, lazy: 1s}
  conv: videoconvert
  dec: vp8dec
  enc: vp8enc deadline=1
  mux: webmmux
links:
  - in -> dec -> conv -> [video/x-raw,format=I420] -> enc -> [video/x-vp8] -> mux -> file
`

// Files of a lazy branch are whole each time, also if nothing else ends in the pipeline.
func TestNothingButLazySinks(t *testing.T) {
	dir := t.TempDir()
	track, pictures := units(t, "vp8")
	p := resolve(t, template(t, "x", lazyCapsText), plan.Inputs{
		Params: map[string]any{"target": filepath.Join(dir, "x.webm")}, Given: given(media.Video, media.VP8),
	})
	name := lazyBranch(t, p)
	rt := open(t)
	host, inlets := begin(t, rt, p)
	in := inlets[only(t, p, plan.IntoGst)]
	for range 3 {
		apply(t, rt, run.Change{Verb: run.StartLazy, Branch: name})
		if !give(host, in, track, pictures) {
			t.Fatal("a unit was not taken")
		}
		until(t, "media", func() bool { s, ok := sample(t, rt, "enc"); return ok && s.Counts.Units > 0 })
		apply(t, rt, run.Change{Verb: run.EndLazy, Branch: name})
		launch(t, "filesrc location="+filepath.Join(dir, "x.webm")+" ! matroskademux ! vp8dec ! fakesink")
		if err := os.Remove(filepath.Join(dir, "x.webm")); err != nil {
			t.Fatal(err)
		}
	}
	quiet(t, host)
}

// A branch that may fail alone may do so at the start.
func TestABranchFailsAtTheStart(t *testing.T) {
	p := resolve(t, template(t, "x", `
graph: v1
about: A recording that cannot be.
nodes:
  bars: videotestsrc is-live=true
  enc: vp8enc deadline=1
  live: stream.out name=bars
  mux: webmmux
  file: {element: filesink, set: {location: /nonesuch/x.webm}, on_error: drop}
links:
  - bars -> [video/x-raw,width=160,height=90,framerate=25/1] -> enc -> live
  - enc -> mux -> file
`), plan.Inputs{})
	rt := open(t)
	host, _ := begin(t, rt, p)
	if gone := notice(t, host, run.BranchGone); gone.Node != "file" || !errors.Is(gone.Err, fault.ResourceNotFound) {
		t.Errorf("%+v", gone)
	}
	live := host.Port("live-video-out")
	until(t, "media", func() bool { return len(live.Units()) > 5 })
	quiet(t, host)
}

// What is fed from outside plays before anything comes.
func TestAFileThatIsFed(t *testing.T) {
	p := resolve(t, template(t, "x", `
graph: v1
about: A recording.
params: {target: file}
nodes:
  in: stream.in name=x
  mux: webmmux
  file: filesink location=$target
links:
  - in -> mux -> file
`), plan.Inputs{Params: map[string]any{"target": filepath.Join(t.TempDir(), "x.webm")}, Given: given(media.Video, media.VP8)})
	rt, host := open(t), fake.NewHost()
	if _, err := rt.Prepare(within(t), p, host); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := rt.Start(within(t)); err != nil || time.Since(begun) > 10*time.Second {
		t.Errorf("after %s: %v", time.Since(begun), err)
	}
}

// parts lists elements and pads, but for the numbers of pads on request.
func parts(t testing.TB, rt run.Runtime) []string {
	t.Helper()
	list := gst.Parts(t, rt)
	for i := range list {
		list[i] = strings.TrimRight(list[i], "0123456789")
	}
	return list
}

// same checks that there are the same parts as before.
func same(t testing.TB, before, after []string) {
	t.Helper()
	left := slices.Clone(after)
	for _, name := range before {
		i := slices.Index(left, name)
		if i < 0 {
			t.Errorf("%s is missing", name)
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	if len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
