package rendition

import "time"

// crowd is everybody who waits for a change. Nobody costs a timer or a goroutine: a change closes one channel for all, and those who
// came at about the same time give up together. Rendition.mu guards it.
type crowd struct {
	parts chan struct{} // closed at the next part or segment; nil while nobody waits for it
	whole chan struct{} // closed at the next whole segment, or the end
	held  int
	last  patience
}

// patience is a channel that closes when those who began to wait before until have waited long enough.
type patience struct {
	out   chan struct{}
	until time.Time
}

// next is a channel that closes with the next change: of any kind, or with the next whole segment.
func (c *crowd) next(part bool) <-chan struct{} {
	which := &c.whole
	if part {
		which = &c.parts
	}
	if *which == nil {
		*which = make(chan struct{})
	}
	return *which
}

func (c *crowd) wakeParts() {
	if c.parts != nil {
		close(c.parts)
		c.parts = nil
	}
}

func (c *crowd) wakeAll() {
	c.wakeParts()
	if c.whole != nil {
		close(c.whole)
		c.whole = nil
	}
}

// giveUp is a channel that closes after hold, or up to a twelfth of it later: everybody who comes within that time shares one timer.
func (c *crowd) giveUp(hold time.Duration) <-chan struct{} {
	now := time.Now()
	if c.last.out == nil || !now.Before(c.last.until) {
		out, step := make(chan struct{}), hold/12
		c.last = patience{out: out, until: now.Add(step)}
		time.AfterFunc(hold+step, func() { close(out) })
	}
	return c.last.out
}
