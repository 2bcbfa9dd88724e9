package payload_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// letters is a format for tests: payloads of letters, of which a capital begins a unit, "(" opens a part and ")" ends it,
// "!" cannot be read and "?" makes a unit that cannot be finished.
type letters struct{ open bool }

func (l *letters) Begins(p []byte) bool { return p[0] >= 'A' && p[0] <= 'Z' }

func (l *letters) Take(parts [][]byte, p *media.Packet, _ bool) ([][]byte, error) {
	switch s := string(p.Payload); {
	case s == "!":
		return parts, errors.New("an exclamation")
	case s == "(":
		l.open = true
	case s == ")":
		l.open = false
	case s != "-":
		return append(parts, p.Payload), nil
	}
	return parts, nil
}

func (l *letters) Open() bool { return l.open }

func (l *letters) Finish(u *media.Unit, parts [][]byte) error {
	u.AU, u.Key = slices.Clone(parts), l.Begins(parts[0])
	if string(parts[0]) == "?" {
		return errors.New("a question")
	}
	return nil
}

func (l *letters) Reset() { l.open = false }

// packet reads "7:30:Abc." as number 7 at 30 ms with "Abc" and the marker.
func packet(t *testing.T, s string) media.Packet {
	t.Helper()
	words := strings.SplitN(s, ":", 3)
	number, err1 := time.ParseDuration(words[0] + "ms")
	at, err2 := time.ParseDuration(words[1] + "ms")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	data, marker := strings.CutSuffix(words[2], ".")
	return media.Packet{
		Header:  rtp.Header{SequenceNumber: uint16(number / time.Millisecond), Timestamp: uint32(at / time.Millisecond), Marker: marker},
		Payload: []byte(data), PTS: at,
	}
}

