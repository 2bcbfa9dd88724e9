package instance

import (
	"slices"
	"strconv"
	"time"

	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/floor"
)

// Speaking is the event of a node.said in which a mixer says that somebody else speaks: "key" is who, "was" who did before.
const Speaking = "speaking"

// said passes on what an element says. How loud everybody is comes too often for that: only who speaks is told.
func (o *owner) said(n run.Notice) {
	if n.Event == run.Levels {
		o.levels(n)
		return
	}
	o.raise(event.NodeSaid, event.Said{ID: o.inst.id, Graph: o.graph(), Node: n.Node, What: n.Event, Vars: n.Vars})
}

// levels finds out who speaks, tells it, and turns those to the speaker who follow the node.
func (o *owner) levels(n run.Notice) {
	nodes := o.shape.Plan().Nodes
	if !slices.ContainsFunc(nodes, func(other plan.Node) bool { return other.Name == n.Node }) {
		return
	}
	f := o.floors[n.Node]
	if f == nil {
		f = floor.New(floor.Usual())
		o.floors[n.Node] = f
	}
	heard := make(map[string]float64, len(n.Vars))
	for key, text := range n.Vars {
		if db, err := strconv.ParseFloat(text, 64); err == nil {
			heard[key] = db
		}
	}
	was := f.Holder()
	if !f.Hear(time.Now(), heard) {
		return
	}
	o.raise(event.NodeSaid, event.Said{
		ID: o.inst.id, Graph: o.graph(), Node: n.Node, What: Speaking, Vars: map[string]string{"key": f.Holder(), "was": was},
	})
	for _, node := range nodes {
		for _, s := range node.Settings {
			if s.Name == element.Follow && s.Text == n.Node {
				o.turn(node.Name, f.Holder())
			}
		}
	}
}

// turn has a node show somebody as its speaker.
func (o *owner) turn(node, key string) {
	t, ok := o.template.(Steering)
	if !ok {
		return
	}
	undo := func() {}
	o.enqueue(&task{
		own: true,
		begin: func() (w work, err error) {
			fields, err := t.Steer(o.roster.Inputs(), node, element.Turn, []plan.Setting{{Name: "key", Text: key}})
			if err != nil || fields == nil {
				return work{}, err
			}
			w, undo, err = o.setting(node, fields)
			return w, err
		},
		end: func(_ run.Result, err error) {
			if err != nil {
				undo()
				o.log().Debug("who speaks is not shown", "node", node, "key", key, "err", err)
			}
		},
	})
}
