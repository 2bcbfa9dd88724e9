package stack_test

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
	"sluice/engine/enginetest"
)

// What sipgo 1.7.2 was found to do differently, each as a test of what is done here. The numbers are those of the list of findings. E3 is
// in package transaction, E7 in package digest, E9 also in package message.

// E2: a request to whomever leaves from the port, and says so.
func TestE2AllLeaveFromThePort(t *testing.T) {
	s := newStack(t)
	p := port(t, s, stack.UDP, deaf)
	for i := range 3 {
		peer := newRaw(t)
		do(t, p, request(sip.INFO, "sip:b@"+peer.addr().String(), fmt.Sprint(i), 7))
		m, from := peer.receive()
		if from != p.Addr() || m.Via().SentBy() != p.Addr().String() {
			t.Errorf("it left from %v with %s, not from %v", from, m.Via().SentBy(), p.Addr())
		}
	}
}

// E4: it may ring for long.
func TestE4ManyProvisionalAnswers(t *testing.T) {
	s := newStack(t)
	served := port(t, s, stack.UDP, func(in stack.Incoming) {
		if in.Request().Method != sip.INVITE {
			return
		}
		for range 40 {
			reply(t, in, 180)
		}
		reply(t, in, 200)
	})
	tx := do(t, port(t, s, stack.UDP, deaf), request(sip.INVITE, uri(served), "1", 1))
	for range 40 {
		answer(t, tx, 180)
	}
	answer(t, tx, 200)
}

// E5: messages that need several packets.
func TestE5LargeMessages(t *testing.T) {
	s := newStack(t)
	body := []byte(strings.Repeat("a=b\r\n", 4000))
	served := port(t, s, stack.UDP, func(in stack.Incoming) {
		res := sip.NewResponseFromRequest(in.Request(), 200, "OK", in.Request().Body())
		if err := in.Respond(res); err != nil {
			t.Error(err)
		}
	})
	for _, size := range []int{2000, len(body)} {
		r := request(sip.INFO, uri(served), fmt.Sprint(size), 1)
		r.SetBody(body[:size])
		tx := do(t, port(t, s, stack.UDP, deaf), r)
		if got := answer(t, tx, 200).Body(); string(got) != string(body[:size]) {
			t.Errorf("%d octets came back of %d", len(got), size)
		}
	}
}

// E6: requests of a call come in their order.
func TestE6Order(t *testing.T) {
	const total, window = 2000, 50
	s := newStack(t)
	var order []uint32
	served := port(t, s, stack.UDP, func(in stack.Incoming) {
		order = append(order, in.Request().CSeq().SeqNo)
		reply(t, in, 200)
	})
	peer := newRaw(t)
	for i := 1; i <= total; i++ {
		peer.send(served.Addr(), fmt.Sprintf("INFO sip:b@b SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:%%p;branch=z9hG4bK%d\nf: <sip:a@a>;tag=1\n"+
			"t: <sip:b@b>;tag=2\ni: one\nCSeq: %d INFO\nl: 0\n\n", i, i))
		if i%window == 0 {
			for range window {
				peer.response(200)
			}
		}
	}
	if len(order) != total {
		t.Fatalf("%d of %d came", len(order), total)
	}
	for i, n := range order {
		if n != uint32(i+1) {
			t.Fatalf("number %d came as %d", n, i+1)
		}
	}
}

// E8: connections to two peers are two.
func TestE8EachPeerItsConnection(t *testing.T) {
	s := newStack(t)
	p := port(t, s, stack.TCP, deaf)
	for _, name := range []string{"one", "two", "three"} {
		peer := port(t, s, stack.TCP, func(in stack.Incoming) {
			res := sip.NewResponseFromRequest(in.Request(), 200, name, nil)
			if err := in.Respond(res); err != nil {
				t.Error(err)
			}
		})
		if res := answer(t, do(t, p, request(sip.OPTIONS, uri(peer), name, 1)), 200); res.Reason != name {
			t.Errorf("%s answered for %s", res.Reason, name)
		}
	}
}

