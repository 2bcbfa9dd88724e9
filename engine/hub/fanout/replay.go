package fanout

import "time"

// Replay says what a reader gets of what was written before it. The zero Replay is all of it from the last key unit on, at
// once.
type Replay struct {
	Rate float64 // so many times the speed at which it came; 0: all at once
	// Live is for readers that show what they get as it comes, as calls do. Lanes without key units begin with what comes
	// next, and a key unit that is older than this comes alone, before the next one: what lies between would only be
	// shown in a hurry. A writer that does not give key units when it is asked is replayed whole all the same. At 0
	// everything is replayed.
	Live time.Duration
}
