package rendition

import (
	"strings"
	"testing"
	"time"

	"sluice/api/hls/playlist/conform"
	"sluice/engine/fault"
)

func TestTheFirstSegmentFixesTheTargetDuration(t *testing.T) {
	a := begun(t, low())
	if a.Limit() != 0 {
		t.Errorf("a limit of %v before there is anything", a.Limit())
	}
	a.grow(36) // 7.2 s
	a.Close(0)
	if a.Limit() != 7500*time.Millisecond {
		t.Errorf("the limit is %v", a.Limit())
	}
	a.write(12)
	got := text(t, a.Rendition)
	clean(t, conform.Check(conform.Plain([]byte(got))))
	if !strings.Contains(got, "TARGETDURATION:7\n") {
		t.Errorf("got %s", got)
	}
	if strings.Contains(got, "-s0.") || count(got, "#EXTINF") != 11 {
		t.Errorf("three target durations are to stay, and no more of those than the window: %s", got)
	}
}

func TestSegmentsThatWouldGrowTooLongAreCut(t *testing.T) {
	c := low()
	c.Independent = false // what is cut so does not begin with a key picture
	a := begun(t, c)
	a.write(3)
	fetches := []conform.Fetch{conform.Plain([]byte(text(t, a.Rendition)))}
	a.Open(a.at, false)
	for i := range 30 {
		a.part(tick, i == 0, false)
		fetches = append(fetches, conform.Plain([]byte(text(t, a.Rendition))))
	}
	a.Close(6 * time.Second)
	fetches = append(fetches, conform.Plain([]byte(text(t, a.Rendition))))
	clean(t, conform.Check(fetches...))
	if got := a.Totals(); got.Forced != 2 || got.Refused != 0 || got.Segments != 6 {
		t.Errorf("totals %+v", got)
	}
	// 2.4 s is 2 when rounded, 2.6 s would be 3
	if got := text(t, a.Rendition); count(got, "#EXTINF:2.4,") != 2 || count(got, "#EXTINF:1.2,") != 1 || count(got, "TARGETDURATION:2\n") != 1 {
		t.Errorf("got %s", got)
	}
}

func TestAPartThatNoSegmentHoldsIsDropped(t *testing.T) {
	a := begun(t, low())
	a.write(3)
	before := text(t, a.Rendition)
	a.grow(2)
	a.part(2500*time.Millisecond, true, false)
	a.part(tick, true, true)
	a.Close(0)
	after := text(t, a.Rendition)
	clean(t, conform.Check(conform.Plain([]byte(before)), conform.Plain([]byte(after))))
	if !strings.Contains(after, "#EXTINF:0.4,\nk-s3.m4s\n#EXT-X-DISCONTINUITY\n") || a.Totals().Refused != 1 {
		t.Errorf("%+v: %s", a.Totals(), after)
	}
}

func TestOneTargetForSiblings(t *testing.T) {
	shared := NewTarget(2*time.Second, 0)
	c := low()
	c.Target, c.Segment = shared, 0
	one, two := begun(t, c), begun(t, c)
	two.grow(15) // 3 s, while nothing is fixed
	one.write(3)
	two.Close(0)
	if got := two.Totals(); got.Refused != 1 || got.Segments != 0 || got.Memory != 0 {
		t.Errorf("a segment longer than the target was taken: %+v", got)
	}
	two.write(3)
	for _, a := range []*author{one, two} {
		got := text(t, a.Rendition)
		clean(t, conform.Check(conform.Plain([]byte(got))))
		if !strings.Contains(got, "TARGETDURATION:2\n") {
			t.Errorf("got %s", got)
		}
	}
	if shared.Seconds() != 2 {
		t.Errorf("the target is %d", shared.Seconds())
	}
}

// control is what a playlist says of how to come close to its end.
func control(t *testing.T, a *author) string {
	t.Helper()
	for line := range strings.Lines(text(t, a.Rendition)) {
		if strings.HasPrefix(line, "#EXT-X-SERVER-CONTROL:") {
			return strings.TrimSpace(line)
		}
	}
	t.Fatal("it says nothing of how to come close to its end")
	return ""
}

