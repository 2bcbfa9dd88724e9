package packager_test

import (
	"bytes"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"

	"sluice/api/hls/rendition"
)

// segment is what the record has of one.
type segment struct {
	start    time.Time
	jump     bool
	parts    []rendition.Part
	duration time.Duration
	closed   bool
}

// bytes are its parts', one after the other.
func (s segment) bytes() []byte {
	var all []byte
	for _, p := range s.parts {
		all = append(all, p.Data...)
	}
	return all
}

// chapter is what came after one Begin.
type chapter struct {
	init     rendition.Init
	segments []segment
}

// complainer is a test, or one of rapid's.
type complainer interface {
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

// record is a sink that keeps everything and checks the order of the calls.
type record struct {
	t        complainer
	limit    time.Duration // from the first whole segment on
	chapters []chapter
	ended    bool
	whole    int
}

// Tear implements packager.Sink. Open says it again.
func (r *record) Tear(time.Time) {
	if r.ended || len(r.chapters) == 0 || !r.last().closed {
		r.t.Error("torn within a segment, or where nothing is before")
	}
}

func (r *record) last() *segment {
	if len(r.chapters) == 0 || len(r.chapters[len(r.chapters)-1].segments) == 0 {
		r.t.Fatal("nothing was opened")
	}
	c := &r.chapters[len(r.chapters)-1]
	return &c.segments[len(c.segments)-1]
}

func (r *record) Begin(init rendition.Init) {
	if len(r.chapters) > 0 && !r.last().closed {
		r.t.Error("begun within a segment")
	}
	r.chapters = append(r.chapters, chapter{init: init})
}

func (r *record) Open(start time.Time, discontinuity bool) {
	if len(r.chapters) == 0 {
		r.t.Fatal("opened before it was begun")
	}
	c := &r.chapters[len(r.chapters)-1]
	if n := len(c.segments); n > 0 && !c.segments[n-1].closed {
		r.t.Error("opened within a segment")
	}
	c.segments = append(c.segments, segment{start: start, jump: discontinuity})
}

func (r *record) Add(p rendition.Part) {
	s := r.last()
	if s.closed || len(s.parts) > 0 && s.parts[len(s.parts)-1].Last {
		r.t.Error("a part behind the last one")
	}
	if len(p.Data) == 0 || p.Duration <= 0 {
		r.t.Errorf("a part of %d bytes and %v", len(p.Data), p.Duration)
	}
	s.parts = append(s.parts, p)
}

func (r *record) Close(d time.Duration) {
	s := r.last()
	sum := time.Duration(0)
	for _, p := range s.parts {
		sum += p.Duration
	}
	if s.closed || sum != d || len(s.parts) == 0 {
		r.t.Errorf("closed after %v with %d parts of %v in all", d, len(s.parts), sum)
	}
	if limit := r.Limit(); limit > 0 && d >= limit {
		r.t.Errorf("a segment of %v, below %v wanted", d, limit)
	}
	s.closed, s.duration = true, d
	r.whole++
}

func (r *record) End() { r.ended = true }

func (r *record) Limit() time.Duration {
	if r.whole == 0 {
		return 0
	}
	return r.limit
}

// file is a chapter as one file.
func (c chapter) file() []byte {
	all := bytes.Clone(c.init.Data)
	for _, s := range c.segments {
		all = append(all, s.bytes()...)
	}
	return all
}

// line is one sample of a track as an independent reader finds it.
type line struct {
	dts, pts int64
	lasts    uint32
	key      bool
	media    string
}

// parse reads bytes of fragments, by track.
func parse(t complainer, data []byte) map[int][]line {
	t.Helper()
	var parts fmp4.Parts
	if err := parts.Unmarshal(data); err != nil {
		t.Fatal(err)
	}
	all := map[int][]line{}
	for _, p := range parts {
		for _, track := range p.Tracks {
			at := int64(track.BaseTime)
			for _, s := range track.Samples {
				all[track.ID] = append(all[track.ID], line{at, at + int64(s.PTSOffset), s.Duration, !s.IsNonSyncSample, string(s.Payload)})
				at += int64(s.Duration)
			}
		}
	}
	return all
}
