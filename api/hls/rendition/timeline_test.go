package rendition

import (
	"strings"
	"testing"
	"time"
)

// TestBreaks: a break that one rendition begins is one that all have, wherever their segments begin near it, and never twice.
func TestBreaks(t *testing.T) {
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	type segment struct {
		rung  string
		at    float64 // in seconds
		torn  bool
		first bool
		want  int64
	}
	for name, segments := range map[string][]segment{
		"nothing": {{"a", 0, false, true, 0}, {"b", 0, false, true, 0}, {"a", 2, false, false, 0}},
		"one has it, and the other from the next segment on": {
			{"a", 4, true, false, 1}, {"b", 2, false, false, 0}, {"b", 4, false, false, 1}, {"b", 6, false, false, 1}, {"a", 6, false, false, 1},
		},
		"both have it":                   {{"a", 4, true, false, 1}, {"b", 4.1, true, false, 1}, {"b", 6, false, false, 1}, {"a", 6, false, false, 1}},
		"a little before it":             {{"a", 4.3, true, false, 1}, {"b", 4, false, false, 1}},
		"long before it":                 {{"a", 4.6, true, false, 1}, {"b", 4, false, false, 0}, {"b", 6, false, false, 1}},
		"torn before it by itself":       {{"a", 9, true, false, 1}, {"b", 4, true, false, 1}, {"b", 10, false, false, 1}},
		"two of them":                    {{"a", 4, true, false, 1}, {"a", 6, true, false, 2}, {"b", 6, false, false, 1}, {"b", 8, false, false, 2}},
		"who comes later has its number": {{"a", 4, true, false, 1}, {"a", 6, true, false, 2}, {"b", 6, false, true, 2}, {"c", 4.5, false, true, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			line, had := NewTimeline(), map[string]int64{}
			for i, s := range segments {
				at := began.Add(time.Duration(s.at * float64(time.Second)))
				got := line.first(at)
				if !s.first {
					got = line.number(at, had[s.rung], s.torn)
				}
				if had[s.rung] = got; got != s.want {
					t.Errorf("%d: %s has number %d at %g s, want %d", i, s.rung, got, s.at, s.want)
				}
			}
		})
	}
}

// TestManyBreaks: who was away for long has each of them all the same, one behind the other, though not all are remembered.
func TestManyBreaks(t *testing.T) {
	line, at := NewTimeline(), time.Unix(1e9, 0)
	for i := range 3 * remember {
		if got := line.number(at.Add(time.Duration(i)*time.Second), int64(i), true); got != int64(i)+1 {
			t.Fatalf("break %d has number %d", i, got)
		}
	}
	if len(line.breaks) != remember || cap(line.breaks) > 2*remember {
		t.Errorf("it remembers %d breaks", len(line.breaks))
	}
	for had := range int64(3 * remember) {
		if got := line.number(at.Add(time.Hour), had, false); got != had+1 {
			t.Fatalf("behind %d comes %d", had, got)
		}
	}
}

func TestDates(t *testing.T) {
	type at struct {
		at, told float64 // in seconds; 0: nothing was told
		jump     bool
		want     float64
	}
	for name, steps := range map[string][]at{
		"nobody tells":               {{1, 0, false, 1}, {3, 0, true, 3}},
		"told from the beginning":    {{1, 101, false, 101}, {3, 0, false, 103}, {5, 105, false, 105}},
		"told later":                 {{1, 0, false, 1}, {3, 103, false, 103}, {5, 0, false, 105}},
		"it trembles":                {{1, 101, false, 101}, {3, 103.2, false, 103}, {5, 104.8, true, 105}},
		"another clock":              {{1, 101, false, 101}, {3, 103.5, false, 103.5}, {5, 0, false, 105.5}},
		"none behind a jump":         {{1, 101, false, 101}, {3, 0, true, 3}},
		"the clock is ours at first": {{1, 0, false, 1}, {3, 3.2, true, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			line, zero := NewTimeline(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			date := func(s float64) time.Time { return zero.Add(time.Duration(s * float64(time.Second))) }
			for i, s := range steps {
				told := date(s.told)
				if s.told == 0 {
					told = time.Time{}
				}
				if got := line.Date(date(s.at), told, s.jump); !got.Equal(date(s.want)) {
					t.Errorf("%d: %v is %v after it began, want %g s", i, got, got.Sub(zero), s.want)
				}
			}
		})
	}
}

// TestBreaksFollowTheClock: that the dates are set anew moves the breaks that are known by them.
func TestBreaksFollowTheClock(t *testing.T) {
	line, at := NewTimeline(), time.Unix(1e9, 0)
	line.number(line.Date(at, at.Add(time.Hour), false), 0, true)
	if got := line.number(line.Date(at, at.Add(time.Minute), false), 0, false); got != 1 {
		t.Errorf("the number at the same moment by another clock is %d", got)
	}
}

// TestBreaksAreAnnounced: others have a break in time that is known before there is anything behind it.
func TestBreaksAreAnnounced(t *testing.T) {
	line, at := NewTimeline(), time.Unix(1e9, 0)
	for range 2 {
		line.announce(at, 0)
	}
	if other, own := line.number(at, 0, false), line.number(at.Add(time.Second), 0, true); other != 1 || own != 1 {
		t.Errorf("the numbers are %d, and of who announced it %d", other, own)
	}
}

// TestSharedBreaks: the tag stands in all playlists, and those that lost it from their window say how many there were.
func TestSharedBreaks(t *testing.T) {
	c := low()
	c.Timeline = NewTimeline()
	a := begun(t, c)
	c.Prefix = "m"
	b := begun(t, c)
	a.write(2)
	b.write(2)
	a.at = a.at.Add(2 * time.Second)
	a.Open(a.at, true)
	a.part(2*time.Second, true, true)
	b.write(1)
	if text := text(t, b.Rendition); count(text, "#EXT-X-DISCONTINUITY\n") != 0 {
		t.Errorf("it stands before its time:\n%s", text)
	}
	b.Open(b.at, false)
	b.part(tick, true, false)
	const tag = "#EXT-X-DISCONTINUITY\n"
	if text := text(t, b.Rendition); !strings.Contains(text, tag+"#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:06.000Z\n#EXT-X-PART:") {
		t.Errorf("it does not stand where the other has it:\n%s", text)
	}
	for _, r := range []*author{a, b} {
		r.write(5)
		if text := text(t, r.Rendition); !strings.Contains(text, "#EXT-X-DISCONTINUITY-SEQUENCE:1\n") || strings.Contains(text, tag) {
			t.Errorf("behind it there is\n%s", text)
		}
	}
	c.Prefix = "l"
	late := begun(t, c)
	late.at = b.at
	late.write(1)
	if text := text(t, late.Rendition); !strings.Contains(text, "#EXT-X-DISCONTINUITY-SEQUENCE:1\n") || strings.Contains(text, tag) {
		t.Errorf("who came later has\n%s", text)
	}
}
