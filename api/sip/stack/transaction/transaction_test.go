package transaction_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"

	"sluice/api/sip/stack/transaction"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// line is an Out that notes what is sent, and when.
type line struct {
	reliable bool
	mu       sync.Mutex
	began    time.Time
	sent     []string // the first words, with the time since the beginning
	err      error
}

func newLine(reliable bool) *line { return &line{reliable: reliable, began: time.Now()} }

func (l *line) Reliable() bool { return l.reliable }

func (l *line) Send(data []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	words := strings.Fields(string(data))
	first := words[0]
	if strings.HasPrefix(first, "SIP/") {
		first = words[1]
	}
	l.sent = append(l.sent, first+" "+time.Since(l.began).String())
	return l.err
}

// fail has all that is sent from now on fail.
func (l *line) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// take is what was sent since it was asked last.
func (l *line) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer func() { l.sent = nil }()
	return l.sent
}

// owner notes what it hears.
type owner struct {
	mu    sync.Mutex
	heard []string
}

func (o *owner) note(s string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.heard = append(o.heard, s)
}

func (o *owner) Response(r *sip.Response) { o.note(r.StartLine()[8:11]) }
func (o *owner) Forget()                  { o.note("forget") }
func (o *owner) Answered()                { o.note("answered") }
func (o *owner) Unheard()                 { o.note("unheard") }
func (o *owner) Over(err error) {
	if err != nil {
		o.note("failed")
		return
	}
	o.note("over")
}

func (o *owner) take() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	defer func() { o.heard = nil }()
	return o.heard
}

func equal(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func request(method sip.RequestMethod) *sip.Request {
	r := sip.NewRequest(method, sip.Uri{Scheme: "sip", User: "b", Host: "b"})
	r.AppendHeader(&sip.ViaHeader{ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: "UDP", Host: "a", Params: sip.HeaderParams{{K: "branch", V: "z9hG4bK1"}}})
	r.AppendHeader(&sip.FromHeader{Address: sip.Uri{Scheme: "sip", Host: "a"}, Params: sip.HeaderParams{{K: "tag", V: "1"}}})
	r.AppendHeader(&sip.ToHeader{Address: sip.Uri{Scheme: "sip", Host: "b"}})
	id := sip.CallIDHeader("1")
	r.AppendHeader(&id)
	r.AppendHeader(&sip.CSeqHeader{SeqNo: 1, MethodName: method})
	return r
}

func response(r *sip.Request, code int) *sip.Response {
	return sip.NewResponseFromRequest(r, code, "", nil)
}

// client is a transaction of which something has been sent.
func client(t *testing.T, method sip.RequestMethod, reliable bool) (*transaction.Client, *sip.Request, *line, *owner) {
	t.Helper()
	l, o, r := newLine(reliable), &owner{}, request(method)
	c := transaction.NewClient(r, l, transaction.Timers{}.Defaulted(), o)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return c, r, l, o
}

// server is a transaction that has begun.
func server(method sip.RequestMethod, reliable bool) (*transaction.Server, *sip.Request, *line, *owner) {
	l, o, r := newLine(reliable), &owner{}, request(method)
	return transaction.NewServer(r, "tag", l, transaction.Timers{}.Defaulted(), o), r, l, o
}

func TestInviteNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, l, o := client(t, sip.INVITE, false)
		time.Sleep(40 * time.Second) //nolint:forbidigo // of synctest
		equal(t, "sent", l.take(), "INVITE 0s", "INVITE 500ms", "INVITE 1.5s", "INVITE 3.5s", "INVITE 7.5s", "INVITE 15.5s", "INVITE 31.5s")
		equal(t, "heard", o.take(), "failed", "forget")
	})
}

func TestRequestNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, _, l, o := client(t, sip.INFO, false)
		time.Sleep(9 * time.Second) //nolint:forbidigo // of synctest
		equal(t, "sent", l.take(), "INFO 0s", "INFO 500ms", "INFO 1.5s", "INFO 3.5s", "INFO 7.5s")
		time.Sleep(40 * time.Second) //nolint:forbidigo // of synctest
		equal(t, "heard", o.take(), "failed", "forget")
	})
}

func TestRequestProceeding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, r, l, o := client(t, sip.INFO, false)
		c.Receive(response(r, 100))
		time.Sleep(9 * time.Second) //nolint:forbidigo // of synctest
		equal(t, "sent", l.take(), "INFO 0s", "INFO 500ms", "INFO 4.5s", "INFO 8.5s")
		c.Receive(response(r, 200))
		c.Receive(response(r, 200))
		time.Sleep(time.Minute) //nolint:forbidigo // of synctest
		equal(t, "heard", o.take(), "100", "200", "over", "forget")
	})
}

func TestRingsForLong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, r, l, o := client(t, sip.INVITE, false)
		c.Receive(response(r, 180))
		time.Sleep(time.Hour) //nolint:forbidigo // of synctest
		equal(t, "sent", l.take(), "INVITE 0s")
		c.Receive(response(r, 200))
		c.Receive(response(r, 180)) // late: E6
		c.Receive(response(r, 200)) // it comes again, or of another fork
		c.Receive(response(r, 486))
		equal(t, "heard", o.take(), "180", "200", "200")
		time.Sleep(time.Minute) //nolint:forbidigo // of synctest
		equal(t, "heard", o.take(), "over", "forget")
		equal(t, "sent", l.take())
	})
}

func TestRefusalIsAcknowledgedEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, r, l, o := client(t, sip.INVITE, false)
		c.Receive(response(r, 486))
		c.Receive(response(r, 486))
		c.Receive(response(r, 180))
		equal(t, "sent", l.take(), "INVITE 0s", "ACK 0s", "ACK 0s")
		equal(t, "heard", o.take(), "486", "over")
		time.Sleep(time.Minute) //nolint:forbidigo // of synctest
		equal(t, "heard", o.take(), "forget")
	})
}

func TestCancelledAndForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, r, _, o := client(t, sip.INVITE, false)
		c.Receive(response(r, 180))
		time.Sleep(time.Hour) //nolint:forbidigo // of synctest
		c.Cancelled()
		time.Sleep(31 * time.Second) //nolint:forbidigo // of synctest
		equal(t, "heard", o.take(), "180")
		time.Sleep(2 * time.Second) //nolint:forbidigo // of synctest
		equal(t, "heard", o.take(), "failed", "forget")
	})
}

func TestReliableIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, r, l, o := client(t, sip.INVITE, true)
		time.Sleep(20 * time.Second) //nolint:forbidigo // of synctest
		c.Receive(response(r, 404))
		equal(t, "sent", l.take(), "INVITE 0s", "ACK 20s")
		equal(t, "heard", o.take(), "404", "over", "forget")
	})
}

func TestBrokenLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, o := newLine(false), &owner{}
		l.err = errors.New("down")
		c := transaction.NewClient(request(sip.INFO), l, transaction.Timers{}.Defaulted(), o)
		if c.Start() == nil {
			t.Error("it started")
		}
		c.End(l.err)
		equal(t, "heard", o.take())
		_, _, l, o = client(t, sip.INFO, false)
		l.fail(errors.New("down"))
		time.Sleep(time.Second) //nolint:forbidigo // of synctest
		equal(t, "heard", o.take(), "failed", "forget")
	})
}

// E3: a 2xx is repeated after T1, doubled up to T2, for 64*T1, over TCP as well; Respond returns at once, and who does not hear the ACK is
// told.
func TestAnswerIsRepeated(t *testing.T) {
	for _, reliable := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s, r, l, o := server(sip.INVITE, reliable)
			if err := s.Respond(response(r, 200)); err != nil {
				t.Fatal(err)
			}
			equal(t, "heard", o.take(), "answered")
			s.Repeated()                         // RFC 6026: the INVITE is absorbed
			time.Sleep(31999 * time.Millisecond) //nolint:forbidigo // of synctest
			equal(t, "sent", l.take(), "200 0s", "200 500ms", "200 1.5s", "200 3.5s", "200 7.5s", "200 11.5s", "200 15.5s", "200 19.5s", "200 23.5s",
				"200 27.5s", "200 31.5s")
			equal(t, "heard", o.take())
			time.Sleep(time.Second) //nolint:forbidigo // of synctest
			equal(t, "heard", o.take(), "unheard", "forget")
		})
	}
}

func TestAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r, l, o := server(sip.INVITE, false)
		_ = s.Respond(response(r, 200))
		time.Sleep(time.Second) //nolint:forbidigo // of synctest
		if s.Ack() {
			t.Error("the ACK of a 2xx was kept from the call")
		}
		s.Acknowledged()
		s.Acknowledged()
		time.Sleep(time.Minute) //nolint:forbidigo // of synctest
		equal(t, "sent", l.take(), "200 0s", "200 500ms")
		equal(t, "heard", o.take(), "answered", "forget")
	})
}

func TestTryingAndRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r, l, o := server(sip.INVITE, false)
		time.Sleep(time.Second) //nolint:forbidigo // of synctest
		s.Repeated()
		_ = s.Respond(response(r, 486))
		if s.Respond(response(r, 200)) == nil {
			t.Error("two final answers")
		}
		time.Sleep(time.Second) //nolint:forbidigo // of synctest
		equal(t, "sent", l.take(), "100 200ms", "100 1s", "486 1s", "486 1.5s")
		for range 2 {
			if !s.Ack() {
				t.Error("the ACK is for the call")
			}
		}
		time.Sleep(time.Minute) //nolint:forbidigo // of synctest
		equal(t, "sent", l.take())
		equal(t, "heard", o.take(), "answered", "forget")
	})
}

func TestRefusedAndNotAcknowledged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r, _, o := server(sip.INVITE, true)
		_ = s.Respond(response(r, 486))
		time.Sleep(time.Minute) //nolint:forbidigo // of synctest
		equal(t, "heard", o.take(), "answered", "forget")
	})
}

func TestServerCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r, l, _ := server(sip.INVITE, false)
		_ = s.Respond(response(r, 180))
		if !s.Cancel() || s.Cancel() {
			t.Error("it cannot be cancelled once")
		}
		equal(t, "sent", l.take(), "180 0s", "487 0s")
		s.End()
		other, r, _, _ := server(sip.INVITE, false)
		_ = other.Respond(response(r, 200))
		if other.Cancel() {
			t.Error("an answered call was cancelled")
		}
		other.End()
	})
}

func TestServedRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, r, l, o := server(sip.INFO, false)
		s.Repeated() // there is nothing to say yet
		_ = s.Respond(response(r, 200))
		s.Repeated()
		equal(t, "sent", l.take(), "200 0s", "200 0s")
		time.Sleep(31 * time.Second) //nolint:forbidigo // of synctest
		equal(t, "heard", o.take(), "answered")
		time.Sleep(2 * time.Second) //nolint:forbidigo // of synctest
		equal(t, "heard", o.take(), "forget")
	})
}
