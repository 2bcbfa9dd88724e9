package dialog_test

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/engine/enginetest"
)

// raw is a far end that is only a UDP socket: it does what no user agent should.
type raw struct {
	t testing.TB
	c *net.UDPConn
}

func newRaw(t testing.TB) *raw {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return &raw{t, c}
}

func (r *raw) uri() sip.Uri { return at("raw", r.c.LocalAddr().String()) }

// request is the next request of a method; others are passed over.
func (r *raw) request(method sip.RequestMethod) *sip.Request {
	r.t.Helper()
	buf := make([]byte, 65536)
	for {
		_ = r.c.SetReadDeadline(time.Now().Add(enginetest.Patience))
		n, err := r.c.Read(buf)
		if err != nil {
			r.t.Fatalf("no %s: %v", method, err)
		}
		m, err := message.Parse(buf[:n])
		if err != nil {
			r.t.Fatal(err)
		}
		if q, ok := m.(*sip.Request); ok && q.Method == method {
			return q
		}
	}
}

// send sends something to a side.
func (r *raw) send(to *side, m sip.Message) {
	r.t.Helper()
	if _, err := r.c.WriteToUDPAddrPort([]byte(m.String()), to.port.Addr()); err != nil {
		r.t.Fatal(err)
	}
}

// answer answers a request as one of the far ends of a fork.
func (r *raw) answer(to *side, q *sip.Request, code int, tag string, body []byte) {
	r.t.Helper()
	res := sip.NewResponseFromRequest(q, code, "", body)
	res.To().Params.Add("tag", tag)
	res.AppendHeader(&sip.ContactHeader{Address: r.uri()})
	if body != nil {
		t := sip.ContentTypeHeader("application/sdp")
		res.AppendHeader(&t)
	}
	r.send(to, res)
}

func tag(h *sip.ToHeader) string { return h.Params.GetOr("tag", "") }

// TestForks has two far ends ring, and both take the call: the first has it, and the other one hears that it has not.
func TestForks(t *testing.T) {
	us, peer := newSide(t, "us"), newRaw(t)
	d, o := us.invite(peer.uri())
	invite := peer.request(sip.INVITE)
	peer.answer(us, invite, 180, "one", nil)
	o.expect("progress 180 ")
	peer.answer(us, invite, 183, "two", sdp("ring tone"))
	o.expect("progress 183 ring tone")
	peer.answer(us, invite, 200, "two", sdp("two"))
	if ack := peer.request(sip.ACK); tag(ack.To()) != "two" {
		t.Errorf("acknowledged %s", ack.To())
	}
	o.expect("answered two")
	peer.answer(us, invite, 200, "one", sdp("one"))
	if ack := peer.request(sip.ACK); tag(ack.To()) != "one" {
		t.Errorf("acknowledged %s", ack.To())
	}
	bye := peer.request(sip.BYE)
	if tag(bye.To()) != "one" {
		t.Errorf("BYE to %s", bye.To())
	}
	peer.answer(us, bye, 200, "one", nil)
	if d.ID().Remote != "two" {
		t.Errorf("%+v", d.ID())
	}
	d.Hangup(nil)
	if bye = peer.request(sip.BYE); tag(bye.To()) != "two" {
		t.Errorf("BYE to %s", bye.To())
	}
	peer.answer(us, bye, 200, "two", nil)
	o.end(200, false)
}

// TestAnswerCrossesCancel has the far end take a call that is being taken back: it hears BYE.
func TestAnswerCrossesCancel(t *testing.T) {
	us, peer := newSide(t, "us"), newRaw(t)
	d, o := us.invite(peer.uri())
	invite := peer.request(sip.INVITE)
	peer.answer(us, invite, 180, "one", nil)
	o.expect("progress 180 ")
	d.Hangup(nil)
	o.end(487, false)
	peer.request(sip.CANCEL)
	peer.answer(us, invite, 200, "one", sdp("late"))
	peer.request(sip.ACK)
	peer.answer(us, peer.request(sip.BYE), 200, "one", nil)
}

// TestNoACK has the caller never acknowledge our answer: the call ends with BYE (RFC 3261 13.3.1.4).
func TestNoACK(t *testing.T) {
	t.Parallel()
	us, peer := newSide(t, "us"), newRaw(t)
	text := fmt.Sprintf("INVITE sip:us@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP %[1]s;branch=z9hG4bKx;rport\nMax-Forwards: 70\nFrom: <sip:raw@%[1]s>;tag=f\n"+
		"To: <sip:us@127.0.0.1>\nCall-ID: noack\nCSeq: 1 INVITE\nContact: <sip:raw@%[1]s>\nContent-Length: 0\n\n", peer.c.LocalAddr())
	m, err := message.Parse([]byte(strings.ReplaceAll(text, "\n", "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	peer.send(us, m)
	d, o := us.accept()
	if err := d.Answer(sdp("ours")); err != nil {
		t.Fatal(err)
	}
	o.end(408, false)
	peer.answer(us, peer.request(sip.BYE), 200, "f", nil)
}
