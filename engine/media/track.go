package media

import (
	"fmt"
	"strconv"
	"strings"

	"sluice/engine/fault"
)

// Track describes one track of a stream. It is a value; its maps and slices are not changed once it is published.
type Track struct {
	ID        string // unique in its description: "video", "audio", or the peer's own
	Kind      Kind
	Codec     Codec
	ClockRate uint32 // of RTP timestamps, in Hz
	Channels  int    // audio; 0 if not known
	Width     int    // video, in pixels; 0 if not known
	Height    int
	Profile   string // in the codec's own words: "42e01f"
	Layer     string // of simulcast: tracks of a kind that have one show the same in different quality; the rid, over WebRTC
	// BFrames says that frames are shown in another order than they are coded in, which no browser plays over RTP.
	BFrames bool
	FMTP    map[string]string // the codec's parameters of the SDP fmtp attribute
	Extra   [][]byte          // what a decoder needs first: parameter sets, or an AudioSpecificConfig
	// Tags are what its publisher says of it, or of the whole stream, beside all that: texts, numbers (float64) and truth values by names
	// of the publisher's, bounded by who read them. Nothing depends on them, and a converted track has none.
	Tags map[string]any `json:"-"`
}

// NewTrack describes a track of a codec of the table, with the codec's kind and clock rate and the kind as its ID.
func NewTrack(c Codec) Track {
	info, _ := c.Info()
	return Track{ID: string(info.Kind), Kind: info.Kind, Codec: c, ClockRate: uint32(info.ClockRate)}
}

// Check says what is wrong with a track as fault.InvalidRequest; nil if nothing is.
func (t Track) Check() error {
	info, known := t.Codec.Info()
	switch {
	case t.ID == "":
		return fault.New(fault.InvalidRequest, "", "a track has no id")
	case t.Kind == Data:
		return nil // data is passed on as it is, in whatever form
	case !known:
		return fault.New(fault.InvalidRequest, "", "track %q has the unknown codec %q", t.ID, t.Codec)
	case info.Kind != t.Kind:
		return fault.New(fault.InvalidRequest, "", "track %q is %s, but %s is %s", t.ID, t.Kind, info.Codec, info.Kind)
	case t.Width < 0 || t.Height < 0 || t.Channels < 0:
		return fault.New(fault.InvalidRequest, "", "track %q has a negative size", t.ID)
	}
	return nil
}

// String reads "h264 1280x720 with b-frames" or "opus 48000/2".
func (t Track) String() string {
	var b strings.Builder
	b.WriteString(string(t.Codec))
	if t.Codec == "" {
		b.WriteString(string(t.Kind))
	}
	if t.Width > 0 && t.Height > 0 {
		fmt.Fprintf(&b, " %dx%d", t.Width, t.Height)
	}
	if t.Kind == Audio && t.ClockRate > 0 {
		fmt.Fprintf(&b, " %d", t.ClockRate)
		if t.Channels > 0 {
			b.WriteString("/" + strconv.Itoa(t.Channels))
		}
	}
	if t.BFrames {
		b.WriteString(" with b-frames")
	}
	return b.String()
}
