package walk_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/mpeg4audio"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/fmp4/seekablebuffer"
	"github.com/bluenviron/mediacommon/v2/pkg/formats/mp4/codecs"

	"sluice/api/hls/playlist/conform/walk"
)

// site is what addresses give.
type site map[string][]byte

func (s site) get(address string) ([]byte, error) {
	b, ok := s[address]
	if !ok {
		return nil, fmt.Errorf("nothing at %s", address)
	}
	return b, nil
}

// sound is two renditions of AAC, whose second begins later by its own clock than its dates say.
func sound(t *testing.T, late time.Duration) site {
	t.Helper()
	aac := &codecs.MPEG4Audio{Config: mpeg4audio.AudioSpecificConfig{
		Type: mpeg4audio.ObjectTypeAACLC, SampleRate: 48_000, ChannelConfig: 2,
	}}
	write := func(marshal func(io.WriteSeeker) error) []byte {
		var b seekablebuffer.Buffer
		if err := marshal(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	init := fmp4.Init{Tracks: []*fmp4.InitTrack{{ID: 1, TimeScale: 48_000, Codec: aac}}}
	const head = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:1\n#EXT-X-MAP:URI=\"i.mp4\"\n"
	s := site{
		"http://x/live/m.m3u8": []byte("#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"g\",NAME=\"b\",CHANNELS=\"2\",URI=\"b.m3u8\"\n" +
			"#EXT-X-STREAM-INF:BANDWIDTH=9,CODECS=\"mp4a.40.2\",AUDIO=\"g\"\na.m3u8\n"),
		"http://x/live/i.mp4": write(func(b io.WriteSeeker) error { return init.Marshal(b) }),
	}
	for name, at := range map[string]time.Duration{"a": 0, "b": late} {
		text := head
		for n := range 3 {
			text += fmt.Sprintf("#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:%02d.000Z\n#EXTINF:1.0,\n%s%d.m4s\n", n, name, n)
			part := fmp4.Part{Tracks: []*fmp4.PartTrack{{
				ID: 1, BaseTime: uint64((at + time.Duration(n)*time.Second) * 48_000 / time.Second),
				Samples: []*fmp4.Sample{{Duration: 48_000, Payload: []byte{1}}},
			}}}
			s[fmt.Sprintf("http://x/live/%s%d.m4s", name, n)] = write(func(b io.WriteSeeker) error { return part.Marshal(b) })
		}
		s["http://x/live/"+name+".m3u8"] = []byte(text)
	}
	return s
}

func TestWalk(t *testing.T) {
	members, found, err := walk.Walk(sound(t, 0).get, "http://x/live/m.m3u8")
	if err != nil || len(found) > 0 || len(members) != 2 {
		t.Fatalf("%d members, %v, %v", len(members), found, err)
	}
	if m := members[0]; m.URI != "b.m3u8" || m.Codecs[0] != "mp4a" || m.Times["b2.m4s"] != 2*time.Second {
		t.Errorf("%q with %q at %v", m.URI, m.Codecs, m.Times)
	}
	_, found, err = walk.Walk(sound(t, 40*time.Millisecond).get, "http://x/live/m.m3u8")
	if err != nil || len(found) != 1 || !strings.Contains(found[0].Message, "40ms") {
		t.Errorf("of what is 40 ms late it says %v, %v", found, err)
	}
}

// TestATransportStream has only its playlists looked at.
func TestATransportStream(t *testing.T) {
	s := site{
		"http://x/m.m3u8": []byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9,CODECS=\"mp4a.40.2\"\na.m3u8\n"),
		"http://x/a.m3u8": []byte("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n"),
	}
	if members, found, err := walk.Walk(s.get, "http://x/m.m3u8"); err != nil || len(found) > 0 || len(members[0].Times) > 0 {
		t.Errorf("%v, %v, %v", members, found, err)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	for _, missing := range []string{"m.m3u8", "a.m3u8", "i.mp4", "b1.m4s"} {
		s := sound(t, 0)
		delete(s, "http://x/live/"+missing)
		if _, _, err := walk.Walk(s.get, "http://x/live/m.m3u8"); err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("without %s: %v", missing, err)
		}
		s["http://x/live/"+missing] = []byte("#EXTM3U\nhttp://[\n")
		if _, _, err := walk.Walk(s.get, "http://x/live/m.m3u8"); err == nil {
			t.Errorf("with junk as %s there is no error", missing)
		}
	}
}
