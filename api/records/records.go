// Package records is everything about recordings that is not their media: who starts and stops them, which streams are recorded by
// themselves, downloads over HTTP, what is done with one that is finished, and when old ones are deleted. The element record.out, in room
// outlet, does the recording, and graphs decide what is recorded how; this package only starts them.
package records

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"sluice/api/auth"
	"sluice/api/pattern"
	"sluice/api/records/after"
	"sluice/api/records/shelf"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
)

// Engine is what recordings need of the engine; *engine.Engine is one.
type Engine interface {
	Raise(ctx context.Context, ev engine.Event) (*instance.Instance, error)
	Streams() engine.Streams
	Bus() *event.Bus
}

// Authoriser says who may play what, as auth.Static does.
type Authoriser interface {
	Authorise(ctx context.Context, q auth.Request) (user string, err error)
}

// Options are what a Door is made with. Engine, Shelf and Folder are needed.
type Options struct {
	Engine  Engine
	Shelf   *shelf.Shelf
	Folder  shelf.Options // Done is set by the Door
	Auth    Authoriser    // nil: everybody may download everything
	Streams []string      // patterns of streams that are recorded by themselves: "live/*", "**"
	Most    int           // recordings at a time; 0: 100
	Keep    Keep
	After   *after.Work // what is done with finished ones; nil: nothing
	Clock   element.Clock
	Log     *slog.Logger
}

// Door is the recordings of a server. It is an api.Door without an address of its own: Handler serves downloads. Safe for concurrent use.
type Door struct {
	opt     Options
	streams []pattern.Pattern
	life    context.Context //nolint:containedctx // until Close
	end     context.CancelFunc
	past    context.Context //nolint:containedctx // until all that Close ended is done with
	forget  context.CancelFunc
	work    sync.WaitGroup

	mu      sync.Mutex
	running map[*Recording]struct{} // and what is about to begin
}

// New makes recordings. A bad pattern is fault.InvalidParams.
func New(o Options) (*Door, error) {
	const many = 100
	if o.Engine == nil || o.Shelf == nil {
		return nil, fault.New(fault.Internal, "records", "recordings need an engine and a shelf")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = system{}
	}
	if o.Most == 0 {
		o.Most = many
	}
	d := &Door{opt: o, running: map[*Recording]struct{}{}}
	var err error
	if d.streams, err = pattern.ParseAll("records.streams", o.Streams); err != nil {
		return nil, err
	}
	d.life, d.end = context.WithCancel(context.Background())
	d.past, d.forget = context.WithCancel(context.Background())
	return d, nil
}

// Name implements api.Door.
func (*Door) Name() string { return "records" }

// Listen implements api.Door: it opens the folder.
func (d *Door) Listen(context.Context) error {
	o := d.opt.Folder
	o.Done, o.Broke, o.Log, o.Now = d.done, d.broke, d.opt.Log, d.opt.Clock.Now
	return d.opt.Shelf.Open(o)
}

// mostFiles are those of one recording that are remembered until it ends: one that begins a new file each minute goes on for a year.
const mostFiles = 1000

// done hears of finished files, before the recording that they are of ends.
func (d *Door) done(f shelf.Recording) {
	d.mu.Lock()
	for r := range d.running {
		if r.asked.About == f.About {
			r.files = append(r.files[max(0, len(r.files)-mostFiles+1):], f)
		}
	}
	d.mu.Unlock()
	if d.opt.After != nil {
		d.opt.After.Take(f)
	}
}

// broke notes that a recording cannot go on.
func (d *Door) broke(a shelf.About, why error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for r := range d.running {
		if r.asked.About == a {
			r.broke = why
		}
	}
}

// Serve implements api.Door: it completes what a crash left, records what is to be recorded by itself, and deletes what is old.
func (d *Door) Serve(ctx context.Context) error {
	longer, forget := context.WithCancel(ctx)
	defer forget()
	defer context.AfterFunc(d.past, forget)() //nolint:contextcheck // it ends with Close
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.life, cancel)() //nolint:contextcheck // as above
	var all sync.WaitGroup
	all.Go(func() { d.opt.Shelf.Recover(ctx) })
	if d.opt.After != nil {
		all.Go(func() { d.opt.After.Run(longer) })
	}
	if d.opt.Keep != (Keep{}) {
		all.Go(func() { d.tidy(ctx) })
	}
	if len(d.streams) > 0 {
		all.Go(func() { d.follow(ctx) })
	}
	<-ctx.Done()
	all.Wait()
	return nil
}

// Close implements api.Door: it ends what is being recorded, so that all of it is whole, has somebody told of that, and closes the folder.
func (d *Door) Close(ctx context.Context) error {
	defer d.forget()
	d.mu.Lock()
	d.end()
	var list []*instance.Instance
	for r := range d.running {
		if r.inst != nil {
			list = append(list, r.inst)
		}
	}
	d.mu.Unlock()
	const moment = 5 * time.Second // what is whole is worth waiting for, even where nothing else is waited for
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), moment)
	defer cancel()
	if ctx.Err() == nil {
		limited = ctx
	}
	var stops sync.WaitGroup
	for _, inst := range list {
		stops.Go(func() {
			if err := inst.Stop(limited); err != nil {
				d.opt.Log.Warn("a recording did not end properly", "pipeline", inst.ID(), "err", err)
			}
		})
	}
	stops.Wait()
	d.work.Wait()
	if _, err := d.opt.Shelf.Watch(func(shelf.About) bool { return true })(limited); err != nil {
		return fault.New(fault.Stalled, "records", "recordings are not complete; they will be when the server starts again").Because(err)
	}
	if d.opt.After != nil {
		if left := d.opt.After.Settle(limited); left > 0 {
			d.opt.Log.Warn("nobody is told of recordings that are finished: there is no time left", "recordings", left)
		}
	}
	return d.opt.Shelf.Close()
}

// system is the machine's clock.
type system struct{}

func (system) Now() time.Time                         { return time.Now() }
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }
