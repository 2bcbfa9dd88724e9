package webrtc_test

import (
	"testing"

	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
)

// TestTotalsKeepWhatIsGone has one client publish and one play, twice, and looks for sums that fall.
func TestTotalsKeepWhatIsGone(t *testing.T) {
	s := newStage(t)
	var last webrtc.Totals
	look := func(step string) webrtc.Totals {
		t.Helper()
		now := s.peers.Totals()
		for name, c := range map[string][2]webrtc.Side{
			"published": {last.Publishing, now.Publishing}, "played": {last.Playing, now.Playing},
		} {
			a, b := c[0].Counts, c[1].Counts
			if b.Packets < a.Packets || b.Bytes < a.Bytes || b.NACKs < a.NACKs || b.PLIs < a.PLIs || b.Lost < a.Lost || b.Resent < a.Resent {
				t.Errorf("%s: %s %+v after %+v", step, name, b, a)
			}
		}
		last = now
		return now
	}
	for range 2 {
		pub := newClient(t, clientOptions{})
		feed := pub.send(pion.MimeTypeVP8)
		p, answer, err := s.publish("cam", webrtc.Offer{SDP: only(t, pub.offer(false), pion.MimeTypeVP8)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if now := look("before it connects"); now.Publishing.Connecting != 1 {
			t.Errorf("%d connect", now.Publishing.Connecting)
		}
		pub.accept(answer)
		feed.run(t)
		within(t, "the publisher is live", p.Live())
		viewer := newClient(t, clientOptions{})
		viewer.receive(pion.RTPCodecTypeVideo)
		q, answer, err := s.play("cam", webrtc.Offer{SDP: viewer.offer(false)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		viewer.accept(answer)
		within(t, "the player is live", q.Live())
		if now := look("both are live"); now.Publishing.Connected != 1 || now.Playing.Connected != 1 || now.Playing.Counts.Packets == 0 {
			t.Errorf("got %+v", now)
		}
		q.Stop(nil)
		within(t, "the player has ended", q.Done())
		look("the player has gone")
		p.Stop(nil)
		within(t, "the publisher has ended", p.Done())
		look("both have gone")
	}
	for name, side := range map[string]webrtc.Side{"published": last.Publishing, "played": last.Playing} {
		if side.Connected != 0 || side.Connections[webrtc.Connected] != 2 || side.Ended["stopped"] != 2 || side.Counts.Packets == 0 {
			t.Errorf("%s: %+v", name, side)
		}
		if side.Connect.Count != 2 || side.First.Count != 2 || side.First.Sum < side.Connect.Sum {
			t.Errorf("%s: %+v to connect, %+v to the first packet", name, side.Connect, side.First)
		}
	}
}
