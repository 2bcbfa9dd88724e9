package sdp

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"sluice/engine/media"
)

// Codec is one payload type of a codec that we know.
type Codec struct {
	Payload  uint8
	Codec    media.Codec
	Rate     uint32            // of RTP timestamps
	FMTP     map[string]string // names in lower case
	Feedback []string          // values of a=rtcp-fb that we know: "nack", "nack pli", "ccm fir"
}

// format is how a codec is written in a=rtpmap, and the payload type that needs none (RFC 3551 6); -1 if it has none.
type format struct {
	codec  media.Codec
	name   string
	rate   uint32
	suffix string // channels
	static int
}

// formats are in the order in which we offer them: wide band before narrow band, as exchanges take the first they know.
func formats() []format {
	return []format{
		{media.Opus, "opus", 48000, "/2", -1}, // RFC 7587 7: two channels, whatever is sent
		{media.G722, "G722", 8000, "", 9},     // RFC 3551 4.5.2: 8000, though it samples at 16 kHz
		{media.Speex, "speex", 16000, "", -1},
		{media.PCMU, "PCMU", 8000, "", 0},
		{media.PCMA, "PCMA", 8000, "", 8},
		{media.G729, "G729", 8000, "", 18},
		{media.Speex, "speex", 8000, "", -1},
		{media.H264, "H264", 90000, "", -1},
		{media.VP8, "VP8", 90000, "", -1},
		{media.H265, "H265", 90000, "", -1},
	}
}

func (f format) rtpmap() string {
	return f.name + "/" + strconv.FormatUint(uint64(f.rate), 10) + f.suffix
}

// formatOf finds a format by its rtpmap, or, without one, by its payload type.
func formatOf(rtpmap string, payload int) (format, bool) {
	words := strings.Split(strings.ToLower(strings.TrimSpace(rtpmap)), "/")
	for _, f := range formats() {
		if rtpmap == "" {
			if f.static == payload {
				return f, true
			}
			continue
		}
		name := words[0] == strings.ToLower(f.name) || f.codec == media.G729 && words[0] == "g729a" // RFC 4856 2.1.9 has one name for both
		if name && len(words) > 1 && words[1] == strconv.FormatUint(uint64(f.rate), 10) {
			return f, true
		}
	}
	return format{}, false
}

// formatted reads the payload types of a line.
func (l *Line) formatted(s *section) {
	maps := perFormat(s.all("rtpmap"))
	params := perFormat(s.all("fmtp"))
	var seen [128]bool
	for _, word := range l.formats {
		n, err := strconv.ParseUint(word, 10, 7)
		if err != nil || seen[n] {
			continue // or it is there twice, as some gateways write G.729
		}
		seen[n] = true
		name, rate := telephone(maps[word])
		switch {
		case name == "telephone-event":
			l.Events = append(l.Events, Event{uint8(n), rate})
		case name == "cn" || n == 13 && maps[word] == "":
			l.Noise = append(l.Noise, uint8(n))
		default:
			f, ok := formatOf(maps[word], int(n))
			if !ok || f.codec.Kind() != l.Kind {
				continue
			}
			c := Codec{Payload: uint8(n), Codec: f.codec, Rate: f.rate, FMTP: parameters(params[word]), Feedback: feedback(s, word)}
			if c.possible() {
				l.Codecs = append(l.Codecs, c)
			}
		}
	}
}

// perFormat divides "0 PCMU/8000" of each value; the first of a format counts.
func perFormat(values []string) map[string]string {
	out := map[string]string{}
	for _, v := range values {
		format, rest, _ := strings.Cut(v, " ")
		if _, there := out[format]; !there {
			out[format] = strings.TrimSpace(rest)
		}
	}
	return out
}

// telephone reads the rtpmap of what is no codec: its name in lower case, and its rate.
func telephone(rtpmap string) (name string, rate uint32) {
	words := strings.Split(strings.ToLower(rtpmap), "/")
	rate = 8000
	if len(words) > 1 {
		if n, err := strconv.ParseUint(words[1], 10, 32); err == nil && n > 0 {
			rate = uint32(n)
		}
	}
	return words[0], rate
}

// known is the feedback that we give or take.
func known() []string { return []string{"nack", "nack pli", "ccm fir"} }

func feedback(s *section, word string) []string {
	var out []string
	for _, v := range s.all("rtcp-fb") {
		format, value, _ := strings.Cut(v, " ")
		value = strings.TrimSpace(value)
		if (format == "*" || format == word) && slices.Contains(known(), value) && !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	return out
}

// parameters reads "a=1;b=2". Names are in lower case.
func parameters(fmtp string) map[string]string {
	var out map[string]string
	for part := range strings.SplitSeq(fmtp, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if name == "" {
			continue
		}
		if out == nil {
			out = map[string]string{}
		}
		out[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
	}
	return out
}

// possible tells whether the parameters are some that we can do.
func (c *Codec) possible() bool {
	switch c.Codec {
	case media.H264:
		return c.Mode() == "0" || c.Mode() == "1" // interleaved packets (mode 2) nobody sends
	case media.H265:
		tx := c.FMTP["tx-mode"] // one picture over several streams, RFC 7798 7.1
		return tx == "" || strings.EqualFold(tx, "SRST")
	}
	return true
}

// Mode is the packetization-mode of H.264; 0 if it is not said (RFC 6184 8.1).
func (c *Codec) Mode() string {
	if m := c.FMTP["packetization-mode"]; m != "" {
		return m
	}
	return "0"
}

// Has tells whether a kind of feedback may be given for the codec.
func (c *Codec) Has(feedback string) bool { return slices.Contains(c.Feedback, feedback) }

// Same tells whether two payload types carry the same, whatever their numbers.
func (c *Codec) Same(o *Codec) bool {
	return c.Codec == o.Codec && c.Rate == o.Rate && (c.Codec != media.H264 || c.Mode() == o.Mode())
}

// Track describes what comes with this codec, or goes.
func (c *Codec) Track() media.Track {
	t := media.NewTrack(c.Codec)
	t.ClockRate, t.FMTP = c.Rate, maps.Clone(c.FMTP)
	switch {
	case c.Codec == media.Opus:
		t.Channels = 2
	case t.Kind == media.Audio:
		t.Channels = 1
	case c.Codec == media.H264:
		t.Profile = strings.ToLower(c.FMTP["profile-level-id"])
	}
	return t
}
