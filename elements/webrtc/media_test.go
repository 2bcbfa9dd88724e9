package webrtc_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtcp"
	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
	"sluice/engine/element"
	"sluice/engine/enginetest/lossy"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/value"
)

// TestLoss has every frame arrive although the network loses 5 % on both ways, and lets packets overtake each other.
func TestLoss(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	bad := lossy.Conditions{Loss: 0.05, Jitter: 20 * time.Millisecond, Seed: 1}
	c := newClient(t, clientOptions{})
	f := c.send(pion.MimeTypeVP8)
	p, answer, err := s.publish("cam", webrtc.Offer{SDP: c.offer(false), Transport: "udp"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, proxy := proxied(t, answer, lossy.Conditions{})
	c.accept(answer)
	v := newClient(t, clientOptions{})
	v.receive(pion.RTPCodecTypeVideo)
	came := v.arrivals()
	q, answer, err := s.play("cam", webrtc.Offer{SDP: v.offer(false), Transport: "udp"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, proxy2 := proxied(t, answer, lossy.Conditions{})
	v.accept(answer)
	f.run(t)
	first := next(t, came, pion.MimeTypeVP8)
	proxy.Change(bad)
	proxy2.Change(bad)

	missing := map[uint32]bool{}
	until := first.number
	for seen := 0; seen < 400; seen++ {
		a := next(t, came, pion.MimeTypeVP8)
		for ; until < a.number; until++ {
			missing[until+1] = true
		}
		delete(missing, a.number)
	}
	// What was sent last may still be on its way.
	for number := range missing {
		if number+50 > until {
			delete(missing, number)
		}
	}
	if len(missing) > 0 {
		t.Errorf("of %d frames %v never came", until-first.number, missing)
	}
	if got := p.Counts(); got.NACKs == 0 || got.Resent == 0 {
		t.Errorf("nothing was asked for again: %+v", got)
	}
	if got := q.Counts(); got.NACKs == 0 || got.Resent == 0 {
		t.Errorf("nothing was sent again: %+v", got)
	}
	if n := proxy.Counts().Lost + proxy2.Counts().Lost; n == 0 {
		t.Error("nothing was lost")
	}
}

// TestAnotherCodec has the next publisher send with another codec: the same viewer gets it with another payload type.
func TestAnotherCodec(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.policy = hub.Replace
	v := newClient(t, clientOptions{})
	v.receive(pion.RTPCodecTypeVideo)
	came := v.arrivals()
	for i, mime := range []string{pion.MimeTypeVP8, pion.MimeTypeH264} {
		c := newClient(t, clientOptions{})
		f := c.send(mime)
		p, answer, err := s.publish("cam", webrtc.Offer{SDP: only(t, c.offer(false), mime)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		c.accept(answer)
		f.run(t)
		within(t, "the publisher is live", p.Live())
		if i == 0 {
			_, answer, err := s.play("cam", webrtc.Offer{SDP: v.offer(false)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(find(t, answer, "m=video 9 UDP/TLS/RTP/SAVPF (.*)\r"), "96 97 ") {
				t.Errorf("VP8 is not the first in\n%s", answer)
			}
			v.accept(answer)
		}
		next(t, came, mime)
	}
}

func TestBitrate(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := newClient(t, clientOptions{})
	f := c.send(pion.MimeTypeVP8)
	offer := webrtc.Offer{SDP: c.offer(false), MaxBitrate: 800_000}
	p, source, answer, err := s.source("cam", offer, element.Conf{"bitrate": value.Bits(1_000_000)})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(answer, "b=AS:800\r\nb=TIAS:800000\r\n") {
		t.Errorf("no bandwidth in\n%s", answer)
	}
	c.accept(answer)
	f.run(t)
	within(t, "the publisher is live", p.Live())
	for _, set := range []struct{ bitrate, want int }{{0, 800_000}, {500_000, 500_000}, {2_000_000, 800_000}} {
		if err := source.(element.Setter).Set(t.Context(), "bitrate", value.Bits(set.bitrate)); err != nil {
			t.Fatal(err)
		}
		for got := float32(0); got != float32(set.want); {
			select {
			case got = <-f.limits:
			case <-time.After(patience):
				t.Fatalf("with %d no estimate of %d, but %v", set.bitrate, set.want, got)
			}
		}
	}
	if err := source.(element.Setter).Set(t.Context(), "codecs", "vp8"); !errors.Is(err, fault.InvalidParams) {
		t.Errorf("codecs: %v", err)
	}
}

func TestKeyFrames(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := newClient(t, clientOptions{})
	p, answer, f := s.published(c, same)
	c.accept(answer)
	f.run(t)
	within(t, "the publisher is live", p.Live())
	v := newClient(t, clientOptions{})
	v.receive(pion.RTPCodecTypeVideo)
	came := v.arrivals()
	_, answer, err := s.play("cam", webrtc.Offer{SDP: v.offer(false)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	v.accept(answer)
	first := next(t, came, pion.MimeTypeVP8)
	deadline := time.After(patience)
	for asked := 0; asked < 2; { // one who comes is in need of one, and later he asks for another, and again until it comes
		select {
		case <-f.keys:
			asked++
		case <-time.After(50 * time.Millisecond):
			if err := v.pc.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: first.header.SSRC}}); err != nil {
				t.Fatal(err)
			}
		case <-deadline:
			t.Fatalf("the publisher was asked for %d key frames", asked)
		}
	}
	if got := p.Counts(); got.PLIs == 0 {
		t.Errorf("%+v", got)
	}
}

func TestCodecsOfTheGraph(t *testing.T) {
	s := newStage(t)
	c := newClient(t, clientOptions{})
	c.send(pion.MimeTypeVP8)
	c.send(pion.MimeTypeOpus)
	offer := webrtc.Offer{SDP: c.offer(false)}
	p, answer, err := s.publish("cam", offer, element.Conf{"codecs": []any{"vp9", "opus", "vp8"}})
	if err != nil {
		t.Fatal(err)
	}
	p.Stop(nil)
	got := p.Tracks()
	if len(got) != 2 || got[0].Codec != media.VP9 || got[1].Codec != media.Opus {
		t.Errorf("%v", got)
	}
	if strings.Contains(answer, "H264") {
		t.Errorf("H.264 in\n%s", answer)
	}
	if p, _, err := s.publish("cam2", offer, element.Conf{"codecs": []any{"mjpeg", "speex"}}); !errors.Is(err, fault.CodecNotAvailable) {
		t.Errorf("%v, %v", p.Tracks(), err)
	}
}

// stream publishes without a peer.
func (s *stage) stream(name string, tracks ...media.Track) *hub.Publication {
	s.t.Helper()
	p, err := s.hub.Publish(s.t.Context(), name, media.Description{Tracks: tracks}, hub.PublishOptions{})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func TestPlayerTakesWhatThereIs(t *testing.T) {
	s := newStage(t)
	s.stream("sound", media.NewTrack(media.Opus))
	h264 := media.NewTrack(media.H264)
	h264.Profile, h264.FMTP = "42e01f", map[string]string{"packetization-mode": "1"}
	s.stream("pictures", h264)
	v := newClient(t, clientOptions{})
	v.receive(pion.RTPCodecTypeAudio)
	v.receive(pion.RTPCodecTypeVideo)
	offer := v.offer(false)
	p, answer, err := s.play("sound", webrtc.Offer{SDP: offer}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.Stop(nil)
	if !strings.Contains(answer, "m=video 0 ") || !strings.Contains(answer, "m=audio 9 ") {
		t.Errorf("of sound only:\n%s", answer)
	}
	// Without fragments H.264 cannot be sent on as it came.
	v = newClient(t, clientOptions{})
	v.receive(pion.RTPCodecTypeVideo)
	offer = strings.ReplaceAll(only(t, v.offer(false), pion.MimeTypeH264), "packetization-mode=1", "packetization-mode=0")
	if _, answer, err := s.play("pictures", webrtc.Offer{SDP: offer}, nil); !errors.Is(err, fault.CodecNotAvailable) {
		t.Errorf("%v\n%s", err, answer)
	}
}

func TestPublisherStops(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	reason := fault.New(fault.Stalled, "", "a reason")
	for name, want := range map[string]error{"with a reason": reason, "without": nil} {
		pub := s.stream(name, media.NewTrack(media.VP8))
		v := newClient(t, clientOptions{})
		v.receive(pion.RTPCodecTypeVideo)
		p, answer, err := s.play(name, webrtc.Offer{SDP: v.offer(false)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		v.accept(answer)
		pub.Close(want)
		ends(t, p, want)
	}
}

// TestSessions has elements ask for sessions that are not theirs.
func TestSessions(t *testing.T) {
	s := newStage(t)
	c, v := newClient(t, clientOptions{}), newClient(t, clientOptions{})
	c.send(pion.MimeTypeVP8)
	v.receive(pion.RTPCodecTypeVideo)
	ctx := t.Context()
	publisher, err := s.peers.Publisher(ctx, webrtc.Offer{SDP: c.offer(false)})
	if err != nil {
		t.Fatal(err)
	}
	player, err := s.peers.Player(ctx, webrtc.Offer{SDP: v.offer(false)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.peers.Player(ctx, webrtc.Offer{SDP: c.pc.LocalDescription().SDP}); !errors.Is(err, fault.CodecNotAvailable) {
		t.Errorf("one who only sends plays: %v", err)
	}
	conf := element.Conf{}
	for name, f := range map[string]func() (element.Element, error){
		"no such session": func() (element.Element, error) {
			return webrtc.In{}.New(ctx, s.env(publisher), element.Conf{"session": "x"})
		},
		"in of a player":   func() (element.Element, error) { return webrtc.In{}.New(ctx, s.env(player), conf) },
		"out of publisher": func() (element.Element, error) { return webrtc.Out{}.New(ctx, s.env(publisher), conf) },
	} {
		if e, err := f(); !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%s: %v, %v", name, e, err)
		}
	}
	if _, err := (webrtc.In{}).New(ctx, s.env(publisher), conf); err != nil {
		t.Error(err)
	}
	if e, err := (webrtc.In{}).New(ctx, s.env(publisher), conf); !errors.Is(err, fault.InvalidRequest) {
		t.Errorf("a session for two: %v, %v", e, err)
	}
	short, cancel := context.WithCancel(ctx)
	cancel()
	if answer, err := publisher.Answer(short); !errors.Is(err, context.Canceled) {
		t.Errorf("an answer that nobody waits for: %q, %v", answer, err)
	}
	if publisher.ID() == player.ID() || publisher.Publication() != nil || player.Publication() != nil || player.Transport() != "" {
		t.Error("peers that have done nothing know too much")
	}
	if c := (webrtc.Counts{}); publisher.Counts() != c || player.Counts() != c {
		t.Error("peers that have done nothing count")
	}
	player.Stop(nil)
	within(t, "it ends", player.Done())
	if answer, err := player.Answer(ctx); !errors.Is(err, fault.Closed) {
		t.Errorf("the answer of a peer that has ended: %q, %v", answer, err)
	}
}
