package sdp

import (
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// Wanted gives, without repetition, which of the allowed codecs a section has: in the order of those that are allowed, or, if
// all are because the list is empty, in the client's own.
func (s *Section) Wanted(allowed []media.Codec) []media.Codec {
	var out []media.Codec
	for _, c := range s.Codecs {
		if (len(allowed) == 0 || slices.Contains(allowed, c.Codec)) && !slices.Contains(out, c.Codec) {
			out = append(out, c.Codec)
		}
	}
	slices.SortStableFunc(out, func(a, b media.Codec) int { return slices.Index(allowed, a) - slices.Index(allowed, b) })
	return out
}

// Profiles gives the profiles of each codec of a section, in the order in which they are offered.
func (s *Section) Profiles() map[media.Codec][]string {
	out := map[media.Codec][]string{}
	for i := range s.Codecs {
		c := &s.Codecs[i]
		if p := c.profile(); p != "" && !slices.Contains(out[c.Codec], p) {
			out[c.Codec] = append(out[c.Codec], p)
		}
	}
	return out
}

// Receive chooses the payload type that a client is to send with: of the first codec that is wanted, the one most others can
// decode. False if there is none.
func (s *Section) Receive(wanted []media.Codec) (Codec, bool) {
	for _, name := range wanted {
		best, rank := Codec{}, -1
		for _, c := range s.Codecs {
			if c.Codec == name && (rank < 0 || c.reach() < rank) {
				best, rank = c, c.reach()
			}
		}
		if rank >= 0 {
			return best, true
		}
	}
	return Codec{}, false
}

// reach tells how widely what is sent with a payload type is understood; 0 is best.
func (c *Codec) reach() int {
	rank := 0
	switch c.Codec {
	case media.H264:
		p, _ := profileOf(c.profile())
		rank = slices.Index([]profile{constrainedBaseline, baseline, mainProfile, constrainedHigh, high}, p)
		if rank < 0 {
			rank = 5
		}
		// Without fragments the pictures are cut into slices of a packet's size, which few encoders do well.
		if c.mode() == "0" {
			rank += 10
		}
	case media.VP9, media.AV1:
		if c.profile() != "0" {
			rank = 1
		}
	case media.H265:
		if c.profile() != "1" { // Main
			rank = 1
		}
	}
	return rank
}

// Send orders the codecs of a section with which a track can be sent to the client: first the payload type for the track
// itself, then the best of each other codec that is wanted, so that a track of another codec may follow it without a new
// offer. A track that none of them carries is fault.CodecNotAvailable.
func (s *Section) Send(t media.Track, wanted []media.Codec) ([]Codec, error) {
	best, rank := -1, -1
	for i, c := range s.Codecs {
		if slices.Contains(wanted, c.Codec) {
			if n := c.carries(t); n >= 0 && (rank < 0 || n < rank) {
				best, rank = i, n
			}
		}
	}
	if best < 0 {
		return nil, fault.New(fault.CodecNotAvailable, "sdp", "%s: %s published, %s", s.word, words(t), s.offered(wanted))
	}
	out := []Codec{s.Codecs[best]}
	for _, name := range wanted {
		if c, ok := s.Receive([]media.Codec{name}); ok && name != t.Codec {
			out = append(out, c)
		}
	}
	return out, nil
}

func words(t media.Track) string {
	out := string(t.Codec)
	if t.Profile != "" {
		out += " profile " + t.Profile
	}
	if t.Codec == media.H264 {
		out += " packetization-mode " + first(t.FMTP["packetization-mode"], "0")
	}
	return out
}

func (s *Section) offered(wanted []media.Codec) string {
	var list []string
	for _, c := range s.Codecs {
		if slices.Contains(wanted, c.Codec) {
			list = append(list, words(c.Track()))
		}
	}
	if len(list) == 0 {
		return "nothing that is allowed is wanted"
	}
	return strings.Join(list, " or ") + " wanted"
}

// Payload finds the payload type for a track among the codecs that are agreed on, and that of its retransmissions; false if
// there is none.
func (c *Choice) Payload(t media.Track) (payload, repair uint8, ok bool) {
	best := -1
	for i := range c.Codecs {
		if n := c.Codecs[i].carries(t); n >= 0 && (best < 0 || n < best) {
			best, payload, repair = n, c.Codecs[i].Payload, c.Codecs[i].Repair
		}
	}
	return payload, repair, best >= 0
}

// carries tells how well a track can be sent with this payload type: 0 is best, -1 not at all.
func (c *Codec) carries(t media.Track) int {
	if c.Codec != t.Codec {
		return -1
	}
	switch c.Codec {
	case media.H264:
		return c.carriesH264(t)
	case media.VP9:
		// The profiles differ in bit depth, and no decoder of 0 takes what is of 2.
		if first(t.Profile, "0") != c.profile() {
			return -1
		}
	case media.AV1, media.H265:
		if t.Profile != "" && t.Profile != c.profile() {
			return 1
		}
	}
	return 0
}

// carriesH264 matches as RFC 6184 8.2.2 has it: the packetization mode must suit, the profile should. Levels are not
// compared: with level-asymmetry-allowed they are each side's own, and without it no browser minds. That a profile is not
// offered says little about the decoder (Firefox offers nothing but Constrained Baseline and decodes High), so it is the
// last choice and no reason to refuse.
func (c *Codec) carriesH264(t media.Track) int {
	fragments := first(t.FMTP["packetization-mode"], "0") != "0"
	if fragments && c.mode() == "0" {
		return -1
	}
	have, ok1 := profileOf(t.Profile)
	can, ok2 := profileOf(c.profile())
	rank := can.decodes(have)
	if !ok1 || !ok2 || rank < 0 {
		rank = 20
	}
	if !fragments && c.mode() != "0" {
		rank++
	}
	return rank
}