// TestOneControlForSiblings: whatever the parts of the others turn out to be, all say the same (6.2.4), and nobody ever takes it back.
func TestOneControlForSiblings(t *testing.T) {
	for name, c := range map[string]struct {
		wish   time.Duration // that the target knows
		later  bool          // the second begins after the first is published
		second time.Duration // parts of it
		back   string
		listed bool // the second lists them
	}{
		"known before":                     {0, false, 230 * time.Millisecond, "0.69", true},
		"shorter":                          {0, false, 150 * time.Millisecond, "0.63", true},
		"later, where several are awaited": {tick, true, 230 * time.Millisecond, "0.735", true},
		"later, and a little longer":       {0, true, 230 * time.Millisecond, "0.63", true},
		"later, and much longer":           {0, true, 400 * time.Millisecond, "0.63", false},
		"known before, and much longer":    {0, false, 400 * time.Millisecond, "1.2", true},
	} {
		t.Run(name, func(t *testing.T) {
			conf := low()
			conf.Target = NewTarget(conf.Segment, c.wish)
			one, two := begun(t, conf), &author{Rendition: fresh(t, conf), at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
			begin := func() { two.Begin(Init{Data: []byte("init"), PartTarget: c.second}) }
			if !c.later {
				begin()
			}
			one.Open(one.at, false)
			for i := range 9 {
				one.part(210*time.Millisecond, i == 0, i == 8)
			}
			first := control(t, one)
			if c.later {
				begin()
			}
			for range 4 {
				two.Open(two.at, false)
				for i := range 5 {
					two.part(c.second, i == 0, i == 4)
				}
			}
			one.segment()
			if got := []string{control(t, one), control(t, two)}; got[0] != first || got[1] != first {
				t.Errorf("%s, and then %s", first, got)
			}
			if !strings.Contains(first, ",PART-HOLD-BACK="+c.back+",") {
				t.Errorf("%s, want %s", first, c.back)
			}
			got := text(t, two.Rendition)
			if count(got, "#EXT-X-PART") > 0 != c.listed {
				t.Errorf("got %s", got)
			}
			for _, f := range conform.Check(conform.Plain([]byte(got))) {
				if !f.Should || name != "later, and a little longer" {
					t.Error(f)
				}
			}
			if !c.listed {
				refused(t, two.Rendition, two.name(isPart, 0, ".m4s"), fault.ResourceNotFound)
				if _, err := two.Playlist(t.Context(), at(3, 1<<40)); err != nil { // without parts _HLS_part means nothing
					t.Error(err)
				}
			}
		})
	}
}

func TestPartTarget(t *testing.T) {
	c := low()
	r := fresh(t, c)
	r.Begin(Init{Data: []byte("i"), PartTarget: 216 * time.Millisecond})
	r.Open(time.Unix(0, 0), false)
	for range 9 {
		r.Add(Part{Data: []byte("x"), Duration: 216700 * time.Microsecond})
	}
	r.Close(0)
	if got := text(t, r); !strings.Contains(got, "PART-TARGET=0.217\n") || !strings.Contains(got, "PART-HOLD-BACK=0.651") {
		t.Errorf("got %s", got)
	}
	r.Open(time.Unix(2, 0), false)
	r.Add(Part{Data: []byte("x"), Duration: 300 * time.Millisecond})
	if got := text(t, r); !strings.Contains(got, "PART-TARGET=0.217\n") || r.Totals().Long != 1 {
		t.Errorf("a long part: %+v, %s", r.Totals(), got)
	}
}

func TestDatesNeverGoBack(t *testing.T) {
	a := begun(t, low())
	a.write(3)
	a.at = a.at.Add(-time.Hour)
	a.segment()
	got := text(t, a.Rendition)
	clean(t, conform.Check(conform.Plain([]byte(got))))
	if !strings.Contains(got, "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:06.000Z") {
		t.Errorf("got %s", got)
	}
}

func TestWhatWritersMayNotDo(t *testing.T) {
	c := low()
	r := fresh(t, c)
	r.Open(time.Unix(0, 0), false)                 // before Begin
	r.Add(Part{Data: []byte("x"), Duration: tick}) // without a segment
	r.Begin(Init{})                                //
	r.Close(time.Second)                           // nothing is open: nothing happens
	r.Open(time.Unix(0, 0), false)                 //
	r.Add(Part{Data: []byte("x")})                 // without a length
	r.Add(Part{Duration: tick})                    // without bytes
	r.Close(time.Second)                           // empty: nothing happens
	r.Add(Part{Data: []byte("x"), Duration: tick}) // closed
	if got := r.Totals(); got.Refused != 5 || got.Segments != 0 {
		t.Errorf("totals %+v", got)
	}
}

func TestMediaStaysAvailable(t *testing.T) {
	a := begun(t, low())
	a.write(3)
	for n := 3; n < 40; n++ {
		// 6.2.2: a segment stays for its own duration and that of the playlist, parts for three target durations after they are unlisted
		for back := 1; back <= 6; back++ {
			if n-back >= 0 {
				body(t, a.Rendition, a.name(isSegment, uint64(n-back), ".m4s"))
				body(t, a.Rendition, a.name(isPart, uint64((n-back)*10), ".m4s"))
			}
		}
		a.segment()
	}
	if got := a.Totals(); got.Listed != 3 || got.Memory > 10*50 || len(a.segments) > 8 {
		t.Errorf("%d segments are kept: %+v", len(a.segments), got)
	}
}
