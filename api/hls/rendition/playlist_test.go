package rendition

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/hls/playlist/conform"
	"sluice/engine/fault"
)

func TestPlaylistOfALowLatencyStream(t *testing.T) {
	a := begun(t, low())
	a.write(3)
	a.grow(2)
	got := text(t, a.Rendition)
	clean(t, conform.Check(conform.Plain([]byte(got))))
	head := `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.6,HOLD-BACK=6.0
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="k-i1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXTINF:2.0,
k-s0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z
#EXT-X-PART:DURATION=0.2,URI="k-p10.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.2,URI="k-p11.m4s"
`
	if !strings.HasPrefix(got, head) {
		t.Errorf("it begins\n%s\nnot\n%s", got, head)
	}
	tail := `#EXTINF:2.0,
k-s2.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:06.000Z
#EXT-X-PART:DURATION=0.2,URI="k-p30.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.2,URI="k-p31.m4s"
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="k-p32.m4s"
`
	if !strings.HasSuffix(got, tail) {
		t.Errorf("it ends\n%s\nnot\n%s", got, tail)
	}
	if s, p := body(t, a.Rendition, "k-s0.m4s"), body(t, a.Rendition, "k-p1.m4s"); s != "<1><2><3><4><5><6><7><8><9><10>" || p != "<2>" {
		t.Errorf("segment %q, part %q", s, p)
	}
	if i := body(t, a.Rendition, "k-i1.mp4"); i != "init1" {
		t.Errorf("section %q", i)
	}
}

func TestPlaylistOfOldPlayers(t *testing.T) {
	c := low()
	c.Part = 0
	r := fresh(t, c)
	r.Begin(Init{Form: TS})
	for i := range 4 {
		r.Open(time.Unix(int64(i)*2, 0), false)
		r.Add(Part{Data: []byte("ts"), Duration: 2 * time.Second, Independent: true})
		r.Close(0)
	}
	got := text(t, r)
	clean(t, conform.Check(conform.Plain([]byte(got))))
	for _, not := range []string{"PART", "MAP", "HINT", "VERSION:6"} {
		if strings.Contains(got, not) {
			t.Errorf("it has %s: %s", not, got)
		}
	}
	if !strings.Contains(got, "#EXTINF:2.0,\nk-s1.ts\n") || strings.Contains(got, "s0") {
		t.Errorf("the window is wrong: %s", got)
	}
	m, err := r.Fetch(t.Context(), "k-s3.ts")
	if err != nil || m.Type != "video/mp2t" {
		t.Errorf("%+v, %v", m, err)
	}
	refused(t, r, "k-p0.ts", fault.ResourceNotFound) // parts are not told of
	refused(t, r, "k-i1.mp4", fault.ResourceNotFound)
}

func TestTracksThatChange(t *testing.T) {
	a := begun(t, low())
	a.write(3)
	a.grow(2)
	before := text(t, a.Rendition)
	a.Begin(Init{Data: []byte("init2")}) // closes the segment of two parts
	a.write(2)
	after := text(t, a.Rendition)
	clean(t, conform.Check(conform.Plain([]byte(before)), conform.Plain([]byte(after))))
	if !strings.Contains(after, "#EXTINF:0.4,\nk-s3.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"k-i2.mp4\"\n#EXT-X-PROGRAM-DATE-TIME") {
		t.Errorf("no discontinuity and section: %s", after)
	}
	a.write(3) // the discontinuity is the first of the playlist now
	third := text(t, a.Rendition)
	a.write(1)
	fourth := text(t, a.Rendition)
	clean(t, conform.Check(conform.Plain([]byte(after)), conform.Plain([]byte(third)), conform.Plain([]byte(fourth))))
	if count(fourth, "#EXT-X-MAP") != 1 || count(fourth, "DISCONTINUITY-SEQUENCE:1\n") != 1 || count(fourth, "DISCONTINUITY\n") != 0 {
		t.Errorf("after the discontinuity left: %s", fourth)
	}
	if i, ok := a.Init(); !ok || string(i.Data) != "init2" {
		t.Errorf("Init is %+v", i)
	}
	a.Begin(Init{Form: TS})
	if a.Totals().Refused != 1 {
		t.Error("another form was taken")
	}
}

