package sip_test

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/calls"
	"sluice/api/doortest"
	"sluice/api/sip"
	"sluice/api/sip/lines"
	"sluice/api/sip/siptest"
	"sluice/api/visitor"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/enginetest"
)

// graphs send back what phones say: to who calls "echo", and to whom the tests call; and one has two of them hear each other.
const graphs = `graph: v1
name: echo
route:
  - sip.invite /echo
nodes:
  phone: sip.in
  ear: sip.out
links:
  - phone -> ear
policy:
  end: {when: [phone]}
---
graph: v1
name: called
route:
  - test.call /{user}
nodes:
  phone: sip.in
  ear: sip.out
links:
  - phone -> ear
policy:
  end: {when: [phone]}
---
graph: v1
name: joined
route:
  - test.join /joined
nodes:
  a: sip.in session=$one
  b: sip.in session=$other
  ea: sip.out session=$one
  eb: sip.out session=$other
links:
  - a -> eb
  - b -> ea
policy:
  end: {when: [a, b]}
`

// server is an engine with the door on real ports.
type server struct {
	*testing.T
	engine *engine.Engine
	door   *sip.Door
	udp    string // host and port at which telephones call in
}

func serve(t *testing.T, change ...func(*sip.Options)) *server {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	e := doortest.Engine(t, log, doortest.Parts{
		Elements: sip.Elements(), Graphs: fstest.MapFS{"sip.yaml": {Data: []byte(graphs)}},
		Triggers: append(sip.Triggers(),
			element.Trigger{Event: "test.call", About: "A call has been made.", Path: true, Sessions: []string{"phone"}},
			element.Trigger{Event: "test.join", About: "Two have.", Path: true, Sessions: []string{"one", "other"}}),
	})
	loopback := netip.MustParseAddr("127.0.0.1")
	o := sip.Options{Engine: visitor.UseEngine(e), Log: log, Bind: loopback, Listen: []string{"127.0.0.1:0"}}
	for _, c := range change {
		c(&o)
	}
	door, err := sip.New(o)
	if err != nil {
		t.Fatal(err)
	}
	doortest.Serve(t, e, door)
	return &server{T: t, engine: e, door: door, udp: door.Addresses()[0].String()}
}

// ear is who owns a line, or watches a call, and keeps what he is told.
type ear struct {
	registered chan calls.Registration
	heard      chan calls.About
	keys       chan string
	moved      chan int
	texts      chan [3]string // from whom, type and body
}

func newEar() *ear {
	const most = 100
	return &ear{
		make(chan calls.Registration, most), make(chan calls.About, most), make(chan string, most), make(chan int, most),
		make(chan [3]string, most),
	}
}

func (e *ear) Registration(r calls.Registration) { e.registered <- r }
func (e *ear) Incoming(calls.Call) calls.Watcher { return nil }
func (e *ear) Message(f, kind, body string)      { e.texts <- [3]string{f, kind, body} }
func (e *ear) Status(a calls.About)              { e.heard <- a }
func (e *ear) Transferred(code int, _ string)    { e.moved <- code }
func (e *ear) Key(digit string)                  { e.keys <- digit }
func (e *ear) is(t *testing.T, want calls.State) (a calls.About) {
	t.Helper()
	late := time.After(enginetest.Patience)
	for {
		select {
		case a = <-e.heard:
			if a.State == want {
				return a
			}
			if a.State.Over() {
				t.Fatalf("the call is %s (%s: %d %s) and not %s", a.State, a.Cause, a.Code, a.Reason, want)
			}
		case <-late:
			t.Fatalf("the call is %s and not %s", a.State, want)
		}
	}
}

// account is that of a user of the registrar.
func account(r *siptest.Registrar, user string) calls.Account {
	a := r.Account(user)
	host, _, _ := strings.Cut(a.Domain, ":")
	return calls.Account{Login: a.User, Password: a.Password, Domain: host, Proxy: a.Domain, Register: true}
}

// open opens a line and waits until it is registered.
func (s *server) open(a calls.Account) (calls.Line, *ear) {
	s.Helper()
	e := newEar()
	l, err := s.door.Lines().Open(s.Context(), a, e)
	if err != nil {
		s.Fatal(err)
	}
	for a.Register {
		select {
		case r := <-e.registered:
			if r.State == calls.Registered {
				return l, e
			}
			if r.State == calls.RegistrationFailed {
				s.Fatalf("%+v", r)
			}
		case <-time.After(enginetest.Patience):
			s.Fatal("it is not registered")
		}
	}
	return l, e
}

