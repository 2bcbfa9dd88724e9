package hub

import (
	"cmp"
	"slices"

	"sluice/engine/media"
	"sluice/engine/stat"
)

// Census is what the hub has at one moment, and what has passed through it since it was made. What was counted of streams and
// readers that are gone is in it, so that sums only ever rise. Publications without a name are left out.
type Census struct {
	Published int          // streams
	Awaited   int          // names that somebody waits for and nobody publishes
	Readers   map[Form]int // that have something to read
	Paused    int          // of these
	Tracks    map[Sort]int
	// Conversions are those that run now, by the codecs from which and to which they convert.
	Conversions map[[2]media.Codec]int
	Cached      int // bytes of memory that are kept for readers to come and slow ones

	Written     map[Sort]Flow // by publishers, their graphs and conversions
	Read        map[Form]Flow // by readers
	KeyRequests uint64        // passed on to publishers

	Streams []StreamFlow // by name
}

// Sort is what tracks are told apart by. There are only so many.
type Sort struct {
	Kind  media.Kind
	Codec media.Codec
	Form  Form // in which it is written
	How   How  // it comes to be
}

// Flow is what was counted of some tracks or readers.
type Flow struct {
	Units, Bytes, Keyframes uint64
	Drops                   map[stat.Reason]uint64 // only what is not zero
}

// StreamFlow is what one stream has moved since it was published.
type StreamFlow struct {
	Name        string
	Publication uint64
	Readers     int
	Bytes       uint64 // written by its publisher, and by nobody else
}

// plus adds what a set counts beyond what was counted of it before.
func (f Flow) plus(s *stat.Set, before Flow) Flow {
	f.Units += s.Units.Load() - before.Units
	f.Bytes += s.Bytes.Load() - before.Bytes
	f.Keyframes += s.Keyframes.Load() - before.Keyframes
	for _, r := range stat.Reasons() {
		if n := s.Drops.Load(r) - before.Drops[r]; n > 0 {
			if f.Drops == nil {
				f.Drops = map[stat.Reason]uint64{}
			}
			f.Drops[r] += n
		}
	}
	return f
}

// clone copies a flow that is to be added to.
func (f Flow) clone() Flow {
	drops := make(map[stat.Reason]uint64, len(f.Drops))
	for r, n := range f.Drops {
		drops[r] = n
	}
	f.Drops = drops
	return f
}

// past is what was counted of what is gone. The hub's lock guards all but keys.
type past struct {
	written map[Sort]Flow
	read    map[Form]Flow
	keys    stat.Counter
}

func newPast() past { return past{written: map[Sort]Flow{}, read: map[Form]Flow{}} }

// ended keeps what a publication has counted.
func (a *past) ended(p *Publication) {
	for _, t := range p.tracks {
		a.written[t.sort()] = a.written[t.sort()].plus(&t.stats, Flow{})
	}
}

// left keeps what a reader has counted since it was kept last: it may go on to another publication.
func (a *past) left(r *Reader) {
	a.read[r.form] = a.read[r.form].plus(&r.stats, r.kept)
	r.kept = Flow{}.plus(&r.stats, Flow{})
}

// sort is what a track is counted as.
func (t *track) sort() Sort {
	s := Sort{Kind: t.kind, Codec: t.codec, Form: t.form, How: Exact}
	switch {
	case t.made != (Conversion{}):
		s.How = Conversions
	case t.alternative:
		s.How = Alternate
	}
	return s
}

// Census counts all there is. It costs about a microsecond for each stream and reader.
func (h *Hub) Census() Census {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := Census{
		Readers: map[Form]int{}, Tracks: map[Sort]int{}, Conversions: map[[2]media.Codec]int{},
		Written: make(map[Sort]Flow, len(h.past.written)), Read: make(map[Form]Flow, len(h.past.read)), KeyRequests: h.past.keys.Load(),
		Streams: make([]StreamFlow, 0, len(h.streams)),
	}
	for s, f := range h.past.written {
		c.Written[s] = f.clone()
	}
	for form, f := range h.past.read {
		c.Read[form] = f.clone()
	}
	for _, s := range h.streams {
		switch {
		case s.pub != nil:
			c.add(s.pub)
		case s.waiting > 0:
			c.Awaited++
		}
	}
	slices.SortFunc(c.Streams, func(a, b StreamFlow) int { return cmp.Compare(a.Name, b.Name) })
	return c
}

// add counts a publication and its readers.
func (c *Census) add(p *Publication) {
	c.Published++
	c.Cached += p.packets.Size() + p.units.Size()
	one := StreamFlow{Name: p.stream.name, Publication: p.id, Readers: len(p.readers)}
	origin := map[media.Kind]media.Codec{}
	for _, t := range p.tracks {
		s := t.sort()
		before := c.Written[s]
		after := before.plus(&t.stats, Flow{})
		c.Written[s] = after
		if s.How == Exact {
			one.Bytes += after.Bytes - before.Bytes
			if origin[t.kind] == "" {
				origin[t.kind] = t.codec
			}
		}
	}
	for _, t := range p.offer {
		s := t.sort()
		c.Tracks[s]++
		if s.How == Conversions {
			c.Conversions[[2]media.Codec{origin[t.kind], t.codec}]++
		}
	}
	for r := range p.readers {
		c.Readers[r.form]++
		if r.paused {
			c.Paused++
		}
		c.Read[r.form] = c.Read[r.form].plus(&r.stats, r.kept)
	}
	c.Streams = append(c.Streams, one)
}
