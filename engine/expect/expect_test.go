package expect_test

import (
	"image"
	"image/color"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/expect"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// read reads the expectations of a test that is written as the body of `expect:`, one line. The nodes enc, mux and in/enc
// are there.
func read(t testing.TB, body string) (expect.Expectations, []string) {
	t.Helper()
	graphs, diags := spec.Parse("g.yaml", "g", []byte("graph: v1\nnodes: {}\ntests:\n  - name: x\n    expect: "+body+"\n"))
	if len(graphs) != 1 || len(graphs[0].Tests) != 1 {
		t.Skipf("%q is no test: %v", body, diags)
	}
	var report spec.Report
	x := expect.Read(&graphs[0].Tests[0], report.Errorf, func(name spec.Text) bool {
		known := strings.Contains(" enc mux in/enc ", " "+name.Text+" ")
		if !known {
			report.Errorf(name.Pos, "unknown", "unknown")
		}
		return known
	})
	var said []string
	for _, d := range report.List() {
		said = append(said, d.String())
	}
	return x, said
}

func one(t *testing.T, body string) expect.Check {
	t.Helper()
	x, said := read(t, "{enc: {"+body+"}}")
	if len(said) > 0 || len(x.Nodes) != 1 || len(x.Nodes[0].Checks) != 1 {
		t.Fatalf("%s: %v, %+v", body, said, x)
	}
	return x.Nodes[0].Checks[0]
}

func TestSpans(t *testing.T) {
	ms := float64(time.Millisecond)
	inf := math.Inf(1)
	for body, want := range map[string]expect.Span{
		"frames: 45..55":       {Low: 45, High: 55},
		"frames: 50":           {Low: 50, High: 50},
		"keyframes: 1..":       {Low: 1, High: inf},
		"bytes: ..10k":         {Low: -inf, High: 10_000},
		"rate: 64k..1M":        {Low: 64_000, High: 1_000_000},
		"length: 1.8s..2200ms": {Low: 1800 * ms, High: 2200 * ms},
		"length: 2s":           {Low: 1999 * ms, High: 2001 * ms}, // to the millisecond
		"fps: 25":              {Low: 24.75, High: 25.25},         // to the hundredth
		"fps: 24..30000/1001":  {Low: 24, High: 30000.0 / 1001},
	} {
		if c := one(t, body); c.Span != want {
			t.Errorf("%s: %v, want %v", body, c.Span, want)
		}
	}
}

func TestSpanHolds(t *testing.T) {
	s := one(t, "length: 1s..2s").Span
	for at, want := range map[time.Duration]bool{time.Second: true, 2 * time.Second: true, time.Second - 1: false, 2*time.Second + 1: false} {
		if s.Has(at) != want {
			t.Errorf("%v: %v", at, !want)
		}
	}
	if !expect.Everything().Holds(-1e300) {
		t.Error("everything does not hold all")
	}
}

func TestNodes(t *testing.T) {
	x, said := read(t, `{enc.video: {size: 640x360, tracks: "opus", golden: a/b.txt}, in/enc: {caps: "video/x-vp8", tracks: [h264, AAC]}}`)
	if len(said) > 0 || len(x.Nodes) != 2 {
		t.Fatalf("%v, %+v", said, x)
	}
	first, second := x.Nodes[0], x.Nodes[1]
	if first.Name != "enc" || first.Pad != "video" || second.Name != "in/enc" || second.Pad != "" {
		t.Errorf("%+v", x.Nodes)
	}
	if c := first.Checks; c[0].Size != (value.Dimensions{Width: 640, Height: 360}) || c[2].Golden != "a/b.txt" || c[0].Pos.Line != 5 {
		t.Errorf("%+v", c)
	}
	if got := second.Checks[1].Tracks; !reflect.DeepEqual(got, []media.Codec{media.H264, media.AAC}) {
		t.Errorf("tracks %v", got)
	}
	if got := second.Checks[0].Caps.MediaTypes(); !reflect.DeepEqual(got, []string{"video/x-vp8"}) {
		t.Errorf("caps %v", got)
	}
	if got := second.Checks[1].Text; got != "[h264, AAC]" {
		t.Errorf("shown as %s", got)
	}
}

func TestTones(t *testing.T) {
	all := expect.Everything()
	for body, want := range map[string]expect.Tone{
		"tone: 440":        {Is: []float64{440}, At: all},
		"tone: [440, 880]": {Is: []float64{440, 880}, At: all},
		"tone: none":       {Silence: true, At: all},
		"tone: {is: 440, not: [1000, 2000], at: 1s..}": {
			Is: []float64{440}, Not: []float64{1000, 2000}, At: expect.Span{Low: 1e9, High: math.Inf(1)},
		},
		"tone: {is: none, at: ..1s}": {Silence: true, At: expect.Span{Low: math.Inf(-1), High: 1e9}},
	} {
		if c := one(t, body); !reflect.DeepEqual(c.Tone, want) {
			t.Errorf("%s: %+v, want %+v", body, c.Tone, want)
		}
	}
}

func TestColours(t *testing.T) {
	c := one(t, `colour: [red, "#0a80FF", {at: 10x0, is: grey, within: 5, when: 1s..2s}]`)
	want := []expect.Colour{
		{Is: color.RGBA{R: 255, A: 255}, When: expect.Everything(), Within: 40, Text: "red"},
		{Is: color.RGBA{R: 10, G: 128, B: 255, A: 255}, When: expect.Everything(), Within: 40, Text: "#0a80FF"},
		{
			Is: color.RGBA{R: 128, G: 128, B: 128, A: 255}, At: &image.Point{X: 10}, When: expect.Span{Low: 1e9, High: 2e9}, Within: 5,
			Text: "{at: 10x0, is: grey, within: 5, when: 1s..2s}",
		},
	}
	if !reflect.DeepEqual(c.Colours, want) {
		t.Errorf("%+v", c.Colours)
	}
}

func TestRest(t *testing.T) {
	x, said := read(t, `{plan: {pipelines: 1, bridges: 0..2}, route: {rtmp.publish: /x}, drift: ..40ms, error: {code: stalled, node: enc}}`)
	if len(said) > 0 {
		t.Fatal(said)
	}
	if len(x.Plan) != 2 || x.Plan[1].Key != "bridges" || x.Plan[1].Text != "0..2" || x.Drift == nil || x.Drift.Span.High != 40e6 {
		t.Errorf("%+v", x)
	}
	if x.End != expect.Failed || x.Error.Code != fault.Stalled || x.Error.Node != "enc" {
		t.Errorf("%+v", x)
	}
	x, said = read(t, `{route: [{a.b: /x, c.d: /y}, {event: e.f, path: /z, vars: {app: live}, captures: {id: 5}}]}`)
	if len(said) > 0 || len(x.Routes) != 3 || x.Routes[2].Vars["app"] != "live" || x.Routes[2].Captures["id"] != "5" {
		t.Errorf("%v %+v", said, x.Routes)
	}
}

func TestRuns(t *testing.T) {
	for body, want := range map[string]bool{
		"{plan: {pipelines: 1}}":           false,
		"{route: {a.b: /x}}":               false,
		"{plan: {pipelines: 1}, end: eos}": true,
		"{enc: {frames: 1}}":               true,
		"{drift: ..1s}":                    true,
		"{error: {code: stalled}}":         true,
		"{}":                               true, // that it ends at all
	} {
		if x, _ := read(t, body); x.Runs() != want {
			t.Errorf("%s: %v", body, !want)
		}
	}
}

func TestFormats(t *testing.T) {
	graphs, _ := spec.Parse("g.yaml", "g", []byte("graph: v1\nnodes: {}\ntests:\n  - {name: x, given: {a: \"h264+bframes, opus\", b: [vp8]}}\n"))
	var report spec.Report
	got := expect.Formats(graphs[0].Tests[0].Given, false, report.Errorf)
	want := map[string][]element.Format{
		"a": {{Kind: media.Video, Codec: media.H264, BFrames: true}, {Kind: media.Audio, Codec: media.Opus}},
		"b": {{Kind: media.Video, Codec: media.VP8}},
	}
	if !reflect.DeepEqual(got, want) || report.Failed() {
		t.Errorf("%+v %v", got, report.List())
	}
	if f := expect.Formats(graphs[0].Tests[0].Given, true, report.Errorf); !f["b"][0].BFrames {
		t.Error("what takes VP8 does not take it in any order")
	}
}

// FuzzRead: whatever stands under expect:, reading it ends, and every node that is kept was asked for.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"{end: eos}", "{enc: {tone: {is: [440], not: 5, at: 1s..}}}", "{enc: {colour: [{at: 1x1, is: '#ffffff'}]}}", "{plan: {nodes: 1..2}}",
		"{route: [{event: a.b, path: /x, vars: {a: b}}]}", "{error: {code: stalled, node: enc}}", "{enc.video: {caps: 'video/x-raw,width=5', size: 4x4}}",
		"{enc: []}", "{enc: {golden: ../x}}", "{drift: 1s..0s}", "{enc: {frames: [1], rate: {a: b}}}", "{enc: {tone: ~, colour: ~}}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		x, _ := read(t, body)
		for _, n := range x.Nodes {
			if !strings.Contains(" enc mux in/enc ", " "+n.Name+" ") {
				t.Errorf("node %q is kept", n.Name)
			}
			for _, c := range n.Checks {
				if c.Golden != "" && !filepath.IsLocal(c.Golden) {
					t.Errorf("golden %q is kept", c.Golden)
				}
			}
		}
	})
}
