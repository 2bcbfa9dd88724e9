package mp4

import "time"

const movieRate = 90000 // ticks a second of the movie's own times

// moov describes all samples (ISO/IEC 14496-12 8.2). Times are of version 1, with 64 bits: 32 are full after half a day.
func (x *index) moov() []byte {
	var w boxes
	begin, longest := x.origin(), int64(0)
	for _, t := range x.tracks {
		longest = max(longest, scale(t.shown()-begin*int64(t.rate)/int64(time.Second), t.rate)+scale(t.next-t.start, t.rate))
	}
	moov := w.open("moov")
	mvhd := w.full("mvhd", 1, 0)
	w.zeros(16) // not dated: the sidecar is
	w.u32(movieRate)
	w.u64(uint64(longest))
	w.u32(1 << 16) // speed
	w.u16(1 << 8)  // volume
	w.zeros(10)
	w.matrix()
	w.zeros(24)
	w.u32(uint32(len(x.tracks)) + 1)
	w.close(mvhd)
	for _, t := range x.tracks {
		if t.count > 0 {
			w.trak(t, begin)
		}
	}
	w.close(moov)
	return w.b
}

// origin is when the first sample of all is shown, in nanoseconds.
func (x *index) origin() int64 {
	first := int64(-1)
	for _, t := range x.tracks {
		if at := int64(float64(t.shown()) / float64(t.rate) * float64(time.Second)); t.count > 0 && (first < 0 || at < first) {
			first = at
		}
	}
	return max(first, 0)
}

// shown is when its first sample is shown, in its ticks.
func (t *table) shown() int64 { return t.start + t.first }

// scale gives ticks of a track in those of the movie.
func scale(ticks int64, rate uint32) int64 {
	return ticks/int64(rate)*movieRate + ticks%int64(rate)*movieRate/int64(rate)
}

// matrix leaves pictures as they are.
func (w *boxes) matrix() {
	for i := range 9 {
		switch i {
		case 0, 4:
			w.u32(1 << 16)
		case 8:
			w.u32(1 << 30)
		default:
			w.u32(0)
		}
	}
}

func (w *boxes) trak(t *table, begin int64) {
	lasts := scale(t.next-t.start, t.rate)
	delay := max(scale(t.shown(), t.rate)-begin*movieRate/int64(time.Second), 0)
	trak := w.open("trak")
	tkhd := w.full("tkhd", 1, 3) // enabled, in the movie
	w.zeros(16)
	w.u32(t.id)
	w.zeros(4)
	w.u64(uint64(delay + lasts))
	w.zeros(12)
	if t.video {
		w.u16(0)
	} else {
		w.u16(1 << 8)
	}
	w.zeros(2)
	w.matrix()
	w.u32(t.width)
	w.u32(t.height)
	w.close(tkhd)
	w.edits(t, delay, lasts)
	w.mdia(t)
	w.close(trak)
}

// edits says when a track begins, and that it begins with the picture that is shown first (8.6.6).
func (w *boxes) edits(t *table, delay, lasts int64) {
	edts := w.open("edts")
	elst := w.full("elst", 1, 0)
	const tooShort = 2 // ticks: rounding
	if delay > tooShort {
		w.u32(2)
		w.u64(uint64(delay))
		w.u64(1<<64 - 1) // nothing
		w.u32(1 << 16)
	} else {
		w.u32(1)
	}
	w.u64(uint64(lasts))
	w.u64(uint64(t.first))
	w.u32(1 << 16)
	w.close(elst)
	w.close(edts)
}

func (w *boxes) mdia(t *table) {
	const undetermined = 0x55c4 // as language
	mdia := w.open("mdia")
	mdhd := w.full("mdhd", 1, 0)
	w.zeros(16)
	w.u32(t.rate)
	w.u64(uint64(t.next - t.start))
	w.u16(undetermined)
	w.u16(0)
	w.close(mdhd)
	w.keep(t.mdia, "hdlr")
	minf := w.open("minf")
	for _, kind := range []string{"vmhd", "smhd", "dinf"} {
		w.keep(t.mdia, "minf", kind)
	}
	w.tables(t)
	w.close(minf)
	w.close(mdia)
}

// keep writes a box as it is, if there is one.
func (w *boxes) keep(from []byte, path ...string) {
	if b, ok := find(from, path...); ok {
		w.bytes(b.whole)
	}
}

func (w *boxes) tables(t *table) {
	stbl := w.open("stbl")
	w.keep(t.mdia, "minf", "stbl", "stsd")
	w.runs("stts", 0, t.lasts)
	if len(t.later) > 1 || t.later[0].value != 0 {
		w.runs("ctts", 1, t.later)
	}
	if t.video {
		w.list("stss", t.keys)
	}
	stsz := w.full("stsz", 0, 0)
	w.u32(0)
	w.u32(t.count)
	for _, size := range t.sizes {
		w.u32(size)
	}
	w.close(stsz)
	stsc := w.full("stsc", 0, 0)
	w.u32(uint32(len(t.per)))
	chunk := uint32(1)
	for _, r := range t.per {
		w.u32(chunk)
		w.u32(r.value)
		w.u32(1) // the only description
		chunk += r.count
	}
	w.close(stsc)
	co64 := w.full("co64", 0, 0)
	w.u32(uint32(len(t.chunks)))
	for _, at := range t.chunks {
		w.u64(at)
	}
	w.close(co64)
	w.close(stbl)
}

func (w *boxes) runs(kind string, version byte, list []run) {
	at := w.full(kind, version, 0)
	w.u32(uint32(len(list)))
	for _, r := range list {
		w.u32(r.count)
		w.u32(r.value)
	}
	w.close(at)
}

func (w *boxes) list(kind string, list []uint32) {
	at := w.full(kind, 0, 0)
	w.u32(uint32(len(list)))
	for _, v := range list {
		w.u32(v)
	}
	w.close(at)
}
