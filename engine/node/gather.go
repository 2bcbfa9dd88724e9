package node

import (
	"context"
	"slices"
	"sync"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// settle is how long a gather that knows all it must waits for what may come besides: a file's second track, say.
const settle = 300 * time.Millisecond

// gather publishes what comes from several places, or out of GStreamer: as a stream, as alternatives of one, or privately
// for a taker. It publishes when it knows its tracks.
type gather struct {
	part        *Part
	node        string
	stream      string // "" is private
	claim       *hub.Claim
	policy      hub.Policy
	alternative bool
	taker       Taker // of a private one
	want        media.Want
	relief      *relief // nil if nothing stands in for what it publishes

	mu     sync.Mutex
	feeds  []*feed
	begun  bool // it publishes, or is about to
	closed bool
	pub    *hub.Publication
	also   []*hub.Alternative
	crowd  crowd
}

// feed is one track of a gather.
type feed struct {
	in     input
	track  media.Track
	known  bool
	must   bool           // without it nothing is published
	open   func(w writer) // lets it flow
	key    func()         // asks for a key frame
	forget func()         // what has come so far; nil if nothing is kept
	lazy   bool
	tried  bool     // it is lazy, and has to run once before it is known
	form   hub.Form // in which it writes; what comes from GStreamer are access units
}

// writer takes media of one track.
type writer interface {
	Forward(batch []media.Packet) error
	WriteUnits(batch []media.Unit) error
}

// begin makes the feeds of a gather, and publishes if it knows enough.
func (p *Part) begin(ctx context.Context, g *gather) error {
	ins := p.inputs(g.node)
	if len(ins) == 0 {
		return fault.New(fault.CodecNotAvailable, g.node, "nothing of what comes suits it")
	}
	if err := p.relieve(g); err != nil {
		return err
	}
	if err := g.claimName(); err != nil {
		return err
	}
	if err := p.connect(ctx, g, ins); err != nil {
		g.claim.Release()
		return err
	}
	p.mu.Lock()
	p.gathers = append(p.gathers, g)
	p.mu.Unlock()
	g.try(1)
	return g.check(ctx)
}

// feed joins one input to a gather.
func (p *Part) feed(ctx context.Context, g *gather, in input) (*feed, error) {
	f := &feed{in: in, must: true, form: hub.Units}
	if in.bridge != nil {
		out := &outflow{gather: g, feed: f, bridge: in.bridge.Name}
		f.open, f.must = out.open, !in.bridge.Optional
		f.key = func() { p.instance(func(i Instance) { i.Key(in.bridge.Name) }) }
		f.forget = out.forget
		f.lazy = p.lazy(in)
		if f.tried = f.lazy && configured(in.bridge.Format.Codec); f.lazy && !f.tried {
			f.track, f.known = media.NewTrack(in.bridge.Format.Codec), true
		}
		p.mu.Lock()
		p.outflows[in.bridge.Name] = out
		p.mu.Unlock()
		return f, nil
	}
	reader, form, open, err := p.readFrom(ctx, in, g.relief != nil)
	if err != nil {
		return nil, err
	}
	tracks := reader.Tracks()
	if len(tracks) == 0 {
		return nil, fault.New(fault.StreamNotFound, in.from, "it has ended")
	}
	f.track, f.known = tracks[0], true
	f.open, f.form = open, form
	f.key = func() { _ = reader.RequestKey(0) } // a reader that has ended needs none
	return f, nil
}

// lazy tells whether what comes out of a bridge runs only while it is read.
func (p *Part) lazy(in input) bool {
	for _, l := range p.plan.Pipelines {
		if l.Name == in.bridge.Pipeline && l.Lazy {
			return true
		}
		for _, b := range l.Branches {
			if l.Name == in.bridge.Pipeline && b.Name == in.bridge.Branch && b.Kind == plan.Lazy {
				return true
			}
		}
	}
	return false
}

// check publishes once everything is known that has to be.
func (g *gather) check(ctx context.Context) error {
	g.mu.Lock()
	all, ready := g.ready()
	g.mu.Unlock()
	switch {
	case !ready:
		return nil
	case all:
		return g.publish(ctx)
	}
	g.part.later(func() {
		select {
		case <-g.part.opt.Clock.After(settle):
		case <-g.part.ctx.Done():
			return
		}
		if err := g.publish(g.part.ctx); err != nil {
			g.part.broken(g.node, err)
		}
	})
	return nil
}

// ready tells, once, that it is time to publish, and whether all tracks are known that may come. The caller holds g.mu.
func (g *gather) ready() (all, ready bool) {
	if g.begun || g.closed {
		return false, false
	}
	all, some := true, false
	for _, f := range g.feeds {
		if f.must && !f.known {
			return false, false
		}
		all, some = all && f.known, some || f.known
	}
	g.begun = some
	return all, some
}

// publish publishes the tracks that are known. It may have to wait for the name. If it fails, it can be tried again.
func (g *gather) publish(ctx context.Context) error {
	g.mu.Lock()
	before := g.feeds
	g.feeds = slices.DeleteFunc(slices.Clone(before), func(f *feed) bool { return !f.known })
	feeds, closed := g.feeds, g.closed
	g.mu.Unlock()
	if closed {
		return nil
	}
	err := g.offer(ctx, feeds)
	if err != nil {
		g.again(before)
	}
	return err
}

// offer publishes feeds, and lets them flow.
func (g *gather) offer(ctx context.Context, feeds []*feed) error {
	if g.alternative {
		return g.publishAlternatives(feeds)
	}
	opt := hub.PublishOptions{Policy: g.policy, Source: g, Claim: g.claim}
	var d media.Description
	for _, f := range feeds {
		d.Tracks = append(d.Tracks, unique(f.track, d))
		opt.Forms = append(opt.Forms, f.form)
	}
	var pub *hub.Publication
	var err error
	if g.stream == "" {
		pub, err = g.part.opt.Hub.Private(d, opt)
	} else {
		pub, err = g.part.opt.Hub.Publish(ctx, g.stream, d, opt)
	}
	if err != nil {
		return err
	}
	if g.keep(pub, nil) {
		g.part.echo(pub, feeds)
		if g.relief != nil {
			g.relief.begin(pub, feeds)
			return nil
		}
		for i, f := range feeds {
			f.open(lane{pub, i})
		}
		if g.taker != nil {
			if err := g.part.own(pub, g.taker, g.want); err != nil {
				return err
			}
		}
		g.try(-1)
	}
	return nil
}

// keep remembers what is published, to close it. What comes too late is closed at once.
func (g *gather) keep(pub *hub.Publication, also *hub.Alternative) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if also != nil {
		g.also = append(g.also, also)
	} else {
		g.pub = pub
	}
	if g.closed {
		g.end(nil)
		return false
	}
	if g.stream != "" && !g.alternative {
		g.part.instance(func(i Instance) { i.Tell(run.Notice{Kind: run.Published, Node: g.node}) })
	}
	return true
}