func TestAssembler(t *testing.T) {
	for _, c := range []struct {
		name, packets, want string
		stats               payload.Stats
		code                fault.Code
	}{
		{"units end with the marker", "1:0:A 2:0:b. 3:40:c.", "A+b@0s c@40ms", payload.Stats{Packets: 3, Units: 2}, ""},
		{"or with another timestamp", "1:0:A 2:0:b 3:40:c 4:80:d", "A+b@0s c@40ms d@80ms", payload.Stats{Packets: 4, Units: 3}, ""},
		{"the last one without a marker is not whole if others have it", "1:0:A. 2:40:c", "A@0s", payload.Stats{Packets: 2, Units: 1, Spoiled: 1}, ""},
		{"a unit is not entered in its midst", "1:0:b 2:0:c. 3:40:d.", "d@40ms", payload.Stats{Packets: 3, Units: 1, Spoiled: 1}, ""},
		{"a gap spoils its unit", "1:0:A 3:0:c. 4:40:d.", "d@40ms", payload.Stats{Packets: 3, Lost: 1, Units: 1, Spoiled: 1}, ""},
		{"and the next one, unless it surely begins", "1:0:A 3:40:c. 4:80:d. 6:120:E.", "d@80ms E@120ms", payload.Stats{Packets: 4, Lost: 2, Units: 2, Spoiled: 2}, ""},
		{"a gap between units", "1:0:A. 3:40:C.", "A@0s C@40ms", payload.Stats{Packets: 2, Lost: 1, Units: 2}, ""},
		{"late and repeated ones are left out", "1:0:A 2:0:b 1:0:A 2:0:b 3:0:c.", "A+b+c@0s", payload.Stats{Packets: 3, Late: 2, Units: 1}, ""},
		{"numbers go round", "65534:0:A 65535:0:b 0:0:c. 1:40:d.", "A+b+c@0s d@40ms", payload.Stats{Packets: 4, Units: 2}, ""},
		{"a sender may begin anew", "5000:0:A. 7:40:B. 8:80:c.", "A@0s B@40ms c@80ms", payload.Stats{Packets: 3, Units: 3}, ""},
		{"padding is no unit", "1:0:A. 2:0: 3:0: 4:40:b.", "A@0s b@40ms", payload.Stats{Packets: 4, Units: 2}, ""},
		{"what cannot be read spoils its unit", "1:0:A 2:0:! 3:0:c. 4:40:d.", "d@40ms", payload.Stats{Packets: 4, Corrupt: 1, Units: 1, Spoiled: 1}, fault.MediaCorrupt},
		{"a part must end with its unit", "1:0:A 2:0:(. 3:40:b.", "b@40ms", payload.Stats{Packets: 3, Corrupt: 1, Units: 1, Spoiled: 1}, fault.MediaCorrupt},
		{"a part may be in several packets", "1:0:A 2:0:( 3:0:). 4:40:b.", "A@0s b@40ms", payload.Stats{Packets: 4, Units: 2}, ""},
		{"a unit must make sense", "1:0:A. 2:40:?. 3:80:b.", "A@0s b@80ms", payload.Stats{Packets: 3, Corrupt: 1, Units: 2, Spoiled: 1}, fault.MediaCorrupt},
		{"nothing makes no unit", "1:0:A. 2:40:-. 3:80:b.", "A@0s b@80ms", payload.Stats{Packets: 3, Units: 2}, ""},
		{"a unit has a limit", "1:0:A 2:0:" + strings.Repeat("b", 900) + " 3:0:" + strings.Repeat("c", 900) + " 4:0:d. 5:40:e.", "e@40ms", payload.Stats{Packets: 5, Units: 1, Spoiled: 1}, fault.ProtocolViolation},
		{"so have packets with next to nothing", "1:0:A" + repeat(" %d:0:-", 2, 40) + " 41:40:e.", "e@40ms", payload.Stats{Packets: 41, Units: 1, Spoiled: 1}, fault.ProtocolViolation},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := payload.NewAssembler(&letters{}, 1200)
			var units []media.Unit
			var code fault.Code
			for _, word := range strings.Split(c.packets, " ") {
				p := packet(t, word)
				var err error
				if units, err = a.Depacketize(units, &p); err != nil {
					code = fault.CodeOf(err)
				}
			}
			units = a.Flush(units)
			if got := tell(units); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if a.Stats() != c.stats {
				t.Errorf("got %+v, want %+v", a.Stats(), c.stats)
			}
			if code != c.code {
				t.Errorf("fault %q, want %q", code, c.code)
			}
		})
	}
}

func TestAnotherSourceBeginsAnew(t *testing.T) {
	a := payload.NewAssembler(&letters{}, 0)
	one, two := packet(t, "1:0:A."), packet(t, "900:40:B.")
	two.Header.SSRC = 7
	units, err1 := a.Depacketize(nil, &one)
	units, err2 := a.Depacketize(units, &two)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	if got := tell(units); got != "A@0s B@40ms" || a.Stats().Lost != 0 {
		t.Errorf("%q with %+v", got, a.Stats())
	}
}

func TestPartsAreLimited(t *testing.T) {
	a := payload.NewAssembler(&letters{}, 0)
	var err error
	for i := range payload.MaxParts + 1 {
		p := media.Packet{Header: rtp.Header{SequenceNumber: uint16(i)}, Payload: []byte("A")}
		if _, err = a.Depacketize(nil, &p); err != nil && i < payload.MaxParts {
			t.Fatalf("part %d: %v", i, err)
		}
	}
	if !errors.Is(err, fault.ProtocolViolation) {
		t.Errorf("got %v", err)
	}
}

func tell(units []media.Unit) string {
	words := make([]string, len(units))
	for i, u := range units {
		parts := make([]string, len(u.AU))
		for j, p := range u.AU {
			parts[j] = string(p)
		}
		words[i] = strings.Join(parts, "+") + "@" + u.PTS.String()
		if u.DTS != u.PTS {
			words[i] += " decoded at " + u.DTS.String()
		}
	}
	return strings.Join(words, " ")
}

func repeat(format string, from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		b.WriteString(strings.Replace(format, "%d", time.Duration(i*1000000).String(), 1))
	}
	return strings.ReplaceAll(b.String(), "ms", "")
}
