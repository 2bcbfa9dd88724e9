package node

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Options are what parts share, and what each has of its own.
type Options struct {
	Log      *slog.Logger
	Hub      *hub.Hub
	Registry *element.Registry
	Clock    element.Clock
	Events   element.Events
	Sessions element.Sessions // of the event that started the instance
	For      hub.Conversion   // what the instance was asked to convert; zero if it was not
	// Reach says why an element may not connect to an address, as element.Reach has it; nil: all may go everywhere.
	Reach func(element string, to netip.AddrPort) error
}

// Instance is what a part needs of the instance that it belongs to; *instance.Instance is one.
type Instance interface {
	ID() string
	Tell(n run.Notice)
	Drain(limit time.Duration)
	Demand(name string) error
	Idle(name string)
	Key(bridge string)
}

// Part is the Go part of one instance. It is made before the instance, since what its elements find out decides the plan:
// New, Describe, Join, then Bind with the instance that has the part for its Ends. Closed ends it. The methods may be called
// from any goroutine, those four in this order.
type Part struct {
	opt    Options
	graph  string // its name, whatever the plan is
	cancel context.CancelFunc
	ctx    context.Context //nolint:containedctx // of what the part began, which Closed ends
	work   sync.WaitGroup

	id atomic.Pointer[string] // of the instance, once there is one

	mu       sync.Mutex
	plan     *plan.Plan
	nodes    map[string]element.Element // those written in Go, by node
	order    []string                   // their names, as in the plan
	origins  map[string]*origin         // sources, by node
	gathers  []*gather
	readers  []*hub.Reader
	inflows  map[string]*inflow // by bridge
	outflows map[string]*outflow
	inst     Instance
	ended    map[string]error // nodes that are over, by name
	epoch    time.Time
	failed   *run.Notice // before there was an instance to tell
	closed   bool

	audiences []*crowd // of takers; not changed after New

	guests map[string]*Part         // of keys, by branch
	gone   map[string]chan struct{} // guests that are being closed, by branch
	branch string                   // of a guest
	host   *Part                    // that a guest is one of
}

// New makes the Go elements of a plan. It starts none of them; Closed has to be called all the same.
func New(ctx context.Context, p *plan.Plan, opt Options) (*Part, error) {
	part := newPart(context.WithoutCancel(ctx), p, opt)
	if err := part.furnish(ctx); err != nil {
		part.Closed(err)
		return nil, err
	}
	return part, nil
}

// newPart makes a part without elements. What it begins lasts no longer than ctx.
func newPart(ctx context.Context, p *plan.Plan, opt Options) *Part {
	part := &Part{
		opt: opt, graph: p.Graph, plan: p, nodes: map[string]element.Element{}, origins: map[string]*origin{}, inflows: map[string]*inflow{},
		outflows: map[string]*outflow{}, ended: map[string]error{}, guests: map[string]*Part{}, gone: map[string]chan struct{}{},
	}
	part.ctx, part.cancel = context.WithCancel(ctx)
	return part
}

// furnish makes the elements of a part: all that are written in Go, or a guest's.
func (p *Part) furnish(ctx context.Context) error {
	for _, n := range p.plan.Nodes {
		if n.Domain != element.Go || n.Passes || p.branch != "" && !strings.HasPrefix(n.Name, p.branch+"/") {
			continue
		}
		e, err := p.make(ctx, n)
		if err != nil {
			return err
		}
		p.nodes[n.Name] = e
		p.order = append(p.order, n.Name)
	}
	p.listen()
	return nil
}

// owner is the id of the instance; "" before there is one.
func (p *Part) owner() string {
	if id := p.id.Load(); id != nil {
		return *id
	}
	return ""
}

