package instance

import (
	"context"
	"maps"
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/shape"
)

// keyed is one instance of a keyed node.
type keyed struct {
	branch  string // "seat[alice]"
	node    string
	key     plan.Key
	first   bool // it was there from the start: it is part of the plan that an attempt begins with
	in      bool // it is in the running plan
	onError string
}

// Add adds the instance called key.Name to the keyed node called node, and returns when its branch plays. While the
// instance is not running, it waits; ctx ends the waiting. A key that is there is fault.NameInUse, one too many
// fault.InvalidParams, a node that has no keys fault.ResourceNotFound, one for which there is no room fault.Overloaded.
func (i *Instance) Add(ctx context.Context, node string, key plan.Key) error {
	name := branchOf(node, key.Name)
	return i.request(ctx,
		func(o *owner) (work, error) {
			if k := o.keys[name]; k != nil && (k.in || o.fallen[name] == nil) {
				return work{}, fault.New(fault.NameInUse, name, "there is a %q already", key.Name)
			}
			return o.adding(&keyed{branch: name, node: node, key: key})
		},
		//nolint:contextcheck // ctx bounds the waiting; what the guest brought with it starts in its own time
		func(o *owner, r run.Result, err error) error { return o.added(name, r, err) })
}

// Remove takes out the instance called key of a keyed node; its media ends properly. One that is not there is
// fault.ResourceNotFound.
func (i *Instance) Remove(ctx context.Context, node, key string) error {
	name := branchOf(node, key)
	return i.request(ctx,
		func(o *owner) (work, error) { return o.removing(name) },
		func(o *owner, _ run.Result, err error) error { return o.removed(name, err) })
}

func branchOf(node, key string) string { return node + "[" + key + "]" }

// adding finds out what has to be done to add a key. From then on it is in, so that its branch may fail.
func (o *owner) adding(k *keyed) (work, error) {
	old := o.keys[k.branch]
	o.keys[k.branch] = k
	k.in = true
	p, err := o.resolve()
	k.in = false
	if err == nil && !slices.ContainsFunc(p.Nodes, func(n plan.Node) bool { return strings.HasPrefix(n.Name, k.branch+"/") }) {
		err = fault.New(fault.ResourceNotFound, k.node, "there is no node %q whose instances come and go", k.node)
	}
	if err == nil {
		err = o.inst.opts.Reserve(o.inst.id, p.Policy.Cost)
	}
	if err != nil {
		if delete(o.keys, k.branch); old != nil {
			o.keys[k.branch] = old
		}
		return work{}, err
	}
	w := work{plan: p}
	if b, ok := shape.Of(p).Branch(k.branch); ok {
		k.onError = b.OnError
		w.change = run.Change{Verb: run.AddBranch, Branch: k.branch, Plan: p}
	}
	k.in = true
	return w, nil
}

// added goes on when a key's branch plays, or does not.
func (o *owner) added(name string, r run.Result, err error) error {
	k := o.keys[name]
	if k == nil {
		return err
	}
	if err != nil {
		delete(o.keys, name)
		o.lift(name)
		return err
	}
	o.inst.spec.Ends.Inlets(o.shape.Plan(), r.Inlets)
	if f := o.fallen[name]; !k.in && f != nil {
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
	k := o.keys[name]
	if k == nil {
		return work{}, fault.New(fault.ResourceNotFound, name, "there is no such instance of a node")
	}
	if !k.in {
		return work{}, nil // it left by itself
	}
	k.in = false
	p, err := o.resolve()
	if err != nil {
		k.in = true
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
	k := o.keys[name]
	if k == nil {
		return err
	}
	switch fault.CodeOf(err) {
	case "":
	case fault.ResourceNotFound: // it was leaving by itself
		o.replan()
	default:
		k.in = true
		return err
	}
	delete(o.keys, name)
	delete(o.tries, name)
	for node := range o.values {
		if strings.HasPrefix(node, name+"/") {
			delete(o.values, node)
		}
	}
	o.lift(name)
	o.inst.spec.Ends.Inlets(o.shape.Plan(), nil)
	if refused := o.inst.opts.Reserve(o.inst.id, o.shape.Plan().Policy.Cost); refused != nil {
		o.log().Warn("cost not lowered", "err", refused)
	}
	return nil
}

// initial takes over what an instance begins with.
func (o *owner) initial(in plan.Inputs) {
	for node, keys := range in.Keys {
		o.nodes = append(o.nodes, node)
		for _, k := range keys {
			name := branchOf(node, k.Name)
			o.keys[name] = &keyed{branch: name, node: node, key: k, first: true, in: true}
		}
	}
	for node, fields := range in.Set {
		o.values[node] = maps.Clone(fields)
	}
}

// base makes the plan that an attempt begins with: with the keys that were there from the start and did not leave.
func (o *owner) base() (*plan.Plan, error) {
	for _, k := range o.keys {
		k.in = k.first
	}
	p, err := o.resolve()
	if err != nil {
		return nil, err
	}
	s := shape.Of(p)
	for _, k := range o.keys {
		if b, ok := s.Branch(k.branch); ok {
			k.onError = b.OnError
		}
	}
	return p, nil
}

// resolve makes a plan with the keys that are in.
func (o *owner) resolve() (*plan.Plan, error) {
	for {
		p, err := o.template.Resolve(o.inputs())
		if err != nil {
			return nil, err
		}
		o.runs = o.runs || len(p.Pipelines) > 0
		unknown := shape.Placeholders(p) // a Runtime must not see placeholders
		before := len(o.nodes)
		for _, node := range unknown {
			if !slices.Contains(o.nodes, node) {
				o.nodes = append(o.nodes, node)
			}
		}
		if len(o.nodes) == before {
			return p, nil
		}
	}
}

// inputs are those of the plan with the keys that are in.
func (o *owner) inputs() plan.Inputs {
	in := o.inst.spec.Inputs
	in.Keys = make(map[string][]plan.Key, len(o.nodes))
	for _, node := range o.nodes {
		in.Keys[node] = nil
	}
	var out []string
	for _, k := range o.keys {
		if k.in {
			in.Keys[k.node] = append(in.Keys[k.node], k.key)
		} else {
			out = append(out, k.branch+"/")
		}
	}
	in.Set = make(map[string]map[string]any, len(o.values))
	for node, fields := range o.values {
		if !slices.ContainsFunc(out, func(branch string) bool { return strings.HasPrefix(node, branch) }) {
			in.Set[node] = fields
		}
	}
	return in
}

// replay brings back what was there before the attempt and is not part of the plan that it began with.
func (o *owner) replay() {
	for _, name := range slices.Sorted(maps.Keys(o.keys)) {
		if k := o.keys[name]; k != nil && !k.in { // a request that waited may have removed it just now
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
			k := o.keys[name]
			if k == nil || k.in {
				return work{}, nil
			}
			return o.adding(&keyed{branch: name, node: k.node, key: k.key, first: k.first, onError: k.onError})
		},
		end: func(r run.Result, err error) {
			k := o.keys[name]
			if k == nil {
				return
			}
			if err == nil {
				_ = o.added(name, r, nil)
				return
			}
			k.in = false
			o.fell(name, k.onError, o.blame(err, name))
		},
	})
}
