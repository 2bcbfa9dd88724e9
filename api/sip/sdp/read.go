package sdp

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// section is the lines of a description that belong together: those before the first m-line, or an m-line's.
type section struct {
	head       string // of m=
	connection string // the last word of c=
	attributes []attribute
}

type attribute struct{ name, value string }

// Read reads a description. What cannot be one is fault.ProtocolViolation.
func Read(text []byte) (*Session, error) {
	if len(text) > MaxSize {
		return nil, fault.New(fault.ProtocolViolation, "sdp", "a description of %d bytes", len(text))
	}
	top, parts, err := sections(string(text))
	if err != nil {
		return nil, err
	}
	s := &Session{}
	for i := range parts {
		l, err := line(top, &parts[i])
		if err != nil {
			return nil, err
		}
		s.Lines = append(s.Lines, l)
	}
	return s, nil
}

// sections divides a description at its m-lines.
func sections(text string) (*section, []section, error) {
	top := &section{}
	var parts []section
	at := top
	begun := false
	for row := range strings.SplitSeq(text, "\n") {
		row = strings.TrimRight(row, "\r \t\x00")
		if row == "" {
			continue
		}
		letter, value, ok := strings.Cut(row, "=")
		if !ok || len(letter) != 1 || !begun && letter != "v" {
			return nil, nil, broken("%q is no line of a description", short(row))
		}
		begun = true
		if letter == "m" {
			if len(parts) == maxMedia {
				return nil, nil, broken("more than %d m-lines", maxMedia)
			}
			parts = append(parts, section{head: value})
			at = &parts[len(parts)-1]
			continue
		}
		if err := at.take(letter, value); err != nil {
			return nil, nil, err
		}
	}
	if !begun {
		return nil, nil, broken("it is empty")
	}
	return top, parts, nil
}

func (s *section) take(letter, value string) error {
	switch letter {
	case "c":
		if words := strings.Fields(value); len(words) >= 3 {
			s.connection = words[2]
		}
	case "a":
		if len(s.attributes) == maxValues {
			return broken("more than %d attributes at a line", maxValues)
		}
		name, value, _ := strings.Cut(value, ":")
		s.attributes = append(s.attributes, attribute{strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)})
	}
	return nil
}

// value is the first attribute of a name.
func (s *section) value(name string) (string, bool) {
	for _, a := range s.attributes {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

func (s *section) all(name string) []string {
	var out []string
	for _, a := range s.attributes {
		if a.name == name {
			out = append(out, a.value)
		}
	}
	return out
}

// line reads an m-line: "audio 4000 RTP/AVP 0 8".
func line(top, s *section) (Line, error) {
	words := strings.Fields(s.head)
	if len(words) < 3 {
		return Line{}, broken("m=%q is no m-line", short(s.head))
	}
	number, _, _ := strings.Cut(words[1], "/") // of several ports only the first is used
	port, err := strconv.ParseUint(number, 10, 16)
	if err != nil || len(words)-3 > maxFormats {
		return Line{}, broken("m=%q is no m-line that can be used", short(s.head))
	}
	l := Line{media: words[0], proto: words[2], formats: words[3:], Direction: direction(top, s)}
	l.mid, _ = s.value("mid")
	host := s.connection
	if host == "" {
		host = top.connection
	}
	l.RTP = netip.AddrPortFrom(address(host), uint16(port))
	l.RTCP = rtcp(l.RTP, s)
	_, l.Mux = s.value("rtcp-mux")
	if words[0] == string(media.Audio) || words[0] == string(media.Video) {
		l.Kind = media.Kind(words[0])
	}
	l.PTime, l.MaxPTime = milliseconds(s, "ptime"), milliseconds(s, "maxptime")
	l.formatted(s)
	l.secrets(top, s)
	return l, nil
}

// address is an address that is written as such. Names are not looked up: where such a peer is shows with its first packet.
func address(host string) netip.Addr {
	host, _, _ = strings.Cut(host, "/") // the life time and number of multicast addresses
	a, err := netip.ParseAddr(host)
	if err != nil || a.Zone() != "" {
		return netip.Addr{}
	}
	return a.Unmap()
}

// rtcp is where RTCP goes: the port after RTP's, or what a=rtcp says (RFC 3605).
func rtcp(rtp netip.AddrPort, s *section) netip.AddrPort {
	next := netip.AddrPortFrom(rtp.Addr(), rtp.Port()+1)
	value, ok := s.value("rtcp")
	if !ok || rtp.Port() == 0 {
		return next
	}
	words := strings.Fields(value)
	if len(words) == 0 {
		return next
	}
	port, err := strconv.ParseUint(words[0], 10, 16)
	if err != nil || port == 0 {
		return next
	}
	at := rtp.Addr()
	if len(words) >= 4 {
		if a := address(words[3]); a.IsValid() {
			at = a
		}
	}
	return netip.AddrPortFrom(at, uint16(port))
}

func direction(top, s *section) Direction {
	for _, part := range []*section{s, top} {
		for _, a := range part.attributes {
			switch d := Direction(a.name); d {
			case SendRecv, SendOnly, RecvOnly, Inactive:
				return d
			}
		}
	}
	return SendRecv // RFC 8866 6.7
}

// milliseconds reads a time; some write it with a fraction.
func milliseconds(s *section, name string) time.Duration {
	value, _ := s.value(name)
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || f < 1 || f > 1000 {
		return 0
	}
	return time.Duration(f * float64(time.Millisecond))
}

func broken(format string, args ...any) error {
	return fault.New(fault.ProtocolViolation, "sdp", format, args...)
}

// short is text that is shown in a message.
func short(s string) string {
	const most = 60
	return s[:min(len(s), most)]
}
