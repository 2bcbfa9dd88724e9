package doctor

import (
	"slices"
	"testing"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// maker is an element whose parts tell how it was asked.
type maker struct{ inGo bool }

func (maker) Spec() element.Spec {
	return element.Spec{
		Name: "make", Domain: element.Gst,
		Ports: []element.Port{
			element.In("video", media.Video, media.VP8, media.H264), element.Out("video", media.Video, media.H265),
			element.In("talk", media.Audio, media.Opus).PerKey(),
		},
		Fields: []element.Field{
			element.Choice("size", "small", "large").Or("small"),
			element.Setting("path", value.String).Must(),
			element.Setting("fast", value.Bool).Or(false),
			element.Number("width", 0, 640),
		},
	}
}

func (m maker) Domain(element.Conf) element.Domain {
	if m.inGo {
		return element.Go
	}
	return element.Gst
}

func (maker) Build(p *element.Piece, conf element.Conf) error {
	add := func(name string) { p.Chain("", "", element.Part{Name: name, Factory: name}) }
	if conf.Text("path") == "" {
		return p.Refuse("no path")
	}
	add(conf.Text("size"))
	if conf.Bool("fast") {
		add("hurry")
	}
	if conf.Int("width") == 640 {
		add("scale")
	}
	in, both := p.Input("video")
	if talk, ok := p.Input("talk"); ok && talk.Key != "" {
		add("ear")
	}
	if out, ok := p.Output("video"); ok && both && in.Format.Codec != "" && out.Want[0].Codec != "" {
		add(string(in.Format.Codec) + "to" + string(out.Want[0].Codec))
		if in.Outside {
			add("parse")
		}
		add("make")
	}
	return nil
}

func TestNeeds(t *testing.T) {
	p := &plan.Plan{Graph: "jobs/x", Pipelines: []plan.Pipeline{{Elements: []plan.Element{{Factory: "tee"}, {Factory: "parse"}, {Factory: "tee"}}}}}
	got := Needs([]*plan.Plan{p}, []element.Declared{maker{}})
	want := []Need{
		{"ear", "make", false}, {"h264toh265", "make", false}, {"hurry", "make", false}, {"large", "make", false}, {"parse", "jobs/x", true},
		{"scale", "make", false}, {"small", "make", false}, {"tee", "jobs/x", true}, {"vp8toh265", "make", false},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := Needs(nil, []element.Declared{maker{inGo: true}}); len(got) != 0 {
		t.Errorf("in Go: %v", got)
	}
}