func TestCallsAPhoneThroughARegistrar(t *testing.T) {
	r := siptest.StartRegistrar(t, siptest.RegistrarOptions{})
	b := siptest.StartBaresip(t, siptest.PhoneOptions{Account: r.Account("1002"), Voice: siptest.Voice{Hz: 440}})
	r.AwaitContacts("1002", 1)
	s := serve(t)
	line, _ := s.open(account(r, "1001"))
	watch := newEar()
	c, err := line.Call(t.Context(), calls.Outgoing{To: "1002", Audio: true}, watch)
	if err != nil {
		t.Fatal(err)
	}
	up := watch.is(t, calls.Established)
	if up.Code != 200 || !up.Audio || up.Video || len(up.Codecs) == 0 || up.Codecs[0] != "pcmu" {
		t.Errorf("%+v", up)
	}
	b.AwaitCall()
	if _, err := s.engine.Raise(t.Context(), engine.Event{Name: "test.call", Path: "/1002", Sessions: map[string]any{"phone": c.Media()}}); err != nil {
		t.Fatal(err)
	}
	siptest.AwaitTone(t, b, 440)
	if err := c.Press(t.Context(), "15#", calls.Automatic); err != nil {
		t.Error(err)
	}
	if got := b.AwaitKeys(3); got != "15#" {
		t.Errorf("the keys are %q", got)
	}
	b.Press("7")
	select {
	case key := <-watch.keys:
		if key != "7" {
			t.Errorf("it pressed %q", key)
		}
	case <-time.After(enginetest.Patience):
		t.Error("no key came")
	}
	if err := c.Hold(t.Context(), true); err != nil {
		t.Error(err)
	}
	watch.is(t, calls.OnHold)
	if err := c.Hold(t.Context(), false); err != nil {
		t.Error(err)
	}
	watch.is(t, calls.Established)
	b.Hangup()
	if end := watch.is(t, calls.Ended); end.Cause != calls.Normal {
		t.Errorf("%+v", end)
	}
	if n := s.door.Lines().Counts(); n.Out != 1 || len(n.Outgoing) != 0 || n.Ends[lines.End{Cause: calls.Normal}] != 1 || n.Media.Received == 0 {
		t.Errorf("%+v", n)
	}
	for _, row := range []struct {
		to    string
		state calls.State
		code  int
	}{{"1008", calls.Failed, 480}, {"nobody", calls.Failed, 404}} {
		watch := newEar()
		if _, err := line.Call(t.Context(), calls.Outgoing{To: row.to, Audio: true}, watch); err != nil {
			t.Fatal(err)
		}
		if end := watch.is(t, row.state); end.Code != row.code || end.Cause != calls.Refused {
			t.Errorf("%s: %+v", row.to, end)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), enginetest.Patience)
	defer cancel()
	if err := line.Close(ctx); err != nil {
		t.Error(err)
	}
	r.AwaitContacts("1001", 0)
}

func TestPhoneCallsIn(t *testing.T) {
	s := serve(t, func(o *sip.Options) {
		o.Accounts = []sip.Account{{Name: "trunk", From: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}}
	})
	a := siptest.StartBaresip(t, siptest.PhoneOptions{
		Account: siptest.Account{User: "9", Password: "x", Domain: s.udp}, Idle: true, Voice: siptest.Voice{Hz: 1000},
	})
	a.Dial("sip:echo@" + s.udp)
	a.AwaitCall()
	siptest.AwaitTone(t, a, 1000)
	if n := s.door.Lines().Counts(); n.In != 1 || n.Incoming[calls.Established] != 1 {
		t.Errorf("%+v", n)
	}
	a.Hangup()
	a.AwaitEnd()
	a.Dial("sip:nobody@" + s.udp)
	if why := a.AwaitEnd(); !strings.Contains(why, "404") {
		t.Errorf("who is not there: %s", why)
	}
}

func TestStrangersAreNotLetIn(t *testing.T) {
	s := serve(t)
	a := siptest.StartBaresip(t, siptest.PhoneOptions{
		Account: siptest.Account{User: "9", Password: "x", Domain: s.udp}, Idle: true,
	})
	a.Dial("sip:echo@" + s.udp)
	if why := a.AwaitEnd(); !strings.Contains(why, "403") {
		t.Errorf("%s", why)
	}
}
