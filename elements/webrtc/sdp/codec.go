package sdp

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"sluice/engine/media"
)

// Codec is one payload type of a section, of a codec that we know.
type Codec struct {
	Payload  uint8
	Codec    media.Codec
	FMTP     map[string]string
	Feedback []string // values of a=rtcp-fb, without the payload type
	Repair   uint8    // the payload type of its retransmissions (RFC 4588); 0 if there is none

	rtpmap string // as it is to be written: "opus/48000/2"
	fmtp   string
	window string // parameters of Repair
}

// mapping is how a codec is written in a=rtpmap. Clients compare the names, some of them with their case.
type mapping struct {
	codec media.Codec
	name  string
}

func mappings() []mapping {
	return []mapping{
		{media.Opus, "opus/48000/2"}, {media.PCMU, "PCMU/8000"}, {media.PCMA, "PCMA/8000"}, {media.G722, "G722/8000"},
		{media.VP8, "VP8/90000"}, {media.VP9, "VP9/90000"}, {media.H264, "H264/90000"}, {media.H265, "H265/90000"}, {media.AV1, "AV1/90000"},
	}
}

// static are the payload types that need no rtpmap (RFC 3551 6).
func static(format string) string {
	switch format {
	case "0":
		return "PCMU/8000"
	case "8":
		return "PCMA/8000"
	case "9":
		return "G722/8000"
	}
	return ""
}

// described is what a section's attributes say of one payload type.
type described struct {
	rtpmap, fmtp string
	feedback     []string
}

func codecs(k media.Kind, formats []string, attributes []sdp.Attribute) []Codec {
	about := describe(formats, attributes)
	var out []Codec
	for _, f := range formats {
		d := about[f]
		if d == nil {
			continue // twice on the m-line
		}
		delete(about, f)
		n, err := strconv.ParseUint(f, 10, 7)
		m, known := lookup(first(d.rtpmap, static(f)))
		if err != nil || !known || m.codec.Kind() != k || !safeText(d.fmtp) {
			continue
		}
		c := Codec{Payload: uint8(n), Codec: m.codec, FMTP: parameters(d.fmtp), Feedback: d.feedback, rtpmap: m.name, fmtp: d.fmtp}
		if c.possible() {
			out = append(out, c)
		}
	}
	repairs(out, formats, attributes)
	return out
}

// describe gathers what is said of each payload type; "*" is said of all.
func describe(formats []string, attributes []sdp.Attribute) map[string]*described {
	about := make(map[string]*described, len(formats))
	for _, f := range formats {
		about[f] = &described{}
	}
	for _, a := range attributes {
		format, value, _ := strings.Cut(a.Value, " ")
		d := about[format]
		switch {
		case a.Key == "rtcp-fb" && format == "*":
			for _, d := range about {
				d.add(value)
			}
		case d == nil:
		case a.Key == "rtpmap" && d.rtpmap == "":
			d.rtpmap = strings.TrimSpace(value)
		case a.Key == "fmtp" && d.fmtp == "":
			d.fmtp = strings.TrimSpace(value)
		case a.Key == "rtcp-fb":
			d.add(value)
		}
	}
	return about
}

// feedback is what we can give or take. What else is offered is not answered, so nobody relies on it.
func feedback() []string {
	return []string{"nack", "nack pli", "ccm fir", "goog-remb", "transport-cc"}
}

func (d *described) add(value string) {
	value = strings.TrimSpace(value)
	if slices.Contains(feedback(), value) && !slices.Contains(d.feedback, value) {
		d.feedback = append(d.feedback, value)
	}
}

func lookup(rtpmap string) (mapping, bool) {
	want := strings.ToLower(rtpmap)
	for _, m := range mappings() {
		// Of audio with one channel the number may be written out.
		if name := strings.ToLower(m.name); want == name || want == name+"/1" {
			return m, true
		}
	}
	return mapping{}, false
}

// repairs finds the payload types of retransmissions. One for a codec that is not there is left out: clients that delete
// codecs from their offer by hand leave such behind.
func repairs(list []Codec, formats []string, attributes []sdp.Attribute) {
	for f, d := range describe(formats, attributes) {
		n, err := strconv.ParseUint(f, 10, 7)
		if err != nil || n == 0 || !strings.EqualFold(d.rtpmap, "rtx/90000") || !safeText(d.fmtp) {
			continue
		}
		apt := parameters(d.fmtp)["apt"]
		for i := range list {
			if strconv.Itoa(int(list[i].Payload)) == apt && (list[i].Repair == 0 || list[i].Repair > uint8(n)) {
				list[i].Repair, list[i].window = uint8(n), d.fmtp
			}
		}
	}
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
		_, ok := profileOf(c.FMTP["profile-level-id"])
		return ok && (c.mode() == "0" || c.mode() == "1")
	case media.H265:
		// MRST and MRMT spread one picture over several streams (RFC 7798 7.1).
		tx := c.FMTP["tx-mode"]
		return tx == "" || strings.EqualFold(tx, "SRST")
	case media.VP9:
		return c.profile() == "0" || c.profile() == "2"
	}
	return true
}

// mode is the packetization-mode of H.264; 0 if it is not said (RFC 6184 8.1).
func (c *Codec) mode() string { return first(c.FMTP["packetization-mode"], "0") }

// profile is that of VP9, AV1 and H.265 as they are written, and the profile-level-id of H.264.
func (c *Codec) profile() string {
	switch c.Codec {
	case media.H264:
		return strings.ToLower(first(c.FMTP["profile-level-id"], defaultProfile))
	case media.VP9:
		return first(c.FMTP["profile-id"], "0") // RFC 9628 7.1.1
	case media.AV1:
		return first(c.FMTP["profile"], "0") // RTP payload format for AV1, 7.2.1
	case media.H265:
		return first(c.FMTP["profile-id"], "1") // RFC 7798 7.1
	}
	return ""
}

// Track describes what comes with this codec, or goes.
func (c *Codec) Track() media.Track {
	t := media.NewTrack(c.Codec)
	t.Profile, t.FMTP = c.profile(), maps.Clone(c.FMTP)
	if c.Codec.Kind() == media.Audio {
		t.Channels = 1
	}
	if c.Codec == media.Opus {
		t.Channels = 2 // RFC 7587 7: always, whatever is sent
	}
	return t
}

// Has tells whether a kind of feedback is offered for the codec.
func (c *Codec) Has(feedback string) bool { return slices.Contains(c.Feedback, feedback) }

// safeText is safe with spaces.
func safeText(s string) bool { return s == "" || safe(strings.ReplaceAll(s, " ", "")) }