// Bind hands over the instance, which is told now of what has happened already.
func (p *Part) Bind(inst Instance) {
	id := inst.ID()
	p.id.Store(&id)
	p.mu.Lock()
	p.inst = inst
	for _, name := range p.order {
		if err, over := p.ended[name]; over && !p.held(name) {
			p.tellOver(name, err)
		}
	}
	if p.failed != nil {
		inst.Tell(*p.failed)
	}
	pl, gathers, origins := p.plan, p.gathers, slices.Collect(maps.Values(p.origins))
	p.mu.Unlock()
	for _, g := range p.visitors() {
		g.settleIn(pl)
	}
	for _, g := range gathers {
		g.tell(inst)
		g.ask(inst)
		if g.relief != nil {
			g.relief.ask(inst)
		}
	}
	for _, o := range origins {
		o.crowd.ask(inst)
	}
	for _, c := range p.audiences {
		c.ask(inst)
	}
}

// Closed ends the part: sources first, then what they published, then sinks. Who reads that hears the reason, or the source's own.
// It returns when everything that the part began is gone. It may be called again, and implements instance.Ends.
func (p *Part) Closed(reason error) {
	p.mu.Lock()
	again := p.closed
	p.closed = true
	readers, gathers, inflows := p.readers, p.gathers, slices.Collect(maps.Values(p.inflows))
	guests := slices.Collect(maps.Values(p.guests))
	p.mu.Unlock()
	if again {
		p.work.Wait()
		return
	}
	for _, g := range guests {
		g.Closed(reason)
	}
	p.cancel()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), stopLimit)
	defer cancel()
	var errs []error
	for _, name := range p.order {
		if o := p.origins[name]; o != nil {
			errs = append(errs, p.nodes[name].Stop(ctx))
			o.close(cmp.Or(p.reason(name), reason))
		}
	}
	for _, g := range gathers {
		g.close(reason)
	}
	for _, f := range inflows {
		f.close()
	}
	for _, r := range readers {
		r.Close()
	}
	for _, name := range slices.Backward(p.order) {
		if p.origins[name] == nil {
			errs = append(errs, p.nodes[name].Stop(ctx))
		}
	}
	p.work.Wait()
	if err := errors.Join(errs...); err != nil {
		p.opt.Log.Warn("element did not stop properly", "err", err)
	}
}

// stopLimit is how long all elements of a part may take to stop.
const stopLimit = 5 * time.Second

// reason is why a node is over; nil if it is not, or ended well.
func (p *Part) reason(name string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended[name]
}

// over takes note that a node is over. Only the first time counts.
func (p *Part) over(name string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, again := p.ended[name]; again || p.closed {
		return
	}
	p.ended[name] = err
	if p.inst != nil && !p.held(name) {
		p.tellOver(name, err)
	}
}

// tellOver says to the instance that a node is over. An instance of which nobody takes the media any more is drained: a
// peer that went does not come back by a restart. The caller holds p.mu.
func (p *Part) tellOver(name string, err error) {
	if err != nil {
		p.opt.Log.Debug("node over", "node", name, "err", err)
	}
	if _, source := p.nodes[name].(Source); source || p.isTap(name) {
		p.inst.Tell(run.Notice{Kind: run.NodeEnded, Node: name})
		return
	}
	for _, other := range p.order {
		_, over := p.ended[other]
		if _, taker := p.nodes[other].(Taker); (taker || p.isOutfall(other)) && !over {
			return
		}
	}
	p.inst.Drain(-1)
}

func (p *Part) isTap(name string) bool { _, ok := p.nodes[name].(Tap); return ok }

func (p *Part) isOutfall(name string) bool { _, ok := p.nodes[name].(Outfall); return ok }

// broken fails the instance because of a node.
func (p *Part) broken(name string, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := run.Notice{Kind: run.Broken, Node: name, Err: err}
	switch {
	case p.closed:
	case p.inst == nil:
		p.failed = &n
	default:
		p.inst.Tell(n)
	}
}

// unready is the fault of a node in a place where it cannot work.
func unready(name, format string, args ...any) *fault.Fault {
	return fault.New(fault.ElementUnavailable, name, format, args...)
}
