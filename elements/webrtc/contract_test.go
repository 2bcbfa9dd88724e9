package webrtc_test

import (
	"testing"

	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
)

// several are peers, of which everybody who asks for a session gets one of his own.
type several chan *webrtc.Peer

// Session implements element.Sessions.
func (s several) Session(string) (any, bool) {
	p, ok := <-s
	return p, ok
}

// TestContract does what elementtest.Check does, but that each element gets a peer.
func TestContract(t *testing.T) {
	s := newStage(t)
	sends, receives := newClient(t, clientOptions{}), newClient(t, clientOptions{})
	sends.send(pion.MimeTypeVP8)
	receives.receive(pion.RTPCodecTypeVideo)
	offers := map[string]string{"webrtc.in": sends.offer(false), "webrtc.out": receives.offer(false)}
	for _, d := range webrtc.Elements() {
		spec := d.Spec()
		t.Run(spec.Name, func(t *testing.T) {
			peers := make(several, 10)
			for range cap(peers) {
				answer := s.peers.Publisher
				if spec.Name == "webrtc.out" {
					answer = s.peers.Player
				}
				p, err := answer(t.Context(), webrtc.Offer{SDP: offers[spec.Name]})
				if err != nil {
					t.Fatal(err)
				}
				p.Stop(nil) // what a peer that lives has running is not the element's
				within(t, "it ends", p.Done())
				peers <- p
			}
			env := elementtest.Env(t)
			env.Sessions = peers
			faults := append(elementtest.Describe(spec), elementtest.Examples(spec)...)
			for _, f := range append(faults, elementtest.Lives(t.Context(), env, d.(element.Factory))...) {
				t.Error(f)
			}
		})
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"webrtc.in": `browser
audio -> opus pcmu pcma g722
video -> h264 vp8 vp9 av1 h265
session: string
codecs: list of codec
bitrate~: bitrate (0..100M)`,
		"webrtc.out": `browser
audio <- opus pcmu pcma g722
video <- h264 vp8 vp9 av1 h265, in order
session: string
codecs: list of codec`,
	}
	for _, d := range webrtc.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(webrtc.Elements()) {
		t.Errorf("%d elements, not %d", len(webrtc.Elements()), len(want))
	}
}
