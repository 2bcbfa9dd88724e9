// Package frame is the wire between sluice and a worker process: length-prefixed frames over a stream socket, control
// as messages and media as access units. It reads and writes; it starts no process or goroutine, opens no socket,
// and does not look into the JSON it carries. Both ends come from one binary, so there is one version of it.
//
// A frame is a header of eight bytes, big-endian, and a payload:
//
//	length of the payload (32 bits) · kind (8) · flags (8) · track, or instance for messages (16)
//
// Control does not wait behind media: a Writer keeps them in two lanes and sends control first, but for messages that
// must not overtake. Who sends a track chooses its number and says so within the lane, so that a number may serve
// another bridge once its track has ended. Media goes out only
// against credit, counted in bytes for each track, so a slow end makes the other end drop, by its own rules, and
// neither end ever holds more than a window for each track.
package frame

import (
	"encoding/binary"
	"fmt"

	"sluice/engine/fault"
)

// Kind says what a frame carries.
type Kind uint8

// The kinds. Those up to Credit are control, the others media. Media of one track keeps its order; control may
// overtake it.
const (
	Plan      Kind = 1 + iota // message: run this plan
	State                     // message: an instance changed its state
	Change                    // message: apply a change
	Result                    // message: the answer to a plan or change, perhaps with bytes
	Stats                     // message: a report
	Heartbeat                 // who gets it answers with the same: both live
	Key                       // upstream: the track needs a key frame
	Credit                    // upstream: so many more bytes of the track may come
	Media                     // one access unit
	Gap                       // nothing came for this time; conceal it
	Codec                     // what follows on the track is described by this
	Flush                     // forget what the track still holds
	EOS                       // the track ends; its number is free
	Open                      // the track's number is used from now on, by this bridge of this instance
	last      = Open
)

// Message tells whether frames of the kind hold a Message.
func (k Kind) Message() bool { return k >= Plan && k <= Stats }

// Control tells whether the kind travels in the control lane.
func (k Kind) Control() bool { return k >= Plan && k <= Credit }

// costs tells whether the kind is paid for with credit. The other media kinds must come through even when a track
// has none left; they hold next to nothing.
func (k Kind) costs() bool { return k == Media || k == Gap }

// String names the kind.
func (k Kind) String() string {
	names := [...]string{
		"none", "plan", "state", "change", "result", "stats", "heartbeat", "key", "credit", "unit", "gap", "codec", "flush", "eos", "open",
	}
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// The sizes of the wire.
const (
	HeaderSize   = 8
	MaxTracks    = 1024      // tracks, and instances, of one worker
	MaxNALs      = 1024      // parts of one access unit
	maxCodec     = 64 << 10  // bytes of a codec's description
	maxName      = 1 << 10   // bytes of a bridge's name
	keyFlag      = 1         // on a unit: decoding can begin here
	recoveryFlag = 2         // beside keyFlag: at a recovery point
	minLimit     = 64 << 10  // the least Limits.Frame that makes sense
	maxLimit     = 256 << 20 // and the most
)

// Limits must be the same on both ends. A zero field means the default.
type Limits struct {
	Frame  int // bytes of a payload, from 64 KiB to 256 MiB; default 16 MiB: a segment or snapshot fits
	Window int // bytes of one track under way at a time; default 1 MiB. One unit more than that may be sent at once
}

func (l Limits) orDefault() Limits {
	if l.Frame <= 0 {
		l.Frame = 16 << 20
	}
	if l.Window <= 0 {
		l.Window = 1 << 20
	}
	l.Frame = min(max(l.Frame, minLimit), maxLimit)
	return l
}

// Frame is one frame as read. Its payload belongs to the Reader and is valid until the next call of Next.
type Frame struct {
	Kind     Kind
	Key      bool   // of a unit
	Recovery bool   // of a unit that is Key
	Track    uint16 // or the instance, if the kind is a message
	Payload  []byte
}

// Cost is what the frame takes of its track's credit, in bytes; 0 for a kind that needs none. The reading end gives
// it back, when it has used the frame, by Reader.Grant and Writer.Credit.
func (f Frame) Cost() int {
	if !f.Kind.costs() {
		return 0
	}
	return HeaderSize + len(f.Payload)
}

// sizes gives the bytes that a payload of the kind has at least and at most, where no payload has more than limit.
func (k Kind) sizes(limit int) (least, most int, known bool) {
	switch k {
	case Plan, State, Change, Result, Stats:
		return messageHead, limit, true
	case Heartbeat:
		return 8, 8, true
	case Credit:
		return 4, 4, true
	case Key, Flush, EOS:
		return 0, 0, true
	case Gap:
		return gapSize, gapSize, true
	case Codec:
		return 0, maxCodec, true
	case Open:
		return instanceSize + 1, instanceSize + maxName, true
	case Media:
		return unitHead + nalHead + 1, limit, true
	default:
		return 0, 0, false
	}
}

// check tells whether a header can stand before a payload of n bytes.
func check(kind Kind, flags byte, track uint16, n, limit int) error {
	least, most, known := kind.sizes(limit)
	switch {
	case !known:
		return violation("a frame of unknown %s", kind)
	case n < least || n > most:
		return violation("a %s of %d bytes, where %d to %d are possible", kind, n, least, most)
	case track >= MaxTracks:
		return violation("a %s for track %d, where %d are possible", kind, track, MaxTracks)
	case flags > keyFlag|recoveryFlag || flags == recoveryFlag || flags != 0 && kind != Media:
		return violation("a %s with unknown flags %#x", kind, flags)
	}
	return nil
}

func violation(format string, args ...any) *fault.Fault {
	return fault.New(fault.ProtocolViolation, "", format, args...)
}

// begin appends a header whose length finish fills in.
func begin(b []byte, kind Kind, flags byte, track uint16) []byte {
	return binary.BigEndian.AppendUint16(append(b, 0, 0, 0, 0, byte(kind), flags), track)
}

// finish writes the length of the frame that starts at start and ends where b does.
func finish(b []byte, start int) []byte {
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-HeaderSize))
	return b
}
