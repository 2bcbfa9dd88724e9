package conform

import (
	"slices"
	"time"
)

// document is a playlist that was read.
type document struct {
	version      int // 0: not said
	target       int
	partTarget   float64
	hasPartInf   bool
	control      attributes // nil: none
	start        attributes
	independent  bool
	sequence     int64
	breaks       int64  // EXT-X-DISCONTINUITY-SEQUENCE
	kind         string // EXT-X-PLAYLIST-TYPE
	ended        bool
	skips        []attributes
	segments     []segment // skipped ones first, as the client knows them
	open         segment   // what stands behind the last address
	hints        []attributes
	reports      []attributes
	fraction     bool // an EXTINF is no integer
	mapped       bool // there is an EXT-X-MAP
	skippedCount int
}

// segment is a Media Segment; attributes that apply to it are worked out.
type segment struct {
	msn      int64
	number   int64 // discontinuity sequence number
	torn     bool
	section  string // the EXT-X-MAP that applies
	date     time.Time
	duration float64
	timed    bool // it has EXTINF
	uri      string
	ranged   bool // it is a part of what has the URI
	parts    []part
}

type part struct {
	uri         string
	ranged      bool
	duration    float64
	independent bool
	gap         bool
}

// length is how long all of it is.
func (d *document) length() float64 {
	sum := 0.0
	for _, s := range d.segments {
		sum += s.duration
	}
	return sum
}

// tail is how long the parts are behind the last segment.
func (d *document) tail() float64 {
	sum := 0.0
	for _, p := range d.open.parts {
		sum += p.duration
	}
	return sum
}

// last is the number of the last whole segment.
func (d *document) lastMSN() int64 { return d.sequence + int64(len(d.segments)) - 1 }

// lists tells whether a part stands in the playlist.
func (d *document) lists(uri string) bool {
	is := func(p part) bool { return p.uri == uri }
	holds := func(s segment) bool { return slices.ContainsFunc(s.parts, is) }
	return holds(d.open) || slices.ContainsFunc(d.segments, holds)
}

// rest is how much follows the beginning of a segment.
func (d *document) rest(msn int64) float64 {
	sum := d.tail()
	for _, s := range d.segments[max(0, min(msn-d.sequence, int64(len(d.segments)))):] {
		sum += s.duration
	}
	return sum
}

// find is a segment by its number.
func (d *document) find(msn int64) *segment {
	i := msn - d.sequence
	switch {
	case i < 0 || i > int64(len(d.segments)):
		return nil
	case i == int64(len(d.segments)):
		return &d.open
	}
	return &d.segments[i]
}
