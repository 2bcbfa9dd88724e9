package sdp_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/api/sip/sdp"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// text makes a description of lines.
func text(lines ...string) []byte { return []byte(strings.Join(lines, "\r\n") + "\r\n") }

// audio is a description with one line of sound.
func audio(formats string, lines ...string) []byte {
	return text(append([]string{"v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", "m=audio 4000 RTP/AVP " + formats}, lines...)...)
}

func read(t testing.TB, b []byte) *sdp.Session {
	t.Helper()
	s, err := sdp.Read(b)
	if err != nil {
		t.Fatalf("%v of\n%s", err, b)
	}
	return s
}

// tell says what is known of a line.
func tell(l *sdp.Line) string {
	var words []string
	for _, c := range l.Codecs {
		word := fmt.Sprintf("%d=%s/%d", c.Payload, c.Codec, c.Rate)
		if c.Codec == media.H264 {
			word += " mode " + c.Mode()
		}
		words = append(words, word)
	}
	for _, e := range l.Events {
		words = append(words, fmt.Sprintf("%d=event/%d", e.Payload, e.Rate))
	}
	for _, n := range l.Noise {
		words = append(words, fmt.Sprintf("%d=noise", n))
	}
	return strings.Join(words, ", ")
}

func TestCodecs(t *testing.T) {
	for name, c := range map[string]struct {
		text []byte
		want string
	}{
		"static types without rtpmap": {audio("0 8 9 18 3 13"), "0=pcmu/8000, 8=pcma/8000, 9=g722/8000, 18=g729/8000, 13=noise"},
		"names in any case": {
			audio("96 97 98 99", "a=rtpmap:96 OPUS/48000/2", "a=rtpmap:97 SPEEX/16000/1", "a=rtpmap:98 speex/8000", "a=rtpmap:99 speex/32000"),
			"96=opus/48000, 97=speex/16000, 98=speex/8000",
		},
		"events of two clock rates": {
			audio("111 101 110", "a=rtpmap:111 opus/48000/2", "a=rtpmap:101 telephone-event/8000", "a=rtpmap:110 telephone-event/48000"),
			"111=opus/48000, 101=event/8000, 110=event/48000",
		},
		"a payload type twice, and G.729a": {audio("18 18 96", "a=rtpmap:18 G729A/8000", "a=rtpmap:96 CN/16000"), "18=g729/8000, 96=noise"},
		"numbers that are none":            {audio("0 128 x -1 300"), "0=pcmu/8000"},
		"the same number for something else": {
			audio("0 9", "a=rtpmap:9 PCMA/8000"), "0=pcmu/8000, 9=pcma/8000",
		},
		"video": {
			text("v=0", "c=IN IP4 1.2.3.4", "m=video 5000 RTP/AVP 97 98 99 100 101", "a=rtpmap:97 H264/90000", "a=rtpmap:98 H264/90000",
				"a=fmtp:98 profile-level-id=42E01F; packetization-mode=1", "a=rtpmap:99 VP8/90000", "a=rtpmap:100 H265/90000",
				"a=rtpmap:101 H264/90000", "a=fmtp:101 packetization-mode=2"),
			"97=h264/90000 mode 0, 98=h264/90000 mode 1, 99=vp8/90000, 100=h265/90000",
		},
		"sound among pictures": {text("v=0", "c=IN IP4 1.2.3.4", "m=video 5000 RTP/AVP 0 99", "a=rtpmap:99 VP8/90000"), "99=vp8/90000"},
	} {
		if got := tell(&read(t, c.text).Lines[0]); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

// TestShapes are descriptions as they are sent, by the letter or not.
func TestShapes(t *testing.T) {
	plain := audio("0", "a=sendonly")
	for name, b := range map[string][]byte{
		"as it should be":             plain,
		"line feeds only":             []byte(strings.ReplaceAll(string(plain), "\r\n", "\n")),
		"no last end":                 plain[:len(plain)-2],
		"no name of the session":      []byte(strings.Replace(string(plain), "s=-\r\n", "", 1)),
		"no time":                     []byte(strings.Replace(string(plain), "t=0 0\r\n", "", 1)),
		"the address behind the time": text("v=0", "o=- 1 1 IN IP4 192.0.2.1", "s= ", "t=0 0", "c=IN IP4 192.0.2.1/127", "m=audio 4000/2 RTP/AVP 0", "a=sendonly"),
		"the address in the line":     text("v=0", "o=My phone 1 1 IN IP4 0.0.0.0", "s=", "m=audio 4000 RTP/AVP  0 ", "x=what", "a=sendonly", "c=IN IP4 192.0.2.1"),
		"said for all":                text("v=0", "c=IN IP4 192.0.2.1", "a=sendonly", "m=audio 4000 RTP/AVP 0"),
	} {
		l := read(t, b).Lines[0]
		if l.RTP != netip.MustParseAddrPort("192.0.2.1:4000") || l.RTCP.Port() != 4001 || l.Direction != sdp.SendOnly || tell(&l) != "0=pcmu/8000" {
			t.Errorf("%s: %+v", name, l)
		}
	}
	for name, b := range map[string][]byte{
		"nothing": {}, "no description": []byte("hello"), "half a line": text("v=0", "m=audio 4000"), "no port": text("v=0", "m=audio x RTP/AVP 0"),
		"too high a port": text("v=0", "m=audio 65536 RTP/AVP 0"), "too long": append(audio("0"), make([]byte, sdp.MaxSize)...),
		"too many lines": text(append([]string{"v=0"}, slices.Repeat([]string{"m=audio 1 RTP/AVP 0"}, 17)...)...),
		"too many types": audio(strings.Repeat("0 ", 65)), "too much said": audio("0", slices.Repeat([]string{"a=x"}, 300)...),
	} {
		if s, err := sdp.Read(b); fault.CodeOf(err) != fault.ProtocolViolation {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}

func TestAddresses(t *testing.T) {
	for name, c := range map[string]struct {
		lines     []string
		rtp, rtcp string
		mux       bool
	}{
		"the next port":        {nil, "192.0.2.1:4000", "192.0.2.1:4001", false},
		"another port":         {[]string{"a=rtcp:7000"}, "192.0.2.1:4000", "192.0.2.1:7000", false},
		"another host":         {[]string{"a=rtcp:7000 IN IP4 192.0.2.9"}, "192.0.2.1:4000", "192.0.2.9:7000", false},
		"none that is one":     {[]string{"a=rtcp:x", "a=rtcp-mux"}, "192.0.2.1:4000", "192.0.2.1:4001", true},
		"held as of old":       {[]string{"c=IN IP4 0.0.0.0"}, "0.0.0.0:4000", "0.0.0.0:4001", false},
		"a name":               {[]string{"c=IN IP4 phone.example"}, "invalid AddrPort", "invalid AddrPort", false},
		"IPv6":                 {[]string{"c=IN IP6 2001:db8::1"}, "[2001:db8::1]:4000", "[2001:db8::1]:4001", false},
		"a network interface":  {[]string{"c=IN IP6 fe80::1%eth0"}, "invalid AddrPort", "invalid AddrPort", false},
		"IPv4 written as IPv6": {[]string{"c=IN IP6 ::ffff:192.0.2.7"}, "192.0.2.7:4000", "192.0.2.7:4001", false},
	} {
		l := read(t, audio("0", c.lines...)).Lines[0]
		if l.RTP.String() != c.rtp || l.RTCP.String() != c.rtcp || l.Mux != c.mux {
			t.Errorf("%s: %s and %s, %v", name, l.RTP, l.RTCP, l.Mux)
		}
	}
}

const key128 = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"

func TestSecrets(t *testing.T) {
	for name, c := range map[string]struct {
		proto string
		lines []string
		want  sdp.Security
		tags  string
	}{
		"plain":                  {"RTP/AVP", nil, sdp.Plain, ""},
		"savp":                   {"RTP/SAVP", []string{"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|2^20"}, sdp.SDES, "1"},
		"avp with keys":          {"RTP/AVP", []string{"a=crypto:7 aes_cm_128_hmac_sha1_32 inline:" + key128}, sdp.SDESMaybe, "7"},
		"one that is too short":  {"RTP/SAVP", []string{"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abcd", "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:" + key128}, sdp.SDES, "2"},
		"indexes of keys":        {"RTP/SAVP", []string{"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + "|2^20|1:4"}, sdp.Plain, ""},
		"several keys":           {"RTP/SAVP", []string{"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + ";inline:" + key128}, sdp.Plain, ""},
		"parameters unknown":     {"RTP/SAVP", []string{"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + " UNENCRYPTED_SRTP"}, sdp.Plain, ""},
		"parameters to overlook": {"RTP/SAVP", []string{"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + key128 + " WSH=64 -X KDR=0"}, sdp.SDES, "1"},
		"dtls":                   {"UDP/TLS/RTP/SAVPF", []string{"a=fingerprint:SHA-256 ab:cd", "a=setup:actpass"}, sdp.DTLS, ""},
		"dtls as of old":         {"RTP/SAVPF", []string{"a=fingerprint:sha-256 AB:CD"}, sdp.DTLS, ""},
	} {
		l := read(t, text(append([]string{"v=0", "c=IN IP4 192.0.2.1", "m=audio 4000 " + c.proto + " 0"}, c.lines...)...)).Lines[0]
		tags := ""
		for _, k := range l.Cryptos {
			tags += k.Tag
		}
		if l.Secured() != c.want || tags != c.tags {
			t.Errorf("%s: %q with keys %q", name, l.Secured(), tags)
		}
		if want := c.want != sdp.Plain || c.proto == "RTP/AVP"; l.Usable(sdp.Terms{}) != want || l.Usable(sdp.Terms{Require: true}) != (c.want != sdp.Plain) {
			t.Errorf("%s: usable: %v", name, l.Usable(sdp.Terms{}))
		}
	}
}

func TestChoice(t *testing.T) {
	all := []media.Codec{media.Opus, media.PCMU, media.PCMA, media.G729, media.H264, media.VP8}
	offer := read(t, text("v=0", "c=IN IP4 192.0.2.1", "m=audio 4000 RTP/AVP 8 0 18 96", "a=rtpmap:96 opus/48000/2", "m=video 5000 RTP/AVP 97 98 99",
		"a=rtpmap:97 H264/90000", "a=rtpmap:98 H264/90000", "a=fmtp:98 packetization-mode=1", "a=rtpmap:99 VP8/90000"))
	for name, c := range map[string]struct {
		line  int
		terms sdp.Terms
		want  uint8
	}{
		"the far end's order":        {0, sdp.Terms{Codecs: all}, 8},
		"what needs no conversion":   {0, sdp.Terms{Codecs: all, Prefer: []media.Codec{media.Opus, media.PCMU}}, 96},
		"the second of these":        {0, sdp.Terms{Codecs: all, Prefer: []media.Codec{media.G722, media.PCMU}}, 0},
		"what there was":             {0, sdp.Terms{Codecs: all, Prefer: []media.Codec{media.Opus}, Current: &sdp.Codec{Codec: media.G729, Rate: 8000}}, 18},
		"only what is allowed":       {0, sdp.Terms{Codecs: []media.Codec{media.G729}}, 18},
		"mode 1":                     {1, sdp.Terms{Codecs: []media.Codec{media.H264}}, 98},
		"mode 1, and not before VP8": {1, sdp.Terms{Codecs: all, Prefer: []media.Codec{media.VP8, media.H264}}, 99},
		"the mode that there was":    {1, sdp.Terms{Codecs: all, Current: &sdp.Codec{Codec: media.H264, Rate: 90000}}, 97},
	} {
		if got, ok := offer.Lines[c.line].Choose(c.terms); !ok || got.Payload != c.want {
			t.Errorf("%s: %d, not %d", name, got.Payload, c.want)
		}
	}
	if c, ok := offer.Lines[0].Choose(sdp.Terms{Codecs: []media.Codec{media.Speex}}); ok {
		t.Errorf("there is nothing in common, but %v", c)
	}
}

func TestEventOf(t *testing.T) {
	l := read(t, audio("111 0 101 110", "a=rtpmap:111 opus/48000/2", "a=rtpmap:101 telephone-event/8000", "a=rtpmap:110 telephone-event/48000")).Lines[0]
	if e := l.EventOf(l.Codecs[0]); e == nil || e.Payload != 110 {
		t.Errorf("of Opus: %v", e)
	}
	if e := l.EventOf(l.Codecs[1]); e == nil || e.Payload != 101 {
		t.Errorf("of G.711: %v", e)
	}
	if e := l.EventOf(sdp.Codec{Rate: 16000}); e == nil {
		t.Error("one of another rate is better than none")
	}
}

// TestWritten: what we write is read as what was meant.
func TestWritten(t *testing.T) {
	codecs, events := sdp.Offered(media.Audio, []media.Codec{media.Opus, media.G722, media.Speex, media.PCMU, media.PCMA, media.G729})
	pictures, _ := sdp.Offered(media.Video, []media.Codec{media.H264, media.VP8, media.H265})
	other := read(t, text("v=0", "c=IN IP4 1.1.1.1", "m=image 4000 udptl t38")).Lines[0]
	d := sdp.Local{
		Address: netip.MustParseAddr("192.0.2.1"), ID: 5, Version: 6, Extra: []string{"tool:x"},
		Media: []sdp.Media{
			{Kind: media.Audio, Port: 31002, Direction: sdp.SendOnly, Codecs: codecs, Events: events, PTime: 30 * time.Millisecond, Security: sdp.SDES},
			other.Refusing(),
			{Kind: media.Video, Port: 31004, RTCP: 32000, Mux: true, Direction: sdp.SendRecv, Codecs: pictures},
		},
	}
	s := read(t, []byte(d.String()))
	sound, image, video := s.Lines[0], s.Lines[1], s.Lines[2]
	const heard = "96=opus/48000, 9=g722/8000, 97=speex/16000, 98=speex/8000, 0=pcmu/8000, 8=pcma/8000, 18=g729/8000, " +
		"101=event/8000, 102=event/16000, 103=event/48000"
	if tell(&sound) != heard || sound.Direction != sdp.SendOnly || sound.PTime != 30*time.Millisecond || sound.RTP.Port() != 31002 {
		t.Errorf("sound: %s, %+v", tell(&sound), sound)
	}
	if !image.Refused() || image.Kind != "" || !strings.Contains(d.String(), "m=image 0 udptl t38\r\n") {
		t.Errorf("what is refused: %+v", image)
	}
	if tell(&video) != "110=h264/90000 mode 1, 111=h264/90000 mode 0, 112=vp8/90000, 113=h265/90000" || video.RTCP.Port() != 32000 || !video.Mux {
		t.Errorf("pictures: %s, %+v", tell(&video), video)
	}
	if !video.Codecs[0].Has("nack pli") || !strings.Contains(d.String(), "a=fmtp:18 annexb=no\r\n") || !strings.Contains(d.String(), "RTP/SAVP 96") {
		t.Errorf("it says\n%s", d)
	}
}

func TestDirections(t *testing.T) {
	for _, d := range []sdp.Direction{sdp.SendRecv, sdp.SendOnly, sdp.RecvOnly, sdp.Inactive} {
		if d.Reverse().Reverse() != d || d.And(sdp.SendRecv) != d || d.And(sdp.Inactive) != sdp.Inactive || d.Reverse().Sends() != d.Receives() {
			t.Errorf("%s: reversed %s", d, d.Reverse())
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(audio("0 8 101", "a=rtpmap:101 telephone-event/8000", "a=ptime:20", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+key128))
	f.Add(text("v=0", "m=image 0 udptl t38", "m=video 1 UDP/TLS/RTP/SAVPF 96", "a=rtpmap:96 H264/90000", "a=fmtp:96 packetization-mode=1;x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := sdp.Read(b)
		if err != nil {
			return
		}
		all := []media.Codec{media.Opus, media.PCMU, media.G729, media.H264, media.VP8}
		d := sdp.Local{Address: netip.MustParseAddr("192.0.2.1")}
		for i := range s.Lines {
			l := &s.Lines[i]
			c, ok := l.Choose(sdp.Terms{Codecs: all})
			if !ok || !l.Usable(sdp.Terms{Codecs: all}) {
				d.Media = append(d.Media, l.Refusing())
				continue
			}
			m := l.Answering()
			m.Port, m.Codecs, m.Direction = 4000, []sdp.Codec{c.Reply()}, l.Direction.Reverse()
			d.Media = append(d.Media, m)
		}
		again, err := sdp.Read([]byte(d.String()))
		if err != nil || len(again.Lines) != len(s.Lines) {
			t.Fatalf("our answer cannot be read: %v\n%s", err, d)
		}
	})
}
