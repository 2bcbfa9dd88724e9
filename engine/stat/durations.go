package stat

import "time"

// bounds is how many classes of Durations have an upper end.
const bounds = 12

// Bounds are the upper ends of the classes in which Durations counts.
func Bounds() [bounds]time.Duration {
	const ms = time.Millisecond
	return [...]time.Duration{
		5 * ms, 10 * ms, 25 * ms, 50 * ms, 100 * ms, 200 * ms, 400 * ms,
		time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
	}
}

// Durations counts how long something took, in classes that are the same everywhere. The zero Durations is ready; safe for
// concurrent use. It must not be copied.
type Durations struct {
	classes [bounds + 1]Counter // the last one has no upper end
	nanos   Counter
}

// Observe counts one that took so long. Less than nothing counts as nothing.
func (d *Durations) Observe(took time.Duration) {
	took = max(took, 0)
	class := bounds
	for i, most := range Bounds() {
		if took <= most {
			class = i
			break
		}
	}
	d.nanos.Add(uint64(took))
	d.classes[class].Inc()
}

// Spread is a Durations at one moment.
type Spread struct {
	Count  uint64         // of all
	Sum    time.Duration  // of all
	AtMost [bounds]uint64 // how many took no longer than each of Bounds
}

// Snapshot reads the durations. Count is never less than the last of AtMost.
func (d *Durations) Snapshot() Spread {
	var s Spread
	for i := range s.AtMost {
		s.Count += d.classes[i].Load()
		s.AtMost[i] = s.Count
	}
	s.Count += d.classes[bounds].Load()
	s.Sum = time.Duration(d.nanos.Load())
	return s
}
