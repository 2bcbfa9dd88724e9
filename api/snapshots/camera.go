// Package snapshots takes pictures of streams as they are now: for whoever asks, and of some streams again and again, into a folder. A
// graph, started by the event stream.snapshot, decodes the picture and codes it; this package starts it, waits for what it gives, and has
// several who ask at once share one. It knows no door, and decodes nothing itself.
package snapshots

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
)

// Engine is what is needed of the engine; *engine.Engine is one.
type Engine interface {
	Raise(ctx context.Context, ev engine.Event) (*instance.Instance, error)
	Streams() engine.Streams
}

// Options are what a Camera is made with. Engine is needed.
type Options struct {
	Engine Engine
	Most   int           // pictures that are taken at a time, while others wait; 0: 4
	Keep   time.Duration // how long a picture is as good as a new one; 0: 1 s
	Clock  element.Clock // nil: that of the machine
	Log    *slog.Logger
}

// Camera takes pictures. Safe for concurrent use.
type Camera struct {
	opt   Options
	turns chan struct{}   // one for each picture that may be taken at a time
	life  context.Context //nolint:containedctx // until Close
	end   context.CancelFunc
	work  sync.WaitGroup

	mu    sync.Mutex
	shots map[Shot]*shot
}

// Shot says of what a picture is to be taken, and how.
type Shot struct {
	Stream string
	Width  int    // in pixels; 0 is the stream's but no more than 1920, or what fits the height
	Height int    // as the width
	Format string // "png" or "jpeg"; "" is png
}

// shot is a picture that is being taken, or was a moment ago.
type shot struct {
	done  chan struct{} // closed when there is one
	image []byte
	err   error
	at    time.Time
}

// NewCamera makes a Camera.
func NewCamera(o Options) *Camera {
	const few = 4
	if o.Most <= 0 {
		o.Most = few
	}
	if o.Keep <= 0 {
		o.Keep = time.Second
	}
	if o.Clock == nil {
		o.Clock = system{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Camera{opt: o, turns: make(chan struct{}, o.Most), shots: map[Shot]*shot{}}
	c.life, c.end = context.WithCancel(context.Background())
	return c
}

// Close ends what is under way, and waits for that.
func (c *Camera) Close() {
	c.mu.Lock()
	c.end()
	c.mu.Unlock()
	c.work.Wait()
}

// patience is how long a picture may take, whoever waits for it.
const patience = 5 * time.Second

// Take takes a picture: the newest that can be decoded alone, or a new one if that is older than two seconds and the publisher can be asked
// for another. Who asks for the same within a second gets the same, whose bytes nobody may change. A stream that is not there is
// fault.StreamNotFound, one without pictures fault.CodecNotAvailable, and one of which none came in five seconds fault.Stalled. ctx ends
// the waiting.
func (c *Camera) Take(ctx context.Context, s Shot) ([]byte, error) {
	if err := c.check(&s); err != nil {
		return nil, err
	}
	one, err := c.enter(s) //nolint:contextcheck // who asked first may go away, and the others wait on
	if err != nil {
		return nil, err
	}
	select {
	case <-one.done:
		return one.image, one.err
	case <-ctx.Done():
		return nil, fault.New(fault.Stalled, "", "no picture of %q came in time", s.Stream).Because(ctx.Err())
	}
}

// check refuses what cannot be, and fills in what was left open.
func (c *Camera) check(s *Shot) error {
	const widest = 1920
	info, ok := c.opt.Engine.Streams().Stream(s.Stream)
	if !ok {
		return fault.New(fault.StreamNotFound, "", "nobody publishes %q", s.Stream)
	}
	if s.Format == "" {
		s.Format = formats()[0]
	}
	if !slices.Contains(formats(), s.Format) {
		return fault.New(fault.InvalidParams, "", "%.40q is no format of pictures", s.Format)
	}
	for _, t := range info.Tracks {
		if s.Width == 0 && s.Height == 0 && t.Track.Width > widest {
			s.Width = widest
		}
	}
	return nil
}

// enter finds a picture that others take or took, or begins one: whoever asked first may go away, and the others wait on.
func (c *Camera) enter(s Shot) (*shot, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if one := c.shots[s]; one != nil && (one.at.IsZero() || c.opt.Clock.Now().Sub(one.at) < c.opt.Keep) {
		return one, nil
	}
	if c.life.Err() != nil {
		return nil, fault.New(fault.Closed, "", "the server is stopping")
	}
	one := &shot{done: make(chan struct{})}
	c.shots[s] = one
	c.work.Go(func() { c.shoot(s, one) })
	return one, nil
}

// shoot takes a picture, when it is its turn. What went wrong is not kept: who asks next tries again.
func (c *Camera) shoot(s Shot, one *shot) {
	ctx, cancel := context.WithTimeout(c.life, patience)
	defer cancel()
	select {
	case c.turns <- struct{}{}:
		defer func() { <-c.turns }()
	case <-ctx.Done():
		c.settle(s, one, nil, fault.New(fault.Overloaded, "", "too many pictures are being taken"))
		return
	}
	inst, err := c.opt.Engine.Raise(ctx, engine.Event{Name: Event, Path: "/" + s.Stream, Vars: map[string]any{
		"want.width": int64(s.Width), "want.height": int64(s.Height), "want.format": s.Format,
	}})
	if err != nil {
		c.settle(s, one, nil, err)
		return
	}
	image, err := c.develop(ctx, s, inst)
	c.settle(s, one, image, err)
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := inst.Stop(limit); err != nil {
		c.opt.Log.Warn("the graph of a picture did not end properly", "stream", s.Stream, "err", err)
	}
}

// settle gives a picture to who waits for it.
func (c *Camera) settle(s Shot, one *shot, image []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	one.image, one.err, one.at = image, err, c.opt.Clock.Now()
	if err != nil {
		delete(c.shots, s)
		c.opt.Log.Info("no picture", "stream", s.Stream, "err", err)
	} else {
		over := c.opt.Clock.After(c.opt.Keep)
		c.work.Go(func() { c.forget(s, one, over) })
	}
	close(one.done)
}

// forget forgets a picture when it is not as good as a new one any more.
func (c *Camera) forget(s Shot, one *shot, over <-chan time.Time) {
	select {
	case <-over:
	case <-c.life.Done():
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.shots[s] == one { // and no other took its place
		delete(c.shots, s)
	}
}

// develop fetches what a graph makes.
func (c *Camera) develop(ctx context.Context, s Shot, inst *instance.Instance) ([]byte, error) {
	nodes := inst.Plan().Nodes
	at := slices.IndexFunc(nodes, func(n plan.Node) bool { return n.Element == "snapshot.out" })
	if at < 0 {
		return nil, fault.New(fault.ElementUnavailable, "", "the graph %q has no snapshot.out", inst.Plan().Graph)
	}
	result, err := inst.Do(ctx, nodes[at].Name, "snapshot", nil)
	switch {
	case ctx.Err() != nil:
		return nil, fault.New(fault.Stalled, "", "no picture of %q came in %s", s.Stream, patience)
	case fault.CodeOf(err) == fault.ResourceNotFound: // it has come to its end, and has none
		return nil, fault.New(fault.MediaCorrupt, "", "the picture cannot be decoded").Because(err)
	}
	return result.Bytes, err
}

// system is the machine's clock.
type system struct{}

func (system) Now() time.Time                         { return time.Now() }
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }
