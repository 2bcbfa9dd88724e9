package h264

import (
	"encoding/binary"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/paramset"
	"sluice/engine/media/payload"
)

const (
	fuHeader   = 2
	stapHeader = 1
	lengthSize = 2
)

// Packetizer cuts access units. It is our own because of what the libraries' do (pion/rtp 1.10.6, gortsplib 5.6.4): pion's
// wants start codes, so it would search every byte again, and drops parameter sets that do not fit a packet with nothing
// said; gortsplib's refuses mode 0 and leaves NRI of aggregates 0, against RFC 6184 5.7.1; both allocate for every packet.
type Packetizer struct {
	size   int
	single bool
	sets   *paramset.Set
}

// NewPacketizer makes a packetizer: payloads of at most size bytes, single for packetization mode 0, and the parameter sets
// that the units may lack.
func NewPacketizer(size int, single bool, sets [][]byte) *Packetizer {
	return &Packetizer{size: size, single: single, sets: paramset.New(parameterSets, parameterSet, sets)}
}

// Packetize implements payload.Packetizer. Parameter sets are put before key units that lack them.
func (p *Packetizer) Packetize(b *payload.Batch, u *media.Unit) error {
	key, _ := keyOf(u.AU)
	au := p.sets.Complete(u.AU, key)
	before := len(b.Payloads)
	for i := 0; i < len(au); {
		nal := au[i]
		switch run := p.run(au[i:]); {
		case dropped(nal):
			i++
		case run > 1:
			p.aggregate(b, u, au[i:i+run])
			i += run
		case len(nal) <= p.size:
			b.Add(payload.Payload{Data: nal, PTS: u.PTS})
			i++
		case p.single:
			b.Truncate(before)
			return fault.New(fault.CodecNotAvailable, "", "a NAL unit of %d bytes cannot be cut in packetization mode 0", len(nal)).
				Advise("negotiate packetization-mode=1, or encode slices of at most %d bytes", p.size)
		default:
			p.fragment(b, u, nal)
			i++
		}
	}
	if n := len(b.Payloads); n > before {
		b.Payloads[n-1].Marker = true
	}
	return nil
}

// Flush implements payload.Packetizer; nothing is held back.
func (p *Packetizer) Flush(*payload.Batch) {}

// run counts the NAL units from the first on that go into one aggregation packet, with what is dropped between them; at
// most 1 if there is nothing to aggregate.
func (p *Packetizer) run(au [][]byte) int {
	if p.single {
		return 0
	}
	room, n, kept := p.size-stapHeader, 0, 0
	for i, nal := range au {
		if dropped(nal) {
			continue
		}
		room -= lengthSize + len(nal)
		if room < 0 {
			break
		}
		n = i + 1
		kept++
	}
	if kept < 2 {
		return kept
	}
	return n
}

// aggregate writes a STAP-A (RFC 6184 5.7.1): F is set if it is of any unit, NRI is the highest of all.
func (p *Packetizer) aggregate(b *payload.Batch, u *media.Unit, au [][]byte) {
	n := stapHeader
	for _, nal := range au {
		if !dropped(nal) {
			n += lengthSize + len(nal)
		}
	}
	data := b.Room(n, 0)[:stapHeader]
	var forbidden, nri byte
	for _, nal := range au {
		if dropped(nal) {
			continue
		}
		forbidden |= nal[0] &^ (nriMask | typeMask)
		nri = max(nri, nal[0]&nriMask)
		data = binary.BigEndian.AppendUint16(data, uint16(len(nal)))
		data = append(data, nal...)
	}
	data[0] = forbidden | nri | typeSTAPA
	b.Add(payload.Payload{Data: data, PTS: u.PTS})
}

// fragment writes FU-As (RFC 6184 5.8). The unit's header goes into theirs.
func (p *Packetizer) fragment(b *payload.Batch, u *media.Unit, nal []byte) {
	header, rest := nal[0], nal[1:]
	room := p.size - fuHeader
	flags := byte(startMask)
	for len(rest) > 0 {
		n := min(room, len(rest))
		if n == len(rest) {
			flags |= endMask
		}
		data := b.Room(fuHeader+n, len(rest)-n+fuHeader*(len(rest)/room+1))
		data[0] = header&^typeMask | typeFUA
		data[1] = flags | header&typeMask
		copy(data[fuHeader:], rest)
		b.Add(payload.Payload{Data: data, PTS: u.PTS})
		rest, flags = rest[n:], 0
	}
}
