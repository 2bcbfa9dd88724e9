package node

import (
	"context"
	"slices"
	"time"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Epoch implements instance.Ends.
func (p *Part) Epoch(t time.Time) {
	for _, g := range p.visitors() {
		g.Epoch(t)
	}
	p.recheck()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.epoch = t
}

// Outlet implements instance.Ends.
func (p *Part) Outlet(b plan.Bridge) run.Port {
	if g := p.guestOf(b.Node.Of); g != nil {
		return g.Outlet(b)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.outflows[b.Name]
	if o == nil {
		return nil
	}
	o.rebase(p.epoch.Sub(p.opt.Hub.Epoch()))
	return o
}

// Inlets implements instance.Ends.
func (p *Part) Inlets(pl *plan.Plan, in run.Inlets) {
	for _, g := range p.visitors() {
		g.settleIn(pl)
		g.Inlets(pl, in)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	if p.branch == "" || has(pl, p.branch) {
		p.reset(p.plan, pl)
		p.plan = pl
	}
	for name, f := range p.inflows {
		if !slices.ContainsFunc(pl.Bridges, func(b plan.Bridge) bool { return b.Name == name }) {
			p.drop(name) // its branch was removed
			continue
		}
		f.cover(slices.Contains(pl.Unseen, name))
	}
	for _, b := range pl.Bridges {
		if port := in[b.Name]; b.Direction == plan.IntoGst && port != nil && p.nodes[b.Node.Of] != nil { // or it is a guest's
			p.enter(b, port, slices.Contains(pl.Unseen, b.Name))
		}
	}
}

// enter has what a node gives flow into a bridge. The caller holds p.mu.
func (p *Part) enter(b plan.Bridge, port run.Port, unseen bool) {
	f := &inflow{part: p, node: b.Node.Of, port: port, shift: p.opt.Hub.Epoch().Sub(p.epoch), squeeze: p.opt.For.Kind == media.Video}
	f.curtain.drawn.Store(unseen)
	f.ctx, f.cancel = context.WithCancel(p.ctx)
	old := p.inflows[b.Name]
	p.inflows[b.Name] = f
	if p.branch != "" {
		delete(p.ended, f.node) // it is waited for again
	}
	p.spawn(func() {
		if old != nil {
			old.close()
		}
		if p.branch != "" && p.isTap(f.node) {
			p.await(f, b)
			return
		}
		err := p.feedBridge(f, b.Format.Kind, b.Format.Codec)
		if err != nil && !b.Optional && f.ctx.Err() == nil {
			p.broken(f.node, placed(f.node, err))
		}
	})
}

// Rest implements instance.Ends.
func (p *Part) Rest(bridges []string) {
	for _, g := range p.visitors() {
		g.Rest(bridges)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range bridges {
		p.drop(name)
	}
}

// drop ends what flows into a bridge. The caller holds p.mu.
func (p *Part) drop(bridge string) {
	if f := p.inflows[bridge]; f != nil {
		delete(p.inflows, bridge)
		f.cancel()
		p.spawn(f.close)
	}
}

// Key implements instance.Ends.
func (p *Part) Key(bridge string) {
	for _, g := range p.visitors() {
		g.Key(bridge)
	}
	p.mu.Lock()
	f := p.inflows[bridge]
	p.mu.Unlock()
	if f == nil {
		return
	}
	f.key()
}

// Over implements instance.Ends.
func (p *Part) Over() {
	for _, g := range p.visitors() {
		g.Over()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for name := range p.inflows {
		p.drop(name)
	}
}

// reset sets the fields of Go elements that a new plan changes. The caller holds p.mu.
func (p *Part) reset(from, to *plan.Plan) {
	before := map[string]plan.Node{}
	for _, n := range from.Nodes {
		before[n.Name] = n
	}
	for _, n := range to.Nodes {
		setter, ok := p.nodes[n.Name].(element.Setter)
		if !ok {
			continue
		}
		was := map[string]string{}
		for _, s := range before[n.Name].Settings {
			was[s.Name] = s.Reveal()
		}
		for _, s := range n.Settings {
			if was[s.Name] != s.Reveal() {
				p.spawn(func() { p.set(n, setter, s.Name) })
			}
		}
	}
}

func (p *Part) set(n plan.Node, setter element.Setter, field string) {
	spec, ok := p.opt.Registry.Spec(n.Element)
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(p.ctx, stopLimit)
	defer cancel()
	conf, err := confOf(*spec, n)
	if err == nil {
		err = setter.Set(ctx, field, conf[field])
	}
	if err != nil {
		p.opt.Log.Warn("field not set", "node", n.Name, "field", field, "err", err)
	}
}

// instance calls something of the instance, if it is there yet.
func (p *Part) instance(call func(Instance)) {
	p.mu.Lock()
	inst := p.inst
	p.mu.Unlock()
	if inst != nil {
		call(inst)
	}
}

// later does something in a goroutine of the part's.
func (p *Part) later(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spawn(do)
}

// spawn is later for who holds p.mu. Nothing begins once the part is being closed.
func (p *Part) spawn(do func()) {
	if !p.closed {
		p.work.Go(do)
	}
}
