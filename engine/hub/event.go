package hub

import (
	"time"

	"sluice/engine/media"
	"sluice/engine/stat"
)

// What happened.
type What string

// The things that happen, in the words of package event.
const (
	StreamPublished What = "stream.published"
	StreamChanged   What = "stream.changed" // it has other tracks than before
	StreamEnded     What = "stream.ended"
	ReaderJoined    What = "reader.joined"
	ReaderLeft      What = "reader.left"
)

// Event tells what happened to a stream or a reader of it.
type Event struct {
	What        What
	Time        time.Time
	Stream      string
	Publication uint64
	Description media.Description // of a stream
	Reader      uint64
	Stats       stat.Snapshot // of a reader that left
	Reason      error         // why it ended or left; nil if it was done
}

// tell passes an event on. The caller holds h.mu, which puts events in order.
func (h *Hub) tell(e Event) {
	if e.Stream == "" {
		return // of a private publication
	}
	e.Time = h.opt.Clock.Now()
	h.herald.post(func() { h.opt.Notify(e) })
}
