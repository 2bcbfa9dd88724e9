package node

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sluice/engine/media"
	"sluice/engine/run"
)

// slot is a port that writes down what it is given.
type slot struct {
	said  *strings.Builder
	fails int // units that it does not take at first
}

func (s *slot) Unit(u *media.Unit) bool {
	if s.fails--; s.fails >= 0 {
		return false
	}
	fmt.Fprintf(s.said, "unit %s; ", u.PTS)
	return true
}
func (s *slot) Gap(time.Duration, time.Duration) bool { return true }
func (s *slot) Codec(media.Track)                     {}
func (s *slot) Mark(m run.Mark)                       { fmt.Fprintf(s.said, "%v; ", m == run.End) }

// TestStill: one picture comes through, and it is known to be the last. k is a key picture of so many seconds, d another, "late" the end
// of the patience.
func TestStill(t *testing.T) {
	for name, c := range map[string]struct {
		fails int
		what  string
		want  string
	}{
		"a new one":            {0, "k9 d9 k10 d10", "unit 9s; true; over; "},
		"not before a key":     {0, "d8 d9 k9 d9", "unit 9s; true; over; "},
		"an old one, asked":    {0, "k1 k9 d9", "wait; ask; unit 9s; true; stop; over; "},
		"nobody answers":       {0, "k1 late k9", "wait; ask; unit 1s; true; stop; over; "},
		"nobody can be asked":  {0, "k1 d2 d3 k9", "wait; ask; unit 1s; true; stop; over; "},
		"not ready":            {1, "k9 d9 k10", "ask; unit 10s; true; over; "},
		"closed":               {0, "k1 close late k9", "wait; ask; stop; over; "},
		"late when it is over": {0, "k1 k9 late close", "wait; ask; unit 9s; true; stop; over; "},
	} {
		t.Run(name, func(t *testing.T) {
			var said strings.Builder
			s := &still{
				fresh: 2 * time.Second, port: &slot{&said, c.fails}, times: func(*media.Unit) {},
				age:  func(u *media.Unit) time.Duration { return 10*time.Second - u.PTS },
				ask:  func() { said.WriteString("ask; ") },
				over: func() { said.WriteString("over; ") },
				wait: func(time.Duration, func()) func() bool {
					said.WriteString("wait; ")
					return func() bool { said.WriteString("stop; "); return true }
				},
			}
			for _, w := range strings.Fields(c.what) {
				var kind rune
				var at int
				_, _ = fmt.Sscanf(w, "%c%d", &kind, &at)
				switch w {
				case "late":
					s.late()
				case "close":
					s.close()
				default:
					s.push([]*media.Unit{{Key: kind == 'k', PTS: time.Duration(at) * time.Second}})
				}
			}
			if got := said.String(); got != c.want {
				t.Errorf("%s: %s\nnot %s", c.what, got, c.want)
			}
		})
	}
}
