package sdp

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// chromium reads an offer that Chromium 156 made.
func chromium(t testing.TB, which string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "chromium-"+which+".sdp"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func parse(t testing.TB, text string) *Offer {
	t.Helper()
	o, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestParseChromium(t *testing.T) {
	o := parse(t, chromium(t, "publish"))
	if len(o.Sections) != 2 || !o.Mixed {
		t.Fatalf("%d sections, mixed %v", len(o.Sections), o.Mixed)
	}
	audio, video := &o.Sections[0], &o.Sections[1]
	if !audio.Usable() || !video.Usable() || audio.Mid != "0" || video.Mid != "1" {
		t.Errorf("%s; %s", audio, video)
	}
	if !video.Sends || video.Receives {
		t.Error("the offer sends only")
	}
	if got := audio.Wanted(nil); !slices.Equal(got, []media.Codec{media.Opus, media.G722, media.PCMU, media.PCMA}) {
		t.Errorf("audio: %v", got)
	}
	if got := video.Wanted(nil); !slices.Equal(got, []media.Codec{media.VP8, media.H264, media.AV1, media.VP9}) {
		t.Errorf("video: %v", got)
	}
	if len(video.Codecs) != 10 {
		t.Errorf("%d payload types of video", len(video.Codecs))
	}
	vp8 := video.Codecs[0]
	if vp8.Payload != 96 || vp8.Repair != 97 || !slices.Equal(vp8.Feedback, []string{"goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"}) {
		t.Errorf("%+v", vp8)
	}
	if len(video.Sources) != 1 || len(video.Repairs) != 1 {
		t.Errorf("sources %v, repairs %v", video.Sources, video.Repairs)
	}
	if id := video.Extension("urn:3gpp:video-orientation"); id != 13 {
		t.Errorf("orientation is %d", id)
	}
	r := o.Remote
	if r.Setup != "actpass" || len(r.Fingerprints) != 1 || r.Fingerprints[0].Hash != "sha-256" || r.Ufrag == "" || r.Pwd == "" {
		t.Errorf("%+v", r)
	}
}

// small is an offer that has what it must have.
const small = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n" +
	"a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=fingerprint:SHA-256 AB:CD\r\na=setup:actpass\r\n" +
	"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\na=rtcp-mux\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n"

func swap(from, to string) string { return strings.Replace(small, from, to, 1) }

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":           "",
		"no sdp":            "hello",
		"no sections":       small[:strings.Index(small, "m=")],
		"no ufrag":          swap("a=ice-ufrag:abcd\r\n", ""),
		"no pwd":            swap("a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n", ""),
		"a ufrag too short": swap("abcd\r\n", "abc\r\n"),
		"a ufrag of others": swap("abcd\r\n", "ab cd\r\n"),
		"no fingerprint":    swap("a=fingerprint:SHA-256 AB:CD\r\n", ""),
		"a strange setup":   swap("actpass", "holdconn"),
		"RTP without keys":  swap("UDP/TLS/RTP/SAVPF", "RTP/AVP"),
		"no feedback":       swap("UDP/TLS/RTP/SAVPF", "RTP/SAVP"),
		"AVPF":              swap("UDP/TLS/RTP/SAVPF", "RTP/AVPF"),
		"a mid of two":      swap("a=mid:0", "a=mid:0 1"),
		"many sections":     small + strings.Repeat("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n", 40),
		"many lines":        small + strings.Repeat("a=x\r\n", 5000),
		"many bytes":        small + strings.Repeat("a=x:"+strings.Repeat("y", 1000)+"\r\n", 200),
		"a long line":       small + "a=x:" + strings.Repeat("y", 5000) + "\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			if o, err := Parse(text); !errors.Is(err, fault.InvalidRequest) {
				t.Errorf("%v, %v", o, err)
			}
		})
	}
	parse(t, small)
}

