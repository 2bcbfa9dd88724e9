package sdp

import (
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// Section is one m-section of an offer.
type Section struct {
	Index      int
	Mid        string
	Kind       media.Kind // "" if it is neither audio nor video
	Sends      bool       // the client sends: sendonly or sendrecv
	Receives   bool       // the client receives
	Codecs     []Codec    // those that we know, as the client prefers them
	Extensions []Extension
	Sources    []uint32          // the SSRCs announced, without those for retransmissions
	Repairs    map[uint32]uint32 // retransmission SSRC to that which it repairs
	Layers     []string          // rids that the client sends, best as it says first; none without simulcast

	word    string // of the m-line: "audio"
	proto   string
	formats []string
	bundled bool
	refused bool // port 0 in the offer: it is not offered
	mux     bool
	reduced bool
}

// Extension is a header extension (RFC 8285).
type Extension struct {
	ID  uint8
	URI string
}

// Usable tells whether the section can be agreed on at all: it is offered, on the one transport that there is, with RTCP
// beside RTP (RFC 5761), and holds a codec that we know.
func (s *Section) Usable() bool {
	return s.Kind != "" && s.bundled && !s.refused && s.mux && len(s.Codecs) > 0
}

// Extension finds the ID of a header extension; 0 if it is not offered.
func (s *Section) Extension(uri string) uint8 {
	for _, e := range s.Extensions {
		if e.URI == uri {
			return e.ID
		}
	}
	return 0
}

func section(index int, m *sdp.MediaDescription) (Section, error) {
	s := Section{
		Index: index, word: m.MediaName.Media, formats: m.MediaName.Formats,
		proto: strings.Join(m.MediaName.Protos, "/"), Sends: true, Receives: true,
		refused: m.MediaName.Port.Value == 0,
	}
	if !safe(s.word) || !safe(s.proto) || len(s.formats) == 0 || slices.ContainsFunc(s.formats, func(f string) bool { return !safe(f) }) {
		return s, fault.New(fault.InvalidRequest, "sdp", "m-line %d is none", index)
	}
	switch s.word {
	case "audio":
		s.Kind = media.Audio
	case "video":
		s.Kind = media.Video
	}
	// Everything else than SAVPF is either without keys or without feedback (RFC 8827 6.5).
	if s.Kind != "" && !s.refused && !strings.HasSuffix(s.proto, "RTP/SAVPF") {
		return s, fault.New(fault.InvalidRequest, "sdp", "m-line %d is of %s, and only RTP/SAVPF is possible", index, s.proto)
	}
	s.Mid, _ = m.Attribute("mid")
	if s.Mid != "" && !safe(s.Mid) {
		return s, fault.New(fault.InvalidRequest, "sdp", "mid of m-line %d is no token", index)
	}
	s.attributes(m.Attributes)
	if _, only := m.Attribute("bundle-only"); only {
		s.refused = false // port 0 there says that it has no port of its own (RFC 9143 7.1.2)
	}
	if s.Kind != "" {
		s.Codecs = codecs(s.Kind, s.formats, m.Attributes)
	}
	return s, nil
}

func (s *Section) attributes(list []sdp.Attribute) {
	for _, a := range list {
		switch a.Key {
		case "sendonly":
			s.Sends, s.Receives = true, false
		case "recvonly":
			s.Sends, s.Receives = false, true
		case "inactive":
			s.Sends, s.Receives = false, false
		case "rtcp-mux", "rtcp-mux-only":
			s.mux = true
		case "rtcp-rsize":
			s.reduced = true
		case "extmap":
			s.extension(a.Value)
		case "ssrc":
			s.source(a.Value)
		case "ssrc-group":
			s.repair(a.Value)
		case "simulcast":
			s.layers(a.Value)
		}
	}
	s.Sources = slices.DeleteFunc(s.Sources, func(ssrc uint32) bool { _, repair := s.Repairs[ssrc]; return repair })
}

func (s *Section) extension(value string) {
	id, uri, _ := strings.Cut(value, " ")
	id, _, _ = strings.Cut(id, "/") // "3/recvonly"
	uri, _, _ = strings.Cut(uri, " ")
	n, err := strconv.ParseUint(id, 10, 8)
	// 15 says in one-byte headers that nothing follows; IDs above it need two-byte headers, which we never send.
	if err != nil || n == 0 || n > 14 || !safe(uri) || s.Extension(uri) != 0 {
		return
	}
	if slices.ContainsFunc(s.Extensions, func(e Extension) bool { return e.ID == uint8(n) }) {
		return
	}
	s.Extensions = append(s.Extensions, Extension{uint8(n), uri})
}

func (s *Section) source(value string) {
	word, _, _ := strings.Cut(value, " ")
	n, err := strconv.ParseUint(word, 10, 32)
	if err != nil || len(s.Sources) >= maxSources || slices.Contains(s.Sources, uint32(n)) {
		return
	}
	s.Sources = append(s.Sources, uint32(n))
}

// repair reads "FID 1 2": what 1 sends is repaired with 2 (RFC 4588 8.8).
func (s *Section) repair(value string) {
	words := strings.Fields(value)
	if len(words) != 3 || words[0] != "FID" || len(s.Repairs) >= maxSources {
		return
	}
	of, err1 := strconv.ParseUint(words[1], 10, 32)
	by, err2 := strconv.ParseUint(words[2], 10, 32)
	if err1 != nil || err2 != nil {
		return
	}
	if s.Repairs == nil {
		s.Repairs = map[uint32]uint32{}
	}
	s.Repairs[uint32(by)] = uint32(of)
}

// layers reads "send q;h;f" (RFC 8853 5.1): rids that are sent, of alternatives the first, "~" marking those that begin paused.
func (s *Section) layers(value string) {
	words := strings.Fields(value)
	for i := 0; i+1 < len(words); i += 2 {
		if words[i] != "send" {
			continue
		}
		for layer := range strings.SplitSeq(words[i+1], ";") {
			rid, _, _ := strings.Cut(layer, ",")
			rid = strings.TrimPrefix(rid, "~")
			if safe(rid) && len(rid) <= 16 && len(s.Layers) < 8 && !slices.Contains(s.Layers, rid) {
				s.Layers = append(s.Layers, rid)
			}
		}
	}
}

// safe tells whether a word can be written to an SDP again as it is.
func safe(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return s != ""
}

// String reads "video 1: vp8, h264" or "audio 0: refused".
func (s *Section) String() string {
	out := s.word + " " + s.Mid + ": "
	switch {
	case s.refused:
		return out + "refused"
	case !s.bundled:
		return out + "on a transport of its own"
	case !s.mux:
		return out + "without rtcp-mux"
	}
	names := make([]string, 0, len(s.Codecs))
	for _, c := range s.Wanted(nil) {
		names = append(names, string(c))
	}
	if len(names) == 0 {
		return out + "no codec that is known"
	}
	return out + strings.Join(names, ", ")
}
