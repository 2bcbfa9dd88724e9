package packager

import (
	"encoding/binary"

	"sluice/engine/media"
)

// fragment writes samples as a movie fragment (ISO/IEC 14496-12 8.8). It is our own because mediacommon's (2.9.3) copies media
// three times and marshals the entry of each sample by reflection: here the size is known first, and each byte of media is
// copied once, to where it stays.
type fragment struct {
	sequence uint32
	tracks   []entry
}

const (
	boxHeader = 8
	mfhdSize  = boxHeader + 8
	tfhdSize  = boxHeader + 8
	tfdtSize  = boxHeader + 12
	trunFixed = boxHeader + 12
	trunEntry = 16

	baseIsMoof   = 0x020000
	trunFlags    = 0x000f01   // data offset; of each sample its duration, size, flags and composition offset
	version1     = 0x01000000 // 64 bits of time in a tfdt, signed offsets in a trun
	syncFlags    = 0x02000000 // sample_depends_on: no other
	nonSyncFlags = 0x01010000 // depends on others, is no sync sample
)

// box is one that is being written.
type box struct{ b []byte }

func (w *box) u32(v uint32) { w.b = binary.BigEndian.AppendUint32(w.b, v) }

func (w *box) open(size int, kind string) {
	w.u32(uint32(size))
	w.b = append(w.b, kind...)
}

// bytes writes the samples of each track, in the order of the tracks.
func (f *fragment) bytes(lanes [][]sample) []byte {
	f.sequence++
	moof, mdat := boxHeader+mfhdSize, boxHeader
	for _, samples := range lanes {
		if len(samples) > 0 {
			moof += trafSize(samples)
			for i := range samples {
				mdat += samples[i].size
			}
		}
	}
	w := &box{make([]byte, 0, moof+mdat)}
	w.open(moof, "moof")
	w.open(mfhdSize, "mfhd")
	w.u32(0)
	w.u32(f.sequence)
	offset := moof + boxHeader
	for i, samples := range lanes {
		if len(samples) > 0 {
			offset += f.traf(w, i, samples, offset)
		}
	}
	w.open(mdat, "mdat")
	for i, samples := range lanes {
		for j := range samples {
			w.media(f.tracks[i].track.Codec, &samples[j])
		}
	}
	return w.b
}

func trafSize(samples []sample) int {
	return boxHeader + tfhdSize + tfdtSize + trunFixed + trunEntry*len(samples)
}

// traf writes a track's description of samples whose media begins at an offset, and gives how much that is.
func (f *fragment) traf(w *box, track int, samples []sample, offset int) (size int) {
	e := &f.tracks[track]
	w.open(trafSize(samples), "traf")
	w.open(tfhdSize, "tfhd")
	w.u32(baseIsMoof)
	w.u32(uint32(e.id))
	w.open(tfdtSize, "tfdt")
	w.u32(version1)
	first := samples[0].start(e)
	w.u32(uint32(first >> 32))
	w.u32(uint32(first))
	w.open(trunFixed+trunEntry*len(samples), "trun")
	w.u32(version1 | trunFlags)
	w.u32(uint32(len(samples)))
	w.u32(uint32(offset))
	for i := range samples {
		s := &samples[i]
		at, end := s.start(e), s.stop(e)
		if i+1 < len(samples) {
			end = samples[i+1].start(e)
		}
		w.u32(uint32(max(0, end-at)))
		w.u32(uint32(s.size))
		if s.key {
			w.u32(syncFlags)
		} else {
			w.u32(nonSyncFlags)
		}
		w.u32(uint32(int32(ticks(s.pts, e.rate) - ticks(s.dts, e.rate))))
		size += s.size
	}
	return size
}

// start and stop are when a sample is decoded and the next one is, in ticks of its track.
func (s *sample) start(e *entry) int64 {
	if s.ticks > 0 {
		return s.at
	}
	return ticks(s.dts, e.rate)
}

func (s *sample) stop(e *entry) int64 {
	if s.ticks > 0 {
		return s.at + int64(s.ticks)
	}
	return ticks(s.end, e.rate)
}

// media writes what a sample holds: NAL units behind their lengths, anything else as it is.
func (w *box) media(codec media.Codec, s *sample) {
	for _, part := range s.au {
		if codec == media.H264 || codec == media.H265 {
			w.u32(uint32(len(part)))
		}
		w.b = append(w.b, part...)
	}
}
