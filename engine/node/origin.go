package node

import (
	"cmp"
	"context"
	"slices"
	"time"

	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// origin is a source and what it publishes: the stream of an outfall, if that takes all of it and nothing else, so that
// nothing stands between the two; otherwise something private that the outfalls and sinks of the graph read.
type origin struct {
	part    *Part
	name    string
	source  Source
	tracks  media.Description
	pub     *hub.Publication
	outfall string // that it publishes for by itself; "" if it is private
	crowd   crowd
}

// publish begins to publish what a source gives.
func (p *Part) publish(ctx context.Context, o *origin) error {
	opt := hub.PublishOptions{Form: o.source.Form(), Source: o}
	if w, ok := o.source.(Waiter); ok {
		opt.Wait = w.Wait()
	}
	var err error
	if o.outfall = p.soleOutfall(o); o.outfall != "" {
		var stream string
		stream, opt.Policy, _ = p.nodes[o.outfall].(Outfall).Publishes()
		if p.speaksFor(o.name) {
			opt.Silence = maxSilence
		}
		o.crowd.node = o.outfall
		o.pub, err = p.opt.Hub.Publish(ctx, stream, o.tracks, opt)
	} else {
		o.pub, err = p.opt.Hub.Private(o.tracks, opt)
	}
	if err != nil {
		return placed(cmp.Or(o.outfall, o.name), err)
	}
	o.source.Feed(o.pub)
	return nil
}

// maxSilence is how long a client's stream may be silent and keep its name when somebody else comes for it: encoders that lost their
// network try again after two to five seconds.
const maxSilence = 2 * time.Second

// speaksFor tells whether a node gives what a client of ours sends, and not what the server fetches.
func (p *Part) speaksFor(node string) bool {
	i := slices.IndexFunc(p.plan.Nodes, func(n plan.Node) bool { return n.Name == node })
	if i < 0 {
		return false
	}
	spec, ok := p.opt.Registry.Spec(p.plan.Nodes[i].Element)
	return ok && len(spec.Sessions) > 0
}

// soleOutfall is the outfall that takes all that the source gives and nothing else.
func (p *Part) soleOutfall(o *origin) string {
	for _, f := range p.plan.Flows {
		out, ok := p.nodes[f.To.Of].(Outfall)
		if f.From.Of != o.name || !ok {
			continue
		}
		if _, _, alternative := out.Publishes(); alternative || len(p.standIns(f.To.Of)) > 0 {
			continue
		}
		ins := p.inputs(f.To.Of)
		others := func(in input) bool { return in.from != o.name }
		missed := func(t media.Track) bool {
			return !slices.ContainsFunc(ins, func(in input) bool { return in.kind == t.Kind })
		}
		if !slices.ContainsFunc(ins, others) && !slices.ContainsFunc(o.tracks.Tracks, missed) {
			return f.To.Of
		}
	}
	return ""
}

func (o *origin) close(reason error) {
	if o.pub != nil {
		o.pub.Close(reason)
	}
}

// echo has what the only source of a publication says be said of that.
func (p *Part) echo(pub *hub.Publication, feeds []*feed) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.origins) != 1 || len(feeds) == 0 {
		return
	}
	for _, o := range p.origins {
		o.pub.Echo(pub)
	}
}

// input is one thing that a Go node takes.
type input struct {
	kind   media.Kind
	from   string       // a Go node; "" if it comes out of a bridge
	bridge *plan.Bridge // nil if it comes from a Go node
}

// inputs lists what a Go node takes, but for what its sources turned out not to give, and what only stands in for them. What streams
// of the hub do not have is found out by reading them.
func (p *Part) inputs(node string) []input {
	var out []input
	for _, f := range p.plan.Flows {
		if f.To.Of != node || f.Fallback {
			continue
		}
		if o := p.originOf(f.From.Of); o == nil || o.tracks.Index(f.Format.Kind) >= 0 {
			out = append(out, input{kind: f.Format.Kind, from: f.From.Of})
		}
	}
	for i := range p.plan.Bridges {
		if b := &p.plan.Bridges[i]; b.Direction == plan.OutOfGst && b.Node.Of == node && !b.Fallback {
			out = append(out, input{kind: b.Format.Kind, bridge: b})
		}
	}
	return out
}
