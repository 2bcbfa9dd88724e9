package media

import (
	"time"
	"unsafe"
)

// Unit is one access unit: a whole video frame or audio frame, in decoding order. Immutable once written to a
// publication: readers share it.
type Unit struct {
	PTS, DTS time.Duration // on the publication's Timeline
	NTP      time.Time     // the sender's wall clock; zero if not known
	Key      bool          // decoding can begin here
	// Recovery says that a Key is a recovery point and not an IDR: the picture is whole only some frames later
	// (H.264 D.2.8; x264's intra refresh sends nothing else).
	Recovery bool
	AU       [][]byte // NAL units without start codes, or one frame as the codec defines it
}

// Bytes is how much media the unit holds.
func (u *Unit) Bytes() int {
	n := 0
	for _, part := range u.AU {
		n += len(part)
	}
	return n
}

// Size is the memory that keeping the unit costs, in bytes: its parts, what holds them, and itself. A unit of very many
// very small parts costs far more than its Bytes.
func (u *Unit) Size() int {
	return u.Bytes() + len(u.AU)*int(unsafe.Sizeof([]byte(nil))) + int(unsafe.Sizeof(*u))
}
