package records

import (
	"cmp"
	"context"
	"slices"
	"time"

	"sluice/api/records/form"
	"sluice/api/records/name"
	"sluice/api/records/shelf"
	"sluice/elements/lasting"
	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
)

// Request says what is to be recorded, and for whom.
type Request struct {
	shelf.About
	Template string      // of the name; "": that of the configuration
	Format   form.Format // "" is form.Auto
	Once     bool        // fault.NameInUse if something of which Of is true is being recorded
}

// Of tells whether it is for a publication, or for its stream whoever publishes it. A session of "" is nobody's.
func (r Request) Of(stream, mediaSession string) bool {
	return r.Stream == stream && (r.MediaSession == "" || r.MediaSession == mediaSession)
}

// check says what is wrong with a request, and fills in what was left open.
func (r *Request) check() error {
	if r.Format == "" {
		r.Format = form.Auto
	}
	if _, ok := form.Of("." + string(r.Format)); !ok && r.Format != form.Auto {
		return fault.New(fault.InvalidParams, "", "%.40q is no format of recordings", string(r.Format))
	}
	if r.Template != "" {
		if _, err := name.Parse(r.Template); err != nil {
			return err
		}
	}
	return nil
}

// Recording is one that was begun. Safe for concurrent use.
type Recording struct {
	door  *Door
	asked Request
	inst  *instance.Instance // nil until it is under way

	publication uint64 // what was published under the name when it began; 0: nothing
	began       time.Time
	wait        lasting.Backoff // until it is begun again, if it is one of records.streams that ends badly

	// Under the door's lock:
	files []shelf.Recording // that are whole, mostFiles at most
	broke error             // why its file could not be written to
}

// Start begins to record a stream, by the graph that has a route for the event stream.record, and returns when that is under way. The
// recording ends with the stream, or when somebody ends it. ctx bounds the starting. A template or format that cannot be is
// fault.InvalidParams, a stream that is not there fault.StreamNotFound, and one recording too many fault.Overloaded.
func (d *Door) Start(ctx context.Context, q Request) (*Recording, error) {
	return d.start(ctx, q, lasting.Backoff{})
}

// start is Start of one that may have been begun before.
func (d *Door) start(ctx context.Context, q Request, wait lasting.Backoff) (*Recording, error) {
	if err := q.check(); err != nil {
		return nil, err
	}
	r := &Recording{door: d, asked: q, began: d.opt.Clock.Now(), wait: wait}
	if now, ok := d.opt.Engine.Streams().Stream(q.Stream); ok {
		r.publication = now.Publication
	}
	if err := d.reserve(r); err != nil {
		return nil, err
	}
	defer d.work.Done()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(d.life, cancel)() //nolint:contextcheck // it ends with Close
	inst, err := d.opt.Engine.Raise(ctx, engine.Event{Name: Event, Path: "/" + q.Stream, Vars: map[string]any{
		"template": q.Template, "container": string(q.Format), "by": q.Login, "connection": q.Session, "publication": q.MediaSession,
	}})
	d.mu.Lock()
	if err == nil && d.life.Err() == nil {
		r.inst = inst
		d.work.Go(r.follow)
		d.mu.Unlock()
		return r, nil
	}
	delete(d.running, r)
	d.mu.Unlock()
	if err == nil { // Close has listed what it ends: this one would go on until the stream ends
		cancel()
		err = stopping().Because(inst.Stop(ctx))
	}
	return nil, err
}

func stopping() *fault.Fault { return fault.New(fault.Closed, "", "the server is stopping") }

// reserve keeps a place for a recording that is about to begin.
func (d *Door) reserve(r *Recording) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.life.Err() != nil:
		return stopping()
	case len(d.running) >= d.opt.Most:
		return fault.New(fault.Overloaded, "", "%d streams are being recorded, and no more may be", d.opt.Most).
			Advise(`the configuration's key "records.most" sets the limit`)
	}
	for other := range d.running {
		if r.asked.Once && other.asked.Of(r.asked.Stream, r.asked.MediaSession) {
			return fault.New(fault.NameInUse, "", "%q is being recorded already", r.asked.Stream)
		}
	}
	d.running[r] = struct{}{}
	d.work.Add(1)
	return nil
}

// follow waits for its end, and looks what came meanwhile.
func (r *Recording) follow() {
	<-r.inst.Done()
	r.door.mu.Lock()
	delete(r.door.running, r)
	err := cmp.Or(r.inst.Err(), r.broke)
	r.door.mu.Unlock()
	if err != nil {
		r.door.opt.Log.Warn("a recording ended badly; the stream goes on", "stream", r.asked.Stream, "err", err)
	}
	r.door.anew(r, err != nil)
}

// ID is the name of its pipeline.
func (r *Recording) ID() string { return r.inst.ID() }

// Done is closed when it has ended, and Err is why it ended badly then; nil if it did not.
func (r *Recording) Done() <-chan struct{} { return r.inst.Done() }

// Err is described with Done.
func (r *Recording) Err() error { return r.inst.Err() }

// End ends the recording, unless it has ended by itself, and gives its files when they are whole, the first first: of very many the last.
// ctx ends the waiting.
// Of two recordings at once that say the same of what they are for, each has the files of both.
func (r *Recording) End(ctx context.Context) ([]shelf.Recording, error) {
	settled := r.door.opt.Shelf.Watch(func(a shelf.About) bool { return a == r.asked.About })
	if err := r.inst.Stop(ctx); err != nil {
		return nil, err
	}
	if _, err := settled(ctx); err != nil {
		return nil, err
	}
	r.door.mu.Lock()
	defer r.door.mu.Unlock()
	delete(r.door.running, r) // so that it can be begun anew at once; follow may come later
	return slices.Clone(r.files), nil
}

// Stop ends the recordings that is is true of, and gives their files as End does. None is fault.ResourceNotFound.
func (d *Door) Stop(ctx context.Context, is func(id string, q Request) bool) ([]shelf.Recording, error) {
	var list []*Recording
	d.mu.Lock()
	for r := range d.running {
		if r.inst != nil && is(r.inst.ID(), r.asked) {
			list = append(list, r)
		}
	}
	d.mu.Unlock()
	if len(list) == 0 {
		return nil, fault.New(fault.ResourceNotFound, "", "nothing like that is being recorded")
	}
	for _, r := range list { // all at once: each waits for the files of those that are for the same
		r.inst.Drain(-1) //nolint:contextcheck // ctx bounds the waiting
	}
	var all []shelf.Recording
	for _, r := range list {
		files, err := r.End(ctx)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			if !slices.ContainsFunc(all, func(have shelf.Recording) bool { return have.Name == f.Name }) {
				all = append(all, f)
			}
		}
	}
	slices.SortFunc(all, func(a, b shelf.Recording) int { return a.Started.Compare(b.Started) })
	return all, nil
}

// Running lists what is being recorded, and what is about to be.
func (d *Door) Running() []Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]Request, 0, len(d.running))
	for r := range d.running {
		list = append(list, r.asked)
	}
	return list
}

// Shelf is where recordings are.
func (d *Door) Shelf() *shelf.Shelf { return d.opt.Shelf }
