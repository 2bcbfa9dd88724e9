package plan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// dial has actions that change its field, of which each tells what it was given.
type dial struct{ described }

func (dial) Build(p *element.Piece, _ element.Conf) error {
	p.Chain("", "", element.Part{Name: "mix", Factory: "videoconvert"})
	for _, i := range p.Inputs {
		p.Enter("in", i.Key, element.Pad{Part: "mix"})
	}
	p.Exit("out", "", element.Pad{Part: "mix"}, element.Format{Kind: media.Video})
	return nil
}

func (dial) Steer(action string, args, conf element.Conf, keys []string) (map[string]any, error) {
	if action == "break" {
		return nil, fault.New(fault.ResourceNotFound, "", "it is whole").Advise("leave it")
	}
	return map[string]any{"told": fmt.Sprint(action, map[string]any(args), conf["told"], keys)}, nil
}

func withDial(t *testing.T) *plan.Template {
	t.Helper()
	own := []element.Declared{dial{described{element.Spec{
		Name: "video.dial", Domain: element.Gst,
		Ports:  []element.Port{element.In("in", media.Video).Raw().Many().Maybe(), element.Out("out", media.Video).Raw()},
		Fields: []element.Field{element.Setting("told", value.String).Playing()},
		Actions: []element.Action{
			{Name: "turn", Args: []element.Field{element.Number("by", 0, 10).Must(), element.Setting("left", value.Bool).Or(true)}},
			{Name: "break"},
		},
	}}}}
	reg, err := element.NewRegistry(fake(), own, nil)
	if err != nil {
		t.Fatal(err)
	}
	g, lib := parse(t, "graph: v1\nnodes:\n  seat: {use: f1, each: {key: guest, max: 9}}\n  dial: video.dial told=first\n  end: udpsink\nlinks:\n  - seat.video -> dial -> end\n",
		"graph: v1\nnodes:\n  bars: videotestsrc is-live=true\nexports:\n  video: bars.src\n")
	tmpl, err := plan.Compile(g, lib, reg)
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func TestSteer(t *testing.T) {
	tmpl := withDial(t)
	in := plan.Inputs{Keys: map[string][]plan.Key{"seat": {{Name: "bob"}, {Name: "ann"}}}}
	by := func(text string) []plan.Setting { return []plan.Setting{{Name: "by", Type: value.Int, Text: text}} }
	for name, c := range map[string]struct {
		in           plan.Inputs
		node, action string
		args         []plan.Setting
		want         string
	}{
		"defaults are there":       {in, "dial", "turn", by("3"), "map[told:turnmap[by:3 left:true]first[ann bob]]"},
		"as it was set":            {plan.Inputs{Keys: map[string][]plan.Key{"seat": nil}, Set: map[string]map[string]any{"dial": {"told": "new"}}}, "dial", "turn", by("3"), "map[told:turnmap[by:3 left:true]new[]]"},
		"nobody is no key":         {plan.Inputs{}, "dial", "turn", by("3"), "map[told:turnmap[by:3 left:true]first[]]"},
		"an action of another way": {in, "dial", "snapshot", nil, "map[]"},
		"an element without any":   {in, "end", "turn", by("3"), "map[]"},
		"a node that is not there": {in, "bob", "turn", by("3"), "map[]"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := tmpl.Steer(c.in, c.node, c.action, c.args)
			if err != nil || fmt.Sprint(got) != c.want {
				t.Errorf("got %v, %v; want %s", got, err, c.want)
			}
		})
	}
	for want, c := range map[string]struct {
		action string
		args   []plan.Setting
		code   fault.Code
	}{
		`"turn" needs "by"`: {"turn", nil, fault.InvalidParams},
		"by: ":              {"turn", by("11"), fault.InvalidParams},
		"it is whole":       {"break", nil, fault.ResourceNotFound},
	} {
		_, err := tmpl.Steer(in, "dial", c.action, c.args)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Code != c.code || !strings.Contains(f.Msg, want) || !strings.HasSuffix(f.Place, "/dial") {
			t.Errorf("got %v, want %s", err, want)
		}
		if f != nil && c.action == "break" && f.Hint != "leave it" {
			t.Errorf("advises %q", f.Hint)
		}
	}
}
