package node

import (
	"context"
	"slices"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/plan"
)

const (
	// replay is how many times faster than it came a sink on the network gets what was published before it.
	replay = 3
	// stale is how old a key frame may be for what follows it to be worth showing to somebody who sees and hears what is
	// happening. Players of RTP show what they get at once: they would run after the present, with the sound behind.
	stale = 500 * time.Millisecond
)

// Join joins the elements by the plan that the instance will run: sources begin to publish, sinks to read. What comes from
// GStreamer is joined when it comes. ctx bounds the waiting for streams that others publish.
func (p *Part) Join(ctx context.Context, pl *plan.Plan) error {
	p.mu.Lock()
	p.plan = pl
	p.mu.Unlock()
	for _, name := range p.order {
		if o := p.origins[name]; o != nil {
			if err := p.publish(ctx, o); err != nil {
				return err
			}
		}
	}
	for _, name := range p.order {
		var err error
		switch e := p.nodes[name].(type) {
		case Source:
			continue // it runs
		case Outfall:
			if err = e.Start(ctx); err == nil {
				err = p.fill(ctx, name, e)
			}
		case Taker:
			if err = e.Start(ctx); err == nil {
				err = p.attach(ctx, name, e)
			}
		default:
			err = e.Start(ctx)
		}
		if err != nil {
			return placed(name, err)
		}
	}
	return nil
}

// fill gives an outfall what it publishes, unless its source does so itself.
func (p *Part) fill(ctx context.Context, name string, out Outfall) error {
	for _, o := range p.origins {
		if o.outfall == name {
			return nil
		}
	}
	g := &gather{part: p, node: name, crowd: crowd{node: name}}
	g.stream, g.policy, g.alternative = out.Publishes()
	return p.begin(ctx, g)
}

// attach lets a taker read: from its source, from a stream, or from what is gathered for it.
func (p *Part) attach(ctx context.Context, name string, t Taker) error {
	ins := p.inputs(name)
	if len(ins) == 0 {
		return fault.New(fault.CodecNotAvailable, name, "nothing of what comes suits it")
	}
	from := ins[0].from
	want := narrowed(t.Want(), ins)
	if from == "" || slices.ContainsFunc(ins, func(i input) bool { return i.from != from }) {
		g := &gather{part: p, node: name, crowd: crowd{node: name}, taker: t, want: want}
		return p.begin(ctx, g)
	}
	if o := p.originOf(from); o != nil {
		return p.own(o.pub, t, want)
	}
	tap, ok := p.element(from).(Tap)
	if !ok {
		return unready(from, "nothing can be read from it")
	}
	reads := tap.Reads()
	if reads.Still > 0 {
		return unready(from, "one picture alone is only read into GStreamer")
	}
	want = reads.want(want)
	opt := hub.ReadOptions{Name: p.path(name), Owner: p.owner, Wait: reads.Wait, Pace: replay, Paused: true}
	var r *hub.Reader
	var err error
	switch s := t.(type) {
	case Sink:
		opt.Live = stale
		r, err = p.opt.Hub.Read(ctx, reads.Stream, want, s, opt)
	case UnitSink:
		r, err = p.opt.Hub.ReadUnits(ctx, reads.Stream, want, s, opt)
	default:
		return unready(name, "it takes neither packets nor units")
	}
	if err != nil {
		return placed(from, err)
	}
	return p.hand(t, r)
}

// hand gives a taker its reader. What it will get it is told before, while the reader is paused: it may have to agree on that
// with its peer first.
func (p *Part) hand(t Taker, r *hub.Reader) error {
	p.keep(r)
	tracks := r.Tracks()
	if len(tracks) == 0 {
		return fault.New(fault.Closed, "", "what it reads has ended")
	}
	t.Begin(tracks)
	t.Attach(r)
	return nil
}

// own lets a taker read a publication of this graph.
func (p *Part) own(pub *hub.Publication, t Taker, want media.Want) error {
	opt := hub.ReadOptions{Pace: replay, Paused: true}
	var r *hub.Reader
	var err error
	switch s := t.(type) {
	case Sink:
		opt.Live = stale
		r, err = pub.Read(want, s, opt)
	case UnitSink:
		r, err = pub.ReadUnits(want, s, opt)
	default:
		err = unready("", "it takes neither packets nor units")
	}
	if err != nil {
		return err
	}
	return p.hand(t, r)
}

// keep remembers a reader to close it; one that came too late is closed at once.
func (p *Part) keep(r *hub.Reader) {
	p.mu.Lock()
	closed := p.closed
	p.readers = append(p.readers, r)
	p.mu.Unlock()
	if closed {
		r.Close()
	}
}

// path names a node for who looks at the server from outside.
func (p *Part) path(node string) string { return p.graph + "/" + node }

// narrowed wants only the kinds that are linked.
func narrowed(w media.Want, ins []input) media.Want {
	linked := func(k media.Kind) bool { return slices.ContainsFunc(ins, func(i input) bool { return i.kind == k }) }
	if !linked(media.Audio) {
		w.Audio = nil
	}
	if !linked(media.Video) {
		w.Video = nil
	}
	if !linked(media.Data) {
		w.Data = nil
	}
	return w
}

// kept wants only one kind; "" leaves all.
func kept(w media.Want, kind media.Kind) media.Want {
	if kind == "" {
		return w
	}
	return w.Only(kind)
}
