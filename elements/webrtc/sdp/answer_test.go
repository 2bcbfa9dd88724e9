package sdp

import (
	"strings"
	"testing"

	"github.com/pion/sdp/v3"

	"sluice/engine/media"
)

// checkAnswer holds what is true of all answers.
func checkAnswer(t testing.TB, o *Offer, answer string, accepted int) {
	t.Helper()
	for line := range strings.Lines(answer) {
		if !strings.HasSuffix(line, "\r\n") || len(line) < 4 || line[1] != '=' || strings.ContainsAny(line[:len(line)-2], "\r\n\x00") {
			t.Fatalf("%q is no line of SDP", line)
		}
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(answer); err != nil {
		t.Fatalf("%v in\n%s", err, answer)
	}
	if len(d.MediaDescriptions) != len(o.Sections) {
		t.Fatalf("%d sections for %d", len(d.MediaDescriptions), len(o.Sections))
	}
	for i, m := range d.MediaDescriptions {
		if m.MediaName.Media != o.Sections[i].word || strings.Join(m.MediaName.Protos, "/") != o.Sections[i].proto {
			t.Fatalf("section %d is %v", i, m.MediaName)
		}
		if m.MediaName.Port.Value != 0 {
			accepted--
		}
	}
	if accepted != 0 {
		t.Fatalf("%d sections too few in\n%s", accepted, answer)
	}
}

func local() Local {
	return Local{
		Session: 42, Ufrag: "ours", Pwd: "abcdefghijklmnopqrstuvwx", Setup: "passive",
		Fingerprint: Fingerprint{"sha-256", "ab:cd"}, Candidates: []string{"1 1 udp 2130706431 192.0.2.1 31000 typ host"},
	}
}

func TestAnswerToPublisher(t *testing.T) {
	o := parse(t, chromium(t, "publish"))
	audio, video := &o.Sections[0], &o.Sections[1]
	opus, _ := audio.Receive(audio.Wanted(nil))
	h264, _ := video.Receive([]media.Codec{media.H264})
	got := o.Answer([]Choice{
		{Section: 0, Codecs: []Codec{opus}, Extensions: []Extension{{4, "urn:ietf:params:rtp-hdrext:sdes:mid"}}},
		{Section: 1, Codecs: []Codec{h264}, Bandwidth: 1_500_000},
	}, local())
	checkAnswer(t, o, got, 2)
	want := strings.Join([]string{
		"v=0", "o=- 42 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0 1", "a=extmap-allow-mixed", "a=msid-semantic: WMS *",
		"m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=rtcp:9 IN IP4 0.0.0.0", "a=ice-ufrag:ours",
		"a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=fingerprint:sha-256 AB:CD", "a=setup:passive", "a=mid:0",
		"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", "a=recvonly", "a=rtcp-mux", "a=rtcp-rsize", "a=rtpmap:111 opus/48000/2",
		"a=fmtp:111 minptime=10;useinbandfec=1", "a=rtcp-fb:111 transport-cc",
		"a=candidate:1 1 udp 2130706431 192.0.2.1 31000 typ host", "a=end-of-candidates",
		"m=video 9 UDP/TLS/RTP/SAVPF 108 109", "c=IN IP4 0.0.0.0", "b=AS:1500", "b=TIAS:1500000", "a=rtcp:9 IN IP4 0.0.0.0",
		"a=ice-ufrag:ours", "a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=fingerprint:sha-256 AB:CD", "a=setup:passive", "a=mid:1",
		"a=recvonly", "a=rtcp-mux", "a=rtcp-rsize", "a=rtpmap:108 H264/90000",
		"a=fmtp:108 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
		"a=rtcp-fb:108 goog-remb", "a=rtcp-fb:108 transport-cc", "a=rtcp-fb:108 ccm fir", "a=rtcp-fb:108 nack", "a=rtcp-fb:108 nack pli",
		"a=rtpmap:109 rtx/90000", "a=fmtp:109 apt=108", "",
	}, "\r\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAnswerToPlayer(t *testing.T) {
	o := parse(t, chromium(t, "play"))
	video := &o.Sections[1]
	list, err := video.Send(media.NewTrack(media.VP8), []media.Codec{media.H264, media.VP8})
	if err != nil {
		t.Fatal(err)
	}
	got := o.Answer([]Choice{{Section: 1, Codecs: list, Sending: &Sending{CNAME: "c", Stream: "s", Track: "v", SSRC: 7, Repair: 8}}}, local())
	checkAnswer(t, o, got, 1)
	if !strings.Contains(got, "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:111 opus/48000/2\r\na=mid:0\r\na=inactive\r\n") {
		t.Errorf("audio is not rejected in\n%s", got)
	}
	for _, line := range []string{
		"a=group:BUNDLE 1", "m=video 9 UDP/TLS/RTP/SAVPF 96 97 108 109", "a=sendonly", "a=msid:s v", "a=ssrc-group:FID 7 8",
		"a=ssrc:7 cname:c", "a=ssrc:7 msid:s v", "a=ssrc:8 cname:c", "a=end-of-candidates",
	} {
		if !strings.Contains(got, "\r\n"+line+"\r\n") {
			t.Errorf("no %q in\n%s", line, got)
		}
	}
}

func TestAnswerHasWhatIsOffered(t *testing.T) {
	bare := parse(t, small)
	opus, _ := bare.Sections[0].Receive([]media.Codec{media.Opus})
	l := local()
	l.Lite, l.Trickle, l.Setup = true, true, "active"
	got := bare.Answer([]Choice{{Section: 0, Codecs: []Codec{opus}, Layers: []string{"q", "h"}}}, l)
	for _, line := range []string{
		"a=ice-lite", "a=ice-options:trickle", "a=setup:active", "a=fmtp:111 minptime=10;useinbandfec=1", "a=rid:q recv", "a=simulcast:recv q;h",
	} {
		if !strings.Contains(got, "\r\n"+line+"\r\n") {
			t.Errorf("no %q in\n%s", line, got)
		}
	}
	for _, word := range []string{"rtcp-rsize", "extmap-allow-mixed", "rtcp-fb", "b=AS", "ssrc"} {
		if strings.Contains(got, word) {
			t.Errorf("%q in\n%s", word, got)
		}
	}
}

func TestAnswerRepeatsStereo(t *testing.T) {
	o := parse(t, small+"a=fmtp:111 minptime=10;stereo=1;sprop-stereo=1\r\n")
	opus, _ := o.Sections[0].Receive([]media.Codec{media.Opus})
	got := o.Answer([]Choice{{Section: 0, Codecs: []Codec{opus}}}, local())
	if !strings.Contains(got, "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;stereo=1;sprop-stereo=1\r\n") {
		t.Errorf("no stereo in\n%s", got)
	}
}
