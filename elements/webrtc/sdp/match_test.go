package sdp

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// videoOffer has one video section with payload types from 100 on.
func videoOffer(t *testing.T, codecs ...string) *Section {
	t.Helper()
	formats, about := "", ""
	for i, c := range codecs {
		pt := string(rune('0' + i))
		name, fmtp, _ := strings.Cut(c, " ")
		formats += " 10" + pt
		about += "a=rtpmap:10" + pt + " " + name + "/90000\r\n"
		if fmtp != "" {
			about += "a=fmtp:10" + pt + " " + fmtp + "\r\n"
		}
	}
	text := swap("m=audio 9 UDP/TLS/RTP/SAVPF 111", "m=video 9 UDP/TLS/RTP/SAVPF"+formats)
	o := parse(t, strings.Replace(text, "a=rtpmap:111 opus/48000/2\r\n", about, 1))
	return &o.Sections[0]
}

func h264(mode, profile string) string {
	return "H264 packetization-mode=" + mode + ";profile-level-id=" + profile
}

func TestReceive(t *testing.T) {
	for name, c := range map[string]struct {
		codecs []string
		wanted []media.Codec
		want   uint8
	}{
		"the first that is wanted":          {[]string{"VP8", "VP9"}, []media.Codec{media.VP9, media.VP8}, 101},
		"one that is there":                 {[]string{"VP8"}, []media.Codec{media.VP9, media.VP8}, 100},
		"constrained baseline":              {[]string{h264("1", "64001f"), h264("1", "42001f"), h264("1", "42e01f")}, []media.Codec{media.H264}, 102},
		"fragments":                         {[]string{h264("0", "42e01f"), h264("1", "64001f")}, []media.Codec{media.H264}, 101},
		"without fragments if it must be":   {[]string{h264("0", "42e01f")}, []media.Codec{media.H264}, 100},
		"interleaving never":                {[]string{h264("2", "42e01f"), "VP8"}, []media.Codec{media.H264, media.VP8}, 101},
		"8 bits":                            {[]string{"VP9 profile-id=2", "VP9 profile-id=0"}, []media.Codec{media.VP9}, 101},
		"10 bits if it must be":             {[]string{"VP9 profile-id=2"}, []media.Codec{media.VP9}, 100},
		"4:4:4 never":                       {[]string{"VP9 profile-id=1", "VP8"}, []media.Codec{media.VP9, media.VP8}, 101},
		"Main of AV1":                       {[]string{"AV1 profile=1", "AV1 profile=0"}, []media.Codec{media.AV1}, 101},
		"Main of H.265":                     {[]string{"H265 profile-id=2", "H265 profile-id=1"}, []media.Codec{media.H265}, 101},
		"no H.265 in several streams":       {[]string{"H265 tx-mode=MRST", "H265 tx-mode=srst"}, []media.Codec{media.H265}, 101},
		"a profile-level-id that is broken": {[]string{h264("1", "xyz"), h264("1", "42e01f")}, []media.Codec{media.H264}, 101},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := videoOffer(t, c.codecs...).Receive(c.wanted)
			if !ok || got.Payload != c.want {
				t.Errorf("%v %d, want %d", ok, got.Payload, c.want)
			}
		})
	}
	if _, ok := videoOffer(t, "VP8").Receive([]media.Codec{media.H264}); ok {
		t.Error("a codec that is not offered was chosen")
	}
}

func track(c media.Codec, profile string, fmtp ...string) media.Track {
	t := media.NewTrack(c)
	t.Profile, t.FMTP = profile, map[string]string{}
	for _, f := range fmtp {
		k, v, _ := strings.Cut(f, "=")
		t.FMTP[k] = v
	}
	return t
}