func TestWhereTheFirstSegmentOfThePlaylistBringsItsSection(t *testing.T) {
	c := low()
	a := begun(t, c)
	a.write(1)
	a.Begin(Init{Data: []byte("init2")})
	a.write(3)
	got := text(t, a.Rendition)
	clean(t, conform.Check(conform.Plain([]byte(got))))
	if count(got, "#EXT-X-MAP") != 1 || count(got, "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"k-i2.mp4\"") != 1 {
		t.Errorf("one section was to come, with the discontinuity: %s", got)
	}
}

func TestEnd(t *testing.T) {
	a := begun(t, low())
	a.write(3)
	a.grow(3)
	before := text(t, a.Rendition)
	a.End()
	if !a.Ended() {
		t.Error("it has not ended")
	}
	after := text(t, a.Rendition)
	clean(t, conform.Check(conform.Plain([]byte(before)), conform.Plain([]byte(after))))
	if !strings.HasSuffix(after, "#EXTINF:0.6,\nk-s3.m4s\n#EXT-X-ENDLIST\n") {
		t.Errorf("it ends: %s", after)
	}
	a.segment() // nobody hears of it
	a.Begin(Init{Data: []byte("x")})
	a.End()
	if text(t, a.Rendition) != after {
		t.Error("something was added after the end")
	}
	if _, err := a.Playlist(t.Context(), Request{MSN: 99, Part: 7, Skip: true}); err != nil {
		t.Errorf("directives are not ignored after the end: %v", err)
	}
	refused(t, a.Rendition, "k-p33.m4s", fault.ResourceNotFound)
}

func TestAnEndWithoutAnything(t *testing.T) {
	a := begun(t, low())
	a.Open(a.at, false)
	a.End()
	<-a.Ready()
	if _, err := a.Playlist(t.Context(), Latest()); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Errorf("got %v", err)
	}
}

func TestReportsOfSiblings(t *testing.T) {
	high, lower := low(), low()
	var other *author
	high.Siblings = func() []Report {
		report := other.Report()
		report.URI = "low.m3u8"
		return []Report{report}
	}
	other = begun(t, lower)
	a := begun(t, high)
	a.write(3)
	if got := text(t, a.Rendition); strings.Contains(got, "RENDITION-REPORT") {
		t.Errorf("a report of nothing: %s", got)
	}
	other.write(2)
	for parts, want := range []string{"LAST-MSN=1,LAST-PART=9", "LAST-MSN=2,LAST-PART=0", "LAST-MSN=2,LAST-PART=1"} {
		if parts == 1 {
			other.Open(other.at, false)
		}
		if parts > 0 {
			other.part(tick, false, false)
		}
		a.segment()
		if got := text(t, a.Rendition); !strings.Contains(got, "#EXT-X-RENDITION-REPORT:URI=\"low.m3u8\","+want+"\n") {
			t.Errorf("no %q in %s", want, got)
		}
	}
}

// TestSiblingsMayUseLocksOfTheirOwn: who asks the siblings holds a lock under which others use this rendition.
func TestSiblingsMayUseLocksOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var catalog sync.Mutex
		c := low()
		asked, goOn := make(chan struct{}), make(chan struct{})
		c.Siblings = func() []Report {
			close(asked)
			<-goOn
			catalog.Lock()
			defer catalog.Unlock()
			return []Report{{URI: "low.m3u8", MSN: 4, Part: 2}}
		}
		r := fresh(t, c)
		out := make(chan answer, 1)
		go func() {
			text, err := r.Playlist(t.Context(), Latest())
			out <- answer{text, err}
		}()
		<-asked
		catalog.Lock()
		r.Rates() // this waited for ever if the reader held the rendition's lock
		catalog.Unlock()
		close(goOn)
		r.Remove()
		failed(t, out, fault.Closed)
	})
}

func TestASuccessorGoesOnCounting(t *testing.T) {
	c := low()
	c.Part = 0 // else the predecessor has hinted at a part that the successor does not make
	a := begun(t, c)
	a.write(2)
	a.Begin(Init{Data: []byte("init2")})
	a.write(4)
	before := text(t, a.Rendition)
	c.FirstMSN, c.FirstDiscontinuity = a.Next()
	c.Prefix = "later"
	next := begun(t, c)
	next.at = a.at
	next.write(3)
	clean(t, conform.Check(conform.Plain([]byte(before)), conform.Plain([]byte(text(t, next.Rendition)))))
	if got := text(t, next.Rendition); !strings.Contains(got, "SEQUENCE:6\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n#EXT-X-MAP") || count(got, "DISCONTINUITY\n") != 1 {
		t.Errorf("the successor says %s", got)
	}
}

