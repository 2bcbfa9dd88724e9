package stat

// Reason says why something was dropped. The list is closed, so that metrics keep their labels.
type Reason uint8

// The reasons.
const (
	Slow       Reason = iota // the reader's queue was full
	AwaitKey                 // video before the key frame that the reader waits for
	Late                     // it came after its time
	Corrupt                  // it could not be understood
	Unlinked                 // nobody takes what this output gives
	reasonsEnd               // how many there are
)

// String is the reason as a metric's label.
func (r Reason) String() string {
	switch r {
	case Slow:
		return "slow"
	case AwaitKey:
		return "await_key"
	case Late:
		return "late"
	case Corrupt:
		return "corrupt"
	case Unlinked:
		return "unlinked"
	}
	return "unknown"
}

// Reasons is the whole list.
func Reasons() []Reason {
	all := make([]Reason, reasonsEnd)
	for i := range all {
		all[i] = Reason(i)
	}
	return all
}

// Drops counts what was dropped, by reason. The zero Drops is ready; safe for concurrent use.
type Drops [reasonsEnd]Counter

// Add counts n more drops. A reason that is not in the list is not counted.
func (d *Drops) Add(r Reason, n uint64) {
	if r < reasonsEnd {
		d[r].Add(n)
	}
}

// Load reads one reason's count.
func (d *Drops) Load(r Reason) uint64 {
	if r >= reasonsEnd {
		return 0
	}
	return d[r].Load()
}

// Total is the count of all reasons.
func (d *Drops) Total() uint64 {
	var n uint64
	for i := range d {
		n += d[i].Load()
	}
	return n
}
