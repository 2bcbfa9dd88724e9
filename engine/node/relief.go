package node

import (
	"slices"
	"sync"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// relief has something stand in for the main source of a stream while that is silent or has ended. Both write access units to one
// publication, whose times go on, so that nobody who reads it notices more than another picture: there is no takeover, and what
// conversions make of the stream goes on too. It changes from one to the other where pictures begin anew.
type relief struct {
	g     *gather
	after time.Duration
	keep  time.Duration // after the end of the main source; 0: as long as somebody reads, negative: for ever
	spare []*feed
	moved chan struct{} // has room for one: what is to be done next may be another thing now

	mu      sync.Mutex
	pub     *hub.Publication // nil until it publishes
	lanes   []relayed
	heard   time.Time // when the main source gave something last
	flowed  bool      // it ever did
	ended   time.Time // when it came to its end; zero if it has not
	phase   phase
	shift   time.Duration // of what is on, so that times go on
	readers int
	asked   bool // what stands in is asked for
	done    bool
}

// relayed is one track of the publication.
type relayed struct {
	kind  media.Kind
	spare bool          // something stands in for it
	last  time.Duration // the latest time that was written
	floor time.Duration // what is not later than this was before the change
}

// phase says what is on.
type phase uint8

const (
	onMain  phase = iota
	called        // the main source is silent, and nothing has come of what stands in
	onSpare       //
)

// relieve finds out whether something stands in for what a gather publishes.
func (p *Part) relieve(g *gather) error {
	for _, n := range p.plan.Nodes {
		if n.Name != g.node || n.Fallback == nil {
			continue
		}
		if g.alternative || g.stream == "" {
			return unready(g.node, "a fallback needs a stream of its own to stand in for").
				Advise("take it to the stream.out of the stream itself")
		}
		g.relief = &relief{
			g: g, after: time.Duration(n.Fallback.After), keep: time.Duration(n.Fallback.Keep), moved: make(chan struct{}, 1),
		}
	}
	return nil
}

// begin begins to watch the main source: what it gives, and what stands in, go to the tracks of the feeds from now on.
func (r *relief) begin(pub *hub.Publication, feeds []*feed) {
	r.mu.Lock()
	r.pub, r.heard = pub, r.now()
	for _, f := range feeds {
		r.lanes = append(r.lanes, relayed{kind: f.track.Kind})
	}
	spare := map[int]*feed{}
	for _, f := range r.spare {
		i := slices.IndexFunc(r.lanes, func(l relayed) bool { return l.kind == f.in.kind && !l.spare })
		if i >= 0 {
			r.lanes[i].spare, spare[i] = true, f
		}
	}
	r.mu.Unlock()
	for i, f := range feeds {
		f.open(turn{r, i, false})
		if s := spare[i]; s != nil {
			s.open(turn{r, i, true})
		}
	}
	r.g.part.later(r.watch)
}

// turn writes one track of the main source, or of what stands in for it, when it is its turn.
type turn struct {
	*relief
	track int
	spare bool
}

// Forward implements writer. Nothing but units is read for a stream with a relief.
func (turn) Forward([]media.Packet) error {
	return fault.New(fault.Internal, "", "packets for a stream that is passed on in units")
}

// WriteUnits implements writer. What is written when it is not its turn is dropped, and that is no error.
func (t turn) WriteUnits(batch []media.Unit) error {
	missed, err := t.take(batch)
	if ask := t.g.feeds[t.track].key; missed && ask != nil {
		ask() // the hub asks no more than twice a second
	}
	return err
}

// take writes a batch, and tells whether a key frame of the main source is missed.
func (t turn) take(batch []media.Unit) (missed bool, err error) {
	r := t.relief
	r.mu.Lock()
	defer r.mu.Unlock()
	if !t.spare {
		r.heard, r.flowed = r.now(), true
	}
	switch {
	case t.spare && r.phase == onMain:
		return false, nil
	case !t.spare && r.phase == called:
		r.to(onMain) // it was a long pause, and nothing was shown instead
	case t.spare != (r.phase == onSpare):
		i := r.start(t, batch)
		if i < 0 {
			return !t.spare && r.lanes[t.track].kind == media.Video, nil
		}
		batch = batch[i:]
		r.change(t, batch[0])
	}
	return false, r.write(t.track, batch)
}

// start is where what is not on yet may begin: at a key frame, if there are pictures. Negative is nowhere in the batch. The caller
// holds r.mu, here and below.
func (r *relief) start(t turn, batch []media.Unit) int {
	pictures := false
	for _, l := range r.lanes {
		pictures = pictures || l.kind == media.Video && (l.spare || !t.spare)
	}
	switch {
	case !pictures && len(batch) > 0:
		return 0
	case r.lanes[t.track].kind != media.Video:
		return -1
	}
	for i := range batch {
		if batch[i].Key {
			return i
		}
	}
	return -1
}

// change puts on what begins with a unit. Its times go on where those of the other end.
func (r *relief) change(t turn, first media.Unit) {
	r.shift = 0
	for i := range r.lanes {
		l := &r.lanes[i]
		l.floor = l.last
		if behind := l.last + time.Millisecond - min(first.DTS, first.PTS); l.last > 0 && behind > r.shift {
			r.shift = behind
		}
	}
	if t.spare {
		r.to(onSpare)
	} else {
		r.to(onMain)
	}
}

// to notes what is on now. A stream in which something stands in gives its name up to whoever publishes.
func (r *relief) to(p phase) {
	if was := r.phase; was != p {
		r.phase = p
		r.g.part.opt.Log.Info("what a stream shows", "stream", r.g.stream, "on", p.String(), "was", was.String())
	}
	r.pub.Yield(p != onMain)
	r.kick()
}

// String names a phase.
func (p phase) String() string {
	return [...]string{"main source", "nothing", "fallback"}[p]
}

// kick has the watch look at what there is to do.
func (r *relief) kick() {
	select {
	case r.moved <- struct{}{}:
	default:
	}
}

// write passes on what is on.
func (r *relief) write(track int, batch []media.Unit) error {
	l := &r.lanes[track]
	out := make([]media.Unit, 0, len(batch))
	for _, u := range batch {
		u.PTS += r.shift
		u.DTS += r.shift
		if l.floor > 0 && min(u.DTS, u.PTS) <= l.floor {
			continue
		}
		l.last = max(l.last, u.PTS, u.DTS)
		out = append(out, u)
	}
	if len(out) == 0 {
		return nil
	}
	return r.pub.WriteUnits(track, out)
}

func (r *relief) now() time.Time { return r.g.part.opt.Clock.Now() }

// standIns lists what plays while what a node takes otherwise is silent: of the kinds that it takes.
func (p *Part) standIns(node string) []input {
	var out []input
	for _, f := range p.plan.Flows {
		if f.To.Of == node && f.Fallback {
			out = append(out, input{kind: f.Format.Kind, from: f.From.Of})
		}
	}
	for i := range p.plan.Bridges {
		if b := &p.plan.Bridges[i]; b.Direction == plan.OutOfGst && b.Node.Of == node && b.Fallback {
			out = append(out, input{kind: b.Format.Kind, bridge: b})
		}
	}
	return out
}
