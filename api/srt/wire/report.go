package wire

import "encoding/binary"

// Report is an acknowledgement (3.2.4).
type Report struct {
	Next        uint32 // sequence number that is missing first: all before it have come
	RTT, RTTVar uint32 // in microseconds
	Room        uint32 // in packets
	Rate        uint32 // packets that come in a second
	Capacity    uint32 // packets that could
	Bytes       uint32 // that come in a second
}

// ParseACK reads an acknowledgement; full tells whether there is more than Next in it. False if it is none.
func ParseACK(b []byte) (r Report, full, ok bool) {
	if len(b) < 4 {
		return r, false, false
	}
	be := binary.BigEndian
	r.Next = be.Uint32(b) & MaxSequence
	if len(b) < 16 {
		return r, false, true
	}
	r.RTT, r.RTTVar, r.Room = be.Uint32(b[4:]), be.Uint32(b[8:]), be.Uint32(b[12:])
	if len(b) >= 28 {
		r.Rate, r.Capacity, r.Bytes = be.Uint32(b[16:]), be.Uint32(b[20:]), be.Uint32(b[24:])
	}
	return r, true, true
}

// Append writes a full acknowledgement behind dst.
func (r *Report) Append(dst []byte) []byte {
	for _, v := range []uint32{r.Next, r.RTT, r.RTTVar, r.Room, r.Rate, r.Capacity, r.Bytes} {
		dst = binary.BigEndian.AppendUint32(dst, v)
	}
	return dst
}

// Range is a row of sequence numbers, both ends among them.
type Range struct{ First, Last uint32 }

// EachLost reads a report of what was lost (3.2.5, appendix A), and calls do for each row, until it gives false.
func EachLost(b []byte, do func(Range) bool) {
	const more = 1 << 31
	for len(b) >= 4 {
		first := binary.BigEndian.Uint32(b)
		b = b[4:]
		r := Range{first & MaxSequence, first & MaxSequence}
		if first&more != 0 {
			if len(b) < 4 {
				return
			}
			r.Last = binary.BigEndian.Uint32(b) & MaxSequence
			b = b[4:]
		}
		if Distance(r.Last, r.First) >= 0 && !do(r) {
			return
		}
	}
}

// AppendLost writes a row to a report of what was lost.
func AppendLost(dst []byte, r Range) []byte {
	if r.First == r.Last {
		return binary.BigEndian.AppendUint32(dst, r.First)
	}
	dst = binary.BigEndian.AppendUint32(dst, r.First|1<<31)
	return binary.BigEndian.AppendUint32(dst, r.Last)
}
