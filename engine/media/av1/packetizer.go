package av1

import (
	"encoding/binary"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

const (
	continues = 0x40 // Y: the last OBU goes on in the next packet
	oneOBU    = 0x10 // W = 1: the only element has no length

	aggregationHeader = 1
	slack             = 16 // lengths and headers of a packet, about; what it lacks costs an allocation
)

// Packetizer cuts temporal units. It is our own because of what the libraries' do (pion/rtp 1.10.6, gortsplib 5.6.4):
// gortsplib's, where an OBU ends with its packet, says that it goes on in the next one, so that the receiver takes it and
// the next for one; pion's sends the beginning of a unit that cannot be read to its end, with nothing said; both allocate
// for every packet and OBU.
type Packetizer struct{ size int }

// NewPacketizer makes a packetizer: payloads of at most size bytes.
func NewPacketizer(size int) *Packetizer { return &Packetizer{size: size} }

// Packetize implements payload.Packetizer. OBUs go without size fields and in few packets, but a sequence header begins a
// packet, and layers do not share one (RTP Payload Format For AV1, 5).
func (p *Packetizer) Packetize(b *payload.Batch, u *media.Unit) error {
	key, err := look(u.AU)
	if err != nil {
		return fault.New(fault.MediaCorrupt, "", "a temporal unit of %d bytes cannot be read", u.Bytes()).Because(err)
	}
	w := writer{Batch: b, size: p.size, unit: u, left: u.Bytes()}
	before := len(b.Payloads)
	for _, rest := range u.AU {
		for len(rest) > 0 {
			var o obu
			o, rest, _ = cut(rest) // look cut the same
			if !o.dropped() {
				w.write(o)
			}
		}
	}
	w.end()
	if n := len(b.Payloads); n > before {
		if key {
			b.Payloads[before].Data[0] |= newSequence
		}
		b.Payloads[n-1].Marker = true
	}
	return nil
}

// Flush implements payload.Packetizer; nothing is held back.
func (p *Packetizer) Flush(*payload.Batch) {}

// writer fills packets.
type writer struct {
	*payload.Batch
	size int
	unit *media.Unit
	left int // bytes of the unit that are not written yet

	data  []byte // the packet at hand; nil if there is none
	layer byte   // of the OBUs in it
	bound bool   // whether they have one
}

// write appends an OBU, in as many packets as it takes.
func (w *writer) write(o obu) {
	layer, has := o.layer()
	if o.kind() == typeSequenceHeader || has && w.bound && layer != w.layer {
		w.end()
	}
	head := [2]byte{o.header[0] &^ hasSize}
	n := 1 + copy(head[1:], o.header[1:])
	first, body := head[:n], o.body
	flags := byte(0)
	for {
		w.begin(flags)
		take := w.element(len(first) + len(body))
		if take > 0 {
			if has {
				w.layer, w.bound = layer, true
			}
			k := min(take, len(first))
			w.data = append(append(w.data, first[:k]...), body[:take-k]...)
			first, body = first[k:], body[take-k:]
			flags = continued
		}
		if len(first)+len(body) == 0 {
			return
		}
		w.data[0] |= continues & (flags >> 1)
		w.end()
	}
}

// begin makes sure that there is a packet at hand.
func (w *writer) begin(flags byte) {
	if w.data == nil {
		w.data = w.Room(min(w.size, w.left+slack), w.left+w.left/w.size*slack)[:aggregationHeader]
		w.data[0], w.bound = flags, false
	}
}

// element makes room for up to n bytes of an OBU, writes their length if they need one, and says how many fit; none, if
// a length would not leave room for any. What fills a packet by itself needs no length.
func (w *writer) element(n int) int {
	room := w.size - len(w.data)
	if len(w.data) == aggregationHeader && n >= room {
		w.data[0] |= oneOBU
		return room
	}
	var length [binary.MaxVarintLen64]byte
	if n+binary.PutUvarint(length[:], uint64(n)) > room {
		n = room - binary.PutUvarint(length[:], uint64(max(room, 0)))
	}
	if n <= 0 {
		return 0
	}
	w.data = append(w.data, length[:binary.PutUvarint(length[:], uint64(n))]...)
	return n
}

// end finishes the packet at hand.
func (w *writer) end() {
	if w.data != nil {
		w.left = max(w.left-len(w.data), 0)
		w.Add(payload.Payload{Data: w.data, PTS: w.unit.PTS})
		w.data = nil
	}
}
