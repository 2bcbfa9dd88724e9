package webrtc_test

import (
	"strings"
	"testing"

	"github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
)

// TestSimulcast publishes three layers, of which a viewer gets one.
func TestSimulcast(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := newClient(t, clientOptions{rids: true})
	var feeds []*feed
	var sender *pion.RTPSender
	for _, rid := range []string{"q", "h", "f"} {
		track, err := pion.NewTrackLocalStaticRTP(pion.RTPCodecCapability{MimeType: pion.MimeTypeVP8}, "video", "client", pion.WithRTPStreamID(rid))
		if err != nil {
			t.Fatal(err)
		}
		if sender == nil {
			sender, err = c.pc.AddTrack(track)
		} else {
			err = sender.AddEncoding(track)
		}
		if err != nil {
			t.Fatal(err)
		}
		feeds = append(feeds, &feed{track: track, sender: sender, head: heads[pion.MimeTypeVP8], step: 1800})
	}
	p, answer, err := s.publish("cam", webrtc.Offer{SDP: c.offer(false)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"a=rid:q recv", "a=rid:h recv", "a=rid:f recv", "a=simulcast:recv q;h;f"} {
		if !strings.Contains(answer, "\r\n"+line+"\r\n") {
			t.Errorf("no %q in\n%s", line, answer)
		}
	}
	var layers []string
	for _, track := range p.Tracks() {
		layers = append(layers, track.ID+" "+track.Layer)
	}
	if got := strings.Join(layers, ", "); got != "video-q q, video-h h, video-f f" {
		t.Errorf("tracks %s", got)
	}
	c.accept(answer)
	mid := find(t, answer, "a=mid:(.*)\r")
	for i, rid := range []string{"q", "h", "f"} {
		feeds[i].label = func(h *rtp.Header) {
			for _, e := range sender.GetParameters().HeaderExtensions {
				switch e.URI {
				case "urn:ietf:params:rtp-hdrext:sdes:mid":
					h.SetExtension(uint8(e.ID), []byte(mid))
				case "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id":
					h.SetExtension(uint8(e.ID), []byte(rid))
				}
			}
		}
		feeds[i].next = uint32(i) << 16 // so that frames tell their layer
		feeds[i].run(t)
	}
	within(t, "the publisher is live", p.Live())
	v := newClient(t, clientOptions{})
	v.receive(pion.RTPCodecTypeVideo)
	came := v.arrivals()
	_, answer, err = s.play("cam", webrtc.Offer{SDP: v.offer(false)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	v.accept(answer)
	layer := next(t, came, pion.MimeTypeVP8).number >> 16
	for range 20 {
		if got := next(t, came, pion.MimeTypeVP8).number >> 16; got != layer {
			t.Fatalf("a frame of layer %d among those of %d", got, layer)
		}
	}
	info, ok := s.hub.Stream("cam")
	if !ok || len(info.Tracks) != 3 {
		t.Fatalf("%+v", info)
	}
	for _, track := range info.Tracks {
		if track.Stats.Units == 0 {
			t.Errorf("nothing came of %s", track.Track.Layer)
		}
	}
}
