package packager

import (
	"time"

	"sluice/api/hls/rendition"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Config says how media is to be cut.
type Config struct {
	Form    rendition.Form
	Segment time.Duration // wished length of segments: they end at the first key picture from then on
	Part    time.Duration // wished length of parts; 0, and always with TS: each segment is one part
	Epoch   time.Time     // wall clock at unit time 0, for the dates of segments whose units do not tell
	// Timeline is that of the rendition that is made, for the dates of segments; nil: one of its own.
	Timeline *rendition.Timeline
}

// Sink takes what is cut, in this order: Begin; then for each segment Open, Add for each part, Close; at last End. Begin comes
// again, between segments, when the tracks change, and so does Tear where it is known early that a discontinuity follows. A
// rendition.Rendition is one.
type Sink interface {
	Begin(init rendition.Init)
	Tear(at time.Time)
	Open(start time.Time, discontinuity bool)
	Add(part rendition.Part)
	Close(duration time.Duration)
	End()
	// Limit is what segments must stay below, 0 while that is not known.
	Limit() time.Duration
}

// Codecs are those that go into a form, best first of each kind.
func Codecs(form rendition.Form) []media.Codec {
	if form == rendition.TS {
		return []media.Codec{media.H264, media.H265, media.AAC, media.MP3, media.AC3}
	}
	return []media.Codec{media.H264, media.H265, media.AV1, media.AAC, media.Opus, media.MP3, media.AC3}
}

const (
	shortest = 100 * time.Millisecond // of segments and parts
	longest  = time.Minute            // of segments
)

func (c Config) check() error {
	switch {
	case c.Segment < shortest || c.Segment > longest:
		return fault.New(fault.InvalidParams, "", "segments of %v: they last %v to %v", c.Segment, shortest, longest)
	case c.Part != 0 && (c.Part < shortest || c.Part > c.Segment):
		return fault.New(fault.InvalidParams, "", "parts of %v: they last %v to a whole segment, or 0 for none", c.Part, shortest)
	}
	return nil
}

// parts is the wished length of parts; 0 for none.
func (c Config) parts() time.Duration {
	if c.Form == rendition.TS {
		return 0
	}
	return c.Part
}
