package reel

import "io"

// usual is what holds for samples of which a fragment says nothing (ISO 14496-12 8.8.3).
type usual struct{ lasts, size, flags uint32 }

// usualOf finds what mvex says of a track.
func usualOf(mvex []byte, id uint32) usual {
	for _, b := range boxes(mvex) {
		f := fields{b: b.body}
		f.whole()
		if b.kind == "trex" && f.u32() == id {
			f.u32()
			return usual{f.u32(), f.u32(), f.u32()}
		}
	}
	return usual{}
}

// fill reads fragments until every track has a sample, or there are none.
func (m *mp4) fill() {
	for m.at < m.size {
		ahead, all := 0, true
		for _, t := range m.tracks {
			_, ok := m.peek(t)
			ahead += len(t.next)
			all = all && ok
		}
		if all || ahead > maxAhead || !m.fragment() {
			return
		}
	}
}

// reorders tells of a track in fragments whether samples are shown in another order than they are decoded in, by the first ones.
func (m *mp4) reorders(t *movie) bool {
	m.fill()
	for _, p := range t.next {
		if p.cts != t.next[0].cts {
			return true
		}
	}
	return t.table.reordered
}

// fragment reads the next one; false behind the last.
func (m *mp4) fragment() bool {
	t, err := topAt(m.file, m.at, m.size)
	if err != nil || t.kind == "moof" && t.size > maxHeader {
		m.at = m.size
		return false
	}
	start := m.at
	m.at = t.next
	if t.kind != "moof" {
		return true
	}
	moof := make([]byte, t.size)
	if _, err := io.ReadFull(io.NewSectionReader(m.file, t.at, t.size), moof); err != nil {
		return false
	}
	for _, b := range boxes(moof) {
		if b.kind == "traf" {
			m.traf(b.body, uint64(start))
		}
	}
	return true
}

// traf reads what a fragment has of a track.
func (m *mp4) traf(b []byte, moof uint64) {
	f := fields{b: inside(b, "tfhd")}
	_, flags := f.whole()
	id := f.u32()
	var t *movie
	for _, one := range m.tracks {
		if one.id == id {
			t = one
		}
	}
	if t == nil || f.short {
		return
	}
	u, base := t.usual, moof
	if flags&0x1 != 0 {
		base = f.u64()
	}
	if flags&0x2 != 0 {
		f.u32()
	}
	for i, to := range []*uint32{&u.lasts, &u.size, &u.flags} {
		if flags&(0x8<<i) != 0 {
			*to = f.u32()
		}
	}
	if tfdt := (fields{b: inside(b, "tfdt")}); len(tfdt.b) > 0 {
		version, _ := tfdt.whole()
		t.dts = int64(tfdt.wide(version))
	}
	at := base
	for _, run := range boxes(b) {
		if run.kind == "trun" {
			at = t.trun(run.body, u, base, at)
		}
	}
}

// trun reads a run of samples (8.8.8), and tells where the next one begins that does not say so itself.
func (t *movie) trun(b []byte, u usual, base, at uint64) uint64 {
	const offset, first, lasts, size, flagged, late = 0x1, 0x4, 0x100, 0x200, 0x400, 0x800
	f := fields{b: b}
	_, has := f.whole()
	n := f.u32()
	if has&offset != 0 {
		at = base + uint64(int64(int32(f.u32())))
	}
	head, special := uint32(0), has&first != 0
	if special {
		head = f.u32()
	}
	for i := uint32(0); i < n && len(t.next) < maxAhead; i++ {
		s := u
		if has&lasts != 0 {
			s.lasts = f.u32()
		}
		if has&size != 0 {
			s.size = f.u32()
		}
		if has&flagged != 0 {
			s.flags = f.u32()
		} else if special && i == 0 {
			s.flags = head
		}
		var cts int64
		if has&late != 0 {
			cts = int64(int32(f.u32())) // unsigned in version 0, where nobody is so late
		}
		if f.short {
			break
		}
		const depends = 1 << 16 // sample_is_non_sync_sample
		t.next = append(t.next, place{at: at, size: s.size, dts: t.dts, cts: cts, key: s.flags&depends == 0})
		at += uint64(s.size)
		t.dts += int64(s.lasts)
	}
	return at
}
