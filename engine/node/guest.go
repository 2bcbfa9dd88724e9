package node

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
)

const (
	// looks is how often a guest looks whether the stream that he is to bring is there.
	looks = 500 * time.Millisecond
	// asks is after how many looks the graphs are asked for it again.
	asks = 60
)

// Enter implements instance.Keyed: a key is a part of its own, with the nodes of its branch. It is one of p's until Exit or Closed.
func (p *Part) Enter(ctx context.Context, pl *plan.Plan, branch string) error {
	p.mu.Lock()
	old, gone, epoch, closed := p.guests[branch], p.gone[branch], p.epoch, p.closed
	p.mu.Unlock()
	if closed {
		return fault.New(fault.Closed, branch, "the instance has ended")
	}
	if old != nil && !alike(old.plan, pl, branch) {
		p.Exit(branch)
		return p.Enter(ctx, pl, branch)
	}
	if old != nil {
		return nil
	}
	if gone != nil { // what it publishes may have names that the new one wants
		select {
		case <-gone:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	g := newPart(p.ctx, pl, p.opt) //nolint:contextcheck // it lasts longer than the call
	g.host, g.branch, g.epoch = p, branch, epoch
	err := g.furnish(ctx)
	if err == nil && len(g.order) == 0 {
		g.Closed(nil)
		return nil // all of it is in GStreamer
	}
	if err == nil {
		_, err = g.Describe(ctx)
	}
	if err == nil {
		err = g.Join(ctx, pl)
	}
	if err != nil {
		g.Closed(err)
		return err
	}
	p.mu.Lock()
	p.guests[branch] = g
	p.mu.Unlock()
	return nil
}

// Exit implements instance.Keyed.
func (p *Part) Exit(branch string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.guests[branch]
	if g == nil || p.closed {
		return
	}
	delete(p.guests, branch)
	gone := make(chan struct{})
	p.gone[branch] = gone
	p.spawn(func() {
		g.Closed(nil)
		p.mu.Lock()
		delete(p.gone, branch)
		p.mu.Unlock()
		close(gone)
	})
}

// visitors lists the guests.
func (p *Part) visitors() []*Part {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Values(p.guests))
}

// guestOf is the guest who has a node; nil if it is none.
func (p *Part) guestOf(node string) *Part {
	p.mu.Lock()
	defer p.mu.Unlock()
	for branch, g := range p.guests {
		if strings.HasPrefix(node, branch+"/") {
			return g
		}
	}
	return nil
}

// settleIn gives a guest the instance, once that runs a plan with him: before, it knows nothing of what is his.
func (p *Part) settleIn(pl *plan.Plan) {
	p.host.mu.Lock()
	inst := p.host.inst
	p.host.mu.Unlock()
	p.mu.Lock()
	ready := inst != nil && p.inst == nil && !p.closed && has(pl, p.branch)
	p.mu.Unlock()
	if ready {
		p.Bind(seat{inst, p.branch})
	}
}

// element is what a node is, of this part or of the one whose guest it is; nil if it is in GStreamer.
func (p *Part) element(node string) element.Element {
	if e := p.nodes[node]; e != nil || p.host == nil {
		return e
	}
	return p.host.nodes[node]
}

// await has a guest's stream flow into a bridge when somebody publishes it, however long that takes.
func (p *Part) await(f *inflow, b plan.Bridge) {
	stream := p.nodes[f.node].(Tap).Reads().Stream
	for n := 0; ; n++ {
		if n%asks == 0 || p.has(stream, b.Format.Kind) {
			err := p.feedBridge(f, b.Format.Kind, b.Format.Codec)
			if err == nil || f.ctx.Err() != nil {
				return
			}
			if fault.CodeOf(err) != fault.StreamNotFound && p.has(stream, b.Format.Kind) {
				p.broken(f.node, placed(f.node, err))
				return
			}
		}
		select {
		case <-p.opt.Clock.After(looks):
		case <-f.ctx.Done():
			return
		}
	}
}

// has tells whether a stream is there and has tracks of a kind.
func (p *Part) has(stream string, kind media.Kind) bool {
	info, there := p.opt.Hub.Stream(stream)
	return there && len(ofKind(published(info), kind)) > 0
}

// seat is the instance as a guest has it: what ends him ends nobody else.
type seat struct {
	Instance
	branch string
}

// Tell implements Instance.
func (s seat) Tell(n run.Notice) {
	n.Branch = s.branch
	s.Instance.Tell(n)
}

// Drain implements Instance.
func (s seat) Drain(time.Duration) {
	s.Tell(run.Notice{Kind: run.Broken, Err: fault.New(fault.Closed, s.branch, "who took its media has left, or took its name")})
}

// has tells whether a plan has nodes of a branch.
func has(p *plan.Plan, branch string) bool {
	return slices.ContainsFunc(p.Nodes, func(n plan.Node) bool { return strings.HasPrefix(n.Name, branch+"/") })
}

// alike tells whether two plans have the same nodes in Go for a branch.
func alike(a, b *plan.Plan, branch string) bool {
	of := func(p *plan.Plan) []plan.Node {
		var out []plan.Node
		for _, n := range p.Nodes {
			if n.Domain == element.Go && strings.HasPrefix(n.Name, branch+"/") {
				out = append(out, n)
			}
		}
		return out
	}
	return slices.EqualFunc(of(a), of(b), func(x, y plan.Node) bool {
		return x.Name == y.Name && x.Element == y.Element && slices.Equal(x.Settings, y.Settings)
	})
}
