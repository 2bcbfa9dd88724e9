package plan_test

import (
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// knobs has an element whose fields may partly change while media flows. What it is made of depends on one of them.
type knobs struct{ described }

func (k knobs) Build(p *element.Piece, conf element.Conf) error {
	p.Chain("", "", element.Part{Name: "scale", Factory: "videoconvert", Props: []element.Prop{element.Set("level", conf.Int("level"))}})
	p.Enter("in", "", element.Pad{Part: "scale"})
	p.Exit("out", "", element.Pad{Part: "scale"}, element.Format{Kind: media.Video})
	return nil
}

const knobbed = "graph: v1\nnodes:\n  bars: videotestsrc is-live=true\n  knob: video.knob level=3 mode=low key=hush\n  end: udpsink\nlinks:\n  - bars -> knob -> end\n"

func withKnobs(t *testing.T) *plan.Template {
	t.Helper()
	own := []element.Declared{knobs{described{element.Spec{
		Name: "video.knob", Domain: element.Gst,
		Ports: []element.Port{element.In("in", media.Video).Raw(), element.Out("out", media.Video).Raw()},
		Fields: []element.Field{
			element.Number("level", 0, 10).Playing(), element.Setting("title", value.String).Playing(),
			element.Setting("key", value.Secret).Playing(), element.Choice("mode", "low", "high"),
		},
	}}}}
	reg, err := element.NewRegistry(fake(), own, nil)
	if err != nil {
		t.Fatal(err)
	}
	g, lib := parse(t, knobbed)
	tmpl, err := plan.Compile(g, lib, reg)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func set(node string, pairs ...any) plan.Inputs {
	fields := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		fields[pairs[i].(string)] = pairs[i+1]
	}
	return plan.Inputs{Set: map[string]map[string]any{node: fields}}
}

func TestSetReplacesWhatTheGraphSays(t *testing.T) {
	tmpl := withKnobs(t)
	before, err := tmpl.Resolve(plan.Inputs{})
	if err != nil {
		t.Fatal(err)
	}
	after, err := tmpl.Resolve(set("knob", "level", float64(7), "title", "hello", "key", "quiet"))
	if err != nil {
		t.Fatal(err)
	}
	if before.Hash == after.Hash {
		t.Error("the plans have one hash")
	}
	d := plan.Compare(&before.Pipelines[0], &after.Pipelines[0])
	if d.Structural() || len(d.Props) != 1 || d.Props[0].Element != "knob-scale" || d.Props[0].Setting.Text != "7" {
		t.Errorf("the pipelines differ by %+v", d)
	}
	got := map[string]string{}
	for _, n := range after.Nodes {
		for _, s := range n.Settings {
			if n.Name == "knob" {
				got[s.Name] = s.Text
			}
		}
	}
	want := map[string]string{"level": "7", "mode": "low", "title": "hello", "key": "***"}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s is %q, want %q", k, got[k], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("the settings are %v", got)
	}
	again, err := tmpl.Resolve(set("knob", "level", int64(3)))
	if err != nil || again.Hash != before.Hash {
		t.Errorf("set to what it is: %v, hash %s after %s", err, again.Hash, before.Hash)
	}
}

func TestSetIsRefused(t *testing.T) {
	tmpl := withKnobs(t)
	for _, c := range []struct {
		name string
		in   plan.Inputs
		want []string // parts of the message
	}{
		{"a field that is not live", set("knob", "mode", "high"), []string{"g/knob", `"mode"`, "while media flows"}},
		{"a field that is not there", set("knob", "colour", "red"), []string{"g/knob", `"colour"`}},
		{"a value out of bounds", set("knob", "level", 11), []string{"g/knob", "level", "11"}},
		{"a value of another type", set("knob", "level", "loud"), []string{"g/knob", "level"}},
		{"no value", set("knob", "level", nil), []string{"g/knob", "level"}},
		{"a node that is not there", set("bob", "level", 1), []string{"g/bob", `"bob"`}},
		{"a field of a GStreamer element that is not live", set("end", "sync", true), []string{"g/end", `"sync"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tmpl.Resolve(c.in)
			wantCode(t, err, fault.InvalidParams)
			for _, part := range c.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}

func TestSetReachesTheInstanceOfAKey(t *testing.T) {
	frag := "graph: v1\nparams:\n  stream: string\nnodes:\n  in: stream.in name=$stream\n  dec: {element: decodebin3}\nlinks:\n  - in.video -> dec\nexports:\n  video: dec.src\n"
	text := "graph: v1\nnodes:\n  seat: {use: f1, each: {key: guest, max: 4}}\n  mix: video.mix\n  enc: vp8enc\n  out: stream.out name=room\n" +
		"links:\n  - seat.video -> mix -> enc -> out\n"
	in := set("seat[al]/in", "name", "x")
	in.Keys = map[string][]plan.Key{"seat": {{Name: "al", Params: map[string]any{"stream": "cam1"}}}}
	_, err := tryResolve(t, in, text, frag)
	wantCode(t, err, fault.InvalidParams)
	if !strings.Contains(err.Error(), "g/seat[al]/in") || !strings.Contains(err.Error(), "while media flows") {
		t.Errorf("got %v", err)
	}
}
