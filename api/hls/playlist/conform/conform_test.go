package conform

import (
	"slices"
	"strings"
	"testing"
)

// first and second are two states of a playlist as it should be.
const first = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3.0,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0
#EXT-X-PART-INF:PART-TARGET=1.0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:5
#EXT-X-DISCONTINUITY-SEQUENCE:1
#EXT-X-MAP:URI="i1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z
#EXTINF:2.0,
s5.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z
#EXTINF:2.0,
s6.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="i2.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:04.000Z
#EXTINF:2.0,
s7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:06.000Z
#EXT-X-PART:DURATION=1.0,URI="p1.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=1.0,URI="p2.m4s"
#EXTINF:2.0,
s8.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:08.000Z
#EXT-X-PART:DURATION=1.0,URI="p3.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p4.m4s"
#EXT-X-RENDITION-REPORT:URI="low.m3u8",LAST-MSN=8,LAST-PART=1
`

const second = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=3.0,CAN-SKIP-UNTIL=12.0,HOLD-BACK=6.0
#EXT-X-PART-INF:PART-TARGET=1.0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:6
#EXT-X-DISCONTINUITY-SEQUENCE:1
#EXT-X-MAP:URI="i1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z
#EXTINF:2.0,
s6.m4s
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="i2.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:04.000Z
#EXTINF:2.0,
s7.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:06.000Z
#EXT-X-PART:DURATION=1.0,URI="p1.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=1.0,URI="p2.m4s"
#EXTINF:2.0,
s8.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:08.000Z
#EXT-X-PART:DURATION=1.0,URI="p3.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=1.0,URI="p4.m4s"
#EXTINF:2.0,
s9.m4s
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="p5.m4s"
#EXT-X-RENDITION-REPORT:URI="low.m3u8",LAST-MSN=9,LAST-PART=1
`

func TestWhatIsRight(t *testing.T) {
	fetches := []Fetch{Plain([]byte(first)), {Body: []byte(second), MSN: 8, Part: 2}, {Body: []byte(second), MSN: 9, Part: -1}}
	if found := Check(fetches...); len(found) > 0 {
		t.Errorf("findings in playlists that are right: %v", found)
	}
	ended := second[:strings.Index(second, "#EXT-X-PRELOAD")] + "#EXT-X-ENDLIST\n"
	if found := Check(Plain([]byte(second)), Fetch{Body: []byte(ended), MSN: 99, Part: 3, Skip: true}); len(found) > 0 {
		t.Errorf("findings in the end: %v", found)
	}
}

// TestWhatIsAllowed changes what is right into something else that is.
func TestWhatIsAllowed(t *testing.T) {
	for _, b := range []broken{
		{"#EXTINF:2.0,\ns6", "#EXTINF:2.0,a title, of two\ns6", ""},
		{"#EXTINF:2.0,\ns6", "#EXTINF:2,\ns6", ""},
		{"s7.m4s", "s5.m4s", ""}, // it comes again behind a discontinuity
		{"#EXTINF:2.0,\ns6.m4s", "#EXT-X-BYTERANGE:100@100\n#EXTINF:2.0,\ns5.m4s", ""},
		{`URI="p2.m4s"`, `URI="p1.m4s",BYTERANGE="100@100"`, ""},
		{`PART,URI="p4.m4s"`, `PART,URI="p3.m4s",BYTERANGE-START=100`, ""},
	} {
		if found := Check(Plain(b.of(t, first))); len(found) > 0 {
			t.Errorf("%+v: %v", b, found)
		}
	}
	// Segment 8 is at the live edge no more when there are two and a half behind it.
	more := second[:strings.Index(second, "#EXT-X-PRELOAD")] + "#EXTINF:2.0,\ns10.m4s\n" + second[strings.Index(second, "#EXT-X-PRELOAD"):]
	more = strings.Replace(more, "#EXTINF:2.0,\ns10", "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:10.000Z\n"+
		"#EXT-X-PART:DURATION=1.0,URI=\"p5.m4s\",INDEPENDENT=YES\n#EXT-X-PART:DURATION=1.0,URI=\"p6.m4s\"\n#EXTINF:2.0,\ns10", 1)
	more = strings.Replace(more, "#EXT-X-PRELOAD",
		"#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:12.000Z\n#EXT-X-PART:DURATION=1.0,URI=\"p7.m4s\",INDEPENDENT=YES\n#EXT-X-PRELOAD", 1)
	more = strings.Replace(more, `PART,URI="p5`, `PART,URI="p8`, 1)
	i, k := strings.Index(more, "#EXT-X-PART:DURATION=1.0,URI=\"p1"), strings.Index(more, "#EXTINF:2.0,\ns8")
	for _, f := range Check(Plain([]byte(first)), Plain([]byte(more[:i]+more[k:]))) {
		t.Error(f)
	}
}

