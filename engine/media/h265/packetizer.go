package h265

import (
	"encoding/binary"

	"sluice/engine/media"
	"sluice/engine/media/paramset"
	"sluice/engine/media/payload"
)

const (
	fuHeader   = 3
	lengthSize = 2

	forbiddenMask = 0x80
	layerHigh     = 0x01 // the highest bit of nuh_layer_id, in the first byte
	temporalMask  = 0x07
)

// Packetizer cuts access units. It is our own because of what the libraries' do (pion/rtp 1.10.6, gortsplib 5.6.4): pion's
// wants start codes, so it would search every byte again; both allocate for every packet.
type Packetizer struct {
	size int
	sets *paramset.Set
}

// NewPacketizer makes a packetizer: payloads of at most size bytes, and the parameter sets that the units may lack.
func NewPacketizer(size int, sets [][]byte) *Packetizer {
	return &Packetizer{size: size, sets: paramset.New(parameterSets, parameterSet, sets)}
}

// Packetize implements payload.Packetizer. Parameter sets are put before key units that lack them.
func (p *Packetizer) Packetize(b *payload.Batch, u *media.Unit) error {
	au := p.sets.Complete(u.AU, keyOf(u.AU))
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
	room, n, kept := p.size-headerSize, 0, 0
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

// aggregate writes an aggregation packet (RFC 7798 4.4.2): F is set if it is of any unit, layer and temporal ID are the
// lowest of all.
func (p *Packetizer) aggregate(b *payload.Batch, u *media.Unit, au [][]byte) {
	n := headerSize
	for _, nal := range au {
		if !dropped(nal) {
			n += lengthSize + len(nal)
		}
	}
	data := b.Room(n, 0)[:headerSize]
	var forbidden byte
	layer, temporal := uint16(1<<6-1), byte(temporalMask)
	for _, nal := range au {
		if dropped(nal) {
			continue
		}
		forbidden |= nal[0] & forbiddenMask
		layer = min(layer, binary.BigEndian.Uint16(nal)>>3&(1<<6-1))
		temporal = min(temporal, nal[1]&temporalMask)
		data = binary.BigEndian.AppendUint16(data, uint16(len(nal)))
		data = append(data, nal...)
	}
	binary.BigEndian.PutUint16(data, uint16(forbidden)<<8|typeAggregation<<9|layer<<3|uint16(temporal))
	b.Add(payload.Payload{Data: data, PTS: u.PTS})
}

// fragment writes fragmentation units (RFC 7798 4.4.3). The type in the unit's header goes into theirs.
func (p *Packetizer) fragment(b *payload.Batch, u *media.Unit, nal []byte) {
	kind, rest := typeOf(nal), nal[headerSize:]
	room := p.size - fuHeader
	flags := byte(startMask)
	for len(rest) > 0 {
		n := min(room, len(rest))
		if n == len(rest) {
			flags |= endMask
		}
		data := b.Room(fuHeader+n, len(rest)-n+fuHeader*(len(rest)/room+1))
		data[0] = nal[0]&(forbiddenMask|layerHigh) | typeFragment<<1
		data[1] = nal[1]
		data[2] = flags | kind
		copy(data[fuHeader:], rest)
		b.Add(payload.Payload{Data: data, PTS: u.PTS})
		rest, flags = rest[n:], 0
	}
}
