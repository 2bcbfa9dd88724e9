package hub

import (
	"time"

	"sluice/engine/media"
	"sluice/engine/stat"
)

// Forms makes what makes one form of media from the other, when the first reader wants it. It is called with the hub's
// lock held, so it must neither wait nor use the hub.
type Forms interface {
	// Assembler makes access units of a track's packets, which come in the order in which they arrived.
	Assembler(t media.Track, aid Aid) (Maker[media.Packet, media.Unit], error)
	// Packetiser makes packets of a track's access units, with PTS set.
	Packetiser(t media.Track, aid Aid) (Maker[media.Unit, media.Packet], error)
}

// Maker makes one form of one track from the other. It is called from one writer loop, which serves readers too, so it must
// not wait. It may keep what it is given, and changes none of it; what it gives is the hub's.
type Maker[From, To any] interface {
	Make(items []*From) []To
	// Flush gives what was held back, when the publication has ended.
	Flush() []To
}

// Aid is what a Maker has of the hub.
type Aid struct {
	Stats *stat.Set // of what it makes: it counts what it drops, and the hub the rest
	// Wait is how long a packet that is missing is waited for while others come; 0: as the maker thinks best.
	Wait   time.Duration
	AskKey func() // asks the publisher for a key frame, at most twice a second however often it is called
}
