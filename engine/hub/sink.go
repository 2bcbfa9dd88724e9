package hub

import "sluice/engine/media"

// SinkOf takes what a reader reads. It is called from one writer loop, never twice at a time, which serves other readers
// too: no method may wait, and none may close the reader. After Reader.Close nothing is called any more.
type SinkOf[T any] interface {
	// Begin tells which tracks come, before the first of them and whenever they change: at a takeover, say. What was
	// pushed before and what will be do not belong together then. A sink that numbers packets anew goes on from the last of
	// each track, by PTS: after a takeover all sequence numbers, timestamps and sources (SSRC) are others, after a change of
	// layer those of the one track whose ID and Layer differ, which begins with a key frame. That pictures become larger or
	// smaller is no such change: Reader.Tracks tells it.
	Begin(tracks []media.Track)
	// Push hands over what there is now of one track, an index of Begin's, in the order in which it came. The sink takes
	// what it can at once and says how many that were; the rest is offered again with what comes next, or after
	// Reader.Wake. Packets and units are shared and must not be changed; the slice is not the sink's to keep.
	Push(track int, items []*T) int
	// End says that nothing more will come, and why. It is called once, unless the reader is closed first.
	End(reason error)
}

// Sink takes packets as they came.
type Sink = SinkOf[media.Packet]

// UnitSink takes access units.
type UnitSink = SinkOf[media.Unit]

// Form is how media is written and read.
type Form string

// The forms.
const (
	Packets Form = "packets"
	Units   Form = "units"
)
