package whip_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	pion "github.com/pion/webrtc/v4"

	"sluice/api/auth"
	"sluice/api/whip"
)

// A publisher that trickles, and a player that does not, under different addresses; both end by DELETE.
func TestPublishAndPlay(t *testing.T) {
	s := serve(t)
	published, ended := s.await("stream.published", "live/cam"), s.await("stream.ended", "live/cam")

	pub := newClient(t, pion.NetworkTypeUDP4)
	pub.publish()
	offer, candidates := pub.offer(nil)
	in := s.post("/live/cam/whip", offer)
	pub.accept(in.answer)
	if res := in.patch(fragment(offer, append(candidates, "a=end-of-candidates")...), in.tag); res.StatusCode != http.StatusNoContent {
		t.Fatalf("trickle: %s: %s", res.Status, res.text)
	}
	published()

	viewer := newClient(t, pion.NetworkTypeUDP4)
	video, audio := viewer.receive()
	offer, candidates = viewer.offer(nil)
	out := s.post("/rtc/v1/whep/?app=live&stream=cam", offer+strings.Join(candidates, "\r\n")+"\r\n")
	viewer.accept(out.answer)
	if first := run(t, "pictures", video, 100); first.Payload[0]&0x10 == 0 {
		t.Errorf("the first packet is not the beginning of a frame: % x", first.Payload[:4])
	}
	run(t, "sound", audio, 50)
	for _, j := range []*joined{in, out} {
		if strings.Contains(j.answer, "a=sendrecv") || !strings.Contains(j.answer, "a=candidate:") || !strings.Contains(j.answer, "a=end-of-candidates") {
			t.Errorf("the answer is\n%s", j.answer)
		}
	}

	out.end()
	in.end()
	ended()
	for _, j := range []*joined{in, out} {
		if res := s.do(http.MethodGet, j.location, ""); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s is %s", j.location, res.Status)
		}
	}
	// The name is free the moment that DELETE is answered.
	again := newClient(t, pion.NetworkTypeUDP4)
	again.publish()
	offer, _ = again.offer(nil)
	s.post("/live/cam/whip", offer)
}

// ICE-TCP alone: the answer has no other candidate, and the clients have no other network.
func TestOverTCP(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	pub := newClient(t, pion.NetworkTypeTCP4)
	pub.publish()
	offer, _ := pub.offer(nil)
	in := s.post("/cam/whip?transport=tcp", offer)
	pub.accept(in.answer)
	published()
	viewer := newClient(t, pion.NetworkTypeTCP4)
	video, _ := viewer.receive()
	offer, _ = viewer.offer(nil)
	out := s.post("/whep/cam?transport=tcp", offer)
	viewer.accept(out.answer)
	run(t, "pictures", video, 50)
	for _, j := range []*joined{in, out} {
		if strings.Contains(j.answer, " udp ") || strings.Contains(j.answer, " UDP ") || !strings.Contains(strings.ToLower(j.answer), " tcp ") {
			t.Errorf("the answer is\n%s", j.answer)
		}
	}
}

// ICE is restarted in mid-session, and the media goes on.
func TestRestartICE(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	pub := newClient(t, pion.NetworkTypeUDP4)
	pub.publish()
	offer, _ := pub.offer(nil)
	pub.accept(s.post("/cam/whip", offer).answer)
	published()

	viewer := newClient(t, pion.NetworkTypeUDP4)
	video, _ := viewer.receive()
	offer, _ = viewer.offer(nil)
	out := s.post("/cam/whep", offer)
	viewer.accept(out.answer)
	run(t, "pictures", video, 25)

	offer, candidates := viewer.offer(&pion.OfferOptions{ICERestart: true})
	res := out.patch(fragment(offer, candidates...), `"*"`)
	tag := res.Header.Get("ETag")
	if res.StatusCode != http.StatusOK || tag == "" || tag == out.tag {
		t.Fatalf("restart: %s, ETag %s: %s", res.Status, tag, res.text)
	}
	connected := make(chan struct{})
	viewer.pc.OnICEConnectionStateChange(func(state pion.ICEConnectionState) {
		if state == pion.ICEConnectionStateConnected || state == pion.ICEConnectionStateCompleted {
			select {
			case <-connected:
			default:
				close(connected)
			}
		}
	})
	viewer.accept(renewed(out.answer, res.text))
	if res := out.patch(fragment(offer, candidates...), out.tag); res.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("the old entity-tag: %s", res.Status)
	}
	if res := out.patch(fragment(offer, candidates...), tag); res.StatusCode != http.StatusNoContent {
		t.Errorf("the new entity-tag: %s: %s", res.Status, res.text)
	}
	// What was on its way when ICE restarted may be lost, so the count begins anew.
	for len(video) > 0 {
		<-video
	}
	within(t, "ICE connects again", connected)
	for range 50 {
		select {
		case <-video:
		case <-time.After(patience):
			t.Fatal("no more pictures come after the restart")
		}
	}
}

