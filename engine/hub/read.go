package hub

import (
	"context"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub/fanout"
	"sluice/engine/media"
)

// ReadOptions refine Read. The zero ReadOptions will do.
type ReadOptions struct {
	// Name is what the reader is called where readers are listed: the node that reads, say.
	Name string
	// Owner tells, for lists of readers, which instance reads; nil if none does. It is called with the hub's lock held, and uses no hub.
	Owner func() string
	// Wait is how long to wait for somebody to publish, or for a conversion. At 0 nobody is asked for either. When somebody
	// else takes the name, or the pictures change, and nothing suits any more, it is how long to wait again.
	Wait time.Duration
	// Pace is how many times faster than it came a reader gets what was published before it; 3 is a good one for sinks
	// on a network. At 0 it gets all at once.
	Pace float64
	// Layer is which layer of simulcast to read, if there is one of that name; "" is the largest that comes.
	Layer string
	// Live is for readers that show what comes at once, as calls do: they get no sound of before, and of pictures a key frame
	// that is older than this only by itself, before the next one. At 0 they get everything from the last key frame on.
	Live time.Duration
	// Paused readers get nothing until they are resumed, though their tracks are in demand.
	Paused bool
}

// Read begins to read what is published under a name, as packets: from the last key frame on, then what comes, without
// gap or repetition. It asks Options.Demand for what is not there, and waits. ctx bounds the waiting only.
//
// Nobody publishing is fault.StreamNotFound, nothing that suits fault.CodecNotAvailable, and an answer of Demand that did
// not come true in time fault.StartTimeout.
func (h *Hub) Read(ctx context.Context, name string, want media.Want, sink Sink, opt ReadOptions) (*Reader, error) {
	return read(ctx, h, &Reader{name: name, want: want, form: Packets, opt: opt}, sink, (*Publication).packetLog)
}

// ReadUnits is Read for access units.
func (h *Hub) ReadUnits(ctx context.Context, name string, want media.Want, sink UnitSink, opt ReadOptions) (*Reader, error) {
	return read(ctx, h, &Reader{name: name, want: want, form: Units, opt: opt}, sink, (*Publication).unitLog)
}

func read[T any](
	ctx context.Context, h *Hub, r *Reader, sink SinkOf[T], log func(*Publication) *fanout.Log[T],
) (*Reader, error) {
	if err := CheckName(r.name); err != nil {
		return nil, err
	}
	r.hub, r.paused, r.layer = h, r.opt.Paused, r.opt.Layer
	r.begin, r.end = sink.Begin, sink.End
	r.port = tap[T]{fanout.NewReader(h.loops, sink, &r.stats), log}
	if err := h.find(ctx, r); err != nil {
		return nil, err
	}
	return r, nil
}

// find waits until there is something for the reader, and gives it to him.
func (h *Hub) find(ctx context.Context, r *Reader) error {
	w, err := h.newWait(r.name)
	if err != nil {
		return err
	}
	w.again = r.id != 0
	err = w.until(ctx, r)
	w.leave(err == nil)
	return err
}

// answer says what an offer has for a reader, as choose does. Nobody is asked to publish for one that read already: its stream has ended.
func (h *Hub) answer(r *Reader, o offer, unable map[media.Kind]error) choice {
	if o.pub == nil {
		c := choice{err: fault.New(fault.StreamNotFound, "", "nobody publishes %q", r.name)}
		if demand := h.opt.Demand; demand != nil {
			c.needs = []need{{wanted(r.name), func(ctx context.Context) error { return demand.Wanted(ctx, r.name) }}}
		}
		return c
	}
	c := h.choose(r.name, o.tracks, r.want, o.layer, unable)
	if err := h.checkForms(c.picks, r.form); err != nil {
		return choice{err: err}
	}
	return c
}