// broken is a way to make a playlist wrong, and the section that says so, perhaps with what the finding says.
type broken struct {
	old, new string
	finding  string
}

func holds(t *testing.T, found []Finding, want string, what any) {
	t.Helper()
	section, says, _ := strings.Cut(want, " ")
	if !slices.ContainsFunc(found, func(f Finding) bool { return f.Section == section && strings.Contains(f.Message, says) }) {
		t.Errorf("%+v: no finding of %s, but %v", what, want, found)
	}
}

func (b broken) of(t *testing.T, text string) []byte {
	t.Helper()
	if !strings.Contains(text, b.old) {
		t.Fatalf("nothing to break: %q", b.old)
	}
	return []byte(strings.Replace(text, b.old, b.new, 1))
}

func TestWhatOnePlaylistTells(t *testing.T) {
	for _, b := range []broken{
		{"#EXTM3U\n", "\ufeff#EXTM3U\n", "4.1"},
		{"s5.m4s", "s\x015.m4s", "4.1"},
		{"#EXTM3U\n", "", "4.4.1.1"},
		{"#EXT-X-VERSION:6", "#EXT-X-VERSION:5", "8"},
		{"#EXT-X-VERSION:6", "#EXT-X-VERSION:9", "6.2.1"},
		{"#EXT-X-VERSION:6", "#EXT-X-VERSION:6\n#EXT-X-VERSION:6", "4.4"},
		{"#EXT-X-VERSION:6", "#EXT-X-VERSION:six", "4.2"},
		{"#EXT-X-TARGETDURATION:2\n", "", "4.4.3.1 there is no"},
		{"#EXTINF:2.0,\ns6", "#EXTINF:2.5,\ns6", "4.4.3.1"},
		{"#EXTINF:2.0,\ns6", "s6", "4.4.4.1"},
		{"#EXTINF:2.0,\ns6", "#EXTINF:two,\ns6", "4.4.4.1"},
		{"#EXTINF:2.0,\ns6", "#EXTINF:2.0\ns6", "4.4.4.1 no comma"},
		{"#EXTINF:2.0,\ns6", "#EXTINF:2e0,\ns6", "4.4.4.1"},
		{"#EXTINF:2.0,\ns6", "#EXTINF:+2.0,\ns6", "4.4.4.1"},
		{"#EXTINF:2.0,\ns6", "#EXTINF:-2.0,\ns6", "4.4.4.1"},
		{"#EXTINF:2.0,\ns6", "#EXTINF:0x2p0,\ns6", "4.4.4.1"},
		{"#EXTINF:2.0,\ns6", "#EXTINF:2.,\ns6", "4.4.4.1"},
		{"#EXTINF:2.0,\ns6", "#EXTINF:Inf,\ns6", "4.4.4.1"},
		{"TARGETDURATION:2", "TARGETDURATION:+2", "4.2 EXT-X-TARGETDURATION"},
		{"s6.m4s", "s5.m4s", "4.4.4.3 s5.m4s stands there twice"},
		{"p2.m4s", "p1.m4s", "4.4.4.3 p1.m4s stands there twice"},
		{"p2.m4s", "s8.m4s", "4.4.4.3 s8.m4s stands there twice"},
		{`PART,URI="p4.m4s"`, `PART,URI="p3.m4s"`, "4.4.5.3 listed"},
		{`PART,URI="p4.m4s"`, `PART,URI="p2.m4s"`, "4.4.5.3 listed"},
		{"s6.m4s\n", "s6.m4s\n#EXT-X-MEDIA-SEQUENCE:5\n", "4.4.3.2"},
		{"s6.m4s\n", "s6.m4s\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n", "4.4.3.3"},
		{"#EXT-X-PART-INF:PART-TARGET=1.0\n", "", "4.4.3.7"},
		{",PART-HOLD-BACK=3.0", "", "4.4.3.8"},
		{"PART-HOLD-BACK=3.0", "PART-HOLD-BACK=1.9", "4.4.3.8 less than two"},
		{"PART-HOLD-BACK=3.0", "PART-HOLD-BACK=2.9", "4.4.3.8 less than three part"},
		{",HOLD-BACK=6.0", ",HOLD-BACK=5.9", "4.4.3.8"},
		{"CAN-SKIP-UNTIL=12.0", "CAN-SKIP-UNTIL=11.0", "4.4.3.8"},
		{"CAN-SKIP-UNTIL=12.0", "CAN-BLOCK-RELOAD=YES", "4.2"},
		{"CAN-SKIP-UNTIL=12.0", "can skip", "4.2 no attribute list"},
		{"CAN-SKIP-UNTIL=12.0", "can-skip=12.0", "4.2 no attribute list"},
		{"CAN-SKIP-UNTIL=12.0", "CAN-SKIP-UNTIL=", "4.2 no attribute list"},
		{"URI=\"low.m3u8\"", "URI=\"low.m3u8", "4.2 no attribute list"},
		{"URI=\"low.m3u8\"", "URI=\"low.m3u8\"x", "4.2 no attribute list"},
		{`DURATION=1.0,URI="p2.m4s"`, `DURATION=1.01,URI="p2.m4s"`, "4.4.4.9 longer than PART-TARGET"},
		{`DURATION=1.0,URI="p2.m4s"`, `URI="p2.m4s"`, "4.4.4.9 EXT-X-PART needs"},
		{"DURATION=1.0,URI=\"p1.m4s\",INDEPENDENT=YES", `DURATION=0.8,URI="p1.m4s"`, "4.4.4.9 less than 85"},
		{",INDEPENDENT=YES", "", "4.4.4.9 does not say so"},
		{"#EXTINF:2.0,\ns8", "#EXTINF:1.5,\ns8", "4.4.4.9 the parts of segment 8 are"},
		{"#EXT-X-PART:DURATION=1.0,URI=\"p2.m4s\"", "#EXT-X-DISCONTINUITY\n#EXT-X-PART:DURATION=1.0,URI=\"p2.m4s\"", "4.4.4.9"},
		{
			"#EXT-X-PART:DURATION=1.0,URI=\"p2.m4s\"",
			"#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:06.000Z\n#EXT-X-PART:DURATION=1.0,URI=\"p2.m4s\"", "4.4.4.9 DATE-TIME after",
		},
		{
			"#EXT-X-PRELOAD", "#EXT-X-PART:DURATION=1.0,URI=\"p4\"\n#EXT-X-PART:DURATION=1.0,URI=\"p5\"\n#EXT-X-PRELOAD",
			"4.4.3.1 the parts of segment 9",
		},
		{"#EXT-X-PART:DURATION=1.0,URI=\"p2.m4s\"", "#EXT-X-MAP:URI=\"i3.mp4\"\n#EXT-X-PART:DURATION=1.0,URI=\"p2.m4s\"", "4.4.4.9"},
		{"#EXT-X-MAP:URI=\"i1.mp4\"", "#EXT-X-MAP:BYTERANGE=\"1@0\"", "4.4.4.5"},
		{"2026-01-01T00:00:02.000Z", "yesterday", "4.4.4.6"},
		{"2026-01-01T00:00:02.000Z", "2025-12-31T23:00:00.000Z", "6.2.1"},
		{"2026-01-01T00:00:02.000Z", "2026-01-01T00:00:05.000Z", "6.2.1 jumps"},
		{"#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:02.000Z\n", "", "6.2.1"},
		{"#EXTINF:2.0,\ns5", "#EXT-X-PART:DURATION=1.0,URI=\"p8\"\n#EXT-X-PART:DURATION=1.0,URI=\"p9\"\n#EXTINF:2.0,\ns5", "6.2.2"},
		{"#EXT-X-VERSION:6", "#EXT-X-VERSION:6\n#EXT-X-PLAYLIST-TYPE:EVENT", "6.2.2"},
		{"TYPE=PART,", "", "4.4.5.3"},
		{"#EXT-X-PRELOAD", "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p5.m4s\"\n#EXT-X-PRELOAD", "6.2.6"},
		{"#EXT-X-PRELOAD", "#EXT-X-ENDLIST\n#EXT-X-PRELOAD", "4.4.5.3"},
		{",LAST-MSN=8", "", "4.4.5.4"},
		{",LAST-PART=1", "", "4.4.5.4"},
		{"URI=\"low.m3u8\"", "URI=\"http://other/low.m3u8\"", "4.4.5.4"},
		{"#EXT-X-VERSION:6", "#EXT-X-VERSION:6\n#EXT-X-START:PRECISE=YES", "4.4.2.2"},
		{"#EXT-X-VERSION:6", "#EXT-X-VERSION:6\n#EXT-X-START:TIME-OFFSET=-5.0", "4.4.2.2"},
	} {
		holds(t, Check(Plain(b.of(t, first))), b.finding, b)
	}
}