func TestSend(t *testing.T) {
	all := []media.Codec{media.H264, media.VP8, media.VP9, media.AV1, media.H265}
	for name, c := range map[string]struct {
		codecs []string
		track  media.Track
		want   []uint8 // none: it cannot be sent
	}{
		"the track's codec first":      {[]string{"VP8", "VP9", h264("1", "42e01f")}, track(media.VP9, ""), []uint8{101, 102, 100}},
		"the same profile":             {[]string{h264("1", "42001f"), h264("1", "42e01f"), h264("1", "640c1f")}, track(media.H264, "42e02a", "packetization-mode=1"), []uint8{101}},
		"a profile that contains it":   {[]string{h264("1", "64001f"), h264("1", "4d001f")}, track(media.H264, "42e01f", "packetization-mode=1"), []uint8{101}},
		"High where it is offered":     {[]string{h264("1", "42e01f"), h264("1", "64001f")}, track(media.H264, "640028", "packetization-mode=1"), []uint8{101}},
		"High where nothing suits":     {[]string{h264("1", "42e01f"), h264("0", "42e01f")}, track(media.H264, "640028", "packetization-mode=1"), []uint8{100}},
		"no fragments where none go":   {[]string{h264("0", "42e01f")}, track(media.H264, "42e01f", "packetization-mode=1"), nil},
		"single units with fragments":  {[]string{h264("1", "42e01f")}, track(media.H264, "42e01f"), []uint8{100}},
		"single units rather without":  {[]string{h264("1", "42e01f"), h264("0", "42e01f")}, track(media.H264, "42e01f"), []uint8{101}},
		"a profile that is not known":  {[]string{h264("1", "42e01f")}, track(media.H264, "", "packetization-mode=1"), []uint8{100}},
		"10 bits":                      {[]string{"VP9 profile-id=0", "VP9 profile-id=2"}, track(media.VP9, "2"), []uint8{101}},
		"10 bits where none go":        {[]string{"VP9 profile-id=0"}, track(media.VP9, "2"), nil},
		"a codec that is not offered":  {[]string{"VP8"}, track(media.AV1, ""), nil},
		"the best of the other codecs": {[]string{"VP8", h264("0", "42e01f"), h264("1", "42e01f")}, track(media.VP8, ""), []uint8{100, 102}},
	} {
		t.Run(name, func(t *testing.T) {
			list, err := videoOffer(t, c.codecs...).Send(c.track, all)
			if c.want == nil {
				if !errors.Is(err, fault.CodecNotAvailable) {
					t.Errorf("%v, %v", list, err)
				}
				return
			}
			var got []uint8
			for _, l := range list {
				got = append(got, l.Payload)
			}
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%v, %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestSendSaysWhatThereIs(t *testing.T) {
	_, err := videoOffer(t, h264("0", "42e01f"), "VP8").Send(track(media.H264, "64001f", "packetization-mode=1"), []media.Codec{media.H264})
	const want = "sdp: video: h264 profile 64001f packetization-mode 1 published, h264 profile 42e01f packetization-mode 0 wanted"
	if err == nil || err.Error() != want {
		t.Errorf("%v, want %q", err, want)
	}
}

func TestChoicePayload(t *testing.T) {
	s := videoOffer(t, "VP8", h264("1", "42e01f"))
	list, err := s.Send(track(media.VP8, ""), []media.Codec{media.VP8, media.H264})
	if err != nil {
		t.Fatal(err)
	}
	c := Choice{Codecs: list}
	if pt, _, ok := c.Payload(track(media.H264, "42e01f", "packetization-mode=1")); !ok || pt != 101 {
		t.Errorf("H.264 goes with %d, %v", pt, ok)
	}
	if _, _, ok := c.Payload(track(media.AV1, "")); ok {
		t.Error("AV1 was not agreed on")
	}
}

// TestProfiles holds RFC 6184 table 5.
func TestProfiles(t *testing.T) {
	for id, want := range map[string]profile{
		"": baseline, "42e01f": constrainedBaseline, "42C01F": constrainedBaseline, "4d801f": constrainedBaseline, "58c01f": constrainedBaseline,
		"42001f": baseline, "58801f": baseline, "4d001f": mainProfile, "4d401f": mainProfile, "58001f": extended,
		"64001f": high, "640c1f": constrainedHigh, "f4001f": "f400",
	} {
		if got, ok := profileOf(id); !ok || got != want {
			t.Errorf("%q is %q, %v; want %q", id, got, ok, want)
		}
	}
	for _, id := range []string{"42", "42e01", "42e01ff", "zzzzzz"} {
		if got, ok := profileOf(id); ok {
			t.Errorf("%q is %q", id, got)
		}
	}
}

func TestProfilesOfASection(t *testing.T) {
	got := videoOffer(t, h264("1", "42001f"), h264("0", "42001F"), h264("1", "f4001f"), "VP9 profile-id=2", "VP9", "VP8").Profiles()
	want := map[media.Codec][]string{media.H264: {"42001f", "f4001f"}, media.VP9: {"2", "0"}}
	if !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTrack(t *testing.T) {
	o := parse(t, chromium(t, "publish"))
	opus, _ := o.Sections[0].Receive([]media.Codec{media.Opus})
	g722, _ := o.Sections[0].Receive([]media.Codec{media.G722})
	h264, _ := o.Sections[1].Receive([]media.Codec{media.H264})
	if got := opus.Track(); got.Channels != 2 || got.ClockRate != 48000 || got.FMTP["useinbandfec"] != "1" {
		t.Errorf("%+v", got)
	}
	if got := g722.Track(); got.Channels != 1 || got.ClockRate != 8000 {
		t.Errorf("%+v", got)
	}
	if got := h264.Track(); got.Profile != "42e01f" || got.FMTP["packetization-mode"] != "1" || got.Check() != nil {
		t.Errorf("%+v", got)
	}
}
