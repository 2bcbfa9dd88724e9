package websocket

import (
	"sluice/api/websocket/streams"
	"sluice/api/websocket/wire"
)

// Media is what clients publish and play, for operators to look at and to end.
type Media interface {
	// List tells of all of it, in the order of the ids.
	List() []wire.Listed
	// Terminate ends one by its id, and does not wait for that; false if there is none.
	Terminate(mediaSessionID string) bool
}

var _ Media = (*streams.Streams)(nil)

// Media is what clients publish and play.
func (d *Door) Media() Media { return d.streams }

// Node is what the server is called.
func (d *Door) Node() string { return d.node }
