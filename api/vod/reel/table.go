package reel

import "encoding/binary"

// table is what stands in a track's stbl (ISO 14496-12 8.5): when each sample is, and where. It is read as it is there, by cursors,
// so that a film of hours costs no more memory than its table has bytes.
type table struct {
	left      uint32 // samples that were not given yet
	number    uint32 // of the next one, from 1 on
	fixed     uint32 // size of all; 0: sizes has them
	sizes     []byte
	times     runs   // stts
	late      runs   // ctts
	places    []byte // stco, co64
	wide      bool   // co64
	sync      []byte // stss; nil: all
	chunks    []byte // stsc
	perChunk  uint32
	inChunk   uint32 // samples left of the chunk
	chunk     uint32 // its number
	at        uint64 // of the next sample
	dts       int64
	reordered bool
}

// runs are pairs of a count and a value that holds for so many samples.
type runs struct {
	b     []byte
	count uint32
	value uint32
}

func (r *runs) next() uint32 {
	for r.count == 0 && len(r.b) >= 8 {
		r.count, r.value = binary.BigEndian.Uint32(r.b), binary.BigEndian.Uint32(r.b[4:])
		r.b = r.b[8:]
	}
	if r.count == 0 {
		return 0
	}
	r.count--
	return r.value
}

// entries are those of a table with a number of them before.
func entries(b []byte, size int) []byte {
	f := fields{b: b}
	f.whole()
	n := int(f.u32())
	if f.short {
		return nil
	}
	return f.b[:min(n, len(f.b)/size)*size]
}

// newTable reads a stbl.
func newTable(stbl []byte) table {
	t := table{times: runs{b: entries(inside(stbl, "stts"), 8)}, chunks: entries(inside(stbl, "stsc"), 12)}
	if b := inside(stbl, "ctts"); b != nil {
		t.late.b = entries(b, 8)
		for i := 4; i < len(t.late.b); i += 8 {
			t.reordered = t.reordered || binary.BigEndian.Uint32(t.late.b[i:]) != binary.BigEndian.Uint32(t.late.b[4:])
		}
	}
	if b := inside(stbl, "stss"); b != nil {
		t.sync = entries(b, 4)
		if t.sync == nil {
			t.sync = []byte{}
		}
	}
	if b := inside(stbl, "co64"); b != nil {
		t.places, t.wide = entries(b, 8), true
	} else {
		t.places = entries(inside(stbl, "stco"), 4)
	}
	f := fields{b: inside(stbl, "stsz")}
	f.whole()
	t.fixed, t.left = f.u32(), f.u32()
	if t.fixed == 0 {
		t.sizes = f.b
		t.left = min(t.left, uint32(len(f.b)/4))
	}
	t.left = min(t.left, maxEntries)
	return t
}

// place is where a sample lies, and when it is, in ticks.
type place struct {
	at       uint64
	size     uint32
	dts, cts int64
	key      bool
}

// next gives the next sample's; false behind the last.
func (t *table) next() (place, bool) {
	if t.left == 0 || t.inChunk == 0 && !t.nextChunk() {
		return place{}, false
	}
	t.left--
	t.number++
	t.inChunk--
	p := place{at: t.at, size: t.fixed, dts: t.dts, cts: int64(int32(t.late.next())), key: t.sync == nil}
	if t.fixed == 0 {
		p.size = binary.BigEndian.Uint32(t.sizes)
		t.sizes = t.sizes[4:]
	}
	for len(t.sync) >= 4 && binary.BigEndian.Uint32(t.sync) <= t.number {
		p.key = p.key || binary.BigEndian.Uint32(t.sync) == t.number
		t.sync = t.sync[4:]
	}
	t.at += uint64(p.size)
	t.dts += int64(t.times.next())
	return p, true
}

// nextChunk goes to the next chunk.
func (t *table) nextChunk() bool {
	t.chunk++
	for len(t.chunks) >= 12 && binary.BigEndian.Uint32(t.chunks) <= t.chunk {
		t.perChunk = binary.BigEndian.Uint32(t.chunks[4:])
		t.chunks = t.chunks[12:]
	}
	size := 4
	if t.wide {
		size = 8
	}
	if len(t.places) < size || t.perChunk == 0 {
		return false
	}
	if t.wide {
		t.at = binary.BigEndian.Uint64(t.places)
	} else {
		t.at = uint64(binary.BigEndian.Uint32(t.places))
	}
	t.places = t.places[size:]
	t.inChunk = t.perChunk
	return true
}
