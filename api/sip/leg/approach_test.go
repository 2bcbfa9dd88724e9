package leg_test

import (
	"bytes"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/api/sip/leg"
	"sluice/api/sip/sdp"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// TestApproach: who is to take the far end's place is offered everything, and other keys; until he has it, the call is as it was, and from
// then on the one before is heard no more, though he goes on.
func TestApproach(t *testing.T) {
	for name, security := range map[string]sdp.Security{"plain": sdp.Plain, "sdes": sdp.SDES, "dtls": sdp.DTLS} {
		for _, ours := range []bool{true, false} {
			name, codec := name+", who is called", media.PCMU // the same as before, or another one
			if !ours {
				name, codec = strings.Replace(name, "called", "calling", 1), media.PCMA
			}
			t.Run(name, func(t *testing.T) {
				p, h := pool(t), newHub(t)
				with := func(list ...media.Codec) func(*leg.Options) {
					return func(o *leg.Options) { o.Codecs, o.Security = list, security }
				}
				a, b, c := newEnd(t, p, with(media.PCMU, media.PCMA)), newEnd(t, p, with(media.PCMU)), newEnd(t, p, with(codec))
				call(t, a, b)
				publish(t, h, b, "to-b")
				heardByB := read(t, h, "to-b")
				voice := newVoice(t, h, "voice", a.Tracks()[0], 160)
				stop := play(t, h, a, "voice")
				speak(t, voice, heardByB, chunk(1, 160))

				next := a.Approach()
				if err := next.Settle(); fault.CodeOf(err) != fault.ProtocolViolation {
					t.Errorf("nothing is agreed on, and it holds: %v", err)
				}
				said := approach(t, next, c, ours)
				if security == sdp.SDES && strings.Contains(string(said), cryptoOf(a.offer(t))) {
					t.Errorf("he gets the key of the one before:\n%s", said)
				}
				a.Withdraw()
				speak(t, voice, heardByB, chunk(2, 160))
				if err := next.Settle(); err != nil {
					t.Fatal(err)
				}
				if got := a.Codecs(); !slices.Equal(got, []media.Codec{codec}) {
					t.Errorf("the codecs are %v", got)
				}
				stop()
				succeed(t, a, b, c)
			})
		}
	}
}

// approach has somebody agree, as the one who is called or as the one who calls, and gives what we have said to him.
func approach(t *testing.T, next *leg.Approach, c *end, ours bool) []byte {
	t.Helper()
	if !ours {
		said, err := next.Answer([]byte(c.offer(t)), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err = c.Accept(said); err != nil {
			t.Fatal(err)
		}
		return said
	}
	said, err := next.Offer()
	if err != nil {
		t.Fatal(err)
	}
	if err = next.Accept([]byte(c.answer(t, string(said)))); err != nil {
		t.Fatal(err)
	}
	return said
}

// cryptoOf is the first key of a description.
func cryptoOf(text string) string {
	_, after, _ := strings.Cut(text, "inline:")
	return after[:40]
}

// succeed has c and a hear each other, and nothing of b come, who talks all the time.
func succeed(t *testing.T, a, b, c *end) {
	t.Helper()
	h := newHub(t)
	track := c.Tracks()[0]
	publish(t, h, a, "to-a")
	publish(t, h, c, "to-c")
	heardByA, heardByC := read(t, h, "to-a"), read(t, h, "to-c")
	fromA, fromB, fromC := newVoice(t, h, "a", track, 160), newVoice(t, h, "b", b.Tracks()[0], 160), newVoice(t, h, "c", track, 160)
	play(t, h, a, "a")
	play(t, h, b, "b")
	play(t, h, c, "c")
	ours, foreign := chunk(3, 160), chunk(66, 160)
	speak(t, fromA, heardByC, chunk(4, 160))
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	late := time.After(enginetest.Patience)
	const enough = 20
	for n := 0; n < enough; {
		fromB.say(t, foreign)
		fromC.say(t, ours)
		select {
		case <-ticker.C:
		case <-late:
			t.Fatalf("%d packets of who is the far end came", n)
		}
		n = 0
		for _, p := range heardByA.all() {
			if bytes.Equal(p.Payload, foreign) {
				t.Fatal("who was the far end is heard still")
			}
			n++
		}
	}
	if a.Counts().Foreign == 0 {
		t.Error("and nothing of him came")
	}
}

// TestMovesBehindNAT: a description that names a place nobody can send to leaves the far end nowhere until something comes from it, and one
// that names none, as those that hold do, leaves it where it is.
func TestMovesBehindNAT(t *testing.T) {
	e := newEnd(t, pool(t), func(o *leg.Options) {
		o.Peer = netip.MustParseAddr("198.51.100.1")
		o.Allowed = func(a netip.Addr) bool { return a.IsLoopback() }
	})
	first, second := newFar(t), newFar(t)
	at := func(f *far) netip.AddrPort { return f.LocalAddr().(*net.UDPAddr).AddrPort() }
	describe := func(place netip.AddrPort, flow string) string {
		return e.answer(t, "v=0\r\nc=IN IP4 "+place.Addr().String()+"\r\nm=audio "+strconv.Itoa(int(place.Port()))+" RTP/AVP 0\r\na="+flow+"\r\n")
	}
	describe(at(first), "sendrecv")
	describe(netip.MustParseAddrPort("0.0.0.0:9"), "sendrecv")
	if got := e.Remote(); got != at(first) {
		t.Errorf("on hold the far end is at %s", got)
	}
	ours := describe(netip.MustParseAddrPort("192.168.1.5:4000"), "sendrecv")
	if got := e.Remote(); got.IsValid() {
		t.Errorf("the far end is at %s, as before it moved behind NAT", got)
	}
	second.send(t, ours, rtp.Header{Version: 2, SSRC: 7}, chunk(1, 160))
	e.until(t, "it to show where it is", func() bool { return e.Remote() == at(second) })
	describe(netip.MustParseAddrPort("192.168.1.5:4000"), "sendonly")
	if got := e.Remote(); got != at(second) {
		t.Errorf("after the same was said again the far end is at %s", got)
	}
}
