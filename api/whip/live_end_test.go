package whip_test

import (
	"testing"

	pion "github.com/pion/webrtc/v4"
)

// A publisher that goes without a word: its players' sessions end, and so does its own.
func TestPublisherVanishes(t *testing.T) {
	s := serve(t)
	published, ended := s.await("stream.published", "cam"), s.await("stream.ended", "cam")
	pub := newClient(t, pion.NetworkTypeUDP4)
	pub.publish()
	offer, _ := pub.offer(nil)
	in := s.post("/cam/whip", offer)
	pub.accept(in.answer)
	published()
	pub.connected()
	if err := pub.pc.Close(); err != nil { // which says so by DTLS; no DELETE
		t.Fatal(err)
	}
	ended()
	again := newClient(t, pion.NetworkTypeUDP4)
	again.publish()
	offer, _ = again.offer(nil)
	s.post("/cam/whip", offer)
}
