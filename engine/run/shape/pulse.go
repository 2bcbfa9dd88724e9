package shape

import (
	"time"

	"sluice/engine/run"
)

// burst is how many units in the time that counts as silence are no sign of life: a peer that connects again and again,
// or a handshake, gives a few.
const burst = 3

// Pulse tells whether sources are alive by how many units they gave. The zero Pulse has seen none.
type Pulse struct{ marks []mark }

type mark struct {
	at    time.Time
	units uint64
}

// Alive takes a new count. Too few units in the last window are none.
func (p *Pulse) Alive(now time.Time, units uint64, window time.Duration) bool {
	if n := len(p.marks); n > 0 && units < p.marks[n-1].units {
		p.marks = nil // counting began anew
	}
	p.marks = append(p.marks, mark{now, units})
	for len(p.marks) > 1 && now.Sub(p.marks[1].at) >= window {
		p.marks = p.marks[1:]
	}
	return now.Sub(p.marks[0].at) < window || units-p.marks[0].units >= burst
}

// Moved tells whether media moved between two reports.
func Moved(before, after run.Report) bool {
	sum := func(r run.Report) (units uint64) {
		for _, s := range r.Samples {
			units += s.Counts.Units
		}
		return units
	}
	return after.Position != before.Position || sum(after) != sum(before)
}
