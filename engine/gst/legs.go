//go:build cgo && !nogst

package gst

import (
	"maps"
	"slices"

	"sluice/engine/gst/bridge"
	"sluice/engine/gst/chain"
	"sluice/engine/gst/pipeline"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// openLegs makes the legs of a plan's chains that there are not yet. A leg is the inlet of its chain, and stays when a lazy
// chain stops.
func (r *Runtime) openLegs(p *plan.Plan) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range p.Pipelines {
		o := &p.Pipelines[i]
		if !r.isChain(o) || r.legs[o.Name] != nil {
			continue
		}
		in, out := ends(p, o.Name)
		leg := chain.NewLeg(o, in, out, r.host, func(err error) {
			r.notes.put(note{chain: o.Name, News: pipeline.News{Node: place(err), Err: err}})
		})
		r.legs[o.Name], r.inlets[in.Name] = leg, leg
	}
}

// isChain tells whether a pipeline plays without threads: if it can, and nobody wants to look inside.
func (r *Runtime) isChain(p *plan.Pipeline) bool { return p.Chain && r.chains }

// ends finds the two bridges of a chain.
func ends(p *plan.Plan, pipeline string) (in, out plan.Bridge) {
	for _, b := range p.Bridges {
		if b.Pipeline != pipeline {
			continue
		}
		if b.Direction == plan.IntoGst {
			in = b
		} else {
			out = b
		}
	}
	return in, out
}

func (r *Runtime) leg(name string) *chain.Leg {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.legs[name]
}

// running lists the legs that should play, in no order.
func (r *Runtime) running() []*chain.Leg { return r.legsThat(true) }

// rest stops the legs that should not play.
func (r *Runtime) rest() {
	for _, leg := range r.legsThat(false) {
		leg.Stop()
	}
}

func (r *Runtime) legsThat(play bool) []*chain.Leg {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*chain.Leg
	for name, leg := range r.legs {
		i := slices.IndexFunc(r.plan.Pipelines, func(p plan.Pipeline) bool { return p.Name == name })
		if play == (i >= 0 && r.wantedNow(&r.plan.Pipelines[i])) {
			out = append(out, leg)
		}
	}
	return out
}

func (r *Runtime) allLegs() []*chain.Leg {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Values(r.legs))
}

// becomeLegs starts, stops and changes chains so that they are as a plan has them now. The plan is the Runtime's already.
func (r *Runtime) becomeLegs(before, now *plan.Plan) error {
	r.mu.Lock()
	legs := maps.Clone(r.legs)
	r.mu.Unlock()
	for name, leg := range legs {
		i := slices.IndexFunc(now.Pipelines, func(p plan.Pipeline) bool { return p.Name == name })
		if i < 0 || !r.wanted(&now.Pipelines[i]) {
			leg.Mark(run.End)
			leg.Stop()
			r.forgetLeg(name, i < 0, before)
			continue
		}
		if err := leg.Start(); err != nil {
			return err
		}
		j := slices.IndexFunc(before.Pipelines, func(p plan.Pipeline) bool { return p.Name == name })
		if j < 0 {
			continue
		}
		for _, v := range plan.Compare(&before.Pipelines[j], &now.Pipelines[i]).Props {
			if err := leg.Set(v.Element, v.Setting); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetLeg lets go of a leg whose pipeline the plan no longer has.
func (r *Runtime) forgetLeg(name string, gone bool, before *plan.Plan) {
	if !gone {
		return
	}
	in, _ := ends(before, name)
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.legs, name)
	delete(r.inlets, in.Name)
}

// openInlets makes the inlets of a plan that there are not yet, and gives all of the plan's.
func (r *Runtime) openInlets(p *plan.Plan) run.Inlets {
	r.openLegs(p)
	r.mu.Lock()
	defer r.mu.Unlock()
	out := run.Inlets{}
	for _, b := range p.Bridges {
		if b.Direction != plan.IntoGst {
			continue
		}
		if r.inlets[b.Name] == nil {
			r.inlets[b.Name] = bridge.New(func() { r.key(b.Name) })
		}
		out[b.Name] = r.inlets[b.Name]
	}
	return out
}

func (r *Runtime) inlet(name string) *bridge.Inlet {
	r.mu.Lock()
	defer r.mu.Unlock()
	in, _ := r.inlets[name].(*bridge.Inlet)
	return in
}
