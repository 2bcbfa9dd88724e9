package srt

import (
	"sync/atomic"

	"sluice/api"
	"sluice/api/srt/link"
)

// Counts are the clients of a door at one moment, and what was sent since it opened.
type Counts struct {
	Publishers, Players int
	Most                int // connections that there may be
	Link                link.Counts
}

// tally counts them.
type tally struct{ publishers, players atomic.Int64 }

// one counts one more, until what it gives is called.
func one(n *atomic.Int64) (gone func()) {
	n.Add(1)
	return func() { n.Add(-1) }
}

// Counts counts the clients.
func (d *Door) Counts() Counts {
	c := Counts{Publishers: int(d.tally.publishers.Load()), Players: int(d.tally.players.Load()), Most: d.opt.Connections}
	for _, l := range d.listeners {
		n := l.Counts()
		c.Link.Sent += n.Sent
		c.Link.Resent += n.Resent
		c.Link.Received += n.Received
		c.Link.Lost += n.Lost
		c.Link.Dropped += n.Dropped
	}
	return c
}

// Endpoints implements api.Public.
func (d *Door) Endpoints() []api.Endpoint {
	return api.Endpoints("srt", "srt", "?streamid=publish:STREAM", len(d.listeners), d.Addresses())
}
