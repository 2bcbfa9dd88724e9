package node

import (
	"context"

	"sluice/engine/hub"
	"sluice/engine/media"
)

// relay is the sink that writes what it reads to another publication, in the form in which it was written first.
type relay[T any] struct {
	to   writer // set before the reader is resumed
	pass func(w writer, batch []T) error
	end  func(error)
}

// Begin implements hub.SinkOf.
func (*relay[T]) Begin([]media.Track) {}

// Push implements hub.SinkOf. Payloads are shared. A publication that has ended takes nothing, and then the reader is about to be
// closed.
func (r *relay[T]) Push(_ int, items []*T) int {
	batch := make([]T, len(items))
	for i, item := range items {
		batch[i] = *item
	}
	_ = r.pass(r.to, batch)
	return len(items)
}

// End implements hub.SinkOf.
func (r *relay[T]) End(reason error) { r.end(reason) }

// readFrom reads an input of a Go node from a source of this graph, or from a stream of the hub, and gives what lets it flow. What is
// to be exchanged for something else is read in units, whatever it is written in: each stands for itself, packets belong to a row.
func (p *Part) readFrom(ctx context.Context, in input, units bool) (*hub.Reader, hub.Form, func(writer), error) {
	if o := p.originOf(in.from); units || o != nil && o.source.Form() == hub.Units {
		r := &relay[media.Unit]{pass: writer.WriteUnits, end: func(reason error) { p.over(in.from, reason) }}
		reader, err := p.readUnits(ctx, in, r)
		return p.relayed(reader, hub.Units, func(w writer) { r.to = w }, err)
	}
	r := &relay[media.Packet]{pass: writer.Forward, end: func(reason error) { p.over(in.from, reason) }}
	reader, err := p.readPackets(ctx, in, r)
	return p.relayed(reader, hub.Packets, func(w writer) { r.to = w }, err)
}

func (p *Part) readUnits(ctx context.Context, in input, sink hub.UnitSink) (*hub.Reader, error) {
	want, opt := kept(media.Everything(), in.kind), hub.ReadOptions{Paused: true}
	if o := p.originOf(in.from); o != nil {
		return o.pub.ReadUnits(want, sink, opt)
	}
	tap, ok := p.element(in.from).(Tap)
	if !ok {
		return nil, unready(in.from, "nothing can be read from it")
	}
	reads := tap.Reads()
	opt.Name, opt.Owner, opt.Wait, want.Shape = p.path(in.from), p.owner, reads.Wait, reads.Shape
	return p.opt.Hub.ReadUnits(ctx, reads.Stream, want, sink, opt)
}

func (p *Part) readPackets(ctx context.Context, in input, sink hub.Sink) (*hub.Reader, error) {
	want, opt := kept(media.Everything(), in.kind), hub.ReadOptions{Paused: true}
	if o := p.originOf(in.from); o != nil {
		return o.pub.Read(want, sink, opt)
	}
	tap, ok := p.element(in.from).(Tap)
	if !ok {
		return nil, unready(in.from, "nothing can be read from it")
	}
	reads := tap.Reads()
	opt.Name, opt.Owner, opt.Wait, want.Shape = p.path(in.from), p.owner, reads.Wait, reads.Shape
	return p.opt.Hub.Read(ctx, reads.Stream, want, sink, opt)
}

func (p *Part) relayed(reader *hub.Reader, form hub.Form, aim func(writer), err error) (*hub.Reader, hub.Form, func(writer), error) {
	if err != nil {
		return nil, "", nil, err
	}
	p.keep(reader)
	return reader, form, func(w writer) {
		aim(w)
		reader.Resume()
	}, nil
}