func TestParseTolerates(t *testing.T) {
	usable := func(o *Offer) bool { return o.Sections[0].Usable() }
	for name, c := range map[string]struct {
		text string
		is   func(*Offer) bool
	}{
		"a hash in capitals":            {small, func(o *Offer) bool { return o.Remote.Fingerprints[0] == Fingerprint{"sha-256", "ab:cd"} }},
		"no setup":                      {swap("a=setup:actpass\r\n", ""), func(o *Offer) bool { return o.Remote.Setup == "actpass" }},
		"no group for one section":      {swap("a=group:BUNDLE 0\r\n", ""), usable},
		"no mid":                        {strings.Replace(swap("a=group:BUNDLE 0\r\n", ""), "a=mid:0\r\n", "", 1), usable},
		"SAVPF without UDP/TLS":         {swap("UDP/TLS/RTP/SAVPF", "RTP/SAVPF"), usable},
		"lines that end in LF":          {strings.ReplaceAll(small, "\r\n", "\n"), usable},
		"the name in capitals":          {swap("opus/48000/2", "OPUS/48000/2"), usable},
		"a section that is refused":     {swap("m=audio 9", "m=audio 0"), func(o *Offer) bool { return !usable(o) }},
		"bundle-only":                   {swap("m=audio 9", "m=audio 0") + "a=bundle-only\r\n", usable},
		"no rtcp-mux":                   {swap("a=rtcp-mux\r\n", ""), func(o *Offer) bool { return !usable(o) }},
		"no codec that is known":        {swap("opus/48000/2", "speex/16000"), func(o *Offer) bool { return !usable(o) }},
		"a static payload type":         {strings.Replace(swap(" 111\r\n", " 0\r\n"), "a=rtpmap:111 opus/48000/2\r\n", "", 1), usable},
		"data beside":                   {small + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:1\r\n", usable},
		"RTP/AVP that is refused":       {small + "m=audio 0 RTP/AVP 0\r\n", usable},
		"a section out of the bundle":   {small + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:1\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\n", func(o *Offer) bool { return usable(o) && !o.Sections[1].Usable() }},
		"extensions that are too large": {small + "a=extmap:15 urn:x\r\na=extmap:300 urn:y\r\na=extmap:x urn:z\r\na=extmap:3/recvonly urn:a b\r\n", func(o *Offer) bool { return slices.Equal(o.Sections[0].Extensions, []Extension{{3, "urn:a"}}) }},
	} {
		t.Run(name, func(t *testing.T) {
			if o := parse(t, c.text); !c.is(o) {
				t.Errorf("%+v", o)
			}
		})
	}
}

// TestStripCodecs does to an offer what the Web SDK's stripCodecs does with G722, payload type 9: it removes by the beginning
// of the line, so that payload types 96, 98 and 99 lose their parameters and feedback.
func TestStripCodecs(t *testing.T) {
	var out strings.Builder
	for line := range strings.Lines(chromium(t, "publish")) {
		switch {
		case strings.HasPrefix(line, "a=rtpmap:9 "), strings.HasPrefix(line, "a=fmtp:9"), strings.HasPrefix(line, "a=rtcp-fb:9"):
		case strings.HasPrefix(line, "m=audio"):
			out.WriteString(strings.Replace(line, " 9 0", " 0", 1))
		default:
			out.WriteString(line)
		}
	}
	o := parse(t, out.String())
	if slices.Contains(o.Sections[0].Wanted(nil), media.G722) {
		t.Error("G.722 was stripped")
	}
	vp8, ok := o.Sections[1].Receive([]media.Codec{media.VP8})
	if !ok || vp8.Payload != 96 || len(vp8.Feedback) != 0 || vp8.Repair != 0 {
		t.Errorf("%v %+v", ok, vp8)
	}
	h264, ok := o.Sections[1].Receive([]media.Codec{media.H264})
	if !ok || h264.Repair == 0 || !h264.Has("nack pli") {
		t.Errorf("%v %+v", ok, h264)
	}
}

func TestOrphanedRepairs(t *testing.T) {
	text := small + "m=video 9 UDP/TLS/RTP/SAVPF 97 98\r\na=mid:1\r\na=rtcp-mux\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n" +
		"a=rtpmap:98 VP8/90000\r\n"
	o := parse(t, text)
	if c := o.Sections[1].Codecs; len(c) != 1 || c[0].Repair != 0 {
		t.Errorf("%+v", c)
	}
}

func TestSimulcastLayers(t *testing.T) {
	for value, want := range map[string][]string{
		"send q;h;f":             {"q", "h", "f"},
		"recv a;b send q;~h":     {"q", "h"},
		"send q,p;h recv x":      {"q", "h"},
		"recv a":                 nil,
		"send":                   nil,
		"send " + long(20):       nil,
		"send a;a;b":             {"a", "b"},
		"send 1;2;3;4;5;6;7;8;9": {"1", "2", "3", "4", "5", "6", "7", "8"},
	} {
		o := parse(t, small+"a=simulcast:"+value+"\r\n")
		if got := o.Sections[0].Layers; !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func long(n int) string { return strings.Repeat("x", n) }

func TestSourcesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(small)
	for i := range 1000 {
		b.WriteString("a=ssrc:" + strconv.Itoa(i+1) + " cname:x\r\na=candidate:1 1 udp 1 10.0.0.1 " + strconv.Itoa(i+1) + " typ host\r\n")
	}
	o := parse(t, b.String())
	if len(o.Sections[0].Sources) != maxSources || len(o.Remote.Candidates) > maxCandidates {
		t.Errorf("%d sources, %d candidates", len(o.Sections[0].Sources), len(o.Remote.Candidates))
	}
}

func FuzzParse(f *testing.F) {
	f.Add(chromium(f, "publish"))
	f.Add(chromium(f, "play"))
	f.Add(small)
	f.Add(small + "a=simulcast:send q;h\r\na=ssrc-group:FID 1 2\r\na=ssrc:1 cname:x\r\n")
	f.Fuzz(holds)
}

// FuzzSection changes what a browser would not say otherwise: a section's formats and attributes.
func FuzzSection(f *testing.F) {
	_, video, _ := strings.Cut(chromium(f, "publish"), "\r\nm=video 9 UDP/TLS/RTP/SAVPF ")
	formats, attributes, _ := strings.Cut(video, "\r\n")
	f.Add(formats, attributes)
	f.Add("97 96 0", "a=rtcp-mux\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 profile-level-id=42e01f\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n")
	f.Add("98", "a=rtcp-mux\r\na=bundle-only\r\na=rtpmap:98 VP9/90000\r\na=rtcp-fb:* nack\r\na=simulcast:send q;~h,x recv y\r\na=ssrc-group:FID 1 2\r\n")
	f.Fuzz(func(t *testing.T, formats, attributes string) {
		holds(t, small+"m=video 9 UDP/TLS/RTP/SAVPF "+formats+"\r\n"+attributes)
	})
}

// holds tests what is true of all offers: what is wrong with one is said in one way, and one that is right can be answered.
func holds(t *testing.T, text string) {
	o, err := Parse(text)
	if err != nil {
		if !errors.Is(err, fault.InvalidRequest) {
			t.Fatalf("%v", err)
		}
		return
	}
	var choices []Choice
	for i := range o.Sections {
		s := &o.Sections[i]
		_ = s.String()
		if !s.Usable() {
			continue
		}
		c, ok := s.Receive(s.Wanted(nil))
		if !ok {
			t.Fatalf("section %d is usable, and no codec of it", i)
		}
		list, err := s.Send(c.Track(), s.Wanted(nil))
		if err != nil || list[0].Codec != c.Codec {
			t.Fatalf("what is received with %+v cannot be sent: %v", c, err)
		}
		choices = append(choices, Choice{Section: i, Codecs: list, Extensions: s.Extensions, Layers: s.Layers})
	}
	answer := o.Answer(choices, Local{Session: 1, Ufrag: "abcd", Pwd: "abcdefghijklmnopqrstuvwx", Setup: "passive"})
	checkAnswer(t, o, answer, len(choices))
}
