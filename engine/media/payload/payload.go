// Package payload is what all RTP payload formats have in common: the two interfaces between access units and payloads,
// the batch that payloads are written to, the finding of losses, and the gathering of a unit from its packets. It knows no
// codec (the packages beside it know one each, package codecs chooses), makes no RTP header, sorts no packets and opens no
// socket.
package payload

import (
	"slices"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// Sizes of payloads, in bytes.
const (
	// DefaultSize and an RTP header, SRTP's tag and some header extensions fit the 1280 bytes that every IPv6 path carries.
	DefaultSize = 1200
	// MinSize leaves every format room for more than its own headers.
	MinSize = 64
	// MaxSize is what UDP over IPv4 carries, less an RTP header.
	MaxSize = 65535 - 20 - 8 - 12
)

// Payload is what one RTP packet carries.
type Payload struct {
	// Data is never empty. It may lie in the unit that it was made of, or in the batch.
	Data   []byte
	Marker bool
	// PTS is when the first of it is shown, on the clock of the units; the RTP timestamp is to be made of it.
	PTS time.Duration
}

// Packetizer cuts the access units of one track into payloads. What a format counts from unit to unit (the picture ID
// of VP8 and VP9) it counts, so a track keeps its packetizer for its life. Not for several goroutines at once.
type Packetizer interface {
	// Packetize appends the payloads of a unit to b, and of audio that it held back for a whole packet. It changes nothing
	// of the unit, but the payloads may share its memory. On an error b holds nothing of the unit, and the next one may be
	// tried: fault.MediaCorrupt for a unit that is not of the codec, fault.CodecNotAvailable for one that the format cannot
	// carry.
	Packetize(b *Batch, u *media.Unit) error
	// Flush appends what audio was held back; at the end of the stream.
	Flush(b *Batch)
}

// CheckSize gives the size to cut at, DefaultSize for 0, or fault.InvalidParams if it is out of bounds.
func CheckSize(size int) (int, error) {
	switch {
	case size == 0:
		return DefaultSize, nil
	case size < MinSize || size > MaxSize:
		return 0, fault.New(fault.InvalidParams, "", "payloads of %d bytes cannot be made", size).
			Advise("%d to %d bytes, or 0 for %d", MinSize, MaxSize, DefaultSize)
	}
	return size, nil
}

// Whole gives a unit's bytes as one piece, without copying if they are one.
func Whole(u *media.Unit) []byte {
	if len(u.AU) == 1 {
		return u.AU[0]
	}
	return slices.Concat(u.AU...)
}
