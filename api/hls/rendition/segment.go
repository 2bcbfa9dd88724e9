package rendition

import (
	"time"

	"sluice/api/hls/playlist"
)

// section is a Media Initialization Section with its number.
type section struct {
	Init
	version uint64
	name    string // "" for TS
	length  []string
}

// segment is one Media Segment, whole or growing. Rendition.mu guards what changes.
type segment struct {
	msn      int64
	init     *section
	start    time.Time
	torn     bool  // EXT-X-DISCONTINUITY stands before it
	number   int64 // its Discontinuity Sequence Number. It and torn are known with the first part
	mapped   bool  // EXT-X-MAP stands before it, also when it is not the first of a playlist
	parts    []Part
	first    uint64 // number of its first part
	duration time.Duration
	data     []byte // of the whole segment, once it is closed; the parts lie in it. nil once only the disk has it
	size     int64
	length   []string // size as headers have it, once it is whole

	name string
	head playlist.Lines // discontinuity, map, date
	list playlist.Lines // the parts, while they are listed
	tail playlist.Lines // duration and address

	born time.Duration // media time of the rendition when it was published
	disk storage
}

// storage is how far a segment has come on its way to the disk.
type storage byte

const (
	unstored storage = iota // without DVR
	waiting                 // in the queue
	stored
	lost // the disk did not take it, or too late
)

// join lays the parts end to end, once for all readers: then one write sends the segment.
func (s *segment) join() {
	if len(s.parts) == 1 {
		s.data = s.parts[0].Data
	} else {
		data := make([]byte, 0, s.size)
		for i := range s.parts {
			from := len(data)
			data = append(data, s.parts[i].Data...)
			s.parts[i].Data = data[from:len(data):len(data)]
		}
		s.data = data
	}
}

// forget drops the media from memory; the disk has it.
func (s *segment) forget() {
	s.data, s.parts, s.list = nil, nil, playlist.Lines{}
}

// sum is the length of its parts.
func (s *segment) sum() time.Duration {
	var d time.Duration
	for _, p := range s.parts {
		d += p.Duration
	}
	return d
}
