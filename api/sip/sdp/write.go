package sdp

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/engine/media"
)

// Local is a description of ours.
type Local struct {
	Address netip.Addr // where we are
	ID      uint64     // of the session, the same for all its descriptions
	Version uint64     // higher with every change (RFC 3264 8)
	Extra   []string   // attributes to add for the whole session, without "a="
	Media   []Media
}

// Media is an m-line of ours.
type Media struct {
	Kind      media.Kind
	Port      uint16
	RTCP      uint16 // 0 is the port after Port
	Security  Security
	Feedback  bool // the profile with feedback (RFC 4585)
	Direction Direction
	Codecs    []Codec
	Events    []Event
	PTime     time.Duration
	MaxPTime  time.Duration
	Mux       bool
	Cryptos   []Crypto
	Setup     string
	Print     Fingerprint

	proto string   // of the line that it answers; "" for an offer
	mid   string   // likewise
	words []string // what a refused line had
	name  string   // and its kind
}

// Answering begins an m-line that answers another: of the same profile, and known by the same name.
func (l *Line) Answering() Media { return Media{Kind: l.Kind, proto: l.proto, mid: l.mid} }

// Refusing refuses a line, which stays in its place (RFC 3264 6).
func (l *Line) Refusing() Media {
	return Media{Kind: l.Kind, proto: l.proto, mid: l.mid, words: l.formats, name: l.media}
}

// Offered lists the payload types to offer for codecs of a kind, best first. H.264 is offered in both packetization modes. It is for a
// first offer; later ones repeat what was agreed on, with its numbers (RFC 3264 8.3.2).
func Offered(kind media.Kind, codecs []media.Codec) (list []Codec, events []Event) {
	next := uint8(96)
	if kind == media.Video {
		next = 110 // so that sound and pictures never share a number
	}
	number := func(f format) uint8 {
		if f.static >= 0 {
			return uint8(f.static)
		}
		next++
		return next - 1
	}
	for _, c := range codecs {
		for _, f := range formats() {
			if f.codec != c || c.Kind() != kind {
				continue
			}
			one := Codec{Payload: number(f), Codec: c, Rate: f.rate, FMTP: ours(c), Feedback: theirs(kind)}
			list = append(list, one)
			if c == media.H264 {
				single := one
				single.Payload, single.FMTP = number(f), maps.Clone(one.FMTP)
				single.FMTP["packetization-mode"] = "0"
				list = append(list, single)
			}
		}
	}
	if kind != media.Audio {
		return list, nil
	}
	for _, c := range list {
		if !slices.ContainsFunc(events, func(e Event) bool { return e.Rate == c.Rate }) {
			events = append(events, Event{Rate: c.Rate})
		}
	}
	// 101 is what old phones take for granted of 8 kHz.
	slices.SortStableFunc(events, func(a, b Event) int { return int(a.Rate) - int(b.Rate) })
	for i := range events {
		events[i].Payload = 101 + uint8(i)
	}
	return list, events
}

func theirs(kind media.Kind) []string {
	if kind == media.Video {
		return known()
	}
	return nil
}

// ours are the parameters that we offer a codec with.
func ours(c media.Codec) map[string]string {
	switch c {
	case media.G729:
		return map[string]string{"annexb": "no"} // or it would be yes (RFC 4856 2.1.9)
	case media.Opus:
		return map[string]string{"useinbandfec": "1"}
	case media.H264:
		return map[string]string{"profile-level-id": "42e01f", "packetization-mode": "1"}
	}
	return nil
}

// Reply is a codec of the far end's as we answer it: the same number, and what its parameters become.
func (c Codec) Reply() Codec {
	switch c.Codec {
	case media.H264: // RFC 6184 8.2.2: profile and mode are the same on both sides
		fmtp := map[string]string{"packetization-mode": c.Mode()}
		if id := c.FMTP["profile-level-id"]; id != "" {
			fmtp["profile-level-id"] = id
		}
		c.FMTP = fmtp
	default:
		c.FMTP = ours(c.Codec)
	}
	return c
}

