package flow

import (
	"time"

	"sluice/api/mpegts"
	"sluice/engine/hub"
	"sluice/engine/media"
)

const (
	ticksOf = 90000
	// apart is how far the tracks of a program are apart at most. What is farther is of a clock that has jumped.
	apart = 3 * ticksOf
	// absent is how long a track that leads may send nothing until another one leads.
	absent = time.Second
)

// placer puts the times of a program on a publication's timeline. Its clock follows one track: a program's sound and pictures
// come with different delays, and of two followers each would blame the clock for the other's.
type placer struct {
	clock *media.Clock
	lead  int // the track that the clock follows
	last  struct {
		ticks int64
		time  time.Duration
		when  time.Time // when it came; zero while nothing has
	}
	latest map[int]time.Duration // by track
}

func newPlacer(pub *hub.Publication, tracks []media.Track) placer {
	p := placer{clock: pub.Timeline().Clock(ticksOf), latest: map[int]time.Duration{}}
	for i, t := range tracks {
		if t.Kind == media.Video {
			p.lead = i
			break
		}
	}
	return p
}

// times gives when a unit of a track is to be decoded and shown.
func (p *placer) times(track int, at mpegts.Times, when time.Time) (dts, pts time.Duration) {
	ahead := mpegts.Later(at.DTS, p.last.ticks)
	switch {
	case track == p.lead, p.last.when.IsZero(), when.Sub(p.last.when) > absent, ahead > apart, ahead < -apart:
		dts = p.clock.Time(uint32(at.DTS), when) // it begins anew after 13 hours instead of 26
		p.last.ticks, p.last.time, p.last.when = at.DTS, dts, when
	default:
		dts = p.last.time + span(ahead)
	}
	dts = max(dts, p.latest[track])
	p.latest[track] = dts
	return dts, dts + span(mpegts.Later(at.PTS, at.DTS))
}

// span is how long some ticks are.
func span(ticks int64) time.Duration { return time.Duration(ticks) * time.Second / ticksOf }
