package outlet

import (
	"slices"
	"sync"
	"time"

	"sluice/engine/media"
)

const (
	batch     = 500 * time.Millisecond // of media that is written together: who writes is woken for that
	batchSize = 512 << 10              // bytes, the same
	hopeless  = 30 * time.Second       // of media that was left out since something was written: nothing is any more
)

// item is a unit, or the tracks that come from now on.
type item struct {
	track  int
	unit   *media.Unit
	tracks []media.Track // nil for a unit
	lost   uint64        // units that were left out before this one
}

// queue is what waits to be written. put never waits. Safe for concurrent use by one who puts and one who takes.
type queue struct {
	wake chan struct{}

	mu     sync.Mutex
	items  []item
	bytes  int
	limit  int
	since  time.Duration // of the oldest unit
	tracks []media.Track

	leaving bool // media is left out
	lost    uint64
	from    time.Duration // since when, or since something was written
	newest  time.Duration // of what was left out
	asked   time.Duration // when a key picture was wished for
	wish    bool          // one is wished for, and nobody has asked yet
	ended   bool
	shut    bool // nobody takes anything any more
}

func newQueue(limit int) *queue { return &queue{limit: limit, wake: make(chan struct{}, 1)} }

// begin says which tracks come.
func (q *queue) begin(tracks []media.Track) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.tracks = tracks
	q.items = append(q.items, item{tracks: tracks})
	q.kick()
}

// put adds a unit, or leaves it out. It is false when the disk is hopeless.
func (q *queue) put(track int, u *media.Unit) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.shut {
		return true
	}
	if q.leaving && q.resumes(track, u) {
		q.leaving = false
	}
	size := u.Size()
	if !q.leaving && q.bytes+size > q.limit {
		q.leaving, q.from, q.asked = true, u.DTS, u.DTS-again
		q.kick()
	}
	if q.leaving {
		q.leave(u.DTS)
		return u.DTS-q.from < hopeless
	}
	if q.bytes == 0 {
		q.since = u.DTS
	}
	q.bytes += size
	q.items = append(q.items, item{track: track, unit: u, lost: q.lost})
	q.lost = 0
	if q.bytes >= batchSize || u.DTS-q.since >= batch {
		q.kick()
	}
	return true
}

// leave counts a unit that is left out. When there is room again it is not the disk that is waited for but a key picture, which browsers
// give when they are asked, and not otherwise.
func (q *queue) leave(at time.Duration) {
	q.lost++
	q.newest = at
	if q.bytes > q.limit/2 {
		return
	}
	q.from = at
	if q.pictures() && (at-q.asked >= again || at < q.asked) {
		q.asked, q.wish = at, true
		q.kick()
	}
}

// wished tells whether a key picture is to be asked for, once for each wish.
func (q *queue) wished() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	wish := q.wish && q.leaving
	q.wish = false
	return wish
}

// resumes tells whether media is not left out any more from a unit on: when half of the room is free, and with a key picture if there are
// pictures.
func (q *queue) resumes(track int, u *media.Unit) bool {
	if q.bytes > q.limit/2 {
		return false
	}
	return !q.pictures() || track < len(q.tracks) && q.tracks[track].Kind == media.Video && u.Key
}

func (q *queue) pictures() bool {
	return slices.ContainsFunc(q.tracks, func(t media.Track) bool { return t.Kind == media.Video })
}

func (q *queue) kick() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// end says that nothing more comes.
func (q *queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.kick()
}

// close lets go of what is queued, and takes nothing more.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.items, q.shut = nil, true
}

// take takes all there is, and tells whether nothing more comes. What it gave the time before is of no use any more then. Its bytes count
// until written is called.
func (q *queue) take(before []item) (items []item, ended bool) {
	clear(before)
	q.mu.Lock()
	defer q.mu.Unlock()
	items, q.items = q.items, before[:0]
	return items, q.ended
}

// written says that some of what was taken is written, and needs no memory any more.
func (q *queue) written(items []item) {
	n := 0
	for i := range items {
		if u := items[i].unit; u != nil {
			n += u.Size()
		}
	}
	clear(items)
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.leaving && n > 0 {
		q.from = q.newest
	}
	if q.bytes -= n; len(q.items) > 0 {
		for i := range q.items {
			if u := q.items[i].unit; u != nil {
				q.since = u.DTS
				break
			}
		}
	}
}
