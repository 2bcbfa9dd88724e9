package send

import "sluice/engine/media"

const (
	// videoRing and audioRing are how many packets can be sent again: four seconds of 2 Mbit/s, and two of Opus.
	videoRing = 1024
	audioRing = 128
)

// slot is what is known of a packet that was sent: enough to send it again exactly as it was. With AES-GCM nothing else may be
// sent under its number.
type slot struct {
	packet      *media.Packet
	number      uint32 // outgoing, without wrap-around
	timestamp   uint32
	resent      uint32 // when it was last, in milliseconds of the sender's life; 0: never
	sendTime    uint32 // of the abs-send-time extension
	transport   uint16 // of the transport-wide-cc extension
	payloadType uint8
	rtxType     uint8 // payload type of its retransmission; 0: it is sent again as it was
	pad         uint8
	intro       bool // with the extensions that introduce the track
}

// ring holds the newest packets of a track by their number. They are shared with all other readers: a ring costs its slots.
type ring []slot

func newRing(k media.Kind) ring {
	if k == media.Video {
		return make(ring, videoRing)
	}
	return make(ring, audioRing)
}

// put makes a place for a number; nil if it is taken already, by this number or a later one.
func (r ring) put(number uint32) *slot {
	s := &r[number%uint32(len(r))]
	if s.packet != nil && int32(number-s.number) <= 0 {
		return nil
	}
	*s = slot{number: number}
	return s
}

// find finds the packet with a sequence number; nil if it is not here any more.
func (r ring) find(seq uint16) *slot {
	s := &r[uint32(seq)%uint32(len(r))]
	if s.packet == nil || uint16(s.number) != seq {
		return nil
	}
	return s
}
