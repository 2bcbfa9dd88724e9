package payload

import (
	"cmp"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// packetCost is what a packet counts beside its bytes, so that a unit of very many empty pieces is too large as well.
const packetCost = 32

// Format understands the payloads of one video codec. It sees those of a unit in order and without a gap.
type Format interface {
	// Begins tells whether a payload cannot but be the first of a unit.
	Begins(payload []byte) bool
	// Take reads the next payload of a unit, which is not empty, and appends the parts that it completes. First tells that
	// it is the unit's first.
	Take(parts [][]byte, p *media.Packet, first bool) ([][]byte, error)
	// Open tells whether a part is begun and not whole.
	Open() bool
	// Finish makes the unit of its parts: AU, Key and Recovery. There is at least one part; the slice that holds them is
	// used again.
	Finish(u *media.Unit, parts [][]byte) error
	// Reset forgets the part that is open.
	Reset()
}

// Assembler gathers units of video: a unit ends with the marker or, as some cameras never set it, before the packet with
// another timestamp.
type Assembler struct {
	format   Format
	limit    int
	sequence sequence
	stats    Stats
	marks    bool // the sender sets the marker
	unsure   bool // whether the next packet begins a unit

	// The unit that is being gathered.
	begun, spoiled bool
	timestamp      uint32
	pts            time.Duration
	parts          [][]byte
	held           int
}

// NewAssembler makes a depacketizer of a format; the limit is in bytes of a unit, 0 for DefaultLimit.
func NewAssembler(f Format, limit int) *Assembler {
	if limit <= 0 {
		limit = DefaultLimit
	}
	return &Assembler{format: f, limit: limit}
}

// Depacketize implements Depacketizer.
func (a *Assembler) Depacketize(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	how, lost := a.sequence.step(&p.Header)
	if how == stale {
		a.stats.Late++
		return dst, nil
	}
	a.stats.Packets++
	a.stats.Lost += lost
	if how == jump {
		a.spoil()
		a.unsure = true
	}
	if len(p.Payload) == 0 {
		return dst, nil // padding, with which a sender probes the path; it has the timestamp of the unit before
	}
	var err error
	if a.begun && p.Header.Timestamp != a.timestamp {
		dst, err = a.end(dst)
	}
	first := !a.begun
	if first {
		a.begin(p)
	}
	a.unsure = false
	if !a.spoiled {
		if taken := a.take(p, first); taken != nil {
			a.spoil()
			err = taken
		}
	}
	if p.Header.Marker {
		a.marks = true
		var ended error
		dst, ended = a.end(dst)
		err = cmp.Or(err, ended)
	}
	return dst, err
}

func (a *Assembler) begin(p *media.Packet) {
	a.begun, a.timestamp, a.pts, a.held = true, p.Header.Timestamp, p.PTS, 0
	a.spoiled = a.unsure && !a.format.Begins(p.Payload)
}

func (a *Assembler) take(p *media.Packet, first bool) error {
	had := len(a.parts)
	parts, err := a.format.Take(a.parts, p, first)
	if err != nil {
		a.stats.Corrupt++
		return fault.New(fault.MediaCorrupt, "", "an RTP payload of %d bytes cannot be read", len(p.Payload)).Because(err)
	}
	a.parts = parts
	a.held += len(p.Payload) + packetCost*(1+len(parts)-had)
	if a.held > a.limit || len(parts) > MaxParts {
		return fault.New(fault.ProtocolViolation, "", "an access unit of more than %d bytes or %d parts", a.limit, MaxParts).
			Advise("the sender does not end its units, or the limit is too low for it")
	}
	return nil
}

// spoil gives up the unit that is being gathered, of which the rest is still to come.
func (a *Assembler) spoil() {
	a.spoiled = a.begun
	a.clear()
}

func (a *Assembler) clear() {
	clear(a.parts)
	a.parts = a.parts[:0]
	a.format.Reset()
}

// end delivers the unit.
func (a *Assembler) end(dst []media.Unit) ([]media.Unit, error) {
	defer a.clear()
	a.begun = false
	switch {
	case a.spoiled:
		a.stats.Spoiled++
		return dst, nil
	case a.format.Open():
		a.stats.Spoiled++
		a.stats.Corrupt++
		return dst, fault.New(fault.MediaCorrupt, "", "an access unit ended inside a fragment")
	case len(a.parts) == 0:
		return dst, nil
	}
	u := media.Unit{PTS: a.pts, DTS: a.pts}
	if err := a.format.Finish(&u, a.parts); err != nil {
		a.stats.Spoiled++
		a.stats.Corrupt++
		return dst, fault.New(fault.MediaCorrupt, "", "an access unit cannot be read").Because(err)
	}
	a.stats.Units++
	return append(dst, u), nil
}

// Flush implements Depacketizer: of a sender that sets the marker, what has none is not whole.
func (a *Assembler) Flush(dst []media.Unit) []media.Unit {
	if !a.begun {
		return dst
	}
	if a.marks || a.format.Open() {
		a.spoil()
	}
	dst, _ = a.end(dst) // nobody is left to be told, and it was counted
	return dst
}

// Stats implements Depacketizer.
func (a *Assembler) Stats() Stats { return a.stats }
