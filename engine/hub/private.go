package hub

import (
	"sluice/engine/fault"
	"sluice/engine/hub/fanout"
	"sluice/engine/media"
)

// Private publishes without a name: nobody finds it or hears of it, and only who has the publication can read it, by its
// own Read. Graphs pass media on by it inside. The policy does not matter.
func (h *Hub) Private(d media.Description, opt PublishOptions) (*Publication, error) {
	if err := checkPublish("private", d, opt); err != nil {
		return nil, err
	}
	p := h.newPublication(d, opt)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, h.errClosed()
	}
	p.stream = &stream{pub: p, changed: make(chan struct{})}
	h.private[p] = struct{}{}
	return p, nil
}

// Read reads this publication and no other: nobody is asked for a conversion, and the reader does not go over to who takes
// its name. Wait is not used. Nothing that suits is fault.CodecNotAvailable, one that has ended fault.Closed.
func (p *Publication) Read(want media.Want, sink Sink, opt ReadOptions) (*Reader, error) {
	return readOwn(p, &Reader{want: want, form: Packets, opt: opt}, sink, (*Publication).packetLog)
}

// ReadUnits is Read for access units.
func (p *Publication) ReadUnits(want media.Want, sink UnitSink, opt ReadOptions) (*Reader, error) {
	return readOwn(p, &Reader{want: want, form: Units, opt: opt}, sink, (*Publication).unitLog)
}

func readOwn[T any](p *Publication, r *Reader, sink SinkOf[T], log func(*Publication) *fanout.Log[T]) (*Reader, error) {
	h := p.hub
	r.hub, r.bound, r.paused, r.name, r.layer = h, true, r.opt.Paused, p.stream.name, r.opt.Layer
	r.begin, r.end = sink.Begin, sink.End
	r.port = tap[T]{fanout.NewReader(h.loops, sink, &r.stats), log}
	for {
		h.mu.Lock()
		o, ended := p.offers(), p.ended.Load()
		h.mu.Unlock()
		if ended {
			return nil, fault.New(fault.Closed, "", "the publication has ended")
		}
		picks, err := h.match(o.tracks, r.want, r.layer)
		if err == nil {
			err = h.checkForms(picks, r.form)
		}
		if err != nil {
			return nil, err
		}
		if ok, err := h.admit(r, o, choice{picks: picks}); ok || err != nil {
			return r, err
		}
	}
}
