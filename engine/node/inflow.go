package node

import (
	"context"
	"sync"
	"time"

	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/run"
)

// inflow is the sink that takes a stream into GStreamer.
type inflow struct {
	part    *Part
	node    string // it comes from
	port    run.Port
	shift   time.Duration // from the hub's time to the Runtime's
	squeeze bool          // pictures from before the Runtime's beginning are given times just behind it
	early   time.Duration // the last of those
	cancel  context.CancelFunc
	ctx     context.Context //nolint:containedctx // until it is closed

	curtain curtain

	mu     sync.Mutex
	reader *hub.Reader // once it reads
	still  *still      // of a flow of one picture
}

// Begin implements hub.UnitSink.
func (f *inflow) Begin(tracks []media.Track) {
	if len(tracks) > 0 {
		f.port.Codec(tracks[0])
	}
}

// Push implements hub.UnitSink. What the port does not take is offered again, until the hub finds its reader slow.
func (f *inflow) Push(_ int, items []*media.Unit) int {
	if f.still != nil {
		f.still.push(items)
		return len(items)
	}
	for i, u := range items {
		moved := *u
		f.times(&moved)
		if !f.give(&moved) {
			return i
		}
	}
	return len(items)
}

// give passes a unit on, or says that there is none, if nobody sees it.
func (f *inflow) give(u *media.Unit) bool {
	if f.curtain.passes(u) {
		return f.port.Unit(u)
	}
	if length := f.curtain.length(u.PTS); length > 0 {
		return f.port.Gap(u.PTS, length)
	}
	return true
}

// cover tells whether anybody sees what comes. What is to be seen again goes on at the last key frame.
func (f *inflow) cover(unseen bool) {
	if f.curtain.drawn.Swap(unseen) == unseen || unseen {
		return
	}
	f.mu.Lock()
	r := f.reader
	f.mu.Unlock()
	if r != nil {
		f.part.spawn(func() {
			r.Pause()
			r.Resume()
		})
	}
}

// times gives a unit the times that it has in GStreamer.
func (f *inflow) times(u *media.Unit) {
	u.PTS += f.shift
	u.DTS += f.shift
	if f.squeeze && u.PTS <= f.early {
		// A conversion begins with the last key frame, which was sent before it was there: GStreamer has no times before its own
		// beginning, and a player that shows what comes as it comes would wait as long as that picture is old.
		f.early += time.Millisecond
		u.PTS, u.DTS = f.early, f.early
	}
}

// End implements hub.UnitSink.
func (f *inflow) End(reason error) {
	if f.part.branch != "" && f.ctx.Err() != nil {
		return // the guest has another by now
	}
	f.port.Mark(run.End)
	f.part.over(f.node, reason)
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
	} else if tap, ok := p.element(f.node).(Tap); ok {
		reads := tap.Reads()
		want.Shape = reads.Shape
		opt := hub.ReadOptions{Name: p.path(f.node), Owner: p.owner, Wait: reads.Wait}
		if reads.Still > 0 {
			opt.Live = reads.Still
			f.one(reads.Still)
		}
		if p.opt.For != (hub.Conversion{}) {
			opt.Live = stale // the past would be coded for nobody, and hold up what viewers wait for
		}
		reader, err = p.opt.Hub.ReadUnits(f.ctx, reads.Stream, want, f, opt)
	} else {
		err = unready(f.node, "nothing can be read from it")
	}
	if err == nil {
		f.reads(reader)
	}
	return err
}

// reads takes the reader that feeds the flow, which may have been closed meanwhile.
func (f *inflow) reads(r *hub.Reader) {
	f.mu.Lock()
	closed := f.ctx.Err() != nil
	f.reader = r
	f.mu.Unlock()
	if closed {
		r.Close()
	}
}

// one makes it the flow of one picture.
func (f *inflow) one(fresh time.Duration) {
	p := f.part
	f.mu.Lock()
	defer f.mu.Unlock()
	f.squeeze = true
	f.still = &still{
		fresh: fresh, port: f.port, times: f.times, ask: f.key,
		age:  func(u *media.Unit) time.Duration { return time.Since(p.opt.Hub.Epoch().Add(u.PTS)) },
		wait: func(d time.Duration, do func()) func() bool { return time.AfterFunc(d, do).Stop },
		over: func() {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.spawn(f.close) // the reader may be calling
		},
	}
}

// close ends the flow.
func (f *inflow) close() {
	f.mu.Lock()
	f.cancel()
	r, s := f.reader, f.still
	f.mu.Unlock()
	if s != nil {
		s.close()
	}
	if r != nil {
		r.Close()
	}
}

// key asks for a key frame. One that has ended needs none.
func (f *inflow) key() {
	f.mu.Lock()
	r := f.reader
	f.mu.Unlock()
	if r != nil {
		_ = r.RequestKey(0)
	}
}

func (p *Part) originOf(node string) *origin {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o := p.origins[node]; o != nil || p.host == nil {
		return o
	}
	return p.host.originOf(node)
}
