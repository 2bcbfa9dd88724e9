package playlist

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"time"

	hls "github.com/bluenviron/gohlslib/v2/pkg/playlist"
)

func sample(skips int) *Text {
	h := Header{
		Target: 2, PartTarget: 200 * time.Millisecond, PartHoldBack: 600 * time.Millisecond, SkipUntil: 12 * time.Second, Map: true,
		Independent: true, Sequence: 7, Discontinuity: 3,
	}
	l := Open(h, skips)
	l.Map("a-i1.mp4")
	l.Discontinuity()
	l.Date(time.Date(2026, 5, 4, 3, 2, 1, 987654321, time.FixedZone("east", 3600)))
	l.Part("a-p1.m4s", 200*time.Millisecond, true)
	l.Part("a-p2.m4s", 123456789*time.Nanosecond, false)
	l.Segment("a-s7.m4s", 2*time.Second)
	l.Hint("a-p3.m4s")
	l.Report("../low/index.m3u8", 7, 1)
	l.Report("../sound/index.m3u8", 6, -1)
	return Finish(l, 2, &Packer{})
}

const want = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.6,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0
#EXT-X-PART-INF:PART-TARGET=0.2
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:7
#EXT-X-DISCONTINUITY-SEQUENCE:3
#EXT-X-MAP:URI="a-i1.mp4"
#EXT-X-DISCONTINUITY
#EXT-X-PROGRAM-DATE-TIME:2026-05-04T02:02:01.987Z
#EXT-X-PART:DURATION=0.2,URI="a-p1.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.123456,URI="a-p2.m4s"
#EXTINF:2.0,
a-s7.m4s
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="a-p3.m4s"
#EXT-X-RENDITION-REPORT:URI="../low/index.m3u8",LAST-MSN=7,LAST-PART=1
#EXT-X-RENDITION-REPORT:URI="../sound/index.m3u8",LAST-MSN=6
`

func TestText(t *testing.T) {
	if got := string(sample(0).Bytes()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	delta := strings.Replace(want, "VERSION:6", "VERSION:9", 1)
	delta = strings.Replace(delta, "SEQUENCE:3\n", "SEQUENCE:3\n#EXT-X-SKIP:SKIPPED-SEGMENTS=4\n", 1)
	if got := string(sample(4).Bytes()); got != delta {
		t.Errorf("got\n%s\nwant\n%s", got, delta)
	}
	plain := Open(Header{Target: 6}, 0)
	plain.End()
	if got, want := string(Finish(plain, 6, &Packer{}).Bytes()), "#EXT-X-VERSION:3\n"; !strings.Contains(got, want) {
		t.Errorf("a playlist with none of the newer tags has no %q: %s", want, got)
	}
}

func TestFormsPutTheSuffixBehindEveryAddress(t *testing.T) {
	text := sample(0)
	suffixed := string(text.append([]byte("x"), "?token=s", Start{}))
	expected := strings.NewReplacer(".mp4", ".mp4?token=s", ".m4s", ".m4s?token=s", ".m3u8", ".m3u8?token=s").Replace(want)
	if suffixed != "x"+expected {
		t.Errorf("got\n%s\nwant\n%s", suffixed, expected)
	}
	if got := string(text.append(nil, "", Start{})); got != want {
		t.Errorf("without a suffix it differs:\n%s", got)
	}
	if string(text.Bytes()) != want {
		t.Error("the shared playlist changed")
	}
}

func TestFormsSayWhereToStart(t *testing.T) {
	for _, c := range []struct {
		start  Start
		suffix string
		tag    string
	}{
		{Start{Begin: true}, "", "#EXT-X-START:TIME-OFFSET=0.0\n"},
		{Start{Back: 90 * time.Second}, "?t=1", "#EXT-X-START:TIME-OFFSET=-90.0\n"},
		{Start{Back: 1500 * time.Millisecond}, "?t=1", "#EXT-X-START:TIME-OFFSET=-6.0\n"},
	} {
		got := string(sample(0).append(nil, c.suffix, c.start))
		if !strings.HasPrefix(got, "#EXTM3U\n"+c.tag+"#EXT-X-VERSION") {
			t.Errorf("%+v: no %q after the first line of\n%s", c.start, c.tag, got)
		}
		if rest := strings.Replace(got, c.tag, "", 1); rest != string(sample(0).append(nil, c.suffix, Start{})) {
			t.Errorf("%+v: more than the tag differs", c.start)
		}
	}
}

func TestGzip(t *testing.T) {
	packer := &Packer{}
	for range 2 { // the second uses the tables of the first
		l := Open(Header{Target: 2}, 0)
		l.Segment("a", time.Second)
		text := Finish(l, 2, packer)
		r, err := gzip.NewReader(bytes.NewReader(text.Gzip()))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, text.Bytes()) {
			t.Errorf("unpacked: %q, %v", got, err)
		}
		if one, two := text.Gzip(), text.Gzip(); &one[0] != &two[0] {
			t.Error("it is packed again")
		}
	}
}

// TestAnotherReader has gohlslib read what is written here.
func TestAnotherReader(t *testing.T) {
	var m hls.Media
	if err := m.Unmarshal(sample(0).Bytes()); err != nil {
		t.Fatal(err)
	}
	s := m.Segments[0]
	if m.TargetDuration != 2 || m.MediaSequence != 7 || *m.DiscontinuitySequence != 3 || m.Map.URI != "a-i1.mp4" ||
		m.PartInf.PartTarget != 200*time.Millisecond || *m.ServerControl.CanSkipUntil != 12*time.Second ||
		m.PreloadHint.URI != "a-p3.m4s" || len(m.RenditionReport) != 2 {
		t.Errorf("read: %+v", m)
	}
	if s.URI != "a-s7.m4s" || s.Duration != 2*time.Second || !s.Discontinuity || len(s.Parts) != 2 || !s.Parts[0].Independent {
		t.Errorf("segment: %+v", s)
	}
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0.0", time.Second: "1.0", 1500 * time.Millisecond: "1.5", 20 * time.Microsecond: "0.00002",
		2499999999 * time.Nanosecond: "2.499999", 12345678 * time.Microsecond: "12.345678", 100*time.Second + 40*time.Millisecond: "100.04",
	} {
		if got := string(appendSeconds(nil, d)); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func TestAdd(t *testing.T) {
	var a, b Lines
	a.Segment("one", time.Second)
	b.Segment("two", time.Second)
	a.Grow(100, 2)
	a.Add(b)
	if got := string(Finish(a, 1, &Packer{}).append(nil, "?q", Start{})); got != "#EXTINF:1.0,\none?q\n#EXTINF:1.0,\ntwo?q\n" {
		t.Errorf("got %q", got)
	}
	if a.Len() != len("#EXTINF:1.0,\none\n")*2 {
		t.Errorf("Len is %d", a.Len())
	}
}
