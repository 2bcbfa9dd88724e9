package worker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/worker"
	"sluice/engine/worker/frame"
	"sluice/engine/worker/process"
)

// server is the other end of a worker, by hand.
type server struct {
	t    *testing.T
	conn io.ReadWriteCloser
	r    *frame.Reader
	w    *frame.Writer
}

func by(t *testing.T, conn io.ReadWriteCloser) *server {
	s := &server{t: t, conn: conn, r: frame.NewReader(conn, frame.Limits{}), w: frame.NewWriter(conn, frame.Limits{})}
	if f := s.next(); f.Kind != frame.State || !strings.Contains(string(f.Payload), `"greeting":{"protocol":1,"plans":1}`) {
		t.Fatalf("the first frame is a %s, %s", f.Kind, f.Payload)
	}
	return s
}

func (s *server) next() frame.Frame {
	s.t.Helper()
	f, err := s.r.Next()
	if err != nil {
		s.t.Fatal(err)
	}
	return f
}

// say sends a message.
func (s *server) say(kind frame.Kind, id uint32, body, blob string) {
	s.t.Helper()
	if err := s.w.Message(frame.Message{Kind: kind, ID: id, JSON: []byte(body), Blob: []byte(blob)}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.w.Send(); err != nil {
		s.t.Fatal(err)
	}
}

// result is the next answer.
func (s *server) result() string {
	s.t.Helper()
	for {
		f := s.next()
		if f.Kind == frame.Result {
			m, err := f.Message()
			if err != nil {
				s.t.Fatal(err)
			}
			return string(m.JSON)
		}
	}
}

// prepares prepares instance 0 with a plan.
func (s *server) prepares(graph string) {
	s.t.Helper()
	text, err := json.Marshal(echoing(graph, "own"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.say(frame.Plan, 1, fmt.Sprintf(`{"id":"x","timeout":60000000000,"plan":%s}`, text), "null")
	if got := s.result(); got != `{"inlets":["in"]}` {
		s.t.Fatalf("prepared: %s", got)
	}
}

// serving runs Serve in this process.
func serving(ctx context.Context, t *testing.T, rt run.Runtime) (*server, <-chan error) {
	t.Helper()
	here, there := net.Pipe()
	done := make(chan error, 1)
	open := func(string) (run.Runtime, error) { return rt, nil }
	go func() { done <- worker.Serve(ctx, there, worker.ServeOptions{Open: open}) }()
	t.Cleanup(func() { here.Close() })
	return by(t, here), done
}

func TestServeEndsWithItsSocket(t *testing.T) {
	rt := fake.New()
	s, done := serving(context.Background(), t, rt)
	s.prepares("")
	s.conn.Close()
	if err := enginetest.Await(t, "the end of it", done); err != nil {
		t.Errorf("%v", err)
	}
	if r, err := rt.Inspect(context.Background()); err != nil || r.Phase != run.Closed {
		t.Errorf("the Runtime is %+v, %v", r, err)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	rt := fake.New()
	ctx, cancel := context.WithCancel(context.Background())
	s, done := serving(ctx, t, rt)
	s.prepares("")
	cancel()
	if err := enginetest.Await(t, "the end of it", done); err != nil {
		t.Errorf("%v", err)
	}
	if r, err := rt.Inspect(context.Background()); err != nil || r.Phase != run.Closed {
		t.Errorf("the Runtime is %+v, %v", r, err)
	}
}

func TestServeAnswersWhatIsWrong(t *testing.T) {
	s, _ := serving(context.Background(), t, fake.New())
	s.prepares("")
	for body, want := range map[string]string{
		`{"call":"dance","timeout":1000000000}`:                                 "there is no call",
		`{"call":"drain","timeout":1000000000}`:                                 "drain called on a runtime that is prepared",
		`{"call":"apply","timeout":1000000000,"change":{"verb":5}}`:             "cannot be read",
		`{"call":"apply","timeout":1000000000,"change":{"verb":"do","plan":3}}`: "cannot be read",
	} {
		s.say(frame.Change, 2, body, "{}")
		if got := s.result(); !strings.Contains(got, want) {
			t.Errorf("%s is answered %s", body, got)
		}
	}
	s.say(frame.Plan, 3, `{"id":"y","plan":{}}`, "null")
	if got := s.result(); !strings.Contains(got, "no place for instance 0") {
		t.Errorf("a second plan is answered %s", got)
	}
	s.say(frame.Change, 4, `{"call":"cancel","of":77}`, "") // of a call that is over
	s.say(frame.Change, 5, `{"call":"stop","timeout":1000000000}`, "null")
	if got := s.result(); got != "{}" {
		t.Errorf("stop is answered %s", got)
	}
	s.say(frame.Change, 6, `{"call":"start","timeout":1000000000}`, "null")
	if got := s.result(); !strings.Contains(got, "there is no instance 0") {
		t.Errorf("a call to nobody is answered %s", got)
	}
}

func TestServeRefusesNonsense(t *testing.T) {
	for name, send := range map[string]func(w *frame.Writer) error{
		"a plan that is none":   func(w *frame.Writer) error { return w.Message(frame.Message{Kind: frame.Plan, JSON: []byte("[")}) },
		"a change that is none": func(w *frame.Writer) error { return w.Message(frame.Message{Kind: frame.Change}) },
		"an answer":             func(w *frame.Writer) error { return w.Message(frame.Message{Kind: frame.Result}) },
		"a key request":         func(w *frame.Writer) error { return w.Key(1) },
		"media for no track":    func(w *frame.Writer) error { return w.EOS(1) },
	} {
		t.Run(name, func(t *testing.T) {
			s, done := serving(context.Background(), t, fake.New())
			if err := send(s.w); err != nil {
				t.Fatal(err)
			}
			if err := s.w.Send(); err != nil {
				t.Fatal(err)
			}
			if err := enginetest.Await(t, "the end of it", done); fault.CodeOf(err) != fault.ProtocolViolation {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestServeBeats(t *testing.T) {
	rt := fake.New()
	s, _ := serving(context.Background(), t, rt)
	entered, release := rt.Wedge(run.CallStart)
	s.prepares("")
	s.say(frame.Change, 2, `{"call":"start","timeout":60000000000}`, "null")
	enginetest.Await(t, "the call", entered) // a call that hangs
	if err := s.w.Heartbeat(42); err != nil {
		t.Fatal(err)
	}
	if err := s.w.Send(); err != nil {
		t.Fatal(err)
	}
	f := s.next()
	if clock, err := f.Clock(); err != nil || clock != 42 {
		t.Errorf("a %s, %d, %v", f.Kind, clock, err)
	}
	release()
	if got := s.result(); got != "{}" {
		t.Errorf("start is answered %s", got)
	}
}

func TestInheritedByHand(t *testing.T) {
	// In a test, descriptor 3 is Go's own, or nothing: in a process of its own it is surely nothing.
	p, err := os.StartProcess(os.Args[0], []string{os.Args[0]}, &os.ProcAttr{Env: []string{mode + "=serve"}, Files: []*os.File{nil, nil, nil}})
	if err != nil {
		t.Fatal(err)
	}
	state, err := p.Wait()
	if err != nil || state.ExitCode() != 2 {
		t.Errorf("%v, %v", state, err)
	}
}

// alone starts a worker that only this test talks to.
func alone(t *testing.T) (*server, *process.Process) {
	t.Helper()
	p, err := process.Start(context.Background(), process.Command{
		Path: os.Args[0], Env: []string{mode + "=serve", "GORACE=atexit_sleep_ms=0"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		<-p.Done()
		p.Conn().Close()
	})
	return by(t, p.Conn()), p
}

// Whatever hangs in a worker, it ends when its socket closes.
func TestTheSocketsEndEndsAWorker(t *testing.T) {
	for name, hang := range map[string]func(s *server){
		"idle": func(*server) {},
		"in a call": func(s *server) {
			s.prepares("hang in start")
			s.say(frame.Change, 2, `{"call":"start","timeout":60000000000}`, "null")
		},
		"in its stop": func(s *server) { s.prepares("hang in stop") },
		"in its reader": func(s *server) {
			s.prepares("")
			s.say(frame.Change, 2, `{"call":"start","timeout":60000000000}`, "null")
			s.result()
			s.say(frame.Change, 3, `{"call":"apply","timeout":60000000000,"change":{"verb":"do","node":"n","action":"hold"}}`, "{}")
			s.result()
			if err := s.w.Open(0, 0, "in"); err != nil {
				s.t.Fatal(err)
			}
			if ok, err := s.w.Unit(0, &frame.Unit{AU: [][]byte{{1}}}); !ok || err != nil {
				s.t.Fatal(ok, err)
			}
			if err := s.w.Send(); err != nil {
				s.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, p := alone(t)
			hang(s)
			s.conn.Close()
			select {
			case <-p.Done():
			case <-time.After(patience):
				t.Fatal("the worker is still there")
			}
			if e := p.Exit(); e.Signal != 0 || e.Code != 0 {
				t.Errorf("it ended with %s", e)
			}
		})
	}
}
