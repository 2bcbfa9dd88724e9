package media

import "time"

// Timeline is the one monotonic time of a publication, counted from its epoch. All its tracks are mapped to it, whatever
// clock their sender uses, so that audio and video may be converted apart and stay together. It has no clock of its
// own: everything it computes follows from the times it is given.
type Timeline struct {
	epoch time.Time
	wall  wall // of the sender
}

// NewTimeline begins a timeline. The epoch should carry Go's monotonic reading, as time.Now's result does.
func NewTimeline(epoch time.Time) *Timeline { return &Timeline{epoch: epoch} }

// At is the place of a moment on the timeline.
func (t *Timeline) At(moment time.Time) time.Duration { return moment.Sub(t.epoch) }

// Running is the place of a pipeline's running time. Pipelines keep our time, so this is exact and never corrected:
// base is the moment at which the pipeline's running time was zero.
func (t *Timeline) Running(base time.Time, running time.Duration) time.Duration {
	return t.At(base) + running
}

// Clock begins the mapping of a sender's clock of rate ticks a second. RTP has a clock for each track; the tracks of an
// FLV stream share one of 1000 ticks, or they would lose each other. A rate of 0 is taken for 1.
func (t *Timeline) Clock(rate uint32) *Clock { return &Clock{timeline: t, rate: int64(max(rate, 1))} }
