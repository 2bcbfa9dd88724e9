package sdp

import (
	"encoding/base64"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/bluenviron/gortsplib/v5/pkg/description"
	pionsdp "github.com/pion/sdp/v3"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// binary reads what is written in base64.
func binary(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// parse reads the media lines of a description.
func parse(t testing.TB, lines string) (*description.Session, error) {
	t.Helper()
	var s pionsdp.SessionDescription
	text := "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + strings.ReplaceAll(lines, "\n", "\r\n")
	if err := s.UnmarshalString(text); err != nil {
		return nil, err
	}
	var d description.Session
	err := d.Unmarshal2(&s)
	return &d, err
}

func TestRead(t *testing.T) {
	for _, row := range []struct{ name, lines, want string }{
		{"what ffmpeg announces", `m=video 0 RTP/AVP 96
a=rtpmap:96 H264/90000
a=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LADdkBQZ+fAWoMDA1KAAADAAIAAAMAZR4oVJA=,aMuMsg==; profile-level-id=42C00D
m=audio 0 RTP/AVP 97
a=rtpmap:97 MPEG4-GENERIC/48000/2
a=fmtp:97 profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3; config=1190
`, "h264; aac 48000/2"},
		{"a camera that has more", `m=audio 0 RTP/AVP 0
m=application 0 RTP/AVP 107
a=rtpmap:107 vnd.onvif.metadata/90000
m=video 0 RTP/AVP 26
m=video 0 RTP/AVP 96
a=rtpmap:96 H265/90000
m=audio 0 RTP/AVP 8
a=sendonly
`, "pcmu 8000/1; mjpeg"},
		{"a second format", "m=video 0 RTP/AVP 97 96\na=rtpmap:97 MP4V-ES/90000\na=rtpmap:96 VP8/90000\n", "vp8"},
		{"G.722", "m=audio 0 RTP/AVP 9\n", "g722 8000/1"},
		{"G.722, dynamic", "m=audio 0 RTP/AVP 100\na=rtpmap:100 G722/8000\n", "g722 8000/1"},
		{"MP3", "m=audio 0 RTP/AVP 14\n", "mp3 90000"},
		{"Opus", "m=audio 0 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=fmtp:96 sprop-stereo=1\n", "opus 48000/2"},
		{"PCMA in stereo", "m=audio 0 RTP/AVP 96\na=rtpmap:96 PCMA/16000/2\n", "pcma 16000/2"},
		{"Speex", "m=audio 0 RTP/AVP 96\na=rtpmap:96 speex/16000\na=fmtp:96 vbr=off\n", "speex 16000/1"},
		{"LATM", "m=audio 0 RTP/AVP 96\na=rtpmap:96 MP4A-LATM/48000/2\na=fmtp:96 cpresent=0;config=400023203fc0\n", "aac 48000/2"},
		{"VP9 and AV1", "m=video 0 RTP/AVP 96\na=rtpmap:96 VP9/90000\n", "vp9"},
		{"AV1", "m=video 0 RTP/AVP 96\na=rtpmap:96 AV1/90000\n", "av1"},
	} {
		d, err := parse(t, row.lines)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		lines, err := Read(d)
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		var got []string
		for _, l := range lines {
			got = append(got, l.Track.String())
			if err := l.Track.Check(); err != nil {
				t.Errorf("%s: %v", row.name, err)
			}
		}
		if s := strings.Join(got, "; "); s != row.want {
			t.Errorf("%s: %s, not %s", row.name, s, row.want)
		}
	}
}

// Every codec that ports list is found in a description.
func TestOffered(t *testing.T) {
	lines := map[media.Codec]string{
		media.AAC: "MPEG4-GENERIC/48000/2\na=fmtp:96 mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1190", media.Opus: "opus/48000/2",
		media.PCMA: "PCMA/8000", media.PCMU: "PCMU/8000", media.G722: "G722/8000", media.G726: "G726-32/8000", media.MP3: "MPA/90000",
		media.MP2: "MPA/90000", media.Speex: "speex/8000\na=fmtp:96 vbr=off", media.H264: "H264/90000\na=fmtp:96 packetization-mode=1", media.H265: "H265/90000",
		media.VP8: "VP8/90000", media.VP9: "VP9/90000", media.AV1: "AV1/90000", media.MJPEG: "JPEG/90000",
	}
	for _, k := range []media.Kind{media.Audio, media.Video} {
		for _, c := range Offered(k) {
			d, err := parse(t, "m="+string(k)+" 0 RTP/AVP 96\na=rtpmap:96 "+lines[c]+"\n")
			if err != nil {
				t.Errorf("%s: %v", c, err)
				continue
			}
			found, err := Read(d)
			// Whether MPEG audio is of layer 2 or 3 is in the frames alone.
			if err != nil || found[0].Track.Codec != c && c != media.MP2 {
				t.Errorf("%s: %v %v", c, found, err)
			}
		}
	}
}

func TestReadNothing(t *testing.T) {
	d, err := parse(t, "m=video 0 RTP/AVP 96\na=rtpmap:96 MP4V-ES/90000\nm=audio 0 RTP/AVP 98\na=rtpmap:98 L16/44100/2\n"+
		"m=audio 0 RTP/AVP 99\na=rtpmap:99 MP4A-LATM/90000/1\n")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Read(d); !errors.Is(err, fault.CodecNotAvailable) || !strings.Contains(err.Error(), "MP4V-ES/90000, L16/44100/2, MP4A-LATM/90000") {
		t.Error(err)
	}
}

// What is written is read as the same tracks again.
func TestWrite(t *testing.T) {
	h264 := media.NewTrack(media.H264)
	h264.Extra = [][]byte{binary(t, "Z0LADdkBQZ+fAWoMDA1KAAADAAIAAAMAZR4oVJA="), binary(t, "aMuMsg==")}
	h265 := media.NewTrack(media.H265)
	h265.Extra = [][]byte{
		binary(t, "QAEMAf//AWAAAAMAkAAAAwAAAwB4mZgJ"), binary(t, "QgEBAWAAAAMAkAAAAwAAAwB4oAPAgBDllmZpJMrgEAAAAwAQAAADAeCA"), binary(t, "RAHBcrRiQA=="),
	}
	aac := media.NewTrack(media.AAC)
	aac.ClockRate, aac.Channels, aac.Extra = 48000, 2, [][]byte{{0x11, 0x90}}
	opus := media.NewTrack(media.Opus)
	opus.Channels = 2
	pcmu, g722, mp3 := media.NewTrack(media.PCMU), media.NewTrack(media.G722), media.NewTrack(media.MP3)
	g726 := media.NewTrack(media.G726)
	pcmu.Channels, g722.Channels, g726.Channels = 1, 1, 1
	aal2 := g726
	aal2.Profile = "aal2"
	wide := pcmu
	wide.ClockRate, wide.Channels = 16000, 2
	for _, tracks := range [][]media.Track{
		{h264, aac}, {h265, opus}, {media.NewTrack(media.VP8), pcmu}, {media.NewTrack(media.VP9), g722}, {media.NewTrack(media.AV1), mp3}, {wide},
		{media.NewTrack(media.MJPEG), g726}, {aal2},
	} {
		d, err := Write(tracks)
		if err != nil {
			t.Errorf("%v: %v", tracks, err)
			continue
		}
		text, err := d.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(text), "t=0 0\r\n")
		back, err := parse(t, strings.ReplaceAll(body, "\r\n", "\n"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		lines, err := Read(back)
		if err != nil || len(lines) != len(tracks) {
			t.Errorf("%s: %v %v", text, lines, err)
			continue
		}
		for i, l := range lines {
			if l.Track.String() != tracks[i].String() || !reflect.DeepEqual(l.Track.Extra, tracks[i].Extra) || !Same(tracks[i], l.Track) {
				t.Errorf("%s is read as %s %x", tracks[i], l.Track, l.Track.Extra)
			}
		}
	}
	if _, err := Write([]media.Track{media.NewTrack(media.Sorenson)}); !errors.Is(err, fault.CodecNotAvailable) {
		t.Error(err)
	}
	for _, k := range []media.Kind{media.Audio, media.Video} {
		for _, c := range Codecs(k) {
			if track := media.NewTrack(c); track.ClockRate == 0 {
				track.ClockRate = 8000
			} else if _, err := Write([]media.Track{track}); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestSame(t *testing.T) {
	aac := media.NewTrack(media.AAC)
	aac.ClockRate, aac.Channels, aac.Extra = 48000, 2, [][]byte{{0x11, 0x90}}
	other := aac
	other.Extra = [][]byte{{0x12, 0x10}}
	small, large := media.NewTrack(media.H264), media.NewTrack(media.H264)
	large.Width, large.Extra = 1920, [][]byte{{0x67}}
	for _, row := range []struct {
		a, b media.Track
		want bool
	}{{aac, aac, true}, {aac, other, false}, {small, large, true}, {small, media.NewTrack(media.VP8), false}, {small, aac, false}} {
		if got := Same(row.a, row.b); got != row.want {
			t.Errorf("%s and %s: %v", row.a, row.b, got)
		}
	}
}

// FuzzRead: whatever is announced, the tracks that are found are sound, and those that can be described are.
func FuzzRead(f *testing.F) {
	f.Add("m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 packetization-mode=1; sprop-parameter-sets=Z0LADdk=,aMuMsg==\n")
	f.Add("m=audio 0 RTP/AVP 97\na=rtpmap:97 MPEG4-GENERIC/48000/2\na=fmtp:97 mode=AAC-hbr;sizelength=13;indexlength=3;config=1190\n")
	f.Add("m=audio 0 RTP/AVP 0 8 9 14\nm=video 0 RTP/AVP 26 32\n")
	f.Add("m=audio 0 RTP/AVP 96\na=rtpmap:96 PCMA/2147483647/200\n")
	f.Add("m=audio 0 RTP/AVP 96\na=rtpmap:96 MP4A-LATM/48000/2\na=fmtp:96 cpresent=0;config=400023203fc0\n")
	f.Fuzz(func(t *testing.T, lines string) {
		d, err := parse(t, lines)
		if err != nil {
			return
		}
		found, err := Read(d)
		if err != nil {
			return
		}
		for _, l := range found {
			if err := l.Track.Check(); err != nil {
				t.Errorf("%s: %v", l.Track, err)
			}
			if out, err := Write([]media.Track{l.Track}); err == nil {
				if _, err := out.Marshal(); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
