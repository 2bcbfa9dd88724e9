package hub

import (
	"encoding/json"
	"time"

	"sluice/engine/media"
	"sluice/engine/stat"
)

// What happened.
type What string

// The things that happen, in the words of package event.
const (
	StreamPublished What = "stream.published"
	StreamChanged   What = "stream.changed" // it has other tracks than before, or more is known of them: how large the pictures are, say
	StreamEnded     What = "stream.ended"
	StreamMuted     What = "stream.muted" // its publisher muted a kind, or ended that
	StreamData      What = "stream.data"  // its publisher says something to all who read it
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
	StandIn     bool              // of a stream: it was published with the policy Yield
	Reader      uint64
	Stats       stat.Snapshot // of a reader that left
	Reason      error         // why it ended or left; nil if it was done
	Kind        media.Kind    // that was muted, or is no longer
	Muted       bool
	Payload     json.RawMessage // of what was said; not to be changed
}

// tell passes an event on. The caller holds h.mu, which puts events in order.
func (h *Hub) tell(e Event) {
	if e.Stream == "" {
		return // of a private publication
	}
	e.Time = h.opt.Clock.Now()
	h.herald.Post(func() { h.opt.Notify(e) })
}
