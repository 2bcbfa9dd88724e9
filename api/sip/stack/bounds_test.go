package stack_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
	"sluice/engine/enginetest"
)

// invite is the text of an INVITE.
func invite(id string) string { return strings.ReplaceAll(options(id), "OPTIONS", "INVITE") }

// A flood of INVITEs takes no more than its share, the rest hears when to come again, and it is over when they are answered.
func TestFloodOfInvites(t *testing.T) {
	const most, total = 5, 40
	s := newStack(t, func(o *stack.Options) { o.Limits.OpenEach = most })
	var mu sync.Mutex
	var calls []stack.Incoming
	came := make(chan struct{}, total)
	served := port(t, s, stack.UDP, func(in stack.Incoming) {
		mu.Lock()
		defer mu.Unlock()
		if in.Request().Method == sip.INVITE {
			calls = append(calls, in)
			came <- struct{}{}
		}
	})
	peer := newRaw(t)
	refused := 0
	for i := range total {
		peer.send(served.Addr(), invite(fmt.Sprint(i)))
		if i < most {
			enginetest.Await(t, "an INVITE", came)
			continue
		}
		for {
			m, _ := peer.receive()
			res := m.(*sip.Response)
			if res.StatusCode == sip.StatusTrying {
				continue
			}
			if res.StatusCode != sip.StatusServiceUnavailable || len(res.GetHeaders("Retry-After")) != 1 {
				t.Fatal(res.String())
			}
			refused++
			break
		}
	}
	if c := s.Counts(); c.Open != most || c.Refused != total-most {
		t.Errorf("%+v", c)
	}
	if len(calls) != most || refused != total-most {
		t.Fatalf("%d came, %d were refused", len(calls), refused)
	}
	for _, in := range calls {
		reply(t, in, 486)
	}
	peer = newRaw(t)
	peer.send(served.Addr(), invite("later"))
	enginetest.Await(t, "an INVITE after the flood", came)
}

// Nothing of a flood stays: neither of INVITEs that nobody acknowledged, nor of those of unreadable messages.
func TestNothingStays(t *testing.T) {
	s := newStack(t, calm)
	served := port(t, s, stack.UDP, func(in stack.Incoming) {
		if in.Request().Method == sip.INVITE {
			_ = in.Respond(sip.NewResponseFromRequest(in.Request(), 404, "Not Found", nil))
		}
	})
	peer := newRaw(t)
	unreadable := strings.Replace(options("x"), "CSeq", "Max-Forwards: many\nCSeq", 1) // is answered, and nothing is kept of it
	for i := range 300 {
		peer.send(served.Addr(), invite(fmt.Sprint(i)))
		peer.send(served.Addr(), unreadable)
		peer.receive()
	}
	enginetest.AwaitDone(t, "the end of what was kept", func() {
		for s.Counts().Kept > 0 {
			peer.send(served.Addr(), unreadable)
			peer.receive()
		}
	})
}

func TestTooManyConnections(t *testing.T) {
	s := newStack(t, func(o *stack.Options) { o.Limits.ConnectionsEach = 2 })
	served := port(t, s, stack.TCP, func(in stack.Incoming) { reply(t, in, 200) })
	for i := range 4 {
		c, err := net.Dial("tcp", served.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, _ = c.Write([]byte("\r\n\r\n"))
		pong := make([]byte, 2)
		if _, err := io.ReadFull(c, pong); (err == nil) != (i < 2) {
			t.Errorf("connection %d: %q, %v", i, pong, err)
		}
	}
}

// What is kept of answered requests is bounded for each address, in number and in bytes; who has no room hears when to come again.
func TestKeptIsBounded(t *testing.T) {
	for name, limit := range map[string]func(*stack.Limits){
		"number":          func(l *stack.Limits) { l.KeptEach = 3 },
		"bytes":           func(l *stack.Limits) { l.BytesEach = 3 * 4096 },
		"bytes, together": func(l *stack.Limits) { l.Bytes = 3 * 4096 },
	} {
		t.Run(name, func(t *testing.T) {
			s := newStack(t, func(o *stack.Options) { o.Timers.T1 = time.Hour; limit(&o.Limits) })
			served := port(t, s, stack.UDP, func(in stack.Incoming) { reply(t, in, 200) })
			peer := newRaw(t)
			long := "Subject: " + strings.Repeat("x", 3600) + "\nCSeq"
			for i, code := range []int{200, 200, 200, 503} {
				peer.send(served.Addr(), strings.Replace(options(fmt.Sprint(i)), "CSeq", long, 1))
				if res := peer.response(code); (len(res.GetHeaders("Retry-After")) == 1) != (code == 503) {
					t.Error(res.String())
				}
			}
			if c := s.Counts(); c.Kept != 3 || c.Bytes < 3*3600 || c.Bytes > 3*4096 || c.Refused != 1 {
				t.Errorf("%+v", c)
			}
			other, err := net.DialUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 2)}, net.UDPAddrFromAddrPort(served.Addr()))
			if err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			_, _ = other.Write([]byte(strings.NewReplacer("CSeq:", long+":", "\n", "\r\n", "%p", "1").Replace(options("other"))))
			_ = other.SetReadDeadline(time.Now().Add(enginetest.Patience))
			buf := make([]byte, 8192)
			n, err := other.Read(buf)
			if want := map[bool]string{true: "SIP/2.0 503", false: "SIP/2.0 200"}[name == "bytes, together"]; err != nil || !strings.HasPrefix(string(buf[:n]), want) {
				t.Errorf("somebody else hears %q, %v", buf[:n], err)
			}
		})
	}
}

