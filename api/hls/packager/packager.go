package packager

import (
	"slices"
	"time"

	"sluice/api/hls/rendition"
	"sluice/engine/fault"
	"sluice/engine/media"
)

const (
	jump        = 3 * time.Second        // forwards in time: what comes does not continue what was
	jumpBack    = 200 * time.Millisecond // the same backwards
	forgotten   = 5 * time.Second        // a track that did not come for so long is not expected any more
	maxSegment  = 64 << 20               // bytes in memory
	maxSamples  = 1 << 15                // in a segment, of all tracks
	firstAtMost = 10 * time.Second       // the first segment, which no limit of the sink's bounds
)

// Packager cuts one stream. Not for several goroutines at once.
//
// Segments begin with key pictures. If none comes in time, a segment ends nevertheless where the sink's limit, or memory, wants
// it: its successor's first part is not independent then, and Write says so once (fault.MediaCorrupt), though nothing is lost.
type Packager struct {
	out   output
	lanes [laneCount]*lane // nil if there is no such track
	place []int            // track to lane
	due   time.Duration    // where the open part ends, once the sound before that has come
	ends  bool             // there is a due
	whole bool             // the segment ends there, too
	more  bool             // several parts end before end
	taken []sample         // kept between units
	// What the last sample of the track that leads has to do with time: when it ends, and whether what follows it can be begun
	// with, or is of other parameters.
	end                time.Duration
	nextKey, nextFresh bool
	late               bool // it was said that key pictures are missing
}

// New makes a packager for one track of pictures, one of sound, or both, of the form's Codecs. Parameters that cannot be are
// fault.InvalidParams, tracks that do not go into the form fault.CodecNotAvailable, and descriptions of them that cannot be
// read fault.MediaCorrupt.
func New(cfg Config, tracks []media.Track, sink Sink) (*Packager, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.Timeline == nil {
		cfg.Timeline = rendition.NewTimeline()
	}
	p := &Packager{out: output{cfg: cfg, sink: sink, pace: pace{wish: cfg.parts()}}}
	p.out.entries = p.entry
	return p, p.settle(tracks)
}

// Change ends what is open and goes on with other tracks. After an error, which is one of New's, the old ones stay.
func (p *Packager) Change(tracks []media.Track) error {
	err := p.Interrupt()
	if wrong := p.settle(tracks); wrong != nil {
		return wrong
	}
	p.out.fresh, p.out.included = true, [laneCount]bool{}
	return err
}

func (p *Packager) settle(tracks []media.Track) error {
	var lanes [laneCount]*lane
	place := make([]int, len(tracks))
	for i, t := range tracks {
		if !slices.Contains(Codecs(p.out.cfg.Form), t.Codec) {
			return fault.New(fault.CodecNotAvailable, t.ID, "%q does not go into these segments", t.Codec)
		}
		at := videoLane
		if t.Codec.Kind() == media.Audio {
			at = audioLane
		}
		if lanes[at] != nil {
			return fault.New(fault.InvalidParams, t.ID, "two tracks of %s: there may be one", t.Kind)
		}
		in, err := newIntake(t, p.out.cfg.Form)
		if err != nil {
			return err
		}
		lanes[at], place[i] = &lane{intake: in}, at
	}
	if len(tracks) == 0 {
		return fault.New(fault.InvalidParams, "", "no tracks")
	}
	p.lanes, p.place = lanes, place
	p.out.gone = [laneCount]bool{true, true} // none has come
	return nil
}

func newIntake(t media.Track, form rendition.Form) (intake, error) {
	if t.Codec.Kind() == media.Audio {
		return newSound(t)
	}
	return newPictures(t, form == rendition.FMP4), nil
}

func (p *Packager) entry(at int) (entry, bool) {
	if l := p.lanes[at]; l != nil {
		return l.intake.entry()
	}
	return entry{}, false
}

// Write takes a unit of a track, counted from 0 in New's order, in decoding order. What is damaged is fault.MediaCorrupt and
// left out; more may be written after any error.
func (p *Packager) Write(track int, u *media.Unit) error {
	if track < 0 || track >= len(p.place) {
		return fault.New(fault.InvalidParams, "", "track %d of %d", track, len(p.place))
	}
	at := p.place[track]
	l := p.lanes[at]
	err := p.follow(at, u)
	if err != nil {
		return err
	}
	l.pause(u.DTS+lead, p.lanes[laneCount-1-at])
	if p.taken, err = l.intake.take(p.taken[:0], u); err != nil {
		return err
	}
	for i := range p.taken {
		if !p.past(&p.taken[i]) {
			l.push(p.taken[i])
		}
	}
	clear(p.taken)
	l.absent = false
	l.compare(p.lanes[laneCount-1-at])
	return p.drain()
}

// past tells of silence for which it is too late: the parts that it would belong to have left without. Sound that was sent is kept even
// so, since players who are far behind hear it yet.
func (p *Packager) past(s *sample) bool { return s.filler && p.out.open && s.end <= p.out.part }

// follow looks whether a unit continues what came. The pictures lead, or the sound where there are none: if their time jumps,
// everything begins anew. The other track must come for about the same time.
func (p *Packager) follow(at int, u *media.Unit) error {
	leader := p.leader()
	l, other := p.lanes[at], p.lanes[leader]
	dts := u.DTS + lead
	if at == leader {
		if l.seen && (dts >= l.newest+p.gap() || dts < l.newest-jumpBack) {
			p.lanes[laneCount-1-at].without(l.newest + jumpBack)
			err := p.Interrupt()
			p.out.tear(u.PTS+lead, u.NTP)
			return err
		}
		return nil
	}
	if other != nil && other.seen && (dts-other.newest).Abs() > jump {
		return fault.New(fault.MediaCorrupt, "", "a unit %v from the other track", (dts - other.newest).Abs())
	}
	return nil
}

// leader is the lane whose time all follow.
func (p *Packager) leader() int {
	if v := p.lanes[videoLane]; v != nil && !v.absent {
		return videoLane
	}
	if p.lanes[audioLane] != nil {
		return audioLane
	}
	return videoLane
}

// gap is how far time may go forwards at once: no segment can last longer than its limit.
func (p *Packager) gap() time.Duration {
	if limit := p.out.sink.Limit(); limit > 0 {
		return min(jump, limit)
	}
	return jump
}

// Interrupt ends the segment that is open, as nothing will continue it: the next one begins with a key picture and a
// discontinuity. The error is one of Write's.
func (p *Packager) Interrupt() error {
	err := p.flush()
	for _, l := range p.lanes {
		l.reset()
	}
	p.out.jump = p.out.begun
	return err
}

// End ends the stream. Nothing may be written any more. The error is one of Write's.
func (p *Packager) End() error {
	err := p.flush()
	p.out.sink.End()
	return err
}
