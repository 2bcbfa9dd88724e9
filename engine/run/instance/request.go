package instance

import (
	"context"
	"encoding/json"
	"slices"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/shape"
)

// Set changes fields of a node while media flows: those that its element marks live. All of them change or, with an
// error, none. What is wrong with a value is fault.InvalidParams, whose place names the node.
func (i *Instance) Set(ctx context.Context, node string, fields map[string]any) error {
	var undo func()
	return i.request(ctx,
		func(o *owner) (w work, err error) {
			w, undo, err = o.setting(node, fields)
			return w, err
		},
		func(o *owner, _ run.Result, err error) error {
			if err != nil {
				undo()
				return err
			}
			o.inst.spec.Ends.Inlets(o.shape.Plan(), nil)
			return nil
		})
}

// Steering is a Template some of whose nodes have actions that are changes of their fields. fields is nil where an action is none.
type Steering interface {
	Steer(in plan.Inputs, node, action string, args []plan.Setting) (fields map[string]any, err error)
}

// Do runs an action of a node: a layout, a snapshot. A plan without GStreamer has none but those that change fields, as Set
// does, and whose result are these.
func (i *Instance) Do(ctx context.Context, node, action string, args []plan.Setting) (run.Result, error) {
	var result run.Result
	var changed []byte
	undo := func() {}
	err := i.request(ctx,
		func(o *owner) (work, error) {
			if t, ok := o.template.(Steering); ok {
				fields, err := t.Steer(o.roster.Inputs(), node, action, args)
				if err == nil && fields != nil {
					changed, err = json.Marshal(fields)
				}
				if err != nil {
					return work{}, err
				}
				if fields != nil {
					var w work
					w, undo, err = o.setting(node, fields)
					return w, err
				}
			}
			known := slices.ContainsFunc(o.shape.Plan().Nodes, func(n plan.Node) bool { return n.Name == node })
			if !known || o.at.rt == nil {
				return work{}, fault.New(fault.ResourceNotFound, node, "no node called %q runs in GStreamer", node)
			}
			o.veil.Add(plan.Secrets(args))
			return work{change: run.Change{Verb: run.Do, Node: node, Action: action, Settings: args}}, nil
		},
		func(o *owner, r run.Result, err error) error {
			if err != nil {
				undo()
				return err
			}
			if result = r; changed != nil {
				result = run.Result{JSON: changed}
				o.inst.spec.Ends.Inlets(o.shape.Plan(), nil)
			}
			return nil
		})
	return result, err
}

// setting finds out what has to be done for fields of a node to have other values, and gives what undoes that.
func (o *owner) setting(node string, fields map[string]any) (w work, undo func(), err error) {
	undo = o.roster.Set(node, fields)
	if w.plan, err = o.resolve(); err != nil {
		undo()
	} else if shape.Differ(o.shape.Plan(), w.plan) {
		w.change = run.Change{Verb: run.Set, Plan: w.plan}
	}
	return w, undo, err
}

// Key asks for a key frame of what comes out of a bridge. It returns at once; requests that wait are one.
func (i *Instance) Key(bridge string) {
	i.box.Put(func() {
		o := i.owner
		if o.at == nil || o.at.keys[bridge] {
			return
		}
		at := o.at
		at.keys[bridge] = true
		o.enqueue(&task{
			own: true,
			begin: func() (work, error) {
				return work{change: run.Change{Verb: run.AskKey, Bridge: bridge}}, nil
			},
			end: func(_ run.Result, err error) {
				delete(at.keys, bridge)
				if err != nil {
					o.log().Debug("no key frame", "bridge", bridge, "err", err)
				}
			},
		})
	})
}

// Reload offers another template of the graph. If the running plan's policy says so and the template gives another plan
// for what the instance is now, the instance drains and begins anew with it; otherwise it keeps what it has.
func (i *Instance) Reload(t Template) {
	i.box.Put(func() {
		o := i.owner
		if o.asked || o.shape.Plan().Policy.Reload != "restart" {
			return
		}
		had := o.template
		if r, ok := had.(Renewer); ok {
			t = r.Renew(t)
		}
		o.template = t
		p, err := o.resolve()
		o.template = had
		switch {
		case err != nil:
			o.log().Warn("reload refused", "err", err)
		case p.Hash == o.shape.Plan().Hash: // nothing that this instance plays
		case o.at == nil:
			o.template = t
		default:
			o.renewal = t
			if o.at.step != stopping && o.at.step != draining {
				o.drain(o.at, -1)
			}
		}
	})
}