// tell tells an instance that has just been handed over what was published before: the notice found nobody then, and the instance, to whom
// media came meanwhile, would wait for it until its time to start is over.
func (g *gather) tell(inst Instance) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.pub != nil && g.stream != "" && !g.alternative {
		inst.Tell(run.Notice{Kind: run.Published, Node: g.node})
	}
}

func (g *gather) publishAlternatives(feeds []*feed) error {
	for i, f := range feeds {
		opt := hub.AlternativeOptions{Form: f.form, For: g.part.opt.For, Source: solo{g, i}, Owner: g.part.owner}
		a, err := g.part.opt.Hub.Alternative(g.stream, f.track, opt)
		if err != nil {
			g.withdraw(err)
			return err
		}
		if g.keep(nil, a) {
			f.open(a)
		}
	}
	g.try(-1)
	return nil
}

func (g *gather) close(reason error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
	g.end(reason)
	g.claim.Release()
}

// end closes what is published. The caller holds g.mu.
func (g *gather) end(reason error) {
	for _, a := range g.also {
		a.Close(reason)
	}
	if g.pub != nil {
		g.pub.Close(reason)
	}
}

// unique gives a track an ID that no other has.
func unique(t media.Track, d media.Description) media.Track {
	for d.Index(t.Kind) >= 0 && t.ID == string(t.Kind) {
		t.ID += "+"
	}
	return t
}

// lane is one track of a publication.
type lane struct {
	pub   *hub.Publication
	track int
}

func (l lane) Forward(batch []media.Packet) error  { return l.pub.Forward(l.track, batch) }
func (l lane) WriteUnits(batch []media.Unit) error { return l.pub.WriteUnits(l.track, batch) }
