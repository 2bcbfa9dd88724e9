package progress

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

// film is a run of two minutes at four times its speed, seen at a moment after it began.
func film(after time.Duration) Status {
	pos := min(4*after, 2*time.Minute)
	return Status{Position: pos, Length: 2 * time.Minute, Frames: uint64(pos / (40 * time.Millisecond)), Bytes: uint64(pos.Seconds() * 125_000)}
}

// screen is a terminal of one line that is written over.
func screen(raw string) []string {
	var out []string
	for _, line := range strings.Split(raw, "\r")[1:] {
		text, cleared := strings.CutSuffix(line, "\x1b[K")
		if !cleared {
			text += " (not cleared)"
		}
		out = append(out, text)
	}
	return out
}

func TestOnATerminal(t *testing.T) {
	var b strings.Builder
	p := New(noon, Options{Out: &b, Terminal: true, Width: func() int { return 90 }})
	for _, at := range []time.Duration{0, 500 * time.Millisecond, 3 * time.Second, 17 * time.Second, 30 * time.Second} {
		p.Show(noon.Add(at), film(at))
	}
	p.Clear()
	p.Clear()
	want := []string{
		"  0% [                                        ]  0:00/2:00",
		"  1% [                              ]  0:02/2:00  4.00x  ETA 0:30  50 frames  1.00 Mbit/s",
		" 10% [=>                           ]  0:12/2:00  4.00x  ETA 0:27  300 frames  1.00 Mbit/s",
		" 56% [==============>             ]  1:08/2:00  4.00x  ETA 0:13  1700 frames  1.00 Mbit/s",
		"100% [============================]  2:00/2:00  4.00x  ETA 0:00  3000 frames  1.00 Mbit/s",
		"",
	}
	got := screen(b.String())
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestOffATerminal(t *testing.T) {
	var b strings.Builder
	p := New(noon, Options{Out: &b})
	for at := time.Duration(0); at < 12*time.Second; at += 200 * time.Millisecond {
		p.Show(noon.Add(at), film(at))
	}
	p.Clear()
	const want = `16%, 0:20/2:00, 4.00x, ETA 0:25, 500 frames, 1.00 Mbit/s
33%, 0:40/2:00, 4.00x, ETA 0:20, 1000 frames, 1.00 Mbit/s
`
	if b.String() != want {
		t.Errorf("got\n%s", &b)
	}
}

func TestOtherOutputStandsInFrontOfTheLine(t *testing.T) {
	var b strings.Builder
	p := New(noon, Options{Out: &b, Terminal: true, Width: func() int { return 60 }})
	p.Show(noon, film(0))
	if n, err := p.Write([]byte("a word\n")); n != 7 || err != nil {
		t.Error(n, err)
	}
	if n, err := p.Write([]byte("another\n")); n != 8 || err != nil {
		t.Error(n, err)
	}
	if !strings.HasSuffix(b.String(), "0:00/2:00\x1b[K\r\x1b[Ka word\nanother\n") {
		t.Errorf("%q", b.String())
	}
}

func TestWords(t *testing.T) {
	for want, s := range map[string]Status{
		"0:03, 1.50x":                      {Position: 3 * time.Second},
		"0:03, 1.50x, 75 frames":           {Position: 3 * time.Second, Frames: 75},
		"0:03, draining, 1.50x":            {Position: 3 * time.Second, Word: "draining"},
		"30%, 0:03/0:10, draining, 1.50x":  {Position: 3 * time.Second, Length: 10 * time.Second, Word: "draining"},
		"0:03, 1.50x, 800 bit/s":           {Position: 3 * time.Second, Bytes: 300},
		"0%, 0:00/0:10":                    {Length: 10 * time.Second},
		"100%, 0:12/0:10, 6.00x, ETA 0:00": {Position: 12 * time.Second, Length: 10 * time.Second}, // lengths may be estimates
		"0:02":                             {},                                                     // real time, as of what is live
		"0:02, 50 frames, 1 kbit/s":        {Frames: 50, Bytes: 300},
	} {
		m := meter{begun: noon, points: []point{{at: noon}}}
		if got := m.read(noon.Add(2*time.Second), s).sentence(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// Speed is that of the last seconds, not of the whole run.
func TestSpeedFollowsChanges(t *testing.T) {
	m := meter{begun: noon, points: []point{{at: noon}}}
	pos, now := time.Duration(0), noon
	step := func(n int, speed float64) (r reading) {
		for range n {
			now = now.Add(100 * time.Millisecond)
			pos += time.Duration(speed * float64(100*time.Millisecond))
			r = m.read(now, Status{Position: pos})
		}
		return r
	}
	if got := step(300, 10).speed; got < 9.9 || got > 10.1 {
		t.Errorf("%f, want 10", got)
	}
	if got := step(60, 1).speed; got < 0.9 || got > 1.1 {
		t.Errorf("after six seconds at 1: %f", got)
	}
	if got := step(60, 0).speed; got != 0 {
		t.Errorf("after six seconds without media: %f", got)
	}
	if len(m.points) > 60 {
		t.Errorf("%d points are kept", len(m.points))
	}
}

func TestNoLineIsTooWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(-5, 200).Draw(t, "width")
		var b strings.Builder
		p := New(noon, Options{Out: &b, Terminal: true, Width: func() int { return width }})
		p.Show(noon.Add(time.Second), Status{
			Position: time.Duration(rapid.Int64Range(0, 1<<46).Draw(t, "position")), Length: time.Duration(rapid.Int64Range(0, 1<<46).Draw(t, "length")),
			Frames: rapid.Uint64().Draw(t, "frames"), Bytes: rapid.Uint64().Draw(t, "bytes"), Word: rapid.SampledFrom([]string{"", "draining"}).Draw(t, "word"),
		})
		most := width - 1
		if width <= 0 {
			most = usualWidth - 1
		}
		if line := screen(b.String())[0]; most > 0 && len(line) > most {
			t.Fatalf("%d columns in %d: %q", len(line), width, line)
		}
	})
}

func TestNarrow(t *testing.T) {
	for width, want := range map[int]string{
		60: " 25% [==>          ]  0:30/2:00  4.00x  ETA 0:23  750 frames",
		40: " 25% [==>            ]  0:30/2:00  4.00x",
		25: " 25% 0:30/2:00",
	} {
		m := meter{begun: noon, points: []point{{at: noon}}}
		s := film(7500 * time.Millisecond)
		if got := m.read(noon.Add(7500*time.Millisecond), s).bar(width); got != want || len(got) > width {
			t.Errorf("%d: got %q, want %q", width, got, want)
		}
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Span(-1), "0:00"}, {Span(5240 * time.Millisecond), "0:05.2"}, {Span(59999 * time.Millisecond), "0:59.9"}, {Span(61 * time.Second), "1:01"},
		{Span(3723 * time.Second), "1:02:03"},
		{Speed(0.934), "0.93x"}, {Speed(12.44), "12.4x"}, {Speed(310.2), "310x"},
		{Bitrate(812), "812 bit/s"}, {Bitrate(64_000), "64 kbit/s"}, {Bitrate(1_250_000), "1.25 Mbit/s"},
		{Size(812), "812 B"}, {Size(14_210), "14.2 kB"}, {Size(2_100_000), "2.1 MB"}, {Size(3_210_000_000), "3.21 GB"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}
