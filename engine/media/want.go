package media

import (
	"fmt"
	"slices"
	"strings"

	"sluice/engine/fault"
)

// Want says what a reader can take: acceptable codecs for each kind, best first. A kind with no codecs is not wanted.
type Want struct {
	Audio []Codec
	Video []Codec
	Data  []Codec
	// NoBFrames refuses video whose frames are reordered, as every browser must over RTP.
	NoBFrames bool
	// Profiles are those of a codec that the reader said it takes, in the codec's own words; of a codec that is not in it,
	// all. See Takes for what is taken unsaid.
	Profiles map[Codec][]string
	// Shape is what the pictures are to be like. Unless it is zero, no track suits as it is: even pictures that are of that
	// shape now need not be so in a minute.
	Shape Shape
	// Rate, in Hz, and Channels are those of sound that is made for the reader, if it cannot take any as it is. At 0 they are
	// left to the codec.
	Rate, Channels int
	// Settled says that the reader tells its peer once what comes, and cannot tell it of anything else: from what it gets first on
	// it wants the same codecs, whoever publishes.
	Settled bool
}

// Shape is what a reader asks of pictures beside their codec. What is zero is left as it is.
type Shape struct {
	Width   int `json:"width,omitempty"`   // in pixels
	Height  int `json:"height,omitempty"`  // in pixels; of the two, one that is zero follows the other
	FPS     int `json:"fps,omitempty"`     // frames a second
	Bitrate int `json:"bitrate,omitempty"` // bits a second
	Quality int `json:"quality,omitempty"` // 1 to 100
}

// String reads "640x360 at 500 kbit/s"; "" if it is zero.
func (s Shape) String() string {
	var words []string
	add := func(value int, format string, args ...any) {
		if value != 0 {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	switch {
	case s.Width != 0 && s.Height != 0:
		add(1, "%dx%d", s.Width, s.Height)
	case s.Width != 0:
		add(1, "%d wide", s.Width)
	default:
		add(s.Height, "%d high", s.Height)
	}
	add(s.FPS, "%d a second", s.FPS)
	add(s.Bitrate, "at %d kbit/s", s.Bitrate/1000)
	add(s.Quality, "of quality %d", s.Quality)
	return strings.Join(words, " ")
}

// String reads "video: h264 or vp8 without b-frames; audio: opus".
func (w Want) String() string {
	var out []string
	for _, k := range w.kinds() {
		out = append(out, string(k)+": "+w.wanted(k))
	}
	return strings.Join(out, "; ")
}

// Everything wants all that is published, as it is.
func Everything() Want {
	return Want{Audio: []Codec{Any}, Video: []Codec{Any}, Data: []Codec{Any}}
}

// Codecs gives the acceptable codecs of a kind.
func (w Want) Codecs(k Kind) []Codec {
	switch k {
	case Audio:
		return w.Audio
	case Video:
		return w.Video
	case Data:
		return w.Data
	}
	return nil
}

// Only wants nothing but one kind.
func (w Want) Only(k Kind) Want {
	if k != Audio {
		w.Audio = nil
	}
	if k != Video {
		w.Video = nil
	}
	if k != Data {
		w.Data = nil
	}
	return w
}

// Settle wants no codecs but those of some tracks, if it is settled.
func (w Want) Settle(d Description) Want {
	if !w.Settled {
		return w
	}
	w.Audio, w.Video, w.Data = nil, nil, nil
	for _, t := range d.Tracks {
		switch t.Kind {
		case Audio:
			w.Audio = append(w.Audio, t.Codec)
		case Video:
			w.Video = append(w.Video, t.Codec)
		case Data:
			w.Data = append(w.Data, t.Codec)
		}
	}
	return w
}

// kinds are the wanted ones: video first, because its key frame is what a viewer waits for.
func (w Want) kinds() []Kind {
	return slices.DeleteFunc([]Kind{Video, Audio, Data}, func(k Kind) bool { return len(w.Codecs(k)) == 0 })
}

// Takes tells whether a track suits as it is, and how well: 0 is best, -1 is not at all. A profile that the reader did not name
// is taken all the same if it is one that every decoder of the codec knows, whatever it says of itself.
func (w Want) Takes(t Track) int {
	if w.NoBFrames && t.BFrames || t.Kind == Video && w.Shape != (Shape{}) || !w.knows(t) {
		return -1
	}
	return slices.IndexFunc(w.Codecs(t.Kind), func(c Codec) bool { return c == t.Codec || c == Any })
}

// Match is how a description answers a want.
type Match struct {
	Picks   []int  // indexes of the tracks to read: at most one of each kind, video first
	Missing []Kind // wanted and published, but in no acceptable form
}

// Match finds for each wanted kind the track that suits best, the earlier one of equals. A wanted kind that is not
// published is left out, unless that leaves nothing at all. The error is fault.CodecNotAvailable and names both sides;
// the match is filled in then too, for callers who can have what is missing converted.
func (w Want) Match(d Description) (Match, error) {
	var m Match
	for _, k := range w.kinds() {
		best, rank := -1, 0
		for i, t := range d.Tracks {
			if t.Kind != k {
				continue
			}
			if r := w.Takes(t); r >= 0 && (best < 0 || r < rank) {
				best, rank = i, r
			}
		}
		switch {
		case best >= 0:
			m.Picks = append(m.Picks, best)
		case d.Index(k) >= 0:
			m.Missing = append(m.Missing, k)
		}
	}
	if len(m.Missing) == 0 && len(m.Picks) > 0 {
		return m, nil
	}
	return m, w.mismatch(d, m.Missing)
}

// mismatch names both sides of every kind that does not fit: "video: vp9 published, h264 or vp8 wanted".
func (w Want) mismatch(d Description, missing []Kind) error {
	if len(missing) == 0 {
		missing = w.kinds() // nothing that is wanted is published at all
	}
	if len(missing) == 0 {
		return fault.New(fault.InvalidRequest, "", "the reader wants nothing").Advise("name at least one codec")
	}
	sides := make([]string, len(missing))
	for i, k := range missing {
		sides[i] = string(k) + ": " + w.published(d, k) + " published, " + w.wanted(k) + " wanted"
	}
	return fault.New(fault.CodecNotAvailable, "", "%s", strings.Join(sides, "; "))
}

func (w Want) published(d Description, k Kind) string {
	var words []string
	for _, t := range d.Tracks {
		if t.Kind != k {
			continue
		}
		word := string(t.Codec)
		if w.NoBFrames && t.BFrames {
			word += " with b-frames"
		}
		if !w.knows(t) {
			word += " profile " + t.Profile
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, " and ")
}

func (w Want) wanted(k Kind) string {
	words := make([]string, len(w.Codecs(k)))
	for i, c := range w.Codecs(k) {
		words[i] = string(c)
	}
	text := strings.Join(words, " or ")
	if k != Video {
		return text
	}
	if w.NoBFrames {
		text += " without b-frames"
	}
	if w.Shape != (Shape{}) {
		text += " " + w.Shape.String()
	}
	return text
}
