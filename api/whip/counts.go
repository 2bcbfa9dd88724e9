package whip

// Counts are the sessions of a door at one moment.
type Counts struct {
	WHIP, WHEP int
	Most       int // that there may be together
}

// Counts counts the sessions.
func (d *Door) Counts() Counts {
	t := &d.sessions
	t.mu.Lock()
	defer t.mu.Unlock()
	c := Counts{Most: t.limit}
	for _, s := range t.byID {
		if s.proto == whip {
			c.WHIP++
		} else {
			c.WHEP++
		}
	}
	return c
}
