package webrtc_test

import (
	"testing"

	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
)

// TestPublishAndPlay has every codec go from one client through the hub to another.
func TestPublishAndPlay(t *testing.T) {
	for _, mime := range []string{
		pion.MimeTypeOpus, pion.MimeTypePCMU, pion.MimeTypePCMA, pion.MimeTypeG722,
		pion.MimeTypeVP8, pion.MimeTypeVP9, pion.MimeTypeH264, pion.MimeTypeH265, pion.MimeTypeAV1,
	} {
		t.Run(mime, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			kind := pion.RTPCodecTypeVideo
			if codecOf(mime).Kind() == "audio" {
				kind = pion.RTPCodecTypeAudio
			}
			pub := newClient(t, clientOptions{})
			feed := pub.send(mime)
			p, answer, err := s.publish("cam", webrtc.Offer{SDP: only(t, pub.offer(false), mime)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			pub.accept(answer)
			feed.run(t)
			within(t, "the publisher is live", p.Live())

			viewer := newClient(t, clientOptions{})
			viewer.receive(kind)
			came := viewer.arrivals()
			q, answer, err := s.play("cam", webrtc.Offer{SDP: viewer.offer(false)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			viewer.accept(answer)
			within(t, "the player is live", q.Live())
			first := next(t, came, mime)
			for i := uint32(1); i < 50; i++ {
				if a := next(t, came, mime); a.number != first.number+i {
					t.Fatalf("frame %d after %d frames of %d", a.number, i, first.number)
				}
			}
		})
	}
}