func TestWhatReloadsTell(t *testing.T) {
	for _, b := range []broken{
		{"TARGETDURATION:2", "TARGETDURATION:3", "6.2.1"},
		{"PART-TARGET=1.0", "PART-TARGET=1.1", "6.2.1"},
		{"PART-HOLD-BACK=3.0", "PART-HOLD-BACK=3.1", "6.2.1"},
		{"#EXT-X-INDEPENDENT-SEGMENTS\n", "", "6.2.1"},
		{"MEDIA-SEQUENCE:6", "MEDIA-SEQUENCE:4", "6.2.2 MEDIA-SEQUENCE went back"},
		{"MEDIA-SEQUENCE:6", "MEDIA-SEQUENCE:4", "6.2.1 vanished from the end"},
		{"MEDIA-SEQUENCE:6", "MEDIA-SEQUENCE:7", "6.2.1"}, // all segments have other numbers
		{"DISCONTINUITY-SEQUENCE:1", "DISCONTINUITY-SEQUENCE:0", "6.2.2 went back"},
		{"DISCONTINUITY-SEQUENCE:1", "DISCONTINUITY-SEQUENCE:2", "6.2.2 number of segment 6 changed"},
		{"s7.m4s", "s7b.m4s", "6.2.1"},
		{"#EXTINF:2.0,\ns7", "#EXTINF:1.9,\ns7", "6.2.1"},
		{"00:00:04.000Z", "00:00:04.500Z", "6.2.1"},
		{"i2.mp4", "i3.mp4", "6.2.1"},
		{"#EXT-X-DISCONTINUITY\n", "", "6.2.1"},
		{"p1.m4s", "p1b.m4s", "6.2.1"},
		{"#EXT-X-PART:DURATION=1.0,URI=\"p3.m4s\",INDEPENDENT=YES\n", "", "6.2.1"},
		{"p4.m4s", "p4b.m4s", "4.4.5.3"},
		{
			"#EXT-X-PART:DURATION=1.0,URI=\"p1.m4s\",INDEPENDENT=YES\n#EXT-X-PART:DURATION=1.0,URI=\"p2.m4s\"\n", "",
			"6.2.1 the parts of segment 8 are gone",
		},
		{"LAST-MSN=9", "LAST-MSN=7", "6.2.2"},
	} {
		holds(t, Check(Plain([]byte(first)), Plain(b.of(t, second))), b.finding, b)
	}
	tail := second[strings.Index(second, "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:06"):]
	short := "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:8\n" + tail
	holds(t, Check(Plain([]byte(first)), Plain([]byte(short))), "6.2.2 less than three", "a playlist that is too short")
	ended := []byte(strings.Replace(first, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p4.m4s\"", "#EXT-X-ENDLIST", 1))
	again := Check(Plain(ended), Plain([]byte(second)))
	holds(t, again, "4.4.3.4 went away", "a playlist that begins again")
	holds(t, again, "4.4.3.4 were added", "a playlist that begins again")
}

