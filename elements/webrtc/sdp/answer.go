package sdp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sluice/engine/media"
)

// Local is how the server is to be reached and recognized.
type Local struct {
	Session     uint64 // of the o-line, below 1<<63
	Ufrag, Pwd  string
	Lite        bool
	Trickle     bool
	Setup       string // "passive" or "active"
	Fingerprint Fingerprint
	Candidates  []string // values of a=candidate
}

// Choice is what is agreed for one section.
type Choice struct {
	Section    int // index in the offer
	Codecs     []Codec
	Extensions []Extension
	Layers     []string // rids that are taken of a simulcast
	Bandwidth  int      // bits a second that the client may send; 0 leaves it open
	Sending    *Sending // nil: the client sends
	Receiving  bool     // with Sending: the client sends, too
}

// Sending names the streams that the server sends in a section.
type Sending struct {
	CNAME, Stream, Track string
	SSRC                 uint32
	Repair               uint32 // SSRC of retransmissions; used if a codec has a payload type for them
}

// Answer writes the answer to an offer. What is not chosen is rejected.
func (o *Offer) Answer(choices []Choice, l Local) string {
	chosen := make(map[int]*Choice, len(choices))
	for i := range choices {
		chosen[choices[i].Section] = &choices[i]
	}
	w := &writer{}
	w.session(o, chosen, l)
	tagged := true
	for i := range o.Sections {
		if c := chosen[i]; c != nil {
			w.accept(&o.Sections[i], c, l, tagged)
			tagged = false
		} else {
			w.reject(&o.Sections[i])
		}
	}
	return w.String()
}

// writer writes lines, which end as RFC 8866 9 has it.
type writer struct{ strings.Builder }

func (w *writer) line(format string, args ...any) { fmt.Fprintf(w, format+"\r\n", args...) }

func (w *writer) session(o *Offer, chosen map[int]*Choice, l Local) {
	w.line("v=0")
	w.line("o=- %d 1 IN IP4 127.0.0.1", l.Session)
	w.line("s=-")
	w.line("t=0 0")
	group := "BUNDLE"
	for i, s := range o.Sections {
		if chosen[i] != nil && s.Mid != "" {
			group += " " + s.Mid
		}
	}
	if group != "BUNDLE" {
		w.line("a=group:%s", group)
	}
	if l.Lite {
		w.line("a=ice-lite")
	}
	if o.Mixed {
		w.line("a=extmap-allow-mixed")
	}
	w.line("a=msid-semantic: WMS *")
}

// reject is an m-section with port 0 (RFC 3264 6). A format is there because there must be one; what it means is said too,
// where it is known, since pion (4.2) refuses answers with payload types that it cannot find explained.
func (w *writer) reject(s *Section) {
	format := s.formats[0]
	if len(s.Codecs) > 0 {
		format = strconv.Itoa(int(s.Codecs[0].Payload))
	}
	w.line("m=%s 0 %s %s", s.word, s.proto, format)
	w.line("c=IN IP4 0.0.0.0")
	if len(s.Codecs) > 0 {
		w.line("a=rtpmap:%s %s", format, s.Codecs[0].rtpmap)
	}
	if s.Mid != "" {
		w.line("a=mid:%s", s.Mid)
	}
	w.line("a=inactive")
}

// accept writes a section. Only the first one in the bundle has candidates: the transport is the same for all (RFC 8829
// 5.3.1).
func (w *writer) accept(s *Section, c *Choice, l Local, tagged bool) {
	w.line("m=%s 9 %s%s", s.word, s.proto, formats(c.Codecs))
	w.line("c=IN IP4 0.0.0.0")
	if c.Bandwidth > 0 {
		w.line("b=AS:%d", max(c.Bandwidth/1000, 1))
		w.line("b=TIAS:%d", c.Bandwidth)
	}
	w.line("a=rtcp:9 IN IP4 0.0.0.0")
	w.line("a=ice-ufrag:%s", l.Ufrag)
	w.line("a=ice-pwd:%s", l.Pwd)
	if l.Trickle {
		w.line("a=ice-options:trickle")
	}
	w.line("a=fingerprint:%s %s", l.Fingerprint.Hash, strings.ToUpper(l.Fingerprint.Value))
	w.line("a=setup:%s", l.Setup)
	if s.Mid != "" {
		w.line("a=mid:%s", s.Mid)
	}
	for _, e := range c.Extensions {
		w.line("a=extmap:%d %s", e.ID, e.URI)
	}
	w.direction(c)
	w.line("a=rtcp-mux")
	if s.reduced {
		w.line("a=rtcp-rsize")
	}
	for i := range c.Codecs {
		w.codec(&c.Codecs[i])
	}
	w.layers(c.Layers)
	w.sources(c)
	if tagged {
		for _, candidate := range l.Candidates {
			w.line("a=candidate:%s", candidate)
		}
		w.line("a=end-of-candidates")
	}
}

func formats(list []Codec) string {
	var b strings.Builder
	for _, c := range list {
		b.WriteString(" " + strconv.Itoa(int(c.Payload)))
		if c.Repair != 0 {
			b.WriteString(" " + strconv.Itoa(int(c.Repair)))
		}
	}
	return b.String()
}

func (w *writer) direction(c *Choice) {
	if c.Sending == nil {
		w.line("a=recvonly")
		return
	}
	if c.Receiving {
		w.line("a=sendrecv")
	} else {
		w.line("a=sendonly")
	}
	w.line("a=msid:%s %s", c.Sending.Stream, c.Sending.Track)
}

// codec has fmtp directly after rtpmap: the Web SDK puts parameters of its own into the line that follows rtpmap.
func (w *writer) codec(c *Codec) {
	w.line("a=rtpmap:%d %s", c.Payload, c.rtpmap)
	if fmtp := c.parameters(); fmtp != "" {
		w.line("a=fmtp:%d %s", c.Payload, fmtp)
	}
	for _, f := range c.Feedback {
		w.line("a=rtcp-fb:%d %s", c.Payload, f)
	}
	if c.Repair != 0 {
		w.line("a=rtpmap:%d rtx/90000", c.Repair)
		w.line("a=fmtp:%d %s", c.Repair, c.window)
	}
}

// parameters are those of the offer: they say of what kind the coding is, which must be the same on both sides, or what the
// sender may do, which an SFU cannot know better than the clients.
func (c *Codec) parameters() string {
	if c.fmtp == "" && c.Codec == media.Opus {
		return "minptime=10;useinbandfec=1"
	}
	return c.fmtp
}

// layers says that the rids of a simulcast are taken (RFC 8853 5.3).
func (w *writer) layers(rids []string) {
	if len(rids) == 0 {
		return
	}
	for _, rid := range rids {
		w.line("a=rid:%s recv", rid)
	}
	w.line("a=simulcast:recv %s", strings.Join(rids, ";"))
}

func (w *writer) sources(c *Choice) {
	s := c.Sending
	if s == nil || len(c.Codecs) == 0 {
		return
	}
	repaired := s.Repair != 0 && slices.ContainsFunc(c.Codecs, func(o Codec) bool { return o.Repair != 0 })
	if repaired {
		w.line("a=ssrc-group:FID %d %d", s.SSRC, s.Repair)
	}
	w.line("a=ssrc:%d cname:%s", s.SSRC, s.CNAME)
	w.line("a=ssrc:%d msid:%s %s", s.SSRC, s.Stream, s.Track)
	if repaired {
		w.line("a=ssrc:%d cname:%s", s.Repair, s.CNAME)
		w.line("a=ssrc:%d msid:%s %s", s.Repair, s.Stream, s.Track)
	}
}
