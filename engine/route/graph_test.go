package route

import (
	"strings"
	"testing"

	"sluice/engine/spec"
)

func text(s string, line, col int) spec.Text {
	return spec.Text{Text: s, Pos: spec.Pos{File: "f.yaml", Line: line, Col: col}}
}

func scalar(k spec.Kind, s string) spec.Value {
	return spec.Value{Kind: k, Text: s, Pos: spec.Pos{File: "f.yaml", Line: 9, Col: 9}}
}

func TestEntries(t *testing.T) {
	list := spec.Value{Kind: spec.List, Items: []spec.Value{scalar(spec.String, "vod"), scalar(spec.Int, "5")}}
	g := &spec.Graph{Name: "live/x", Routes: []spec.Route{
		{
			Pos: spec.Pos{File: "f.yaml", Line: 2, Col: 5}, Event: text("rtmp.publish", 2, 5), Path: text("/{stream...}", 2, 18),
			Where: []spec.Entry{{Key: text("user", 3, 1), Value: scalar(spec.Bool, "true")}, {Key: text("app", 3, 1), Value: list}},
			With:  []spec.Entry{{Key: text("width", 4, 1), Value: scalar(spec.Int, "640")}}, Share: scalar(spec.String, "$stream"),
		},
		{Pos: spec.Pos{File: "f.yaml", Line: 5, Col: 5}, Event: text("boot", 5, 5)},
	}}
	got, diags := Entries(g)
	if len(diags) > 0 || len(got) != 2 {
		t.Fatalf("got %v, %v", got, diags)
	}
	e := got[0]
	if e.String() != `rtmp.publish /{stream...} where app is "5" or "vod" and user is "true"` {
		t.Errorf("got %s", &e)
	}
	if e.Graph != "live/x" || e.Pos.Line != 2 || len(e.With) != 1 || e.Share.Text != "$stream" {
		t.Errorf("got %+v", e)
	}
	if got[1].String() != "boot" || !got[1].Pattern.IsZero() {
		t.Errorf("got %v", got[1])
	}
}

func TestEntriesErrors(t *testing.T) {
	where := func(v spec.Value) []spec.Entry { return []spec.Entry{{Key: text("app", 3, 1), Value: v}} }
	ok := text("/{x}", 1, 7)
	for _, c := range []struct {
		route spec.Route
		want  string
	}{
		{spec.Route{Event: text("rest.start", 1, 5), Path: text("mixer", 1, 16)},
			`f.yaml:1:16: error[route_path]: "mixer" is not a path pattern: at character 1: a pattern begins with "/" (write "/mixer")`},
		{spec.Route{Event: text("e", 1, 5), Path: text("/ü/{X}", 1, 7)}, `f.yaml:1:11: error[route_path]`},
		{spec.Route{Event: text("rtmp publish", 1, 5), Path: ok}, `f.yaml:1:5: error[route_event]: "rtmp publish"`},
		{spec.Route{Pos: spec.Pos{File: "f.yaml", Line: 4, Col: 2}, Path: ok}, `f.yaml:4:2: error[route_event]: ""`},
		{spec.Route{Event: text("a..b", 1, 5), Path: ok}, `error[route_event]`},
		{spec.Route{Event: text("e", 1, 5), Path: ok, Where: where(spec.Value{Kind: spec.List})}, `error[route_where]: an empty list`},
		{spec.Route{Event: text("e", 1, 5), Path: ok, Where: where(scalar(spec.Null, ""))}, `f.yaml:9:9: error[route_where]`},
		{spec.Route{Event: text("e", 1, 5), Path: ok, Where: where(scalar(spec.Map, ""))}, `needs a text, a number or a list`},
		{spec.Route{Event: text("e", 1, 5), Path: ok, Where: where(scalar(spec.String, "$env.APP"))}, `cannot refer to $env.APP`},
	} {
		good := spec.Route{Event: text("e", 9, 1), Path: text("/good", 9, 3)}
		got, diags := Entries(&spec.Graph{Name: "g", Routes: []spec.Route{c.route, good}})
		if len(got) != 1 || got[0].Pattern.String() != "/good" {
			t.Errorf("%v: the other route is lost: %v", c.want, got)
		}
		if len(diags) != 1 || !strings.Contains(diags[0].String(), c.want) {
			t.Errorf("got %v, want %q", diags, c.want)
		}
	}
}
