package mp4

import "encoding/binary"

const (
	baseIsMoof   = 0x020000
	trunFlags    = 0x000f01   // data offset; of each sample its duration, size, flags and composition offset
	syncFlags    = 0x02000000 // sample_depends_on: no other
	nonSyncFlags = 0x01010000 // depends on others, is no sync sample
	trunEntry    = 16
)

// fragment writes what is ready as a movie fragment (ISO/IEC 14496-12 8.8); it gives how many bytes of it are its description. Its
// memory is used again for the next.
func (w *Writer) fragment(end bool) (description int) {
	b := &w.piece
	b.b = b.b[:0]
	w.sequence++
	moof := b.open("moof")
	mfhd := b.full("mfhd", 0, 0)
	b.u32(w.sequence)
	b.close(mfhd)
	var offsets []int // where the place of a track's media is to be written
	for i, l := range w.lanes {
		if n := l.ready(end); n > 0 {
			offsets = append(offsets, b.track(i+1, l.wait[:n]))
		}
	}
	b.close(moof)
	description = len(b.b)
	mdat := b.open("mdat")
	for _, l := range w.lanes {
		n := l.ready(end)
		if n == 0 {
			continue
		}
		binary.BigEndian.PutUint32(b.b[offsets[0]:], uint32(len(b.b)))
		offsets = offsets[1:]
		for _, s := range l.wait[:n] {
			b.media(&s, l.nals)
		}
	}
	b.close(mdat)
	return description
}

// track describes samples of a track.
func (w *boxes) track(id int, samples []sample) (offset int) {
	traf := w.open("traf")
	tfhd := w.full("tfhd", 0, baseIsMoof)
	w.u32(uint32(id))
	w.close(tfhd)
	tfdt := w.full("tfdt", 1, 0)
	w.u64(uint64(samples[0].at))
	w.close(tfdt)
	trun := w.full("trun", 1, trunFlags)
	w.u32(uint32(len(samples)))
	offset = len(w.b)
	w.u32(0)
	for i := range samples {
		s := &samples[i]
		lasts := s.lasts
		if i+1 < len(samples) {
			lasts = uint32(samples[i+1].at - s.at) // as long as there is a gap behind it
		}
		w.u32(lasts)
		w.u32(s.size)
		if s.key {
			w.u32(syncFlags)
		} else {
			w.u32(nonSyncFlags)
		}
		w.u32(uint32(s.later))
	}
	w.close(trun)
	w.close(traf)
	return offset
}

// media writes what a sample holds.
func (w *boxes) media(s *sample, nals bool) {
	for _, part := range s.parts {
		if nals {
			w.u32(uint32(len(part)))
		}
		w.b = append(w.b, part...)
	}
}
