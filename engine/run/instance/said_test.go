package instance

import (
	"fmt"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// following has a node "mix" that shows who speaks in "cam": its level is the length of the speaker's name.
type following struct{ *sketch }

func (f following) Resolve(in plan.Inputs) (*plan.Plan, error) {
	p, err := f.sketch.Resolve(in)
	if err != nil {
		return nil, err
	}
	for i := range p.Nodes {
		if p.Nodes[i].Name == "mix" {
			p.Nodes[i].Settings = []plan.Setting{{Name: element.Follow, Text: "cam"}}
		}
	}
	return p, nil
}

func (following) Steer(_ plan.Inputs, _, action string, args []plan.Setting) (map[string]any, error) {
	if action != element.Turn || args[0].Name != "key" {
		return nil, fmt.Errorf("%s %v", action, args)
	}
	return map[string]any{"level": len(args[0].Text)}, nil
}

// Levels are not passed on, but who speaks is, and those who follow are turned to him. What they refuse changes nothing.
func TestWhoSpeaksIsShown(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		speaks := func(who string) {
			for range 20 {
				levels := map[string]string{"ann": "-70", "robert": "-70.5", "maximiliane": "-inf", "nobody": "loud"}
				levels[who] = "-20"
				r.tell(run.Notice{Kind: run.Said, Node: "cam", Event: run.Levels, Vars: levels})
				r.tell(run.Notice{Kind: run.Said, Node: "gone", Event: run.Levels, Vars: levels})
				r.after(200 * time.Millisecond)
			}
		}
		speaks("ann")
		speaks("robert")
		if got := r.Plan().Hash; got != "0 map[mix:map[level:6]]" {
			t.Errorf("runs %q", got)
		}
		speaks("maximiliane") // 11 is more than the field takes
		if got := r.Plan().Hash; got != "0 map[mix:map[level:6]]" {
			t.Errorf("after a refusal it runs %q", got)
		}
		r.wantChanges("set", "set")
		var told []string
		for _, e := range r.events(event.NodeSaid) {
			b := e.Body.(event.Said)
			told = append(told, b.Node+" "+b.What+" "+b.Vars["key"]+" after "+b.Vars["was"])
		}
		want := "[cam speaking ann after  cam speaking robert after ann cam speaking maximiliane after robert]"
		if fmt.Sprint(told) != want {
			t.Errorf("told %v", told)
		}
		r.fake().Crash(broken("mix"))
		r.revived()
		if got := r.Plan().Hash; got != "0 map[mix:map[level:6]]" {
			t.Errorf("after a restart it runs %q", got)
		}
	}, func(_ *rig, s *Spec, _ *Options) { s.Template = following{&sketch{}} })
}
