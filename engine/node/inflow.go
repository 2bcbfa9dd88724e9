package node

import (
	"context"
	"sync/atomic"
	"time"

	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/run"
)

// inflow is the sink that takes a stream into GStreamer.
type inflow struct {
	part   *Part
	node   string // it comes from
	port   run.Port
	shift  time.Duration // from the hub's time to the Runtime's
	reader atomic.Pointer[hub.Reader]
}

// Begin implements hub.UnitSink.
func (f *inflow) Begin(tracks []media.Track) {
	if len(tracks) > 0 {
		f.port.Codec(tracks[0])
	}
}

// Push implements hub.UnitSink. What the port does not take is offered again, until the hub finds its reader slow.
func (f *inflow) Push(_ int, items []*media.Unit) int {
	for i, u := range items {
		moved := *u
		moved.PTS += f.shift
		moved.DTS += f.shift
		if !f.port.Unit(&moved) {
			return i
		}
	}
	return len(items)
}

// End implements hub.UnitSink.
func (f *inflow) End(reason error) {
	f.port.Mark(run.End)
	f.part.over(f.node, reason)
}

// readFrom reads packets of a kind from a source of this graph, or from a stream of the hub.
func (p *Part) readFrom(ctx context.Context, in input, r *relay) (*hub.Reader, error) {
	r.end = func(reason error) { p.over(in.from, reason) }
	want := kept(media.Everything(), in.kind)
	opt := hub.ReadOptions{Paused: true}
	var reader *hub.Reader
	var err error
	if o := p.origins[in.from]; o != nil {
		reader, err = o.pub.Read(want, r, opt)
	} else if tap, ok := p.nodes[in.from].(Tap); ok {
		var stream string
		stream, opt.Wait, _ = tap.Reads()
		reader, err = p.opt.Hub.Read(ctx, stream, want, r, opt)
	} else {
		err = unready(in.from, "nothing can be read from it")
	}
	if err != nil {
		return nil, err
	}
	p.keep(reader)
	return reader, nil
}

// feedBridge begins to take what a node gives into a bridge.
func (p *Part) feedBridge(f *inflow, kind media.Kind, codec media.Codec) error {
	want := kept(media.Everything(), kind)
	if codec != "" && kind == media.Video {
		want.Video = []media.Codec{codec}
	}
	if codec != "" && kind == media.Audio {
		want.Audio = []media.Codec{codec}
	}
	var reader *hub.Reader
	var err error
	if o := p.originOf(f.node); o != nil {
		reader, err = o.pub.ReadUnits(want, f, hub.ReadOptions{})
	} else if tap, ok := p.nodes[f.node].(Tap); ok {
		stream, wait, _ := tap.Reads()
		reader, err = p.opt.Hub.ReadUnits(p.ctx, stream, want, f, hub.ReadOptions{Wait: wait})
	} else {
		err = unready(f.node, "nothing can be read from it")
	}
	if err == nil {
		f.reader.Store(reader)
		p.keep(reader)
	}
	return err
}

// close ends the flow.
func (f *inflow) close() {
	if r := f.reader.Load(); r != nil {
		r.Close()
	}
}

func (p *Part) originOf(node string) *origin {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.origins[node]
}
