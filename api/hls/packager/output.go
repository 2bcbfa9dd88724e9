package packager

import (
	"math"
	"strings"
	"time"

	"sluice/api/hls/rendition"
)

// The lanes: at most one track of each.
const (
	videoLane = iota
	audioLane
	laneCount
)

// output gathers the samples of the open part, and hands on what is whole. A segment is announced with its first part, when it
// is known which tracks there are.
type output struct {
	cfg  Config
	sink Sink
	pace pace

	open          bool // a segment is
	announced     bool
	jump          bool // what comes does not continue what was
	segment, part time.Duration
	reach         time.Duration // end of the last sample of the track that leads
	date          time.Time     // of the open segment
	lanes         [laneCount][]sample
	bytes, count  int // in the open segment

	form     form
	begun    bool
	fresh    bool            // what decoders must know is new
	torn     bool            // pictures were left out, so that none can be used until a key picture
	included [laneCount]bool // in what Begin said
	gone     [laneCount]bool // is not expected, or not any more
	entries  func(lane int) (entry, bool)
	order    []int // lanes in the order of tracks
}

// start opens a segment with a sample.
func (o *output) start(at time.Duration, s *sample) {
	o.open, o.announced, o.segment, o.part, o.reach = true, false, at, at, at
	o.date = o.dated(s.pts, s.ntp)
	o.bytes, o.count = 0, 0
}

// dated is the date of media of a time, which its sender may have told.
func (o *output) dated(at time.Duration, told time.Time) time.Time {
	return o.cfg.Timeline.Date(o.cfg.Epoch.Add(at-lead), told, o.jump)
}

// tear notes that what comes, from a time on, does not continue what was.
func (o *output) tear(at time.Duration, told time.Time) {
	if o.jump = o.begun; o.jump {
		o.sink.Tear(o.dated(at, told))
	}
}

// add puts a sample into the open part. A track that the segment was not announced with waits for the next.
func (o *output) add(lane int, s sample) {
	if lane == videoLane && o.torn && !s.key {
		return
	}
	if o.announced && !o.included[lane] {
		o.torn = o.torn || lane == videoLane
		return
	}
	if lane == videoLane {
		o.torn = false
	}
	if s.fresh {
		o.fresh = true
	}
	o.lanes[lane] = append(o.lanes[lane], s)
	o.bytes += s.size
	o.count++
}

// empty tells whether nothing is in the open part.
func (o *output) empty() bool { return len(o.lanes[videoLane])+len(o.lanes[audioLane]) == 0 }

// endPart hands the open part on; last if the segment ends with it.
func (o *output) endPart(at time.Duration, last bool) error {
	if o.empty() || at <= o.part {
		return nil
	}
	if !o.announced {
		if err := o.announce(at - o.part); err != nil {
			o.drop()
			return err
		}
	}
	lanes := make([][]sample, 0, laneCount)
	for _, lane := range o.order {
		lanes = append(lanes, o.lanes[lane])
	}
	p := rendition.Part{Data: o.form.bytes(lanes), Duration: at - o.part, Independent: o.independent(), Last: last}
	o.drop()
	o.part = at
	o.sink.Add(p)
	return nil
}

// independent tells whether the part begins with what needs nothing before it.
func (o *output) independent() bool {
	if pictures := o.lanes[videoLane]; len(pictures) > 0 {
		return pictures[0].key
	}
	return !o.included[videoLane]
}

// drop forgets the samples of the open part. Their memory is used again; what they refer to is let go.
func (o *output) drop() {
	for i := range o.lanes {
		clear(o.lanes[i])
		o.lanes[i] = o.lanes[i][:0]
	}
}

// endSegment ends the open segment.
func (o *output) endSegment(at time.Duration) error {
	if !o.open {
		return nil
	}
	err := o.endPart(at, true)
	o.open = false
	if o.announced {
		o.sink.Close(o.part - o.segment)
	}
	return err
}

// announce says what the segment is, whose first part has a length, and before that what it is made of if that is new.
func (o *output) announce(first time.Duration) error {
	want := o.included
	none := want == [laneCount]bool{}
	for lane := range want {
		switch {
		case len(o.lanes[lane]) > 0:
			want[lane] = true
		case o.gone[lane]:
			want[lane] = false
		case none: // it waits for its time
			want[lane] = true
		}
	}
	if !o.begun || o.fresh || want != o.included {
		if err := o.begin(want, first); err != nil {
			return err
		}
	}
	o.sink.Open(o.date, o.jump)
	o.announced, o.jump = true, false
	return nil
}

// begin says which tracks come from now on.
func (o *output) begin(want [laneCount]bool, first time.Duration) error {
	var order []int
	var tracks []entry
	init := rendition.Init{Form: o.cfg.Form}
	var names []string
	for lane := range want {
		e, known := o.entries(lane)
		if !want[lane] || !known {
			want[lane] = false
			continue
		}
		e.id = lane + 1
		order, tracks, names = append(order, lane), append(tracks, e), append(names, e.name)
		if lane == audioLane {
			init.Channels = e.channels
		}
		if lane == videoLane {
			init.Width, init.Height, init.FPS = e.width, e.height, e.fps
			if init.FPS == 0 && o.pace.frame > 0 {
				init.FPS = math.Round(float64(time.Second) / float64(o.pace.frame))
			}
		}
	}
	var err error
	if o.cfg.Form == rendition.TS {
		o.form, err = newTransport(tracks)
	} else {
		o.form, init.Data, err = newFragments(tracks)
	}
	if err != nil {
		return err
	}
	o.pace.settle(first)
	init.Codecs, init.PartTarget = strings.Join(names, ","), o.pace.limit
	o.jump = o.jump || o.begun
	o.begun, o.fresh, o.included, o.order = true, false, want, order
	o.sink.Begin(init)
	return nil
}
