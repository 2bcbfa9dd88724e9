package mpegts

// PacketSize is the size of a transport packet in bytes.
const PacketSize = 188

const (
	syncByte   = 0x47
	headerSize = 4
	pcrSize    = 6
	stuffing   = 0xff

	// Bits of the 2nd and 4th byte of a packet's header (ISO/IEC 13818-1 2.4.3.2), and of an adaptation field's first (2.4.3.4).
	unitStart     = 0x40
	hasAdaptation = 0x20
	hasPayload    = 0x10
	randomAccess  = 0x40
	hasPCR        = 0x10
)

// pid is one elementary stream or table: its number and how many packets of it there were.
type pid struct {
	number  uint16
	counter byte // continuity_counter of the next packet, modulo 16
}

// adaptation is what an adaptation field says here.
type adaptation struct {
	random bool // random_access_indicator
	hasPCR bool
	pcr    int64 // in ticks of 90 kHz
}

// size is that of the whole field with its length byte; 0 if it says nothing.
func (a adaptation) size() int {
	switch {
	case a.hasPCR:
		return 2 + pcrSize
	case a.random:
		return 2
	}
	return 0
}

// packets cuts a payload into packets behind dst; the first one has the adaptation field and begins the unit.
func (p *pid) packets(dst []byte, a adaptation, payload []byte) []byte {
	for first := true; first || len(payload) > 0; first = false {
		field := a.size()
		room := PacketSize - headerSize - field
		n := min(room, len(payload))
		if room > n { // what does not fill the packet is filled up in the field (2.4.3.4), which may be its length byte alone
			field += room - n
		}
		dst = p.header(dst, first, field > 0)
		dst = a.appendTo(dst, field)
		dst = append(dst, payload[:n]...)
		payload, a = payload[n:], adaptation{}
	}
	return dst
}

func (p *pid) header(dst []byte, first, adapted bool) []byte {
	high, flags := byte(p.number>>8&0x1f), hasPayload|p.counter
	if first {
		high |= unitStart
	}
	if adapted {
		flags |= hasAdaptation
	}
	p.counter = (p.counter + 1) & 0xf
	return append(dst, syncByte, high, byte(p.number), flags)
}

// appendTo writes the field with stuffing, size bytes in all.
func (a adaptation) appendTo(dst []byte, size int) []byte {
	if size == 0 {
		return dst
	}
	end := len(dst) + size
	dst = append(dst, byte(size-1))
	if size == 1 {
		return dst
	}
	var flags byte
	if a.random {
		flags |= randomAccess
	}
	if a.hasPCR {
		flags |= hasPCR
	}
	dst = append(dst, flags)
	if a.hasPCR { // 33 bits of 90 kHz, 6 reserved ones, 9 of 27 MHz (2.4.3.5)
		pcr := uint64(a.pcr & maxTicks)
		dst = append(dst, byte(pcr>>25), byte(pcr>>17), byte(pcr>>9), byte(pcr>>1), byte(pcr<<7)|0x7e, 0)
	}
	for len(dst) < end {
		dst = append(dst, stuffing)
	}
	return dst
}
