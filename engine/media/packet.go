package media

import (
	"time"
	"unsafe"

	"github.com/pion/rtp"
)

// Packet is one RTP packet as it was read from a socket. Packets are passed on at once in the order in which they came;
// whoever needs them in sequence sorts them himself. Immutable once written to a publication: readers share it.
type Packet struct {
	Header  rtp.Header
	Payload []byte
	Arrival time.Time     // when it was read, with Go's monotonic reading
	PTS     time.Duration // on the publication's Timeline; the hub sets it
}

// Bytes is how much media the packet holds.
func (p *Packet) Bytes() int { return len(p.Payload) }

// Size is the memory that keeping the packet costs, in bytes: its payload and itself.
func (p *Packet) Size() int { return len(p.Payload) + int(unsafe.Sizeof(*p)) }
