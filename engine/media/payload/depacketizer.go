package payload

import "sluice/engine/media"

// DefaultLimit is the most bytes of one unit that a depacketizer holds if nothing else is said: four times the largest
// key frames of 4K video.
const DefaultLimit = 8 << 20

// MaxParts is the most parts of one unit; a worker takes no more.
const MaxParts = 1024

// Depacketizer makes access units of the packets of one track, which come in order, as a jitter buffer gives them; one
// that comes late or twice is left out. Not for several goroutines at once.
//
// A unit of which a packet is missing is spoiled: it is counted and not delivered. Whether what follows can be decoded is
// for the caller to judge, who sees Stats change. Where a format does not tell which packet is a unit's first, the unit
// after a loss is spoiled too, unless its first packet cannot but begin one; so is the one at which the depacketizer comes
// in. Of H.264 and H.265, what a unit is known to have whole are its slices: a message (SEI) lost before them is not missed.
type Depacketizer interface {
	// Depacketize takes the next packet and appends the units that it completes to dst. Units get PTS of their first
	// packet, plus, for the later frames of a packet, the length of the earlier; DTS is the same, as RTP does not carry it;
	// Key and Recovery are filled in. Units may share memory with the packets, of which nothing may be changed any more.
	// An error says why a packet or unit was given up, and the next packet may be given: fault.MediaCorrupt if a packet is
	// not of the format, fault.ProtocolViolation if a unit is larger than the limit.
	Depacketize(dst []media.Unit, p *media.Packet) ([]media.Unit, error)
	// Flush appends the unit that waits for its end, if it is likely to be whole; at the end of the stream.
	Flush(dst []media.Unit) []media.Unit
	// Stats counts since the beginning.
	Stats() Stats
}

// Stats counts what a depacketizer met. It is a value.
type Stats struct {
	Packets uint64 // taken
	Lost    uint64 // never came, by their sequence numbers
	Late    uint64 // came after their time or twice, and were left out
	Corrupt uint64 // not of the format
	Units   uint64 // delivered
	Spoiled uint64 // begun and given up
}