// renewed is an answer with the ICE credentials and candidates of a fragment.
func renewed(answer, fragment string) string {
	var out, candidates []string
	fresh := map[string]string{}
	for line := range strings.Lines(fragment) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "a=candidate:") {
			candidates = append(candidates, line)
		} else if name, _, ok := strings.Cut(line, ":"); ok {
			fresh[name] = line
		}
	}
	first := true
	for line := range strings.Lines(answer) {
		line = strings.TrimSpace(line)
		switch name, _, _ := strings.Cut(line, ":"); name {
		case "a=ice-ufrag", "a=ice-pwd":
			out = append(out, fresh[name])
		case "a=candidate":
			if first {
				out = append(out, candidates...)
				first = false
			}
		default:
			out = append(out, line)
		}
	}
	return strings.Join(out, "\r\n") + "\r\n"
}

func TestWrongClients(t *testing.T) {
	s := serve(t)
	pub := newClient(t, pion.NetworkTypeUDP4)
	pub.publish()
	offer, _ := pub.offer(nil)
	published := s.await("stream.published", "cam")
	pub.accept(s.post("/cam/whip", offer).answer)
	published()
	player := newClient(t, pion.NetworkTypeUDP4)
	player.receive()
	wish, _ := player.offer(nil)
	for _, c := range []struct {
		name, url, offer string
		status           int
		code             string
	}{
		{"a second publisher", "/cam/whip", offer, 409, "name_in_use"},
		{"a player of nothing", "/nothing/whep", wish, 409, "stream_not_found"},
		{"a player who knows no codec of it", "/cam/whep", unknown(wish), 415, "codec_not_available"},
		{"a publisher of unknown codecs", "/c/whip", unknown(offer), 415, "codec_not_available"},
		{"an offer without a fingerprint", "/d/whip", strings.ReplaceAll(offer, "a=fingerprint", "a=x"), 400, "invalid_request"},
		{"an offer without ICE", "/e/whip", strings.ReplaceAll(offer, "a=ice-", "a=x-"), 400, "invalid_request"},
		{"an unknown transport", "/f/whip?transport=sctp", offer, 400, "invalid_request"},
	} {
		res := s.do(http.MethodPost, c.url, c.offer, "Content-Type: application/sdp")
		if res.StatusCode != c.status || !strings.Contains(res.text, `"code":"`+c.code+`"`) {
			t.Errorf("%s: %s: %s", c.name, res.Status, res.text)
		}
	}
	if got := len(s.engine.Streams().Streams()); got != 1 {
		t.Errorf("%d streams are left", got)
	}
}

// unknown gives all codecs of an offer names that nobody knows.
func unknown(offer string) string {
	return regexp.MustCompile(`(?m)^(a=rtpmap:\d+ )`).ReplaceAllString(offer, "${1}x-")
}

// Tokens as OBS sends them, and players who need none.
func TestTokens(t *testing.T) {
	who, err := auth.New(auth.Config{
		Tokens:    []auth.TokenConfig{{Name: "obs", Token: "s3cret", Publish: []string{"live/*"}}},
		Anonymous: &auth.AnonymousConfig{Play: []string{"**"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *whip.Options) { o.Auth = who })
	pub := newClient(t, pion.NetworkTypeUDP4)
	pub.publish()
	offer, _ := pub.offer(nil)
	for _, c := range []struct {
		url, header string
		status      int
	}{
		{"/live/cam/whip", "Authorization: Bearer wrong", 401},
		{"/live/cam/whip", "X: y", 401},
		{"/other/cam/whip", "Authorization: Bearer s3cret", 403},
		{"/live/cam/whip", "Authorization: Bearer Bearer s3cret", 201},
	} {
		res := s.do(http.MethodPost, c.url, offer, "Content-Type: application/sdp", c.header)
		if res.StatusCode != c.status {
			t.Errorf("%s %s: %s: %s", c.url, c.header, res.Status, res.text)
		}
		if res.StatusCode == http.StatusCreated {
			published := s.await("stream.published", "live/cam")
			if !s.engine.Streams().Has("live/cam") {
				pub.accept(res.text)
				published()
			}
		}
	}
	player := newClient(t, pion.NetworkTypeUDP4)
	player.receive()
	wish, _ := player.offer(nil)
	s.post("/live/cam/whep", wish)
}

func within(t testing.TB, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("waited in vain: %s", what)
	}
}
