package conform

import (
	"strings"
	"testing"
	"time"
)

// sibling is the playlist first for another rendition: other addresses, and a report of the other one.
func sibling(of string, names ...string) string {
	text := first[:strings.Index(first, "#EXT-X-RENDITION")]
	for _, n := range names {
		text += `#EXT-X-RENDITION-REPORT:URI="` + n + `?v=1",LAST-MSN=9,LAST-PART=0` + "\n"
	}
	return strings.NewReplacer("i1.", of+"i1.", "i2.", of+"i2.", "=\"p", "=\""+of+"p", "\ns", "\n"+of+"s").Replace(text)
}

// family are three renditions of the ladder as they should be.
func family() []Member {
	times := func(of string) map[string]time.Duration {
		return map[string]time.Duration{of + "s5.m4s": 7 * time.Second, of + "s6.m4s": 9 * time.Second, of + "s7.m4s": 0, of + "p1.m4s": 2 * time.Second}
	}
	return []Member{
		{"a.m3u8?v=1", []byte(sibling("a", "hi.m3u8", "lo.m3u8")), []string{"mp4a.40.2"}, times("a")},
		{"hi.m3u8?v=1", []byte(sibling("h", "a.m3u8", "lo.m3u8")), []string{"avc1.4d001f"}, times("h")},
		{"lo.m3u8?v=1", []byte(sibling("l", "hi.m3u8", "a.m3u8")), []string{"avc1"}, times("l")},
	}
}

func TestAFamilyThatIsRight(t *testing.T) {
	if found := CheckTogether([]byte(ladder), family()...); len(found) > 0 {
		t.Errorf("findings in what is right: %v", found)
	}
	// The last comes a part later, as it does when they are fetched one after the other.
	later := family()
	later[2].Body = broken{"#EXT-X-PRELOAD", "#EXT-X-PART:DURATION=1.0,URI=\"lp4.m4s\"\n#EXT-X-PRELOAD", ""}.of(t, string(later[2].Body))
	later[2].Body = broken{`"lp4.m4s"` + "\n#EXT-X-R", `"lp5.m4s"` + "\n#EXT-X-R", ""}.of(t, string(later[2].Body))
	if found := CheckTogether([]byte(ladder), later...); len(found) > 0 {
		t.Errorf("findings in what is right: %v", found)
	}
}

// TestWhatAFamilyTells breaks the last of three renditions.
func TestWhatAFamilyTells(t *testing.T) {
	for _, b := range []broken{
		{"TARGETDURATION:2", "TARGETDURATION:3", "6.2.4 the target duration"},
		{"#EXT-X-VERSION:6", "#EXT-X-VERSION:6\n#EXT-X-PLAYLIST-TYPE:EVENT", "6.2.4 PLAYLIST-TYPE"},
		{"DISCONTINUITY-SEQUENCE:1", "DISCONTINUITY-SEQUENCE:2", "6.2.4 has discontinuity sequence number 3, and segment 7 of a.m3u8"},
		{"#EXT-X-DISCONTINUITY\n", "", "6.2.4 has discontinuity sequence number 1, and"},
		{"01-01T00:00:04", "01-01T00:00:05", "6.2.4 in one playlist alone"},
		{"2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.050Z", "6.2.4 off its media"},
		{"PART-TARGET=1.0", "PART-TARGET=2.0", "4.4.3.8 PART-HOLD-BACK"},
		{"PART-HOLD-BACK=3.0", "PART-HOLD-BACK=4.0", "6.2.4 EXT-X-SERVER-CONTROL is"},
		{"CAN-SKIP-UNTIL=12.0,", "", "6.2.4 EXT-X-SERVER-CONTROL is"},
		{`#EXT-X-RENDITION-REPORT:URI="a.m3u8?v=1",LAST-MSN=9,LAST-PART=0` + "\n", "", "B.1 no report of a.m3u8"},
		{`URI="a.m3u8?v=1"`, `URI="lo.m3u8"`, "4.4.5.4 reports itself"},
		{`URI="a.m3u8?v=1"`, `URI="hi.m3u8"`, "4.4.5.4 two reports"},
		{"LAST-MSN=9", "LAST-MSN=6", "4.4.5.4 it had gone on"},
		{"#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,", "#EXT-X-SERVER-CONTROL:", "B.1 CAN-BLOCK-RELOAD"}, // what is wrong with it alone
		{"#EXT-X-MAP:URI=\"li1.mp4\"", "#EXT-X-MAP:URI=\"li1.mp4\"\n#EXT-X-SKIP:SKIPPED-SEGMENTS=1", "6.2.5.1 nobody asked"},
	} {
		all := family()
		all[2].Body = b.of(t, string(all[2].Body))
		holds(t, CheckTogether([]byte(ladder), all...), b.finding, b)
	}
}

func TestWhatOthersTell(t *testing.T) {
	broke := func(finding string, change func(all []Member) []Member) {
		holds(t, CheckTogether([]byte(ladder), change(family())...), finding, finding)
	}
	broke("4.4.6 nobody has fetched", func(all []Member) []Member { return all[:2] })
	broke("4.4.6.2 lack hvc1", func(all []Member) []Member { all[1].Codecs[0] = "hvc1.1.6.L93.90"; return all })
	broke("4.4.6.2 lack Opus", func(all []Member) []Member { all[0].Codecs[0] = "Opus"; return all })
	broke("6.2.4 later than that of", func(all []Member) []Member {
		for k := range all[2].Times {
			all[2].Times[k] += 30 * time.Millisecond
		}
		return all
	})
	broke("6.2.4 off its media", func(all []Member) []Member { all[1].Times["hs6.m4s"] += 30 * time.Millisecond; return all })
	broke("4.4.5.4 which it does not have", func(all []Member) []Member {
		all[0].Body = broken{"LAST-PART=0", "LAST-PART=1", ""}.of(t, string(all[0].Body))
		return all
	})
	broke("6.2.4 has none", func(all []Member) []Member {
		lines := strings.Split(string(all[2].Body), "\n")
		kept := lines[:0]
		for _, line := range lines {
			if !strings.HasPrefix(line, "#EXT-X-PROGRAM-DATE-TIME") {
				kept = append(kept, line)
			}
		}
		all[2].Body = []byte(strings.Join(kept, "\n"))
		return all
	})
	for what, day := range map[string]string{"begins": "2026-01-02", "ends": "2026-01-03"} {
		broke("6.2.4 it "+what, func(all []Member) []Member {
			all[2].Body = []byte(strings.ReplaceAll(string(all[2].Body), "2026-01-01", day))
			return all
		})
	}
	// Segments that do not say they are independent, in a family that is.
	broke("4.4.4.9 does not say so", func(all []Member) []Member {
		text := strings.Replace(string(all[2].Body), "#EXT-X-INDEPENDENT-SEGMENTS\n", "", 1)
		all[2].Body = []byte(strings.Replace(text, ",INDEPENDENT=YES", "", 1))
		return all
	})
}
