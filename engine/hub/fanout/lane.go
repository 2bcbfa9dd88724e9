package fanout

import (
	"time"

	"sluice/engine/stat"
)

// Glance is what a log needs to know of an item.
type Glance struct {
	At    time.Duration // when it came, from any fixed moment; for the pace of replay
	Bytes int           // of media in it
	Size  int           // of memory that keeping it costs
	First bool          // it begins a unit
	Key   bool          // decoding can begin at its unit, whose first item need not know it yet; only of Keyed lanes
	Spare bool          // nothing that comes later needs it
}

// Lane describes one lane of a log.
type Lane[T any] struct {
	// Keyed lanes carry video: a reader that lost something goes on at a key frame. On other lanes it goes on at once.
	Keyed  bool
	Window int             // how many items readers may be behind, at least 1
	Look   func(*T) Glance // called once for each item, in order, under the log's lock: it must not wait
	Asker  *Asker          // asks the writer for key frames; may be nil
	Stats  *stat.Set       // counts what is written
}

// lane is a Lane with what was written to it. The log's lock guards it.
type lane[T any] struct {
	Lane[T]
	ring   ring[T]
	size   int      // memory that is kept
	thin   uint64   // up to where it was thinned out
	unit   uint64   // where the newest unit begins
	key    uint64   // where the newest key unit begins, if hasKey
	marks  []uint64 // where each lane stood when that key unit came
	ears   []ear[T] // who is to be woken; replaced, never changed
	hasKey bool
}

// ear is a roster with readers of a lane, and how many.
type ear[T any] struct {
	roster *roster[T]
	feeds  int
}

// view is what feeds need to know of a lane to find their place.
type view struct {
	tail, head uint64
	unit, key  uint64
	hasKey     bool // and the key unit is still kept from its beginning
}

func (ln *lane[T]) view() view {
	return view{
		tail: ln.ring.tail, head: ln.ring.head, unit: max(ln.unit, ln.ring.tail), key: ln.key,
		hasKey: ln.hasKey && ln.key >= ln.ring.tail,
	}
}

// add appends an item and tells whether a new key unit showed with it.
func (ln *lane[T]) add(item *T) (newKey bool) {
	g := ln.Look(item)
	if g.First || ln.ring.head == 0 {
		ln.unit = ln.ring.head
	}
	newKey = ln.Keyed && g.Key && (!ln.hasKey || ln.key != ln.unit)
	ln.ring.push(slot[T]{item: item, at: g.At, bytes: g.Bytes, size: g.Size, key: newKey, spare: g.Spare, first: g.First})
	ln.size += g.Size
	ln.Stats.Units.Inc()
	ln.Stats.Bytes.Add(uint64(g.Bytes))
	if newKey {
		ln.key, ln.hasKey = ln.unit, true
		ln.Stats.Keyframes.Inc()
		ln.Asker.came()
	}
	return newKey
}

// alone is where the newest key unit ends, if a reader who wants media as it comes gets only that of what was before it: it is
// older than live, and the writer gives another one soon. Otherwise it is 0.
func (ln *lane[T]) alone(live time.Duration) uint64 {
	v := ln.view()
	if live <= 0 || !v.hasKey || !ln.Asker.prompt() || ln.ring.at(v.head-1).at-ln.ring.at(v.key).at <= live {
		return 0
	}
	for pos := v.key + 1; pos < v.head; pos++ {
		if ln.ring.at(pos).first {
			return pos
		}
	}
	return 0
}

// listen counts a roster's feeds of this lane up or down.
func (ln *lane[T]) listen(r *roster[T], by int) {
	var ears []ear[T]
	found := false
	for _, e := range ln.ears {
		if e.roster == r {
			found = true
			e.feeds += by
		}
		if e.feeds > 0 {
			ears = append(ears, e)
		}
	}
	if !found && by > 0 {
		ears = append(ears, ear[T]{r, by})
	}
	ln.ears = ears
}
