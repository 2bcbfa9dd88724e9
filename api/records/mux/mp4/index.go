package mp4

import (
	"encoding/binary"

	"sluice/engine/fault"
)

// index is what is known of all samples: their places, sizes and times, each as often as it changes. An hour of pictures with B-frames
// and sound takes about 2 MB.
type index struct{ tracks []*table }

// table is the samples of a track.
type table struct {
	id            uint32
	rate          uint32
	width, height uint32 // as the tkhd has them
	video         bool
	mdia          []byte // of the moov that the recording begins with: hdlr, the media header, dinf and stsd are taken from it

	start  int64 // when the first is decoded
	next   int64 // when the last one's successor would be
	first  int64 // how much later the first is shown than decoded
	count  uint32
	lasts  []run // stts
	later  []run // ctts
	keys   []uint32
	sizes  []uint32
	chunks []uint64 // where each begins
	per    []run    // samples in a chunk
}

// run is how often in a row something is the same.
type run struct{ count, value uint32 }

func add(list []run, value uint32) []run {
	if n := len(list); n > 0 && list[n-1].value == value {
		list[n-1].count++
		return list
	}
	return append(list, run{1, value})
}

func strange(what string) error {
	return fault.New(fault.MediaCorrupt, "", "this is not a recording of ours: %s", what)
}

// newIndex begins with the moov that a recording begins with.
func newIndex(moov []byte) (*index, error) {
	top, _, ok := next(moov)
	if !ok || top.kind != "moov" {
		return nil, strange("there is no moov")
	}
	x := &index{}
	for b := top.body; ; {
		trak, rest, ok := next(b)
		if !ok {
			break
		}
		if b = rest; trak.kind != "trak" {
			continue
		}
		t, err := newTable(trak.body)
		if err != nil {
			return nil, err
		}
		x.tracks = append(x.tracks, t)
	}
	if len(x.tracks) == 0 {
		return nil, strange("it has no tracks")
	}
	return x, nil
}

const (
	tkhdSize = 84 // of version 0, behind the header: 8.3.2
	mdhdSize = 24 // the same: 8.4.2
)

func newTable(trak []byte) (*table, error) {
	tkhd, ok1 := find(trak, "tkhd")
	mdia, ok2 := find(trak, "mdia")
	mdhd, ok3 := find(mdia.body, "mdhd")
	_, ok4 := find(mdia.body, "minf", "stbl", "stsd")
	if !ok1 || !ok2 || !ok3 || !ok4 || len(tkhd.body) != tkhdSize || len(mdhd.body) != mdhdSize || tkhd.body[0]|mdhd.body[0] != 0 {
		return nil, strange("a track of it is described otherwise")
	}
	_, video := find(mdia.body, "minf", "vmhd")
	t := &table{
		id: binary.BigEndian.Uint32(tkhd.body[12:]), rate: binary.BigEndian.Uint32(mdhd.body[12:]), video: video, mdia: mdia.body,
		width: binary.BigEndian.Uint32(tkhd.body[76:]), height: binary.BigEndian.Uint32(tkhd.body[80:]),
	}
	if t.rate == 0 {
		return nil, strange("a track has no clock")
	}
	return t, nil
}

func (x *index) track(id uint32) *table {
	for _, t := range x.tracks {
		if t.id == id {
			return t
		}
	}
	return nil
}

// fragment adds the samples that a moof describes, which lies at a place in the file.
func (x *index) fragment(moof []byte, at int64) error {
	top, _, ok := next(moof)
	if !ok || top.kind != "moof" {
		return strange("there is no moof")
	}
	for b := top.body; ; {
		traf, rest, ok := next(b)
		if !ok {
			return nil
		}
		if b = rest; traf.kind != "traf" {
			continue
		}
		if err := x.traf(traf.body, at); err != nil {
			return err
		}
	}
}

const (
	tfdtSize  = 12
	trunFixed = 12
)

func (x *index) traf(body []byte, at int64) error {
	tfhd, ok1 := find(body, "tfhd")
	tfdt, ok2 := find(body, "tfdt")
	trun, ok3 := find(body, "trun")
	if !ok1 || !ok2 || !ok3 || len(tfhd.body) != 8 || len(tfdt.body) != tfdtSize || len(trun.body) < trunFixed {
		return strange("a fragment is described otherwise")
	}
	t := x.track(binary.BigEndian.Uint32(tfhd.body[4:]))
	count, offset := binary.BigEndian.Uint32(trun.body[4:]), binary.BigEndian.Uint32(trun.body[8:])
	entries := trun.body[trunFixed:]
	start := binary.BigEndian.Uint64(tfdt.body[4:])
	switch {
	case t == nil:
		return strange("a fragment is of a track that there is not")
	case binary.BigEndian.Uint32(trun.body) != 1<<24|trunFlags || uint64(len(entries)) != uint64(count)*trunEntry || count == 0:
		return strange("the samples of a fragment are described otherwise")
	case start > 1<<62 || t.count > 0 && int64(start) < t.next-int64(t.lasts[len(t.lasts)-1].value):
		return strange("a fragment lies before the one before it")
	}
	t.begin(int64(start))
	t.chunks = append(t.chunks, uint64(at)+uint64(offset))
	t.per = add(t.per, count)
	for ; len(entries) > 0; entries = entries[trunEntry:] {
		t.sample(entries)
	}
	return nil
}

// begin begins a fragment at a time. Where that is not when the last sample ends, that one lasts as long as it takes.
func (t *table) begin(at int64) {
	if t.count == 0 {
		t.start, t.next = at, at
		return
	}
	if late := at - t.next; late != 0 {
		n := len(t.lasts) - 1
		last := t.lasts[n].value
		if t.lasts[n].count--; t.lasts[n].count == 0 {
			t.lasts = t.lasts[:n]
		}
		t.lasts = add(t.lasts, uint32(min(max(int64(last)+late, 0), 1<<32-1)))
		t.next = at
	}
}

func (t *table) sample(entry []byte) {
	lasts, size := binary.BigEndian.Uint32(entry), binary.BigEndian.Uint32(entry[4:])
	later := binary.BigEndian.Uint32(entry[12:])
	if t.count == 0 {
		t.first = int64(int32(later))
	}
	t.count++
	t.next += int64(lasts)
	t.lasts, t.later, t.sizes = add(t.lasts, lasts), add(t.later, later), append(t.sizes, size)
	if t.video && binary.BigEndian.Uint32(entry[8:]) == syncFlags {
		t.keys = append(t.keys, t.count)
	}
}
