package rendition

import (
	"log/slog"
	"time"

	"sluice/engine/fault"
)

// Config is what a Rendition is made with.
type Config struct {
	Segment time.Duration // wished length of segments; the least TARGETDURATION. Needed, unless Target is there
	Window  int           // segments in the playlist of a stream without DVR, at least 3 (6.2.2)
	Part    time.Duration // wished length of parts: PART-TARGET, unless Init says another. 0: parts are not listed
	// Independent promises EXT-X-INDEPENDENT-SEGMENTS: every segment begins with a picture that needs no other. The tag cannot be taken back
	// (6.2.1), so promise it only of sources whose key pictures are known to come often enough.
	Independent bool
	// Target is shared by all renditions of a stream, since 6.2.4 wants one TARGETDURATION and one EXT-X-SERVER-CONTROL. For that Window,
	// Part and DVR must be the same in all of them, too. nil: one of its own.
	Target *Target
	// Timeline is shared by them, too: their dates, and their discontinuities. nil: one of its own.
	Timeline *Timeline
	// Prefix begins the names of segments, parts and sections; letters and digits alone. No other rendition may ever have had it, or
	// caches mix the two. "": a random one.
	Prefix string
	DVR    time.Duration // how much stays on disk and in the playlist; 0: nothing
	Folder string        // for DVR, of this rendition alone; made if need be. Segments in it are removed at New and at Remove
	// FirstMSN and FirstDiscontinuity are where a predecessor at the same address ended (Next), so that sequences never go back (6.2.2).
	FirstMSN, FirstDiscontinuity int64
	// Siblings tells of the other renditions for EXT-X-RENDITION-REPORT; nil: there are none. It is called at most once after each change,
	// by a reader and without any lock of the rendition. It should not wait.
	Siblings func() []Report
	Log      *slog.Logger // nil: silence
}

func (c *Config) check() error {
	switch {
	case c.Segment <= 0 && c.Target == nil:
		return fault.New(fault.InvalidParams, "hls", "a rendition needs a wished length of segments")
	case c.Window < 3:
		return fault.New(fault.InvalidParams, "hls", "a window of %d segments is too short", c.Window).
			Advise("a live playlist has at least three target durations (6.2.2)")
	case c.Part < 0 || c.DVR < 0 || c.FirstMSN < 0 || c.FirstDiscontinuity < 0:
		return fault.New(fault.InvalidParams, "hls", "lengths and sequence numbers of a rendition are never negative")
	case c.DVR > 0 && c.Folder == "":
		return fault.New(fault.InvalidParams, "hls", "a DVR window needs a folder")
	}
	if c.Target == nil {
		c.Target = NewTarget(c.Segment, 0)
	}
	if c.Timeline == nil {
		c.Timeline = &Timeline{last: c.FirstDiscontinuity}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}
