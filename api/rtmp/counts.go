package rtmp

import "sync/atomic"

// Counts are the clients of a door at one moment.
type Counts struct {
	Connections         int // open, of whoever
	Publishers, Players int
	Most                int // connections that there may be
}

// tally counts them.
type tally struct{ connections, publishers, players atomic.Int64 }

// one counts one more, until what it gives is called.
func one(n *atomic.Int64) (gone func()) {
	n.Add(1)
	return func() { n.Add(-1) }
}

// Counts counts the clients.
func (d *Door) Counts() Counts {
	return Counts{
		Connections: int(d.tally.connections.Load()), Publishers: int(d.tally.publishers.Load()), Players: int(d.tally.players.Load()),
		Most: d.opt.Connections,
	}
}
