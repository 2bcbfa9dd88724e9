package sdp

import (
	"strconv"

	"sluice/engine/media"
)

// Asked is one section of an offer that we make.
type Asked struct {
	Kind       media.Kind
	Tracks     []media.Track // what may be sent in it, the best first: each gets a payload type
	Extensions []Extension
	Sending    *Sending // nil: the other side sends
	Receiving  bool     // with Sending: the other side sends, too
}

// The payload types of an offer: those of RFC 3551 6 for what has one, and dynamic ones.
const (
	payloadOpus  = 111
	firstDynamic = 96
)

// Ask writes an offer of sections, with all candidates in it. What is offered of a codec beside its name is what browsers offer.
func Ask(list []Asked, l Local) string {
	o := &Offer{Mixed: true}
	choices := make([]Choice, 0, len(list))
	next := uint8(firstDynamic)
	for i, a := range list {
		o.Sections = append(o.Sections, Section{
			Index: i, Mid: strconv.Itoa(i), Kind: a.Kind, word: string(a.Kind), proto: "UDP/TLS/RTP/SAVPF", formats: []string{"0"}, reduced: true,
		})
		c := Choice{Section: i, Extensions: a.Extensions, Sending: a.Sending, Receiving: a.Receiving}
		for _, t := range a.Tracks {
			c.Codecs = append(c.Codecs, asked(t, &next))
		}
		choices = append(choices, c)
	}
	return o.Answer(choices, l)
}

// asked gives a track its payload type, and that of its retransmissions.
func asked(t media.Track, next *uint8) Codec {
	c := Codec{Codec: t.Codec, fmtp: format(t)}
	for _, m := range mappings() {
		if m.codec == t.Codec {
			c.rtpmap = m.name
		}
	}
	switch t.Codec {
	case media.PCMU:
		c.Payload = 0
	case media.PCMA:
		c.Payload = 8
	case media.G722:
		c.Payload = 9
	case media.Opus:
		c.Payload, c.Feedback = payloadOpus, []string{"transport-cc"}
	default:
		c.Payload, c.Repair, c.Feedback = *next, *next+1, feedback()
		c.window = "apt=" + strconv.Itoa(int(c.Payload))
		*next += 2
	}
	return c
}

// format is what is said of a codec in a=fmtp.
func format(t media.Track) string {
	switch t.Codec {
	case media.H264:
		return "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=" + first(t.Profile, "42e01f")
	case media.VP9:
		return "profile-id=" + first(t.Profile, "0")
	case media.AV1:
		return "profile=" + first(t.Profile, "0")
	}
	return ""
}
