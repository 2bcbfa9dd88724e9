package conform

import (
	"strings"
	"testing"
)

// ladder is a Multivariant Playlist as it should be.
const ladder = `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="audio",AUTOSELECT=YES,DEFAULT=YES,CHANNELS="2",URI="a.m3u8?v=1"
#EXT-X-STREAM-INF:BANDWIDTH=2600000,AVERAGE-BANDWIDTH=2500000,CODECS="avc1.4d001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO="sound"
hi.m3u8?v=1
#EXT-X-STREAM-INF:BANDWIDTH=500000,CODECS="avc1.4d001e,mp4a.40.2",RESOLUTION=426x240,FRAME-RATE=25.000,AUDIO="sound"
lo.m3u8?v=1
`

// second group is what a Multivariant Playlist may have besides.
const groupB = `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="best",NAME="audio",CHANNELS="6",URI="b.m3u8"` + "\n"

func TestAMasterThatIsRight(t *testing.T) {
	one := "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"av01.0.00M.08,Opus\",RESOLUTION=1x1,FRAME-RATE=60.000\na.m3u8\n"
	more := strings.Replace(ladder, `AUDIO="sound"`+"\nlo", `AUDIO="best"`+"\nlo", 1)
	more = strings.Replace(more, "#EXT-X-STREAM", groupB+"#EXT-X-STREAM", 1)
	captions := strings.Replace(one, "RESOLUTION=1x1", "RESOLUTION=1x1,CLOSED-CAPTIONS=NONE", 1)
	for _, text := range []string{ladder, one, more, captions} {
		if found := CheckMaster([]byte(text)); len(found) > 0 {
			t.Errorf("findings in what is right: %v", found)
		}
	}
}

func TestWhatAMasterTells(t *testing.T) {
	const media = "#EXT-X-MEDIA:TYPE=AUDIO"
	for _, b := range []broken{
		{"#EXTM3U\n", "", "4.4.1.1"},
		{"#EXTM3U", "\ufeff#EXTM3U", "4.1"},
		{"VERSION:6", "VERSION:0", "4.4.1.2"},
		{"#EXT-X-VERSION:6", "#EXT-X-VERSION:6\n#EXT-X-VERSION:6", "4.4"},
		{"VERSION:6\n", "VERSION:6\n#EXT-X-TARGETDURATION:2\n", "4.4.3 EXT-X-TARGETDURATION"},
		{"VERSION:6\n", "VERSION:6\n#EXTINF:2.0,\n", "4.4.4 EXTINF"},
		{"VERSION:6\n", "VERSION:6\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p\"\n", "4.4.5"},
		{"hi.m3u8?v=1\n", "", "4.4.6.2 without an address"},
		{"#EXT-X-STREAM", "x.m3u8\n#EXT-X-STREAM", "4.4.6.2 no address of"},
		{ladder[strings.Index(ladder, "#EXT-X-STREAM"):], "", "4.4.6.2 nothing to play"},
		{"BANDWIDTH=2600000,AVERAGE-", "AVERAGE-", "4.4.6.2 no BANDWIDTH"},
		{"BANDWIDTH=2600000", "BANDWIDTH=2.6M", "4.2 decimal-integer"},
		{"AVERAGE-BANDWIDTH=2500000", "AVERAGE-BANDWIDTH=2700000", "4.4.6.2 above its peak"},
		{`CODECS="avc1.4d001f,mp4a.40.2",`, "", "4.4.6.2 has no CODECS"},
		{`CODECS="avc1.4d001f,mp4a.40.2"`, `CODECS="mp4a.40.2"`, "4.4.6.2 lack its pictures"},
		{`CODECS="avc1.4d001f,mp4a.40.2"`, `CODECS="avc1.4d001f"`, "4.4.6.2 lack the sound"},
		{`CODECS="avc1.4d001f,mp4a.40.2"`, `CODECS=avc1.4d001f`, "4.2 quoted-string"},
		{"RESOLUTION=1280x720,", "", "4.4.6.2 no RESOLUTION"},
		{"FRAME-RATE=25.000,", "", "4.4.6.2 no FRAME-RATE"},
		{"1280x720", "1280:720", "4.2 decimal-resolution"},
		{"FRAME-RATE=25.000", "FRAME-RATE=24.97512", "4.4.6.2 three decimal"},
		{"FRAME-RATE=25.000", "FRAME-RATE=25/1", "4.2 decimal-floating-point"},
		{`AUDIO="sound"`, `AUDIO="noise"`, "4.4.6.2 which no EXT-X-MEDIA"},
		{`AUDIO="sound"`, `VIDEO="sound"`, "4.4.6.2 which no EXT-X-MEDIA of that type"},
		{"#EXT-X-STREAM", groupB + "#EXT-X-STREAM", "4.4.6.2.1 nobody names"},
		{"lo.m3u8", "hi.m3u8", "4.4.6.2 two variants"},
		{"TYPE=AUDIO", "TYPE=NOISE", "4.4.6.1 the TYPE"},
		{`NAME="audio",`, "", "4.4.6.1 no NAME"},
		{`GROUP-ID="sound",`, "", "4.4.6.1 no GROUP-ID"},
		{"DEFAULT=YES", "DEFAULT=TRUE", "4.2 YES or NO"},
		{"AUTOSELECT=YES", "AUTOSELECT=NO", "4.4.6.1 AUTOSELECT=NO"},
		{`CHANNELS="2",`, "", "4.4.6.1 CHANNELS"},
		{`CHANNELS="2"`, `CHANNELS="two"`, "4.4.6.1 no number"},
		{`CHANNELS="2"`, `CHANNELS="0/JOC"`, "4.4.6.1 no number"},
		{`CHANNELS="2"`, `INSTREAM-ID="CC1"`, "4.4.6.1 INSTREAM-ID"},
		{media, `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="s",URI="s",CHANNELS="2"` + "\n" + media, "4.4.6.1 are for sound"},
		{"#EXT-X-STREAM", strings.Replace(groupB, `CHANNELS="6",`, "", 1) + "#EXT-X-STREAM", "4.4.6.1 another does not"},
		{"AUTOSELECT=YES", "FORCED=YES", "4.4.6.1 FORCED"},
		{media, `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="s",NAME="s"` + "\n" + media, "4.4.6.1 have no URI"},
		{media, `#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID="c",NAME="c",INSTREAM-ID="CC1",URI="c"` + "\n" + media, "4.4.6.1 have a URI"},
		{media, `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="audio",URI="b"` + "\n" + media, "4.4.6.1.1 are called"},
		{media, `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="b",DEFAULT=YES,URI="b"` + "\n" + media, "4.4.6.1.1 are DEFAULT=YES"},
		{media, strings.Replace(groupB, "audio", "other", 1) + media, "4.4.6.1.1 other members"},
	} {
		holds(t, CheckMaster(b.of(t, ladder)), b.finding, b)
	}
}