// Who connects and says nothing but that he is there is not kept.
func TestNothingIsSaid(t *testing.T) {
	served := port(t, newStack(t, calm), stack.TCP, deaf)
	c, err := net.Dial("tcp", served.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	enginetest.AwaitDone(t, "the end of the connection", func() {
		for pong := make([]byte, 2); err == nil; {
			_, _ = c.Write([]byte("\r\n\r\n"))
			_, err = io.ReadFull(c, pong)
		}
	})
}

// A peer that sends half of a message is not waited for.
func TestHalfOfAMessage(t *testing.T) {
	served := port(t, newStack(t, calm), stack.TCP, deaf)
	c, err := net.Dial("tcp", served.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, _ = c.Write([]byte("INVITE sip:b@b SIP/2.0\r\nVia: "))
	enginetest.AwaitDone(t, "the end of the connection", func() { _, _ = io.Copy(io.Discard, c) })
}

func TestMergedRequest(t *testing.T) {
	served := port(t, newStack(t), stack.UDP, func(stack.Incoming) {})
	peer := newRaw(t)
	peer.send(served.Addr(), invite("1"))
	peer.response(100)
	peer.send(served.Addr(), strings.Replace(invite("1"), "z9hG4bK1", "z9hG4bK2", 1))
	peer.response(482)
	// For another one at the same port it is a call of his own, and a CANCEL finds whose it is.
	other := newRaw(t)
	fork := strings.Replace(strings.Replace(invite("1"), "z9hG4bK1", "z9hG4bK3", 1), "INVITE sip:", "INVITE sip:other-", 1)
	other.send(served.Addr(), fork)
	other.response(100)
	other.send(served.Addr(), strings.ReplaceAll(fork, "INVITE", "CANCEL"))
	other.response(200)
	if res := other.response(487); res.Via().Params.GetOr("branch", "") != "z9hG4bK3" {
		t.Errorf("the other one was cancelled: %s", res)
	}
}

func TestUnknownExtension(t *testing.T) {
	served := port(t, newStack(t), stack.UDP, func(in stack.Incoming) { reply(t, in, 200) })
	peer := newRaw(t)
	peer.send(served.Addr(), strings.Replace(options("1"), "CSeq", "Require: timer, foo\nCSeq", 1))
	if got := peer.response(420).GetHeaders("Unsupported"); len(got) != 1 || got[0].Value() != "foo" {
		t.Error(got)
	}
	peer.send(served.Addr(), strings.Replace(options("2"), "CSeq", "Require: TIMER\nCSeq", 1))
	peer.response(200)
}

func TestCancelOfNothing(t *testing.T) {
	served := port(t, newStack(t), stack.UDP, deaf)
	peer := newRaw(t)
	peer.send(served.Addr(), strings.ReplaceAll(options("1"), "OPTIONS", "CANCEL"))
	peer.response(481)
}

// A request that comes again is answered again, and comes to the handler once.
func TestRepeatedRequest(t *testing.T) {
	count := 0
	served := port(t, newStack(t), stack.UDP, func(in stack.Incoming) { count++; reply(t, in, 200) })
	peer := newRaw(t)
	var first string
	for range 3 {
		peer.send(served.Addr(), options("1"))
		res := peer.response(200).String()
		if first == "" {
			first = res
		}
		if res != first {
			t.Errorf("%s\nis not\n%s", res, first)
		}
	}
	if count != 1 {
		t.Errorf("it came %d times", count)
	}
}

func TestPortsOfARange(t *testing.T) {
	first := uint16(enginetest.FreeUDP(t))
	s := newStack(t, func(o *stack.Options) { o.First, o.Last = first, first })
	p := port(t, s, stack.UDP, deaf)
	if p.Addr().Port() != first {
		t.Errorf("it is %v", p.Addr())
	}
	if other, err := s.Open(t.Context(), stack.UDP, handler(deaf)); err == nil {
		t.Errorf("%v is free", other.Addr())
	}
	p.Close()
	port(t, s, stack.UDP, deaf)
}

func TestClosedPort(t *testing.T) {
	s := newStack(t)
	p := port(t, s, stack.UDP, deaf)
	peer := newRaw(t)
	tx := do(t, p, request(sip.INVITE, "sip:b@"+peer.addr().String(), "1", 1))
	p.Close()
	if res := <-tx.Responses(); res != nil || tx.Err() == nil {
		t.Errorf("%v, %v", res, tx.Err())
	}
	if _, err := p.Do(t.Context(), request(sip.INVITE, "sip:b@"+peer.addr().String(), "2", 1)); err == nil {
		t.Error("a closed port sends")
	}
}
