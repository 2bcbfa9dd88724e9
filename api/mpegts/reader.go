package mpegts

import (
	"bytes"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// Handler takes what a Reader finds. It is called from within Write.
type Handler interface {
	// Streams is called when a program map has come that is another than the one before: these are the streams whose units
	// follow. Streams that are not known here are not among them.
	Streams(list []*Stream)
	// Unit takes a unit of a stream. Its times are not set: they are in Times.
	Unit(s *Stream, at Times, u media.Unit)
	// Wrong says that something was left out, since it is broken: fault.MediaCorrupt.
	Wrong(err error)
}

// Times are those of a unit as they are in the stream: 33 bits of a clock of 90 kHz, which begins anew after 26 hours.
type Times struct{ PTS, DTS int64 }

// Stream is one elementary stream of the program.
type Stream struct {
	PID   uint16
	Kind  media.Kind
	asm   assembly
	parse parser
	seen  continuity
}

// Track is what is known of the stream, and whether that is enough to publish it. It may change with any unit.
func (s *Stream) Track() (media.Track, bool) { return s.parse.track() }

// parser makes units of a stream's PES packets.
type parser interface {
	track() (t media.Track, ready bool)
	// take takes the payload of a PES packet, whose memory is the parser's from then on.
	take(at Times, data []byte, give func(Times, media.Unit)) error
}

// Reader takes a transport stream apart: the first program of those that are announced. What is broken is left out, and what is
// kept is bounded: 8 MiB for a picture, 256 KiB for a PES packet of sound. Not for several goroutines at once.
//
// It is our own because mediacommon's (2.9.3) blocks in a read, holds a picture back until the next one comes, has no bound for
// one, and does not notice when the program changes.
type Reader struct {
	handler Handler
	rest    []byte // less than a packet, or what is looked through for the next one

	pat, pmt sections
	pmtPID   uint16 // 0 while it is not known
	program  []byte // the map as it came last
	streams  map[uint16]*Stream
}

// NewReader makes a reader.
func NewReader(h Handler) *Reader { return &Reader{handler: h, streams: map[uint16]*Stream{}} }

// Write takes the next bytes, however many. It never fails.
func (r *Reader) Write(b []byte) (int, error) {
	n := len(b)
	if len(r.rest) > 0 {
		b = append(r.rest, b...)
		r.rest = nil
	}
	for len(b) >= PacketSize {
		if b[0] != syncByte || len(b) > PacketSize && b[PacketSize] != syncByte {
			b = b[r.lost(b):]
			continue
		}
		r.packet(b[:PacketSize:PacketSize])
		b = b[PacketSize:]
	}
	if len(b) > 0 {
		r.rest = bytes.Clone(b)
	}
	return n, nil
}

// lost finds where packets go on, and gives how much is skipped.
func (r *Reader) lost(b []byte) int {
	r.wrong("what is no transport packet is skipped")
	for i := 1; ; i++ {
		n := bytes.IndexByte(b[i:], syncByte)
		if n < 0 {
			return len(b)
		}
		if i += n; i+PacketSize >= len(b) || b[i+PacketSize] == syncByte {
			return i
		}
	}
}

func (r *Reader) wrong(format string, args ...any) {
	r.handler.Wrong(fault.New(fault.MediaCorrupt, "", format, args...))
}

// Flush gives what is held back until more comes, at the end of a stream.
func (r *Reader) Flush() {
	for _, s := range r.streams {
		r.finish(s)
	}
}

// packet takes one packet (ISO/IEC 13818-1 2.4.3.2).
func (r *Reader) packet(b []byte) {
	const broken, scrambled, numbers = 0x80, 0xc0, 0x1f
	if b[1]&broken != 0 || b[3]&scrambled != 0 || b[3]&hasPayload == 0 {
		return
	}
	number, start, payload := uint16(b[1]&numbers)<<8|uint16(b[2]), b[1]&unitStart != 0, b[headerSize:]
	jump, stuffed := false, false
	if b[3]&hasAdaptation != 0 {
		size := int(payload[0])
		if size >= len(payload)-1 {
			return
		}
		field := payload[1 : 1+size]
		jump, stuffed = size > 0 && field[0]&0x80 != 0, filled(field)
		payload = payload[1+size:]
	}
	switch {
	case number == patPID:
		r.pat.take(payload, start, r.association)
	case number == r.pmtPID && r.pmtPID != 0:
		r.pmt.take(payload, start, r.programs)
	default:
		if s := r.streams[number]; s != nil {
			r.media(s, b, payload, start, jump, stuffed)
		}
	}
}

// filled tells whether an adaptation field is longer than what it says: muxers fill up the last packet of a unit so.
func filled(field []byte) bool {
	if len(field) == 0 {
		return true
	}
	said := 1
	if field[0]&hasPCR != 0 {
		said += pcrSize
	}
	const other = 0x0f // what else is said has other lengths
	return field[0]&other == 0 && len(field) > said
}

// continuity finds gaps by the counter of a stream's packets.
type continuity struct {
	known bool
	last  byte
	head  [8]byte // of the last packet's payload, to tell one that is sent twice
}

// next takes a packet with payload: whether it is sent a second time, or something is missing before it.
func (c *continuity) next(packet, payload []byte, jump bool) (again, gap bool) {
	n := packet[3] & 0xf
	var head [8]byte
	copy(head[:], payload)
	again = c.known && n == c.last && head == c.head
	gap = c.known && !again && !jump && n != (c.last+1)&0xf
	c.known, c.last, c.head = true, n, head
	return again, gap
}