// E10: what cannot be read is answered, if it says by whom it was sent; folded lines can be read.
func TestE10Unreadable(t *testing.T) {
	s := newStack(t)
	served := port(t, s, stack.UDP, func(in stack.Incoming) { reply(t, in, 200) })
	peer := newRaw(t)
	peer.send(served.Addr(), strings.Replace(options("1"), "CSeq: ", "Max-Forwards: many\nCSeq: ", 1))
	if res := peer.response(400); res.CSeq().SeqNo != 1 || res.CallID().Value() != "1" {
		t.Error(res.String())
	}
	peer.send(served.Addr(), strings.Replace(options("2"), "From: ", "From:\n\t", 1))
	peer.response(200)
	for _, nothing := range []string{"\n\n", "hello\n\n", "SIP/2.0 200 OK\n\n", "ACK sip:b@b SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:%p;branch=z9hG4bK9\n\n"} {
		peer.send(served.Addr(), nothing)
		peer.silent(served)
	}
}

// E11: answers leave from the port that was asked.
func TestE11AnswersLeaveFromThePortThatWasAsked(t *testing.T) {
	s := newStack(t)
	one := port(t, s, stack.UDP, func(in stack.Incoming) { reply(t, in, 200) })
	two := port(t, s, stack.UDP, func(in stack.Incoming) { reply(t, in, 200) })
	peer := newRaw(t)
	for i := range 200 {
		p := []*stack.Socket{one, two}[i%2]
		peer.send(p.Addr(), options(fmt.Sprint(i)))
		if _, from := peer.receive(); from != p.Addr() {
			t.Fatalf("number %d was answered from %v, not %v", i, from, p.Addr())
		}
	}
}

// E12: white space where it may be.
func TestE12WhiteSpace(t *testing.T) {
	for _, network := range []stack.Network{stack.UDP, stack.TCP} {
		s := newStack(t)
		tags := make(chan string, 1)
		served := port(t, s, network, func(in stack.Incoming) {
			tags <- in.Request().From().Params.GetOr("tag", "none")
			reply(t, in, 200)
		})
		c, err := net.Dial(string(network), served.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = c.Write([]byte("OPTIONS sip:b@b SIP/2.0\r\nVia: SIP/2.0/" + strings.ToUpper(string(network)) +
			" 192.0.2.1:5999 ;branch=z9hG4bK1 ; rport\r\nFrom: <sip:a@b> ; tag = 1\r\nTo: <sip:b@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length : 0\r\n\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if tag := enginetest.Await(t, "the request", tags); tag != "1" {
			t.Errorf("the tag is %s", tag)
		}
		buf := make([]byte, 4096)
		n, err := c.Read(buf)
		if err != nil || !strings.Contains(string(buf[:n]), "branch=z9hG4bK1;rport=") || !strings.Contains(string(buf[:n]), "received=127.0.0.1") {
			t.Errorf("%q, %v", buf[:n], err)
		}
	}
}

// E6: datagrams that overtook each other are put in order; one that does not come is not waited for.
func TestE6Overtaken(t *testing.T) {
	s := newStack(t)
	came := make(chan uint32, 16)
	served := port(t, s, stack.UDP, func(in stack.Incoming) {
		came <- in.Request().CSeq().SeqNo
		reply(t, in, 200)
	})
	peer := newRaw(t)
	for _, n := range []int{1, 4, 3, 2, 9, 8, 2} {
		peer.send(served.Addr(), fmt.Sprintf("INFO sip:b@b SIP/2.0\nVia: SIP/2.0/UDP 127.0.0.1:%%p;branch=z9hG4bK%d\nf: <sip:a@a>;tag=1\n"+
			"t: <sip:b@b>;tag=2\ni: one\nCSeq: %d INFO\nl: 0\n\n", n, n))
	}
	for _, want := range []uint32{1, 2, 3, 4, 8, 9} {
		if got := enginetest.Await(t, "a request", came); got != want {
			t.Fatalf("%d came before %d", got, want)
		}
	}
}