// String writes the description.
func (d Local) String() string {
	var b strings.Builder
	family := "IP4"
	if d.Address.Is6() {
		family = "IP6"
	}
	fmt.Fprintf(&b, "v=0\r\no=- %d %d IN %s %s\r\ns=-\r\nc=IN %s %s\r\nt=0 0\r\n", d.ID, d.Version, family, d.Address, family, d.Address)
	for _, line := range d.Extra {
		attributeTo(&b, line)
	}
	for i := range d.Media {
		d.Media[i].write(&b)
	}
	return b.String()
}

func attributeTo(b *strings.Builder, value string) {
	b.WriteString("a=")
	b.WriteString(value)
	b.WriteString("\r\n")
}

func (m *Media) profile() string {
	if m.proto != "" {
		return m.proto
	}
	f := ""
	if m.Feedback {
		f = "F"
	}
	switch m.Security {
	case SDES:
		return "RTP/SAVP" + f
	case DTLS:
		return "UDP/TLS/RTP/SAVP" + f
	}
	return "RTP/AVP" + f
}

func (m *Media) write(b *strings.Builder) {
	if m.name != "" {
		fmt.Fprintf(b, "m=%s 0 %s %s\r\n", m.name, m.proto, strings.Join(m.words, " "))
		m.named(b)
		return
	}
	fmt.Fprintf(b, "m=%s %d %s", m.Kind, m.Port, m.profile())
	for _, c := range m.Codecs {
		b.WriteString(" " + strconv.Itoa(int(c.Payload)))
	}
	for _, e := range m.Events {
		b.WriteString(" " + strconv.Itoa(int(e.Payload)))
	}
	b.WriteString("\r\n")
	m.named(b)
	for _, c := range m.Codecs {
		c.write(b)
	}
	for _, e := range m.Events {
		attributeTo(b, fmt.Sprintf("rtpmap:%d telephone-event/%d", e.Payload, e.Rate))
		attributeTo(b, fmt.Sprintf("fmtp:%d 0-16", e.Payload))
	}
	m.rest(b)
}

func (m *Media) named(b *strings.Builder) {
	if m.mid != "" {
		attributeTo(b, "mid:"+m.mid)
	}
}

func (m *Media) rest(b *strings.Builder) {
	if m.PTime > 0 {
		attributeTo(b, "ptime:"+strconv.FormatInt(m.PTime.Milliseconds(), 10))
	}
	if m.MaxPTime > 0 {
		attributeTo(b, "maxptime:"+strconv.FormatInt(m.MaxPTime.Milliseconds(), 10))
	}
	if m.RTCP != 0 && m.RTCP != m.Port+1 {
		attributeTo(b, "rtcp:"+strconv.Itoa(int(m.RTCP)))
	}
	if m.Mux {
		attributeTo(b, "rtcp-mux")
	}
	for _, c := range m.Cryptos {
		attributeTo(b, "crypto:"+c.String())
	}
	if m.Print.Value != "" {
		attributeTo(b, "fingerprint:"+m.Print.Hash+" "+m.Print.Value)
		attributeTo(b, "setup:"+m.Setup)
	}
	attributeTo(b, string(m.Direction))
}

func (c *Codec) write(b *strings.Builder) {
	for _, f := range formats() {
		if f.codec == c.Codec && f.rate == c.Rate {
			attributeTo(b, fmt.Sprintf("rtpmap:%d %s", c.Payload, f.rtpmap()))
			break
		}
	}
	if len(c.FMTP) > 0 {
		var words []string
		for _, name := range slices.Sorted(maps.Keys(c.FMTP)) {
			words = append(words, name+"="+c.FMTP[name])
		}
		attributeTo(b, fmt.Sprintf("fmtp:%d %s", c.Payload, strings.Join(words, ";")))
	}
	for _, f := range c.Feedback {
		attributeTo(b, fmt.Sprintf("rtcp-fb:%d %s", c.Payload, f))
	}
}
