package frame

import (
	"encoding/binary"
	"time"

	"sluice/engine/fault"
)

const (
	unitHead = 3*8 + 2 // PTS, DTS, NTP, number of parts
	nalHead  = 4       // length of a part
	gapSize  = 2 * 8
)

// Unit is one access unit: a video frame as its NALs, or one audio frame. When read, AU points into the frame's
// payload and shares its life; Clone gives one that stays.
type Unit struct {
	PTS, DTS time.Duration
	NTP      time.Time // the sender's wall clock in UTC, to the nanosecond from 1677 to 2262; zero if unknown
	Key      bool      // decoding can begin here
	Recovery bool      // of a Key: a recovery point and not an IDR; not sent without Key
	AU       [][]byte  // 1 to MaxNALs parts, none empty
}

// Clone copies the unit with its bytes into memory of its own.
func (u *Unit) Clone() Unit {
	total := 0
	for _, part := range u.AU {
		total += len(part)
	}
	out := *u
	out.AU = make([][]byte, 0, len(u.AU))
	store := make([]byte, 0, total)
	for _, part := range u.AU {
		start := len(store)
		store = append(store, part...)
		out.AU = append(out.AU, store[start:len(store):len(store)])
	}
	return out
}

// size gives the bytes of the unit's payload, or an error if it cannot be sent.
func (u *Unit) size(limit int) (int, error) {
	if len(u.AU) == 0 || len(u.AU) > MaxNALs {
		return 0, fault.New(fault.InvalidRequest, "", "a unit of %d parts, where 1 to %d are possible", len(u.AU), MaxNALs)
	}
	n := unitHead + nalHead*len(u.AU)
	for _, part := range u.AU {
		if len(part) == 0 {
			return 0, fault.New(fault.InvalidRequest, "", "a unit with an empty part")
		}
		n += len(part)
	}
	if n > limit {
		return 0, fault.New(fault.InvalidRequest, "", "a unit of %d bytes, where %d are possible", n, limit)
	}
	return n, nil
}

// append writes the unit as a whole frame.
func (u *Unit) append(b []byte, track uint16) []byte {
	start, flags := len(b), byte(0)
	if u.Key {
		flags = keyFlag
		if u.Recovery {
			flags |= recoveryFlag
		}
	}
	b = begin(b, Media, flags, track)
	b = binary.BigEndian.AppendUint64(b, uint64(u.PTS))
	b = binary.BigEndian.AppendUint64(b, uint64(u.DTS))
	b = binary.BigEndian.AppendUint64(b, uint64(wallClock(u.NTP)))
	b = binary.BigEndian.AppendUint16(b, uint16(len(u.AU)))
	for _, part := range u.AU {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
	}
	for _, part := range u.AU {
		b = append(b, part...)
	}
	return finish(b, start)
}

// wallClock is the time as nanoseconds since 1970, or 0 for unknown if it does not fit.
func wallClock(t time.Time) int64 {
	ns := t.UnixNano() // wraps around outside the years 1677 to 2262
	if !time.Unix(0, ns).Equal(t) {
		return 0
	}
	return ns
}

// Unit reads the payload of a Media frame into u, keeping u's AU slice for reuse. On an error u is unusable.
func (f Frame) Unit(u *Unit) error {
	p := f.Payload
	if f.Kind != Media || len(p) < unitHead {
		return violation("a %s of %d bytes is not a unit", f.Kind, len(p))
	}
	u.PTS = time.Duration(binary.BigEndian.Uint64(p))
	u.DTS = time.Duration(binary.BigEndian.Uint64(p[8:]))
	u.NTP = time.Time{}
	if ns := int64(binary.BigEndian.Uint64(p[16:])); ns != 0 {
		u.NTP = time.Unix(0, ns).UTC()
	}
	u.Key, u.Recovery = f.Key, f.Recovery
	u.AU = u.AU[:0]
	count := int(binary.BigEndian.Uint16(p[24:]))
	if count == 0 || count > MaxNALs || len(p) < unitHead+nalHead*count {
		return violation("a unit of %d bytes cannot have %d parts", len(p), count)
	}
	sizes, data := p[unitHead:unitHead+nalHead*count], p[unitHead+nalHead*count:]
	for ; len(sizes) > 0; sizes = sizes[nalHead:] {
		n := binary.BigEndian.Uint32(sizes)
		if n == 0 || uint64(n) > uint64(len(data)) {
			return violation("a part of %d bytes in a unit that has %d left", n, len(data))
		}
		u.AU = append(u.AU, data[:n:n])
		data = data[n:]
	}
	if len(data) > 0 {
		return violation("%d bytes after the last part of a unit", len(data))
	}
	return nil
}

// Silence is a stretch of a track in which nothing came.
type Silence struct {
	PTS      time.Duration // when it begins
	Duration time.Duration // not negative
}

// Silence reads the payload of a Gap frame.
func (f Frame) Silence() (Silence, error) {
	if f.Kind != Gap || len(f.Payload) != gapSize {
		return Silence{}, violation("a %s of %d bytes is not a gap", f.Kind, len(f.Payload))
	}
	s := Silence{
		PTS:      time.Duration(binary.BigEndian.Uint64(f.Payload)),
		Duration: time.Duration(binary.BigEndian.Uint64(f.Payload[8:])),
	}
	if s.Duration < 0 {
		return Silence{}, violation("a gap of %s", s.Duration)
	}
	return s, nil
}
