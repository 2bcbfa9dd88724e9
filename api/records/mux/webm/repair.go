package webm

import (
	"encoding/binary"
	"io"
	"time"

	"sluice/api/records/mux"
	"sluice/engine/fault"
)

// File is a recording that can be read and written.
type File interface {
	io.ReaderAt
	mux.Output
}

func strange(what string) error {
	return fault.New(fault.MediaCorrupt, "", "this is not a recording of ours: %s", what)
}

// found is what a scan gathers.
type found struct {
	layout layout
	video  int // number of the track of pictures; 0 if there is none
	cues   []cue
	end    time.Duration
}

// Repair is that of package mp4, for WebM.
func Repair(f File, size int64) (time.Duration, error) {
	var x found
	at, done, err := x.front(f, size)
	if err != nil {
		return 0, err
	}
	for {
		c, ok := top(f, at, size)
		if !ok || c.id != idCluster || !x.cluster(f, at, c) {
			break
		}
		at += int64(c.head) + c.size
	}
	if done {
		return x.end, nil
	}
	out := mux.NewSpool(f, size)
	if err := out.Cut(at); err != nil {
		return x.end, err
	}
	return x.end, finish(out, x.layout, x.cues, x.end)
}

// front reads what comes before the first cluster, and tells whether the recording is complete.
func (x *found) front(f io.ReaderAt, size int64) (at int64, done bool, err error) {
	ebml, ok := top(f, 0, size)
	if !ok || ebml.id != idEBML {
		return 0, false, strange("it does not begin with an EBML header")
	}
	at = int64(ebml.head) + ebml.size
	var b [12]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		return 0, false, strange("it ends with its header")
	}
	s, ok := read(b[:])
	if !ok || s.id != idSegment || s.head != len(b) {
		return 0, false, strange("there is no segment")
	}
	x.layout.segment = at + int64(s.head)
	x.layout.info = seekRoom
	info, ok := top(f, x.layout.segment+seekRoom, size)
	if !ok || info.id != idInfo || info.size < durationRoom {
		return 0, false, strange("there is no information on the segment")
	}
	end := x.layout.segment + x.layout.info + int64(info.head) + info.size
	x.layout.duration, x.layout.tracks = end-durationRoom, end-x.layout.segment
	tracks, ok := top(f, end, size)
	const most = 1 << 16
	if !ok || tracks.id != idTracks || tracks.size > most {
		return 0, false, strange("there are no tracks")
	}
	entries := make([]byte, tracks.size)
	if _, err := f.ReadAt(entries, end+int64(tracks.head)); err != nil {
		return 0, false, err
	}
	x.video = pictures(entries)
	return end + int64(tracks.head) + tracks.size, s.size != unknown, nil
}

// pictures is the number of the first track of pictures; 0 if there is none.
func pictures(entries []byte) int {
	for len(entries) > 0 {
		t, body, rest, ok := take(entries)
		if !ok {
			return 0
		}
		entries = rest
		if t.id != idTrackEntry {
			continue
		}
		number, kind := 0, 0
		for len(body) > 0 {
			field, v, rest, ok := take(body)
			if !ok {
				break
			}
			body = rest
			switch {
			case field.id == idTrackNumber && len(v) == 1:
				number = int(v[0])
			case field.id == idTrackType && len(v) == 1:
				kind = int(v[0])
			}
		}
		if kind == 1 {
			return number
		}
	}
	return 0
}

// take takes an element off the front of what is in memory.
func take(b []byte) (e element, body, rest []byte, ok bool) {
	e, ok = read(b)
	if !ok || e.size == unknown || e.size > int64(len(b)-e.head) {
		return e, nil, nil, false
	}
	end := e.head + int(e.size)
	return e, b[e.head:end], b[end:], true
}

// top reads the header of an element in the file; false if it is not whole.
func top(f io.ReaderAt, at, size int64) (element, bool) {
	var b [12]byte
	n, _ := f.ReadAt(b[:], at) // less at the end of the file
	e, ok := read(b[:n])
	return e, ok && e.size != unknown && e.size <= size-at-int64(e.head)
}

// cluster looks at the blocks of a cluster: at when they begin, and at whether one can begin to play here.
func (x *found) cluster(f io.ReaderAt, at int64, c element) bool {
	place, end := at-x.layout.segment, at+int64(c.head)+c.size
	at += int64(c.head)
	var b [16]byte
	first := true
	var began time.Duration
	for at < end {
		n, _ := f.ReadAt(b[:], at)
		e, ok := read(b[:n])
		if !ok || e.size == unknown || e.size > end-at-int64(e.head) {
			return false
		}
		v := b[e.head:n]
		switch {
		case e.id == idTimestamp && e.size <= 8 && int64(len(v)) >= e.size:
			ms := uint64(0)
			for _, c := range v[:e.size] {
				ms = ms<<8 | uint64(c)
			}
			began = time.Duration(min(ms, 1<<40)) * time.Millisecond
		case e.id == idSimpleBlock && e.size >= 4 && len(v) >= 4:
			number, when := int(v[0]&0x7f), began+time.Duration(int16(binary.BigEndian.Uint16(v[1:])))*time.Millisecond
			if first {
				x.begins(number, when, v[3]&0x80 != 0, place)
			}
			first, x.end = false, max(x.end, when)
		default:
			return false
		}
		at += int64(e.head) + e.size
	}
	return true
}

// begins notes a cluster that begins with a block.
func (x *found) begins(number int, at time.Duration, key bool, place int64) {
	if n := len(x.cues); x.video > 0 && (number != x.video || !key) || x.video == 0 && n > 0 && at-x.cues[n-1].at < cueEvery {
		return
	}
	x.cues = append(x.cues, cue{at, number - 1, place})
}
