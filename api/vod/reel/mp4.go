package reel

import (
	"io"
	"time"

	"sluice/engine/media"
)

// mp4 is an MP4 file, whose samples are told of in its moov, or in fragments.
type mp4 struct {
	file   io.ReaderAt
	size   int64
	tracks []*movie
	at     int64 // of the next box that may be a fragment; at the end if there are none
}

// movie is a track of a movie.
type movie struct {
	id     uint32
	scale  int64
	shift  time.Duration // to be added to all its times
	table  table
	usual  usual
	next   []place // of fragments
	head   place   // of the table: the next one
	filled bool
	dts    int64 // of the next sample of fragments
}

func openMP4(file io.ReaderAt, size int64) (Reel, error) {
	m := &mp4{file: file, size: size, at: size}
	moov, after, err := m.find()
	if err != nil {
		return nil, err
	}
	mvhd := fields{b: inside(moov, "mvhd")}
	version, _ := mvhd.whole()
	mvhd.wide(version)
	mvhd.wide(version)
	scale := int64(mvhd.u32())
	var lanes []*lane
	for _, b := range boxes(moov) {
		if b.kind != "trak" {
			continue
		}
		if t, l, ok := newMovie(b.body, scale); ok {
			m.tracks, lanes = append(m.tracks, t), append(lanes, l)
		}
	}
	if mvex := inside(moov, "mvex"); mvex != nil {
		m.at = after
		for _, t := range m.tracks {
			t.usual = usualOf(mvex, t.id)
		}
	}
	if len(lanes) == 0 {
		return &strip{}, nil
	}
	if m.at < m.size {
		for i, l := range lanes {
			l.reorder = m.reorders(m.tracks[i])
		}
	}
	return newStrip(m, lanes)
}

// find reads the moov, and tells where what is behind it begins.
func (m *mp4) find() (moov []byte, after int64, err error) {
	for at, n := int64(0), 0; n < maxAhead; n++ {
		t, err := topAt(m.file, at, m.size)
		if err != nil {
			break
		}
		if t.kind == "moov" {
			if t.size > maxHeader {
				return nil, 0, bad("what describes the film has %d bytes", t.size)
			}
			moov = make([]byte, t.size)
			if _, err := m.file.ReadAt(moov, t.at); err != nil {
				return nil, 0, bad("the file is cut off").Because(err)
			}
			return moov, t.next, nil
		}
		at = t.next
	}
	return nil, 0, bad("nothing in the file describes the film").Advise("it may not be whole")
}

// newMovie reads a trak; false if it is nothing that is played here.
func newMovie(trak []byte, movieScale int64) (*movie, *lane, bool) {
	mdhd := fields{b: inside(trak, "mdia", "mdhd")}
	version, _ := mdhd.whole()
	mdhd.wide(version)
	mdhd.wide(version)
	t := &movie{scale: int64(mdhd.u32())}
	tkhd := fields{b: inside(trak, "tkhd")}
	version, _ = tkhd.whole()
	tkhd.wide(version)
	tkhd.wide(version)
	t.id = tkhd.u32()
	stbl := inside(trak, "mdia", "minf", "stbl")
	f, ok := describe(inside(stbl, "stsd"))
	if !ok || t.scale == 0 || mdhd.short {
		return nil, nil, false
	}
	t.table = newTable(stbl)
	t.shift = t.edit(inside(trak, "edts", "elst"), movieScale)
	return t, &lane{form: f, reorder: t.table.reordered}, true
}

// edit reads how much later, or sooner, a track begins than its times say (ISO 14496-12 8.6.6). Other edits are not known.
func (t *movie) edit(elst []byte, movieScale int64) time.Duration {
	f := fields{b: elst}
	version, _ := f.whole()
	var shift time.Duration
	for n := min(f.u32(), 2); n > 0 && !f.short; n-- {
		lasts := int64(f.wide(version))
		from := int64(f.wide(version))
		if version == 0 {
			from = int64(int32(from))
		}
		f.u32() // how fast it is
		if from >= 0 {
			return shift - span(from, t.scale)
		}
		shift += span(lasts, movieScale)
	}
	return shift
}

// span is how long some ticks last.
func span(ticks, scale int64) time.Duration {
	if scale <= 0 {
		return 0
	}
	return time.Duration(ticks/scale)*time.Second + time.Duration(ticks%scale)*time.Second/time.Duration(scale)
}

// peek is the next sample of a track.
func (m *mp4) peek(t *movie) (place, bool) {
	if !t.filled {
		if t.head, t.filled = t.table.next(); t.filled {
			return t.head, true
		}
	}
	if t.filled {
		return t.head, true
	}
	if len(t.next) > 0 {
		return t.next[0], true
	}
	return place{}, false
}

// drop goes on to the next one.
func (t *movie) drop() {
	if t.filled {
		t.filled = false
		return
	}
	t.next = t.next[1:]
}

// next implements samples: that of the track whose turn it is.
func (m *mp4) next() (sample, error) {
	m.fill()
	best, when := -1, time.Duration(0)
	for i, t := range m.tracks {
		p, ok := m.peek(t)
		if !ok {
			continue
		}
		if at := span(p.dts, t.scale) + t.shift; best < 0 || at < when {
			best, when = i, at
		}
	}
	if best < 0 {
		return sample{}, io.EOF
	}
	t := m.tracks[best]
	p, _ := m.peek(t)
	t.drop()
	switch {
	case p.size > maxUnit || p.at > uint64(m.size):
		return sample{}, bad("a sample lies outside the file")
	case int64(p.at)+int64(p.size) > m.size: // it is cut off: what is there plays
		return sample{}, io.EOF
	}
	data := make([]byte, room+int(p.size))
	if _, err := m.file.ReadAt(data[room:], int64(p.at)); err != nil {
		return sample{}, bad("a sample cannot be read").Because(err)
	}
	return sample{lane: best, data: data, key: p.key, dts: when, cts: span(p.cts, t.scale)}, nil
}

// codecOf is the codec of a sample entry.
func codecOf(kind string) media.Codec {
	switch kind {
	case "avc1", "avc3":
		return media.H264
	case "hvc1", "hev1":
		return media.H265
	case "av01":
		return media.AV1
	case "vp08":
		return media.VP8
	case "vp09":
		return media.VP9
	case "Opus":
		return media.Opus
	case ".mp3":
		return media.MP3
	case "ac-3":
		return media.AC3
	case "mp4a":
		return media.AAC
	}
	return ""
}
