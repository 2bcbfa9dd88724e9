package playlist

import "time"

// Header is what stands before the first segment of a live playlist.
type Header struct {
	Target        int           // EXT-X-TARGETDURATION in seconds (4.4.3.1)
	PartTarget    time.Duration // PART-TARGET (4.4.3.7); 0: no parts
	PartHoldBack  time.Duration // PART-HOLD-BACK (4.4.3.8); 0: no rendition of the stream has parts
	SkipUntil     time.Duration // CAN-SKIP-UNTIL (4.4.3.8); 0: no delta updates
	Map           bool          // the playlist has EXT-X-MAP
	Independent   bool          // EXT-X-INDEPENDENT-SEGMENTS (4.4.2.1)
	Sequence      int64         // EXT-X-MEDIA-SEQUENCE (4.4.3.2)
	Discontinuity int64         // EXT-X-DISCONTINUITY-SEQUENCE (4.4.3.3)
}

// version is the lowest compatibility version that has what the playlist has (6.2.1, 8).
func (h Header) version(skips bool) int64 {
	switch {
	case skips:
		return 9
	case h.Map:
		return 6
	default:
		return 3
	}
}

// Open begins a playlist. With skips above 0 it is a delta update without so many segments (6.2.5.1).
func Open(h Header, skips int) Lines {
	var l Lines
	l.str("#EXTM3U\n")
	l.tag("#EXT-X-VERSION:", h.version(skips > 0))
	l.tag("#EXT-X-TARGETDURATION:", int64(h.Target))
	l.control(h)
	if h.PartTarget > 0 {
		l.str("#EXT-X-PART-INF:PART-TARGET=")
		l.seconds(h.PartTarget)
		l.str("\n")
	}
	if h.Independent {
		l.str("#EXT-X-INDEPENDENT-SEGMENTS\n")
	}
	l.tag("#EXT-X-MEDIA-SEQUENCE:", h.Sequence)
	l.tag("#EXT-X-DISCONTINUITY-SEQUENCE:", h.Discontinuity)
	if skips > 0 {
		l.Skip(skips)
	}
	return l
}

// control is EXT-X-SERVER-CONTROL, which must be the same in all renditions of a stream (6.2.4), with parts or without. HOLD-BACK is the
// smallest that the draft permits, which gives the lowest latency.
func (l *Lines) control(h Header) {
	l.str("#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES")
	if h.PartHoldBack > 0 {
		l.str(",PART-HOLD-BACK=")
		l.seconds(h.PartHoldBack)
	}
	if h.SkipUntil > 0 {
		l.str(",CAN-SKIP-UNTIL=")
		l.seconds(h.SkipUntil)
	}
	l.str(",HOLD-BACK=")
	l.seconds(3 * time.Duration(h.Target) * time.Second)
	l.str("\n")
}
