package dialog_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/dialog"
	"sluice/api/sip/exchange"
	"sluice/api/sip/stack"
	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

const t1 = 50 * time.Millisecond

// side is one user agent of ours: a stack, a port and a table.
type side struct {
	t     testing.TB
	name  string
	port  *stack.Socket
	table *dialog.Table
	calls chan stack.Incoming // INVITEs
	other chan stack.Incoming // whatever else belongs to no dialog
}

func logTo(t testing.TB, name string) *slog.Logger {
	out := io.Discard
	if os.Getenv("SIP_TRACE") != "" {
		out = testWriter{t, name}
	}
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type testWriter struct {
	t    testing.TB
	name string
}

func (w testWriter) Write(p []byte) (int, error) {
	fmt.Fprintf(os.Stderr, "%s %s", w.name, p)
	return len(p), nil
}

func newSide(t testing.TB, name string, change ...func(*dialog.Options)) *side {
	t.Helper()
	opt := dialog.Options{Log: logTo(t, name), Agent: "sluice", Timers: dialog.Timers{T1: t1}}
	for _, c := range change {
		c(&opt)
	}
	s := &side{t: t, name: name, calls: make(chan stack.Incoming, 16), other: make(chan stack.Incoming, 16)}
	st, err := stack.New(stack.Options{
		Log: opt.Log, Bind: netip.MustParseAddr("127.0.0.1"),
		Timers: stack.Timers{T1: t1, T2: 8 * t1, T4: 2 * t1},
	})
	if err != nil {
		t.Fatal(err)
	}
	opt.Informs = []string{"application/dtmf", "application/dtmf-relay"}
	s.table = dialog.NewTable(opt)
	if s.port, err = st.Open(t.Context(), stack.UDP, s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), enginetest.Patience)
		defer cancel()
		if err := s.table.Close(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := st.Stop(ctx); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	return s
}

// Request implements stack.Handler.
func (s *side) Request(in stack.Incoming) {
	switch {
	case s.table.Request(in):
	case in.Request().Method == sip.INVITE:
		s.calls <- in
	default:
		s.other <- in
	}
}

// uri is where the side is.
func (s *side) uri() sip.Uri { return s.port.Contact(s.name) }

func (s *side) party() exchange.Party { return exchange.Party{Display: s.name + ` "x"`, URI: s.uri()} }

// invite calls somebody.
func (s *side) invite(to sip.Uri, change ...func(*dialog.Invite)) (*dialog.Dialog, *owner) {
	s.t.Helper()
	out := dialog.Invite{Port: s.port, From: s.party(), To: exchange.Party{URI: to}, Offer: sdp("offer of " + s.name)}
	for _, c := range change {
		c(&out)
	}
	o := newOwner(s.t, s.name)
	d, err := s.table.Invite(out, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return d, o
}

// accept takes the next call.
func (s *side) accept() (*dialog.Dialog, *owner) {
	s.t.Helper()
	in := enginetest.Await(s.t, "a call to "+s.name, s.calls)
	o := newOwner(s.t, s.name)
	d, err := s.table.Accept(in, dialog.Incoming{}, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return d, o
}

// sdp is a description that says something.
func sdp(what string) []byte {
	return []byte("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=" + what + "\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\na=sendrecv\r\n")
}

// said is what a description says.
func said(sdp []byte) string {
	_, s, _ := strings.Cut(string(sdp), "s=")
	s, _, _ = strings.Cut(s, "\r\n")
	return s
}

// owner is an Owner that writes down what it hears.
type owner struct {
	t      testing.TB
	name   string
	heard  chan string
	ended  chan dialog.Ending
	offer  func(sdp []byte) ([]byte, *dialog.Refusal)
	refer  func(dialog.Referral) *dialog.Refusal
	asked  chan dialog.Referral // attended transfers, which the test has to see to
	closed atomic.Bool
}

func newOwner(t testing.TB, name string) *owner {
	asked := make(chan dialog.Referral, 1)
	return &owner{
		t: t, asked: asked, name: name, heard: make(chan string, 1000), ended: make(chan dialog.Ending, 1),
		offer: func(offer []byte) ([]byte, *dialog.Refusal) {
			if said(offer) == "video" {
				return nil, &dialog.Refusal{Code: 488, Reason: "No"}
			}
			return answerTo(offer), nil
		},
		refer: func(r dialog.Referral) *dialog.Refusal {
			if r.Replaces != "" {
				asked <- r
				return nil
			}
			r.Notify(180, "Ringing")
			r.Notify(200, "OK")
			return nil
		},
	}
}

func (o *owner) hear(format string, args ...any) {
	if o.closed.Load() {
		o.t.Errorf("%s hears after the end: "+format, append([]any{o.name}, args...)...)
	}
	o.heard <- fmt.Sprintf(format, args...)
}

// expect awaits what it hears next.
func (o *owner) expect(want ...string) {
	o.t.Helper()
	for _, w := range want {
		got := enginetest.Await(o.t, o.name+" to hear "+w, o.heard)
		if got != w {
			o.t.Fatalf("%s hears %q, want %q", o.name, got, w)
		}
	}
}

// end awaits the end, and that nothing was heard before it.
func (o *owner) end(code int, remote bool) dialog.Ending {
	o.t.Helper()
	e := enginetest.Await(o.t, o.name+" to hear the end", o.ended)
	select {
	case h := <-o.heard:
		o.t.Fatalf("%s hears %q before the end", o.name, h)
	default:
	}
	if e.Code != code || e.Remote != remote {
		o.t.Fatalf("%s: the end is %+v, want %d, remote %v", o.name, e, code, remote)
	}
	return e
}

func (o *owner) Progress(code int, _, _ string, sdp []byte) {
	o.hear("progress %d %s", code, said(sdp))
}

func (o *owner) Answered(_ string, sdp []byte) { o.hear("answered %s", said(sdp)) }

func (o *owner) Offered(sdp []byte) ([]byte, *dialog.Refusal) {
	o.hear("offered %s", said(sdp))
	return o.offer(sdp)
}

func (o *owner) Info(contentType string, body []byte) { o.hear("info %s %s", contentType, body) }

func (o *owner) Referred(r dialog.Referral) *dialog.Refusal {
	o.hear("referred %s", strings.Split(r.Target, "@")[0])
	return o.refer(r)
}

func (o *owner) Transferred(code int, reason string) { o.hear("transferred %d %s", code, reason) }

func (o *owner) Ended(e dialog.Ending) {
	o.closed.Store(true)
	o.ended <- e
}

// pair is two sides with a call from a to b.
type pair struct {
	a, b         *side
	calling      *dialog.Dialog
	called       *dialog.Dialog
	caller, heir *owner
}

// call makes a call that is answered.
func call(t testing.TB, a, b *side, change ...func(*dialog.Invite)) *pair {
	t.Helper()
	p := &pair{a: a, b: b}
	p.calling, p.caller = a.invite(b.uri(), change...)
	p.called, p.heir = b.accept()
	if got := said(p.called.Offer()); got != "offer of "+a.name {
		t.Errorf("the offer is %q", got)
	}
	if err := p.called.Answer(sdp("answer of " + b.name)); err != nil {
		t.Fatal(err)
	}
	p.caller.expect("answered answer of " + b.name)
	return p
}
