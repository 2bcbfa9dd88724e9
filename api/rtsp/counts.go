package rtsp

// Counts are the sessions of a door at one moment.
type Counts struct {
	Publishing, Playing int
	Most                int // that there may be together
}

// Counts counts the sessions. Those who listen to one multicast are one.
func (d *Door) Counts() Counts {
	t := &d.visits
	t.mu.Lock()
	defer t.mu.Unlock()
	c := Counts{Most: t.limit}
	for v := range t.all {
		if v.peer.publishes {
			c.Publishing++
		} else {
			c.Playing++
		}
	}
	return c
}
