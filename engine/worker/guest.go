package worker

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
	"sluice/engine/worker/seal"
	"sluice/engine/worker/wire"
)

// keyEvery is the least time between two requests for a key frame of one bridge. The server throttles more; this keeps
// a Runtime that asks for every lost frame from flooding the socket.
const keyEvery = 20 * time.Millisecond

// guest is an instance in the worker. It is its Runtime's run.Host.
type guest struct {
	s       *server
	number  uint16
	id      string
	runtime run.Runtime
	epoch   time.Time
	gate    wire.Gate // to the inlets; closed when the Runtime is stopped

	mu      sync.Mutex
	plan    *plan.Plan
	inlets  run.Inlets
	tracks  map[string]uint16 // of inlets that media has come for
	asked   map[string]time.Time
	outlets map[string]*wire.Lead
}

func newGuest(s *server, number uint16, id string, rt run.Runtime, epoch time.Time) *guest {
	return &guest{
		s: s, number: number, id: id, runtime: rt, epoch: epoch,
		inlets: run.Inlets{}, tracks: map[string]uint16{}, asked: map[string]time.Time{}, outlets: map[string]*wire.Lead{},
	}
}

// Epoch implements run.Host.
func (g *guest) Epoch() time.Time { return g.epoch }

// Outlet implements run.Host.
func (g *guest) Outlet(bridge string) run.Port {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.outlets[bridge] == nil {
		g.outlets[bridge] = g.s.end.Lead(g.number, bridge)
	}
	return g.outlets[bridge]
}

// Key implements run.Host. A bridge for which nothing has come yet begins with a key frame anyway.
func (g *guest) Key(bridge string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	track, ok := g.tracks[bridge]
	if now := time.Now(); ok && now.Sub(g.asked[bridge]) >= keyEvery {
		g.asked[bridge] = now
		_ = g.s.end.AskKey(track) // a broken connection is seen by the reader
	}
}

// Tell implements run.Host.
func (g *guest) Tell(n run.Notice) {
	g.s.say(frame.Message{Kind: frame.State, Instance: g.number}, news{Notice: &notice{
		Kind: n.Kind, Node: n.Node, Branch: n.Branch, Fault: seal.FlawOf(n.Err), Event: n.Event, Vars: n.Vars,
	}})
}

// accept tells where a track to a bridge leads.
func (g *guest) accept(track uint16, bridge string) wire.Sink {
	g.mu.Lock()
	defer g.mu.Unlock()
	port := g.inlets[bridge]
	if port == nil {
		return wire.Sink{} // its branch has just been removed
	}
	g.tracks[bridge] = track
	return wire.Sink{Port: port, Gate: &g.gate, Refused: func() { g.Key(bridge) }}
}

// prepare prepares the Runtime and lists its inlets.
func (g *guest) prepare(ctx context.Context, p prepare, secrets []byte) ([]string, error) {
	opened, err := seal.OpenPlan(p.Plan, secrets)
	if err != nil {
		return nil, err
	}
	inlets, err := g.runtime.Prepare(ctx, opened, g)
	if err != nil {
		return nil, err
	}
	g.mu.Lock()
	g.plan = opened
	g.mu.Unlock()
	return g.take(inlets), nil
}

// take keeps inlets and gives their names.
func (g *guest) take(inlets run.Inlets) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	maps.Copy(g.inlets, inlets)
	return slices.Sorted(maps.Keys(inlets))
}

// do makes a call on the Runtime.
func (g *guest) do(ctx context.Context, o order, secrets []byte) (answer, []byte, error) {
	switch o.Call {
	case run.CallStart:
		return answer{}, nil, g.runtime.Start(ctx)
	case run.CallDrain:
		return answer{}, nil, g.runtime.Drain(ctx)
	case run.CallStop:
		return answer{}, nil, g.stop(ctx)
	case run.CallApply:
		return g.apply(ctx, o, secrets)
	}
	return answer{}, nil, fault.New(fault.InvalidRequest, "", "there is no call %q", o.Call)
}

func (g *guest) apply(ctx context.Context, o order, secrets []byte) (answer, []byte, error) {
	c, err := seal.OpenChange(o.Change, secrets)
	if err != nil {
		return answer{}, nil, err
	}
	r, err := g.runtime.Apply(ctx, c)
	if err != nil {
		return answer{}, nil, err
	}
	a := answer{Inlets: g.take(r.Inlets), JSON: r.JSON, Type: r.Type}
	g.mu.Lock()
	defer g.mu.Unlock()
	if c.Verb == run.RemoveBranch {
		g.forget(c.Branch)
	}
	if c.Plan != nil {
		g.plan = c.Plan
	}
	return a, r.Bytes, nil
}

// forget ends what belongs to a branch that is gone, and to those that went with it: what a key has that is lazy.
func (g *guest) forget(branch string) {
	for _, b := range g.plan.Bridges {
		if b.Branch != branch && !strings.HasPrefix(b.Branch, branch+"/") {
			continue
		}
		if out := g.outlets[b.Name]; out != nil {
			out.Close()
		}
		delete(g.outlets, b.Name)
		delete(g.inlets, b.Name)
		delete(g.tracks, b.Name)
		delete(g.asked, b.Name)
	}
}

// stop stops the Runtime and ends its tracks.
func (g *guest) stop(ctx context.Context) error {
	if err := g.runtime.Stop(ctx); err != nil {
		return err
	}
	g.gate.Close()
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, out := range g.outlets {
		out.Close()
	}
	return nil
}
