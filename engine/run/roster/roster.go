// Package roster keeps what an instance was given beside its graph, which changes while it runs: the instances of keyed
// nodes, and the values that were set. It makes the plan that there is with them. It runs nothing, and it does not know
// what a Runtime made of a plan: its owner tells which keys are in.
package roster

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/plan"
)

// Key is one instance of a keyed node.
type Key struct {
	Branch  string // "seat[alice]"
	Node    string
	Key     plan.Key
	Given   map[string][]element.Format // what is known of what its sources give, by node: goes to Inputs.Given
	First   bool                        // it was there from the start: it is part of the plan that an attempt begins with
	In      bool                        // it is in the running plan
	OnError string
}

// Branch is the name of the branch that a key makes.
func Branch(node, key string) string { return node + "[" + key + "]" }

// Roster is what one instance was given. It is not safe for concurrent use.
type Roster struct {
	inputs plan.Inputs     // without Keys and Set
	keys   map[string]*Key // by branch
	nodes  []string        // those that are keyed
	values map[string]map[string]any
	spared map[string][]string // factories that failed, by node
	runs   bool
}

// New takes over what an instance begins with, which is not changed.
func New(in plan.Inputs) *Roster {
	r := &Roster{inputs: in, keys: map[string]*Key{}, values: map[string]map[string]any{}, spared: map[string][]string{}}
	for node, keys := range in.Keys {
		r.nodes = append(r.nodes, node)
		for _, k := range keys {
			r.Put(&Key{Branch: Branch(node, k.Name), Node: node, Key: k, First: true, In: true})
		}
	}
	for node, fields := range in.Set {
		r.values[node] = maps.Clone(fields)
	}
	return r
}

// Key is the one that makes a branch; nil if there is none.
func (r *Roster) Key(branch string) *Key { return r.keys[branch] }

// All gives the keys, in no order.
func (r *Roster) All() iter.Seq[*Key] { return maps.Values(r.keys) }

// Put adds a key, in the place of the one of the same name.
func (r *Roster) Put(k *Key) { r.keys[k.Branch] = k }

// Delete takes a key out. What was set for its nodes stays.
func (r *Roster) Delete(branch string) { delete(r.keys, branch) }

// Out lists the branches of the keys that are not in, sorted.
func (r *Roster) Out() []string {
	var out []string
	for name, k := range r.keys {
		if !k.In {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Awaits tells whether a name belongs to a key that is there but not in.
func (r *Roster) Awaits(name string) bool {
	return slices.ContainsFunc(r.Out(), func(branch string) bool { return strings.HasPrefix(name, branch+"/") })
}

// Set changes values of a node and gives what undoes that.
func (r *Roster) Set(node string, fields map[string]any) (undo func()) {
	old, had := r.values[node]
	r.values[node] = map[string]any{}
	maps.Copy(r.values[node], old)
	maps.Copy(r.values[node], fields)
	return func() {
		if had {
			r.values[node] = old
		} else {
			delete(r.values, node)
		}
	}
}

// Spare has a node do without an element from now on; false if it does already.
func (r *Roster) Spare(node, factory string) bool {
	if slices.Contains(r.spared[node], factory) {
		return false
	}
	r.spared[node] = append(slices.Clip(r.spared[node]), factory)
	return true
}

// Unset forgets what was set for the nodes of a branch.
func (r *Roster) Unset(branch string) {
	maps.DeleteFunc(r.values, func(node string, _ map[string]any) bool { return strings.HasPrefix(node, branch+"/") })
}
