package websocket

import "sluice/api/websocket/calls"

// Counts are what a door has at one moment.
type Counts struct {
	Sockets int // that are open
	Away    int // sessions that are kept for clients that went away
	Most    int // sockets that there may be

	Publishing, Playing int // media sessions

	Calls calls.Counts // of pages; nothing without SIP
}

// Counts counts.
func (d *Door) Counts() Counts {
	c := Counts{Most: d.opt.Sessions}
	c.Publishing, c.Playing = d.streams.Counts()
	if d.calls != nil {
		c.Calls = d.calls.Counts()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	c.Sockets, c.Away = len(d.visits), len(d.away)
	return c
}
