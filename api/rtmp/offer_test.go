package rtmp

import (
	"strings"
	"testing"

	"sluice/engine/media"
)

func TestOffers(t *testing.T) {
	const text = "v=0\r\nm=audio 1 RTP/AVP 0 8 97 108 18\r\na=rtpmap:97 speex/16000\r\na=rtpmap:108 mpeg4-generic/48000/1\r\na=rtpmap:18 G729/8000\r\n" +
		"a=rtpmap:8 PCMA/8000\r\na=rtpmap:x PCMA\r\na=rtpmap:200 PCMA/8000\r\nm=video 1 RTP/AVP 112\r\na=rtpmap:112 H264/90000\r\na=rtpmap:8 PCMA/8000\r\n"
	o := parseOffer(text)
	if got := o.want().String(); got != "video: h264; audio: pcmu or pcma or speex or aac" {
		t.Error(got)
	}
	for _, row := range []struct {
		name    string
		publish bool
		tracks  []media.Track
		want    []string
	}{
		{"who publishes", true, nil, []string{
			"m=video 9 RTP/AVP 112", "a=rtpmap:112 H264/90000", "profile-level-id=42e01e", "m=audio 9 RTP/AVP 8 0 97 108", "a=rtpmap:97 speex/16000",
			"a=recvonly",
		}},
		{"who plays sound", false, []media.Track{media.NewTrack(media.Speex)}, []string{
			"m=video 0 RTP/AVP 112\r\na=inactive", "m=audio 9 RTP/AVP 97\r\na=rtpmap:97 speex/16000\r\na=sendonly",
		}},
	} {
		got := o.answer(row.publish, row.tracks)
		for _, part := range row.want {
			if !strings.Contains(got, part) {
				t.Errorf("%s: no %q in\n%s", row.name, part, got)
			}
		}
	}
	if parseOffer("m=audio 1 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2").useful() {
		t.Error("Flash has no Opus")
	}
}

// FuzzOffer answers anything.
func FuzzOffer(f *testing.F) {
	f.Add("m=audio 1 RTP/AVP 0 8\r\nm=video 1 RTP/AVP 112\r\na=rtpmap:112 H264/90000\r\n")
	f.Add("a=rtpmap:0 PCMU\r\nm=\r\nm=audio")
	f.Fuzz(func(t *testing.T, text string) {
		o := parseOffer(text)
		if len(o.formats) > maxFormats {
			t.Errorf("%d codecs", len(o.formats))
		}
		for _, publish := range []bool{false, true} {
			if a := o.answer(publish, []media.Track{media.NewTrack(media.H264)}); len(a) > 200+maxFormats*(maxLine+100) {
				t.Errorf("an answer of %d bytes", len(a))
			}
		}
	})
}
