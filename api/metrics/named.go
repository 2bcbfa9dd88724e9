package metrics

import (
	"sync"

	"sluice/engine/hub"
)

// rest is the label of all streams that have no series of their own.
const rest = ""

// named gives the first streams that come series of their own, and keeps their places for as long as there is room: a stream that
// ended makes room for one that is new. What a stream had published before it got a place, and what the others publish, is the
// rest. Nothing that was told is taken back. Safe for concurrent use.
type named struct {
	most int

	mu   sync.Mutex
	rows map[string]*row
	told uint64 // bytes that were put down to a row, also to one that is gone
	turn uint64 // counts scrapes
}

// row is one stream's.
type row struct {
	publication uint64
	seen        uint64 // bytes of that publication
	bytes       uint64 // in all
	turn        uint64 // when it was published last
}

func newNamed(most int) *named { return &named{most: most, rows: map[string]*row{}} }

// write writes all rows and the rest down.
func (n *named) write(s sheet, c hub.Census) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.turn++
	total := uint64(0)
	for sort, f := range c.Written {
		if sort.How == hub.Exact {
			total += f.Bytes
		}
	}
	for _, one := range c.Streams { // those that have a row keep it
		if r := n.rows[one.Name]; r != nil {
			r.turn = n.turn
		}
	}
	readers, others := map[string]int{}, 0
	for _, one := range c.Streams {
		if !hub.HasLogin(one.Name) && n.follow(one) {
			readers[one.Name] = one.Readers
		} else {
			others += one.Readers
		}
	}
	for name, r := range n.rows {
		s.count("sluice_stream_bytes_total", r.bytes, name)
		s.put("sluice_stream_readers", float64(readers[name]), name)
	}
	s.count("sluice_stream_bytes_total", max(total, n.told)-n.told, rest)
	s.put("sluice_stream_readers", float64(others), rest)
}

// follow puts down what a stream published since the last time; false if it has no row.
func (n *named) follow(one hub.StreamFlow) bool {
	r := n.rows[one.Name]
	if r == nil {
		if len(n.rows) >= n.most && !n.evict() {
			return false
		}
		r = &row{publication: one.Publication, seen: one.Bytes, turn: n.turn}
		n.rows[one.Name] = r
	}
	if r.publication != one.Publication {
		r.publication, r.seen = one.Publication, 0
	}
	more := one.Bytes - r.seen
	r.seen = one.Bytes
	r.bytes += more
	n.told += more
	return true
}

// evict makes room: of the streams that ended the one goes that ended first.
func (n *named) evict() bool {
	oldest, found := "", false
	for name, r := range n.rows {
		if r.turn < n.turn && (!found || r.turn < n.rows[oldest].turn) {
			oldest, found = name, true
		}
	}
	if found {
		delete(n.rows, oldest)
	}
	return found
}
