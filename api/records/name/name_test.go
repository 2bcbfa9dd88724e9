package name_test

import (
	"io/fs"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"sluice/api/records/name"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func values() name.Values {
	start := time.Date(2026, 3, 4, 5, 6, 7, 89e6, time.FixedZone("", 3600))
	return name.Values{
		Stream: "studio/cam 1", Session: "/10.0.0.1:5/1", MediaSession: "a1-b2", Login: "../../root", Audio: media.Opus, Video: media.VP8,
		Start: start, End: start.Add(61 * time.Second),
	}
}

func TestExpand(t *testing.T) {
	for template, want := range map[string]string{
		"stream-{mediaSessionId}-{login}":     "stream-a1-b2-.._.._root",
		"{streamName}-{startTime}":            "studio_cam_1-2026-03-04-04-06-07",
		"{login}/{streamName}":                "_._.._root/studio_cam_1",
		"{startTimeMillis}-{endTimeMillis}":   "1772597167089-1772597228089",
		"{duration}_{audioCodec}{videoCodec}": "61000_opusvp8",
		"{endTime}({sessionId})":              "2026-03-04-04-07-08(_10.0.0.1_5_1)",
		"plain":                               "plain",
		"été-{login}":                         "été-.._.._root",
	} {
		p, err := name.Parse(template)
		if err != nil {
			t.Errorf("%s: %v", template, err)
			continue
		}
		if got := p.Expand(values()); got != want {
			t.Errorf("%s: %s, not %s", template, got, want)
		}
		if got := p.Expand(name.Values{}); name.Check(got) != nil {
			t.Errorf("%s: %s is no name", template, got)
		}
		if late := strings.Contains(template, "end") || strings.Contains(template, "duration"); p.Late() != late || p.String() != template {
			t.Errorf("%s: late is %t", template, p.Late())
		}
	}
}

// TestInAddresses: pages put names into addresses as they are, where "#" would end them: WCS calls the streams of mixers "login#room".
func TestInAddresses(t *testing.T) {
	p, err := name.Parse("{streamName}")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Expand(name.Values{Stream: "ann#room?a&b%2f"}); got != "ann_room_a_b_2f" {
		t.Error(got)
	}
	if _, err := name.Parse("x#{streamName}"); fault.CodeOf(err) != fault.InvalidParams {
		t.Error(err)
	}
}

func TestLongValuesAreCut(t *testing.T) {
	p, err := name.Parse("{login}/x-{streamName}")
	if err != nil {
		t.Fatal(err)
	}
	got := p.Expand(name.Values{Login: strings.Repeat("l", 999), Stream: strings.Repeat("é", 999)})
	for _, part := range strings.Split(got, "/") {
		if len(part) > 200 || !utf8.ValidString(part) {
			t.Errorf("%d bytes: %q", len(part), part)
		}
	}
}

func TestTemplatesThatAreRefused(t *testing.T) {
	for _, bad := range []string{
		"", "/etc/{login}", "../{login}", "a/../b", "a//b", "{login", "{password}", "{}", ".hidden", "a/.b", "a\\b", "a\x00b", "a:b", "x/", "\xff",
		"{ login}", strings.Repeat("a/", 20) + "b", strings.Repeat("a", 2000), ".", "a/./b", "}",
	} {
		if _, err := name.Parse(bad); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, good := range []string{"a.mp4", "a/b/c.webm", "stream-x-.._.._root.mp4"} {
		if err := name.Check(good); err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"", ".", "..", "../a.mp4", "a/../../b", "/a", "a//b", ".part-x", "a/.x", "a\\..\\b", "a\nb", "\xff", "a/"} {
		if err := name.Check(bad); fault.CodeOf(err) != fault.InvalidRequest {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzTemplate: whatever a template and a client say, the name stays in the folder.
func FuzzTemplate(f *testing.F) {
	f.Add("stream-{mediaSessionId}-{login}", "../../etc/passwd")
	f.Add("{login}/{streamName}", "..")
	f.Add("a/.{login}", "/")
	f.Add("{login}.{login}", "\x00")
	f.Add("{streamName}", ".")
	f.Fuzz(func(t *testing.T, template, value string) {
		p, err := name.Parse(template)
		if err != nil {
			return
		}
		got := p.Expand(name.Values{Stream: value, Login: value, Session: value, MediaSession: value, Audio: media.Codec(value)})
		if !fs.ValidPath(got) || name.Check(got) != nil || strings.Count(got, "/") != strings.Count(template, "/") {
			t.Errorf("%q with %q is %q", template, value, got)
		}
	})
}