// TestTagsOfTheOtherKind has a tag of Multivariant Playlists in a Media Playlist.
func TestTagsOfTheOtherKind(t *testing.T) {
	for _, tag := range []string{"#EXT-X-STREAM-INF:BANDWIDTH=1\n", "#EXT-X-MEDIA:TYPE=AUDIO\n"} {
		b := broken{"#EXT-X-VERSION:6\n", "#EXT-X-VERSION:6\n" + tag, "4.4.6"}
		holds(t, Check(Plain(b.of(t, first))), b.finding, b)
	}
	if found := Check(Plain([]byte(strings.Replace(first, "VERSION:6\n", "VERSION:6\n#EXT-X-OF-TOMORROW:1\n", 1)))); len(found) > 0 {
		t.Errorf("a tag that nobody knows: %v", found)
	}
}

// TestWhatLowLatencyNeeds takes from a playlist with parts what it cannot do without.
func TestWhatLowLatencyNeeds(t *testing.T) {
	for _, b := range []broken{
		{"CAN-BLOCK-RELOAD=YES,", "", "B.1 CAN-BLOCK-RELOAD"},
		{"CAN-BLOCK-RELOAD=YES", "CAN-BLOCK-RELOAD=NO", "B.1 CAN-BLOCK-RELOAD"},
		{"CAN-BLOCK-RELOAD=YES", "CAN-BLOCK-RELOAD=1", "4.2"},
		{"PART-INF:PART-TARGET=1.0", "PART-INF:X=1", "4.4.3.7 no PART-TARGET"},
		{"PART-TARGET=1.0", `PART-TARGET="1.0"`, "4.2"},
		{"#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z\n", "", "B.1 no EXT-X-PROGRAM-DATE-TIME"},
		{"#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p4.m4s\"\n", "", "B.1 no hint"},
		{"HINT:TYPE=PART", "HINT:TYPE=MAP", "B.1 no hint"},
		{
			"#EXT-X-PART:DURATION=1.0,URI=\"p1.m4s\",INDEPENDENT=YES\n#EXT-X-PART:DURATION=1.0,URI=\"p2.m4s\"\n", "",
			"6.2.2 its parts are not listed",
		},
		{"CAN-SKIP-UNTIL=12.0", "CAN-SKIP-DATERANGES=YES", "4.4.3.8 CAN-SKIP-DATERANGES"},
		{"s6.m4s\n", "s6.m4s\n#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n", "4.4.5.2 stands behind"},
	} {
		holds(t, Check(Plain(b.of(t, first))), b.finding, b)
	}
}
