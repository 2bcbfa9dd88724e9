package webrtc_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
	"sluice/engine/fault"
)

func TestTrickle(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	c := newClient(t, clientOptions{})
	f := c.send(pion.MimeTypeVP8)
	text := c.offer(true)
	p, answer, err := s.publish("cam", webrtc.Offer{SDP: bare(text), Trickle: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(answer, "a=ice-options:trickle\r\n") {
		t.Errorf("candidates may not follow:\n%s", answer)
	}
	ufrag := find(t, text, "a=ice-ufrag:(.*)\r")
	candidate := find(t, text, "a=(candidate:.*)\r")
	if _, err := ice.UnmarshalCandidate(candidate); err != nil {
		t.Fatal(err)
	}
	for _, fragment := range []string{
		candidate,
		"a=ice-ufrag:" + ufrag + "\r\na=ice-pwd:" + find(t, text, "a=ice-pwd:(.*)\r") + "\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=" + candidate + "\r\n",
		"a=ice-ufrag:gone\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\na=" + candidate + "\r\n",
		"candidate:nonsense",
	} {
		if err := p.Candidate(fragment); err != nil {
			t.Errorf("%q: %v", fragment, err)
		}
	}
	if err := p.Candidate("nonsense"); !errors.Is(err, fault.InvalidRequest) {
		t.Errorf("nonsense: %v", err)
	}
	c.accept(answer)
	f.run(t)
	within(t, "the publisher is live", p.Live())
}

func TestRestart(t *testing.T) {
	for _, tcp := range []bool{false, true} {
		t.Run(map[bool]string{false: "udp", true: "tcp"}[tcp], func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			c := newClient(t, clientOptions{tcp: tcp})
			p, answer, f := s.published(c, same)
			c.accept(answer)
			f.run(t)
			within(t, "the publisher is live", p.Live())

			offer, err := c.pc.CreateOffer(&pion.OfferOptions{ICERestart: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.pc.SetLocalDescription(offer); err != nil {
				t.Fatal(err)
			}
			fragment := "a=ice-ufrag:" + find(t, offer.SDP, "a=ice-ufrag:(.*)\r") + "\r\na=ice-pwd:" + find(t, offer.SDP, "a=ice-pwd:(.*)\r") + "\r\n"
			again, err := p.Restart(t.Context(), fragment)
			if err != nil {
				t.Fatal(err)
			}
			before := p.Counts().Packets
			for _, name := range []string{"ice-ufrag", "ice-pwd"} {
				old, renewed := find(t, answer, "a="+name+":(.*)\r"), find(t, again, "a="+name+":(.*)\r")
				if old == renewed {
					t.Errorf("the %s is the old one", name)
				}
				answer = strings.ReplaceAll(answer, old, renewed)
			}
			if len(candidates(again)) != 2 {
				t.Errorf("candidates %v", candidates(again))
			}
			c.accept(answer)
			grows(t, p, before+50)
		})
	}
}

// grows waits until a peer has moved so many packets.
func grows(t *testing.T, p *webrtc.Peer, packets uint64) {
	t.Helper()
	for p.Counts().Packets < packets {
		select {
		case <-p.Done():
			t.Fatalf("it ended with %d packets for %v", p.Counts().Packets, p.Err())
		case <-t.Context().Done():
			t.Fatalf("%d packets", p.Counts().Packets)
		case <-time.After(time.Millisecond): // there is nothing to hear of each packet
		}
	}
}

func TestRestartRefuses(t *testing.T) {
	s := newStage(t)
	p, _, _ := s.published(newClient(t, clientOptions{}), same)
	defer p.Stop(nil)
	for _, fragment := range []string{"", "a=ice-ufrag:abcd\r\n", "nonsense"} {
		if text, err := p.Restart(t.Context(), fragment); !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%q: %q, %v", fragment, text, err)
		}
	}
}
