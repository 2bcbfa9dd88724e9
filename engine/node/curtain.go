package node

import (
	"sync/atomic"
	"time"

	"sluice/engine/media"
)

// curtain keeps pictures that nobody sees from being decoded. Holes are told in their place, so that a mixer does not wait for them. The
// first key picture passes even so: what is behind learns the form of what comes by it, as a hole alone does not tell. passes and length
// are for who is given the units, drawn for anybody.
type curtain struct {
	drawn atomic.Bool   // nobody sees what comes
	known bool          // a key picture has passed
	shut  bool          // what came last did not pass
	last  time.Duration // when the last hole began
}

// passes tells whether a unit is to be decoded. What is to be seen again begins with a key picture.
func (c *curtain) passes(u *media.Unit) bool {
	drawn := c.drawn.Load() && c.known
	c.known = c.known || u.Key
	if u.Key || drawn {
		c.shut = drawn
	}
	return !c.shut
}

// length is how long a hole is that begins at a time: as long as the one before; 0 if it is no later than that, as with pictures that
// come in another order than they are shown in.
func (c *curtain) length(at time.Duration) time.Duration {
	const usual, most = time.Second / 30, time.Second
	since := at - c.last
	if since <= 0 {
		return 0
	}
	c.last = at
	if since > most {
		return usual
	}
	return since
}
