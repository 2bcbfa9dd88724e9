package node

import (
	"context"
	"time"

	"sluice/engine/plan"
)

// watch has something stand in when the main source has been silent for long enough, and lets the stream end when it is time.
func (r *relief) watch() {
	for {
		wait := r.step()
		r.g.part.instance(r.ask)
		var due <-chan time.Time
		if wait > 0 {
			due = r.g.part.opt.Clock.After(wait)
		}
		select {
		case <-due:
		case <-r.moved:
		case <-r.g.part.ctx.Done():
			return
		}
	}
}

// step does what is due, and tells when to look again; 0 is when something happens.
func (r *relief) step() time.Duration {
	r.mu.Lock()
	silent := r.now().Sub(r.heard)
	over := !r.ended.IsZero()
	if r.phase == onMain && (over || silent >= r.after) {
		r.to(called)
	}
	var wait time.Duration
	switch {
	case over && r.expired():
		r.done = true
	case over && r.keep > 0:
		wait = r.keep - r.now().Sub(r.ended)
	case !over && r.phase == onMain:
		wait = r.after - silent
	}
	done := r.done
	r.mu.Unlock()
	if done {
		r.g.part.release()
	}
	return wait
}

// expired tells whether the time is over for which something stands in for a source that has ended. The caller holds r.mu.
func (r *relief) expired() bool {
	switch {
	case r.done || !r.flowed:
		return true
	case r.keep == 0:
		return r.readers == 0
	}
	return r.keep > 0 && r.now().Sub(r.ended) >= r.keep
}

// end notes that the main source has come to its end.
func (r *relief) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended.IsZero() {
		r.ended = r.now()
	}
	r.kick()
}

// holds tells whether the stream would go on without its main source.
func (r *relief) holds() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pub != nil && r.flowed && !r.done && (r.keep != 0 || r.readers > 0)
}

// read counts the tracks that are read.
func (r *relief) read(more int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.readers += more
	r.kick()
}

// ask says to the instance whether what stands in is needed, when that has changed: nothing is coded that nobody sees.
func (r *relief) ask(i Instance) {
	r.mu.Lock()
	defer r.mu.Unlock()
	wanted := r.phase != onMain && r.readers > 0
	switch {
	case wanted == r.asked:
		return
	case wanted:
		_ = i.Demand(plan.StandIn(r.g.node)) // what always runs has not to be asked for
	default:
		i.Idle(plan.StandIn(r.g.node))
	}
	r.asked = wanted
}

// Left says that the peer for whom the instance was started has gone. It is true if the instance goes on: something stands in for
// what the peer gave. Then nothing of the peer is in use any more when it returns.
func (p *Part) Left(ctx context.Context) bool {
	holds := false
	for _, r := range p.reliefs() {
		holds = holds || r.holds()
	}
	if !holds {
		return false
	}
	p.mu.Lock()
	var gone []*origin
	for _, name := range p.order {
		if o := p.origins[name]; o != nil && !p.spares(name) {
			gone = append(gone, o)
		}
	}
	closed := p.closed
	p.mu.Unlock()
	if closed {
		return false
	}
	for _, o := range gone {
		p.over(o.name, nil)
		if err := o.source.Stop(ctx); err != nil {
			p.opt.Log.Warn("element did not stop properly", "node", o.name, "err", err)
		}
	}
	return true
}

// reliefs lists those of the part's streams that have one.
func (p *Part) reliefs() []*relief {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.relieved()
}

// relieved is reliefs for who holds p.mu.
func (p *Part) relieved() []*relief {
	var out []*relief
	for _, g := range p.gathers {
		if g.relief != nil {
			out = append(out, g.relief)
		}
	}
	return out
}

// spares tells whether a node only stands in for others. The caller holds p.mu.
func (p *Part) spares(node string) bool {
	some := false
	for _, f := range p.plan.Flows {
		if f.From.Of == node && !f.Fallback {
			return false
		}
		some = some || f.From.Of == node
	}
	return some
}

// held tells whether the end of a node is nobody's business yet: something stands in for it. The caller holds p.mu.
func (p *Part) held(node string) bool {
	if _, source := p.origins[node]; !source && !p.isTap(node) || p.spares(node) {
		return false
	}
	held := false
	for _, r := range p.relieved() {
		held = held || !r.released()
	}
	if !held {
		return false
	}
	for _, name := range p.order {
		_, over := p.ended[name]
		if (p.origins[name] != nil || p.isTap(name)) && !over && !p.spares(name) {
			return true // others still give something
		}
	}
	for _, r := range p.relieved() {
		r.end()
	}
	return true
}

func (r *relief) released() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.done || r.pub == nil // or it has not begun
}

// release tells of the ends that were held back, once nothing stands in any more.
func (p *Part) release() {
	for _, r := range p.reliefs() {
		if !r.released() {
			return
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range p.order {
		if err, over := p.ended[name]; over && p.inst != nil && !p.closed {
			p.tellOver(name, err)
		}
	}
}