func TestRenderedOncePerChange(t *testing.T) {
	a := begun(t, low())
	a.write(3)
	one, _ := a.Playlist(t.Context(), Latest())
	for range 100 {
		if two, _ := a.Playlist(t.Context(), Latest()); two != one {
			t.Fatal("it was rendered again")
		}
	}
	a.grow(1)
	if two, _ := a.Playlist(t.Context(), Latest()); two == one || a.Totals().Renderings != 2 {
		t.Errorf("after a change: %d renderings", a.Totals().Renderings)
	}
}

func TestRates(t *testing.T) {
	c := low()
	c.Part = 0
	r := fresh(t, c)
	if p, a := r.Rates(); p != 0 || a != 0 {
		t.Errorf("of nothing: %d, %d", p, a)
	}
	r.Begin(Init{})
	for i, size := range []int{1000, 3000, 2000} {
		r.Open(time.Unix(int64(i), 0), false)
		r.Add(Part{Data: make([]byte, size), Duration: 2 * time.Second})
		r.Close(0)
	}
	if p, a := r.Rates(); p != 12000 || a != 8000 {
		t.Errorf("peak %d, average %d", p, a)
	}
}

// TestRatesOfShortSegments: what a publisher breaks off behind a key picture is no peak by itself (4.1).
func TestRatesOfShortSegments(t *testing.T) {
	type one struct {
		size   int
		length time.Duration
	}
	const second = time.Second
	for name, c := range map[string]struct {
		segments []one
		peak     int
	}{
		"alone":             {[]one{{1000, second / 10}}, 80_000},
		"behind another":    {[]one{{1000, 2 * second}, {1000, second / 10}}, 8000 * 2 * 10 / 21},
		"between others":    {[]one{{1000, 2 * second}, {1000, second / 10}, {1000, 2 * second}}, 8000 * 2 * 10 / 21},
		"half of a target":  {[]one{{1000, 2 * second}, {1000, second}}, 8000},
		"many":              {[]one{{250, second / 2}, {500, second / 2}, {500, second / 2}, {250, second / 2}}, 8000},
		"two that are long": {[]one{{1000, 2 * second}, {4000, 2 * second}}, 16_000},
	} {
		conf := low()
		conf.Part, conf.Window = 0, 9
		r := fresh(t, conf)
		r.Begin(Init{})
		at := time.Unix(0, 0)
		for _, s := range c.segments {
			r.Open(at, false)
			r.Add(Part{Data: make([]byte, s.size), Duration: s.length})
			r.Close(0)
			at = at.Add(s.length)
		}
		if peak, _ := r.Rates(); peak != c.peak {
			t.Errorf("%s: peak %d, want %d", name, peak, c.peak)
		}
	}
}

// TestRatesAreKept: they are those of the window as it is, and it is walked through once for all who ask.
func TestRatesAreKept(t *testing.T) {
	c := low()
	c.Part, c.Window = 0, 4
	r := fresh(t, c)
	r.Begin(Init{})
	for i := range 20 {
		r.Open(time.Unix(2*int64(i), 0), false)
		r.Add(Part{Data: make([]byte, 1000+i*i%7*500), Duration: 2 * time.Second})
		r.Close(0)
		peak, average := r.Rates()
		list := r.segments[r.head:]
		if want := r.measured(list); peak != want.peak || average != want.average {
			t.Errorf("after segment %d: peak %d and average %d, want %+v", i, peak, average, want)
		}
		list[0].size += 1e6 // who walks through again sees that
		if again, _ := r.Rates(); again != peak || r.rates.average != average {
			t.Error("the window was walked through again")
		}
		list[0].size -= 1e6
	}
	r.Remove()
	if peak, average := r.Rates(); peak != 0 || average != 0 {
		t.Errorf("of what was removed: %d, %d", peak, average)
	}
}

func TestConfigurationsThatCannotBe(t *testing.T) {
	for _, c := range []Config{
		{Window: 3}, {Segment: time.Second, Window: 2}, {Segment: time.Second, Window: 3, Part: -1}, {Segment: time.Second, Window: 3, DVR: 1},
		{Segment: time.Second, Window: 3, FirstMSN: -1},
	} {
		if r, err := New(c); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("%+v: %v, %v", c, r, err)
		}
	}
}