func TestWhatWasAskedFor(t *testing.T) {
	for _, f := range []Fetch{{MSN: 9, Part: -1}, {MSN: 8, Part: 5, Skip: true}, {MSN: 9, Part: 1}, {MSN: 10, Part: 0}} {
		f.Body = []byte(first)
		wrong := f.MSN != 8 // a part behind the last of segment 8 is the first of the next, which is there
		found := Check(f)
		if wrong {
			holds(t, found, "6.2.5.2", f)
		} else if len(found) > 0 {
			t.Errorf("%+v: %v", f, found)
		}
	}
}

// long is a playlist with enough to skip, and its delta update.
func long() (full, delta string) {
	head := "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:1\n#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL=6.0\n#EXT-X-MEDIA-SEQUENCE:0\n"
	lines := make([]string, 10)
	for i := range lines {
		lines[i] = "#EXTINF:1.0,\ns" + string(rune('0'+i)) + "\n"
	}
	return head + strings.Join(lines, ""),
		strings.Replace(head, "VERSION:3", "VERSION:9", 1) + "#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n" + strings.Join(lines[3:], "")
}

func TestDeltaUpdates(t *testing.T) {
	full, delta := long()
	ask := func(text []byte) Fetch { return Fetch{Body: text, MSN: -1, Part: -1, Skip: true} }
	if found := Check(Plain([]byte(full)), ask([]byte(delta)), ask([]byte(delta))); len(found) > 0 {
		t.Errorf("findings in what is right: %v", found)
	}
	if found := CheckDelta([]byte(full), []byte(delta)); len(found) > 0 {
		t.Errorf("findings in what is right: %v", found)
	}
	holds(t, Check(Plain([]byte(full)), Plain([]byte(delta))), "6.2.5.1", "nobody asked")
	holds(t, Check(ask([]byte(delta))), "6.2.5.1", "the client knows nothing")
	for _, b := range []broken{
		{"VERSION:9", "VERSION:8", "8"},
		{"SEGMENTS=3", "SEGMENTS=0", "4.4.5.2"},
		{"#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n", "#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n", "4.4.5.2"},
		{"CAN-SKIP-UNTIL=6.0", "CAN-BLOCK-RELOAD=YES", "6.2.5.1"},
		{"#EXTINF:1.0,\ns3\n", "", "6.2.1"},
		{"s9\n", "s9\n#EXT-X-ENDLIST\n", "6.2.5.1"},
		{"SEGMENTS=3\n#EXTINF:1.0,\ns3\n#EXTINF:1.0,\ns4\n", "SEGMENTS=5\n", "6.2.5.1"},
	} {
		holds(t, Check(Plain([]byte(full)), ask(b.of(t, delta))), b.finding, b)
	}
	for _, b := range []broken{
		{"s4\n", "x4\n", "6.2.5.1"},
		{"#EXTINF:1.0,\ns3\n", "", "4.4.5.2"},
		{"TARGETDURATION:1", "TARGETDURATION:2", "6.2.5.1 the whole playlist has no"},
		{"#EXT-X-MEDIA-SEQUENCE:0\n", "", "6.2.5.1"},
		{"#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n", "", "6.2.5.1"},
	} {
		holds(t, CheckDelta([]byte(full), b.of(t, delta)), b.finding, b)
	}
}

func TestFindingsReadWell(t *testing.T) {
	f := Finding{Fetch: 2, Section: "6.2.1", Message: "it changed"}
	if got := f.String(); got != "playlist 2: it changed (6.2.1, MUST)" {
		t.Errorf("got %q", got)
	}
	f.Should = true
	if got := f.String(); !strings.HasSuffix(got, "SHOULD)") {
		t.Errorf("got %q", got)
	}
}
