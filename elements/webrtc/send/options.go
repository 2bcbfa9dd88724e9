package send

import (
	"io"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/media"
)

// Ids of the header extensions that packets in the hub may carry; all others have to be taken off before. Packets of other
// sources than WebRTC must carry none.
const (
	OrientationID = 1 // urn:3gpp:video-orientation
	DependencyID  = 2 // the dependency descriptor of AV1's RTP payload format
)

// Writer encrypts a packet and sends it, as srtp.WriteStreamSRTP does. It keeps neither header nor payload, is safe for
// concurrent use and does not wait.
type Writer interface {
	WriteRTP(header *rtp.Header, payload []byte) (int, error)
}

// Line collects what is written between Cork and Uncork, as gso.Line does.
type Line interface {
	Cork()
	Uncork() error
}

// Options say how a peer is sent to.
type Options struct {
	Tracks []Track
	// Control takes compound RTCP packets, to be encrypted and sent.
	Control io.Writer
	// Line is the way to the peer; nil if nothing can be collected on it.
	Line Line
	// CNAME is the same for all tracks that are to be played together (RFC 3550 6.5.1).
	CNAME string
	// RequestKey asks for a key frame of a track, an index of Begin's. It is called by Feedback.
	RequestKey func(track int)
	// Started is told once that the first packet was sent, from the hub's writer loop: it must not wait. nil: nobody is.
	Started func()
	// Ended is told what End is, likewise.
	Ended func(reason error)
	// Now is the time; nil is time.Now.
	Now func() time.Time
}

// Track is what was negotiated for a kind of media.
type Track struct {
	Kind  media.Kind
	SSRC  uint32
	RTX   uint32 // the SSRC of retransmissions (RFC 4588); 0 if they are sent as the packets were
	MID   string
	Write Writer
	// Payload finds the payload type for a track of the hub; false if it cannot be sent to this peer.
	Payload    func(media.Track) (Payload, bool)
	Extensions Extensions
	// PlayoutDelay bounds how long the receiver holds frames back, if Extensions.PlayoutDelay is negotiated.
	PlayoutDelay *PlayoutDelay
}

// Payload is a payload type, and that of its retransmissions, 0 if there is none.
type Payload struct{ Type, RTX uint8 }

// Extensions are the ids of header extensions that were negotiated; 0 is not.
type Extensions struct {
	MID          uint8 // sent until the receiver reports on the track
	TransportCC  uint8
	AbsSendTime  uint8
	PlayoutDelay uint8 // likewise
	Orientation  uint8
	Dependency   uint8
	// Mixed says that headers of two-byte extensions may be sent (extmap-allow-mixed); without them large dependency
	// descriptors are left out.
	Mixed bool
}

// PlayoutDelay is what the playout-delay extension says; both are multiples of 10 ms, up to 40.95 s.
type PlayoutDelay struct{ Min, Max time.Duration }

func (d PlayoutDelay) bytes() []byte {
	unit := func(d time.Duration) uint32 { return uint32(min(max(d/(10*time.Millisecond), 0), 0xFFF)) }
	v := unit(d.Min)<<12 | unit(d.Max)
	return []byte{byte(v >> 16), byte(v >> 8), byte(v)}
}

func (o Options) filled() Options {
	if o.Line == nil {
		o.Line = open{}
	}
	if o.Control == nil {
		o.Control = io.Discard
	}
	if o.RequestKey == nil {
		o.RequestKey = func(int) {}
	}
	if o.Started == nil {
		o.Started = func() {}
	}
	if o.Ended == nil {
		o.Ended = func(error) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// open is a line that collects nothing.
type open struct{}

func (open) Cork()         {}
func (open) Uncork() error { return nil }
