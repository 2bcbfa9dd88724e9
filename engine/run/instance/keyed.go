package instance

import (
	"context"
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/roster"
	"sluice/engine/run/shape"
)

// Add adds the instance called key.Name to the keyed node called node, and returns when its branch plays. While the
// instance is not running, it waits; ctx ends the waiting. A key that is there is fault.NameInUse, one too many
// fault.InvalidParams, a node that has no keys fault.ResourceNotFound, one for which there is no room fault.Overloaded.
func (i *Instance) Add(ctx context.Context, node string, key plan.Key) error {
	name := roster.Branch(node, key.Name)
	return i.request(ctx,
		func(o *owner) (work, error) {
			if k := o.roster.Key(name); k != nil && (k.In || o.fallen[name] == nil) {
				return work{}, fault.New(fault.NameInUse, name, "there is a %q already", key.Name)
			}
			return o.adding(&roster.Key{Branch: name, Node: node, Key: key})
		},
		//nolint:contextcheck // ctx bounds the waiting; what the guest brought with it starts in its own time
		func(o *owner, r run.Result, err error) error { return o.added(name, r, err) })
}

// Remove takes out the instance called key of a keyed node; its media ends properly. One that is not there is
// fault.ResourceNotFound.
func (i *Instance) Remove(ctx context.Context, node, key string) error {
	name := roster.Branch(node, key)
	return i.request(ctx,
		func(o *owner) (work, error) { return o.removing(name) },
		//nolint:contextcheck // ctx bounds the waiting; what becomes of the others does not wait
		func(o *owner, _ run.Result, err error) error { return o.removed(name, err) })
}

// adding finds out what has to be done to add a key. From then on it is in, so that its branch may fail.
func (o *owner) adding(k *roster.Key) (work, error) {
	old := o.roster.Key(k.Branch)
	o.roster.Put(k)
	k.In = true
	p, err := o.resolve()
	if err == nil {
		p, err = o.informed(p, k)
	}
	k.In = false
	if err == nil && !slices.ContainsFunc(p.Nodes, func(n plan.Node) bool { return strings.HasPrefix(n.Name, k.Branch+"/") }) {
		err = fault.New(fault.ResourceNotFound, k.Node, "there is no node %q whose instances come and go", k.Node)
	}
	if err == nil {
		err = o.inst.opts.Reserve(o.inst.id, p.Policy.Cost)
	}
	if err != nil {
		if o.roster.Delete(k.Branch); old != nil {
			o.roster.Put(old)
		}
		return work{}, err
	}
	w := work{plan: p, enter: k.Branch}
	k.OnError = onErrorOf(p, k.Branch)
	if b, ok := shape.Of(p).Branch(k.Branch); ok {
		k.OnError = b.OnError
		w.change = run.Change{Verb: run.AddBranch, Branch: k.Branch, Plan: p}
	}
	k.In = true
	return w, nil
}

// added goes on when a key's branch plays, or does not.
func (o *owner) added(name string, r run.Result, err error) error {
	k := o.roster.Key(name)
	if k == nil {
		return err
	}
	if err != nil {
		o.strike(name)
		o.exit(name)
		o.lift(name)
		return err
	}
	o.hand(o.shape.Plan(), r.Inlets)
	if f := o.fallen[name]; !k.In && f != nil {
		return f.err // it failed as soon as it played
	}
	o.lift(name)
	for _, l := range o.lazy { // somebody may read already what came with it
		o.reconcile(l)
	}
	return nil
}

// removing finds out what has to be done to remove a key.
func (o *owner) removing(name string) (work, error) {
	k := o.roster.Key(name)
	if k == nil {
		return work{}, fault.New(fault.ResourceNotFound, name, "there is no such instance of a node")
	}
	if !k.In {
		return work{}, nil // it left by itself
	}
	k.In = false
	p, err := o.resolve()
	if err != nil {
		k.In = true
		return work{}, err
	}
	w := work{plan: p, limit: o.inst.opts.Limits.Change + drainLimit(p)}
	if _, ok := o.shape.Branch(name); ok {
		w.change = run.Change{Verb: run.RemoveBranch, Branch: name, Plan: p}
	}
	return w, nil
}

// removed goes on when a key's branch is out, or is not.
func (o *owner) removed(name string, err error) error {
	k := o.roster.Key(name)
	if k == nil {
		return err
	}
	switch fault.CodeOf(err) {
	case "":
	case fault.ResourceNotFound: // it was leaving by itself
		o.replan()
	default:
		k.In = true
		return err
	}
	o.strike(name)
	delete(o.tries, name)
	o.roster.Unset(name)
	o.lift(name)
	o.takenOut(name)
	o.exit(name)
	if refused := o.inst.opts.Reserve(o.inst.id, o.shape.Plan().Policy.Cost); refused != nil {
		o.log().Warn("cost not lowered", "err", refused)
	}
	return nil
}

// base makes the plan that an attempt begins with.
func (o *owner) base() (*plan.Plan, error) { return o.planned(o.roster.Base(o.template)) }

// resolve makes a plan with the keys that are in.
func (o *owner) resolve() (*plan.Plan, error) { return o.planned(o.roster.Resolve(o.template)) }

// planned hides what a plan hides, before any Runtime can speak of it.
func (o *owner) planned(p *plan.Plan, err error) (*plan.Plan, error) {
	if err != nil {
		return nil, err
	}
	o.veil.Add(p.Secrets())
	o.tellOmitted(p)
	o.latest = p
	return p, nil
}

// tellOmitted says what is left out from now on.
func (o *owner) tellOmitted(p *plan.Plan) {
	for _, m := range p.Omitted {
		if o.latest == nil || !slices.Contains(o.latest.Omitted, m) {
			// There is no shape yet, whose plan log names, when the instance is made.
			o.inst.opts.Log.Warn("track left out", "graph", p.Graph, "instance", o.inst.id, "node", m.From, "kind", m.Kind, "why", m.Why)
		}
	}
}

// replay brings back what was there before the attempt and is not part of the plan that it began with.
func (o *owner) replay() {
	for _, name := range o.roster.Out() {
		if k := o.roster.Key(name); k != nil && !k.In { // a request that waited may have removed it just now
			o.addAgain(name)
		}
	}
	for _, l := range o.lazy {
		o.reconcile(l)
	}
}

// addAgain adds a key's branch that is not in.
func (o *owner) addAgain(name string) {
	o.enqueue(&task{
		own: true,
		begin: func() (work, error) {
			k := o.roster.Key(name)
			if k == nil || k.In {
				return work{}, nil
			}
			return o.adding(&roster.Key{Branch: name, Node: k.Node, Key: k.Key, Given: k.Given, First: k.First, OnError: k.OnError})
		},
		end: func(r run.Result, err error) {
			k := o.roster.Key(name)
			if k == nil {
				return
			}
			if err == nil {
				_ = o.added(name, r, nil)
				return
			}
			k.In = false
			o.fell(name, k.OnError, o.blame(err, name))
		},
	})
}
