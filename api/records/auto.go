package records

import (
	"context"
	"sync"
	"time"

	"sluice/api/pattern"
	"sluice/api/records/shelf"
	"sluice/engine/event"
	"sluice/engine/fault"
)

// follow records the streams that are to be recorded by themselves, until ctx is done. Each begins beside the others: one whose beginning
// takes long would cost the rest theirs.
func (d *Door) follow(ctx context.Context) {
	const several = 1024
	var begins sync.WaitGroup
	defer begins.Wait()
	begin := func(stream string) { begins.Go(func() { d.automatic(ctx, stream) }) }
	sub := d.opt.Engine.Bus().Subscribe(several, func(e event.Event) bool {
		s, ok := e.Body.(event.Stream)
		return ok && e.Name == event.StreamPublished && d.wanted(s.Name)
	})
	defer sub.Close()
	d.look(begin)
	for {
		e, lost, err := sub.Next(ctx)
		if err != nil {
			return
		}
		if lost > 0 {
			d.look(begin)
		}
		if s, ok := e.Body.(event.Stream); ok {
			begin(s.Name)
		}
	}
}

func (d *Door) wanted(stream string) bool { return pattern.Any(d.streams, stream) }

// look looks at the streams there are.
func (d *Door) look(begin func(stream string)) {
	for _, s := range d.opt.Engine.Streams().Streams() {
		if d.wanted(s.Name) {
			begin(s.Name)
		}
	}
}

// beginning is how long a recording may take to begin.
const beginning = 15 * time.Second

// automatic records a stream by itself, unless it is being recorded so already. Where that is what was published before under the name,
// whose file is not complete yet, the stream has its turn when it is: see anew.
func (d *Door) automatic(ctx context.Context, stream string) {
	limited, cancel := context.WithTimeout(ctx, beginning)
	defer cancel()
	before, _ := d.opt.Engine.Streams().Stream(stream)
	_, err := d.Start(limited, Request{About: shelf.About{Stream: stream}, Once: true})
	code := fault.CodeOf(err)
	if err == nil || d.life.Err() != nil || code == fault.NameInUse {
		return
	}
	if code != fault.StreamNotFound {
		d.opt.Log.Error("a stream that is to be recorded is not", "stream", stream, "err", err)
	}
	if now, ok := d.opt.Engine.Streams().Stream(stream); ok && now.Publication != before.Publication && ctx.Err() == nil {
		d.automatic(ctx, stream) // its name was taken by this attempt when it came
	}
}

// anew records a stream that was published again while what was recorded before was being completed: nobody tells of it a second time.
// Of the same publication there is another recording only if the one before ended badly, as on a full disk.
func (d *Door) anew(r *Recording, badly bool) {
	if r.asked.About != (shelf.About{Stream: r.asked.Stream}) || !d.wanted(r.asked.Stream) {
		return
	}
	switch now, ok := d.opt.Engine.Streams().Stream(r.asked.Stream); {
	case !ok:
	case now.Publication != r.publication:
		d.automatic(d.life, r.asked.Stream)
	case badly:
		d.again(r)
	}
}

// again begins a recording of the same publication, after a while, and later and later for as long as that cannot be.
func (d *Door) again(r *Recording) {
	wait, clock := r.wait, d.opt.Clock
	wait.Lasted(clock.Now().Sub(r.began))
	for {
		select {
		case <-d.life.Done():
			return
		case <-clock.After(wait.Next()):
		}
		if now, ok := d.opt.Engine.Streams().Stream(r.asked.Stream); !ok || now.Publication != r.publication {
			return // of another one is told
		}
		ctx, cancel := context.WithTimeout(d.life, beginning)
		_, err := d.start(ctx, Request{About: r.asked.About, Once: true}, wait)
		cancel()
		if err == nil || fault.CodeOf(err) == fault.NameInUse {
			return
		}
		d.opt.Log.Warn("a stream that is to be recorded is not; it is tried again", "stream", r.asked.Stream, "err", err)
	}
}
