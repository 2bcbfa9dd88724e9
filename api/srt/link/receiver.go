package link

import (
	"time"

	"sluice/api/srt/wire"
)

// incoming is a packet that has come and is not due yet.
type incoming struct {
	data []byte // nil while it is missing
	due  time.Time
}

// receiver puts what comes in order, and gives it when it is due. Its connection's lock guards it.
type receiver struct {
	ring   ring[incoming]
	first  uint32 // to be given next
	next   uint32 // missing first: all before it have come, or are given up
	behind uint32 // the last that has come
	clock  playout

	acked    uint32 // what next was when it was told last
	told     time.Time
	heard    bool // it was acknowledged that it was told
	complain time.Time
	since    int // packets since the last acknowledgement
}

func (r *receiver) start(seq uint32) {
	r.first, r.next, r.acked, r.behind, r.heard = seq, seq, seq, wire.Next(seq, -1), true
}

// outcome is what became of a packet.
type outcome int

const (
	kept outcome = iota
	repeated
	late // or too far ahead
)

// put takes a packet; the row that is missing before it, if that is news.
func (r *receiver) put(seq uint32, data []byte, due time.Time) (missing wire.Range, gap bool, what outcome) {
	ahead, used := wire.Distance(seq, r.first), wire.Distance(r.behind, r.first)+1
	switch {
	case ahead < 0:
		return missing, false, late
	case ahead >= window && used == 0: // the peer went on without us
		r.start(seq)
		ahead = 0
	}
	if !r.ring.room(r.first, used, ahead+1) {
		return missing, false, late
	}
	slot := r.ring.at(seq)
	if slot.data != nil {
		return missing, false, repeated
	}
	*slot = incoming{data, due}
	if n := wire.Distance(seq, r.behind); n > 0 {
		missing, gap = wire.Range{First: wire.Next(r.behind, 1), Last: wire.Next(seq, -1)}, n > 1
		r.behind = seq
	}
	r.advance()
	return missing, gap, kept
}

// advance moves next over what has come.
func (r *receiver) advance() {
	for wire.Distance(r.behind, r.next) >= 0 && r.ring.at(r.next).data != nil {
		r.next = wire.Next(r.next, 1)
	}
}

// deliver gives what is due, and how many packets were given up for it (4.6).
func (r *receiver) deliver(now time.Time, give func([]byte)) (lost uint64) {
	for wire.Distance(r.behind, r.first) >= 0 {
		slot, skip := r.ring.at(r.first), 0
		for slot.data == nil {
			skip++
			slot = r.ring.at(wire.Next(r.first, skip)) // behind has come
		}
		if now.Before(slot.due) {
			return lost
		}
		give(slot.data)
		*slot = incoming{}
		lost += uint64(skip)
		r.first = wire.Next(r.first, skip+1)
		if wire.Distance(r.next, r.first) < 0 {
			r.next = r.first
			r.advance()
		}
	}
	return lost
}

// lacking writes which packets are missing, as many rows as a datagram holds.
func (r *receiver) lacking(dst []byte) []byte {
	const rows = 150
	for seq, n := r.next, 0; n < rows && wire.Distance(r.behind, seq) > 0; n++ {
		last := seq // missing, as next is
		for r.ring.at(wire.Next(last, 1)).data == nil {
			last = wire.Next(last, 1)
		}
		dst = wire.AppendLost(dst, wire.Range{First: seq, Last: last})
		for seq = wire.Next(last, 1); wire.Distance(r.behind, seq) >= 0 && r.ring.at(seq).data != nil; {
			seq = wire.Next(seq, 1)
		}
	}
	return dst
}
