package worker_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/worker"
	"sluice/engine/worker/frame"
	"sluice/engine/worker/socket"
)

// mode is the variable that makes this test binary a worker.
const mode = "SLUICE_TEST_WORKER"

func TestMain(m *testing.M) {
	if as := os.Getenv(mode); as != "" {
		os.Exit(child(as)) //nolint:forbidigo // this process is a worker
	}
	goleak.VerifyTestMain(m)
}

// child is the worker's side.
func child(as string) int {
	conn, err := worker.Inherited()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	switch as {
	case "exit":
		fmt.Fprintln(os.Stderr, "cannot find libcodec")
		return 7
	case "once": // dies as soon as it is ready
		greet(conn)
		return 9
	case "mute":
		_, _ = io.Copy(io.Discard, conn)
		return 0
	case "old":
		w := frame.NewWriter(conn, frame.Limits{})
		_ = w.Message(frame.Message{Kind: frame.State, JSON: []byte(`{"greeting":{"protocol":1,"plans":0}}`)})
		_ = w.Send()
		_, _ = io.Copy(io.Discard, conn)
		return 0
	case "stubborn": // neither the end of the socket nor SIGTERM ends it
		signal.Ignore(syscall.SIGTERM)
		serve(conn)
		select {}
	}
	return serve(conn)
}

func greet(conn io.ReadWriteCloser) {
	w := frame.NewWriter(conn, frame.Limits{})
	text := fmt.Sprintf(`{"greeting":{"protocol":1,"plans":%d}}`, plan.Version)
	_ = w.Message(frame.Message{Kind: frame.State, JSON: []byte(text)})
	_ = w.Send()
}

func serve(conn io.ReadWriteCloser) int {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	open := func(id string) (run.Runtime, error) { return &puppet{Runtime: fake.New(), id: id, conn: conn}, nil }
	if err := worker.Serve(context.Background(), conn, worker.ServeOptions{Open: open, Grace: 100 * time.Millisecond, Log: log}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// puppet is a Runtime that does what a test tells it: as an action, or, before it runs, by the name of the plan's graph.
// Its bridges "in" and "out" are joined: what goes in comes out.
type puppet struct {
	*fake.Runtime
	id   string
	conn io.ReadWriteCloser

	host run.Host
	plan *plan.Plan
	echo *echo
}

// echo sends every unit back. It is done with a unit when Unit returns.
type echo struct {
	out  run.Port
	mu   sync.Mutex
	hold bool // do not return from Unit
}

func (e *echo) CopiesUnits() {}
func (e *echo) Unit(u *media.Unit) bool {
	e.mu.Lock()
	hold := e.hold
	e.mu.Unlock()
	if hold {
		select {}
	}
	return e.out.Unit(u)
}
func (e *echo) Gap(from, length time.Duration) bool { return e.out.Gap(from, length) }
func (e *echo) Codec(t media.Track)                 { e.out.Codec(t) }
func (e *echo) Mark(m run.Mark) {
	if m != run.End {
		e.out.Mark(m)
	}
}

func (p *puppet) Prepare(ctx context.Context, pl *plan.Plan, host run.Host) (run.Inlets, error) {
	inlets, err := p.Runtime.Prepare(ctx, pl, host)
	if err != nil {
		return nil, err
	}
	p.host, p.plan = host, pl
	if inlets["in"] != nil {
		p.echo = &echo{out: host.Outlet("out")}
		inlets["in"] = p.echo
	}
	return inlets, p.act(ctx, "prepare")
}

func (p *puppet) Start(ctx context.Context) error {
	if err := p.Runtime.Start(ctx); err != nil {
		return err
	}
	p.host.Tell(run.Notice{Kind: run.FirstMedia, Node: "enc"})
	return p.act(ctx, "start")
}

func (p *puppet) Drain(ctx context.Context) error {
	if err := p.Runtime.Drain(ctx); err != nil {
		return err
	}
	return p.act(ctx, "drain")
}

func (p *puppet) Stop(ctx context.Context) error {
	if p.plan != nil {
		_ = p.act(context.Background(), "stop")
	}
	return p.Runtime.Stop(ctx)
}

// act does what the graph's name says for a call: "hang in drain".
func (p *puppet) act(ctx context.Context, call string) error {
	what, in, ok := strings.Cut(p.plan.Graph, " in ")
	if !ok || in != call {
		return nil
	}
	_, err := p.perform(ctx, what, nil)
	return err
}

func (p *puppet) Apply(ctx context.Context, c run.Change) (run.Result, error) {
	if c.Verb != run.Do {
		return p.Runtime.Apply(ctx, c)
	}
	return p.perform(ctx, c.Action, c.Settings)
}

func (p *puppet) perform(ctx context.Context, what string, settings []plan.Setting) (run.Result, error) {
	self := os.Getpid()
	switch what {
	case "kill":
		_ = syscall.Kill(self, syscall.SIGKILL)
	case "segv": // a real fault of memory, where no recover is
		_ = syscall.Kill(self, syscall.SIGSEGV)
	case "abort":
		_ = syscall.Kill(self, syscall.SIGABRT)
	case "exit":
		fmt.Fprintln(os.Stderr, "the end is near")
		os.Exit(5) //nolint:forbidigo // the death that a test asks for
	case "freeze":
		_ = syscall.Kill(self, syscall.SIGSTOP)
	case "hang":
		select {}
	case "wait": // as a call that knows what it waits for
		p.host.Tell(run.Notice{Kind: run.Said, Event: "waiting"})
		<-ctx.Done()
		return run.Result{}, fault.New(fault.Stalled, "sink", "the peer takes nothing")
	case "give up":
		return run.Result{}, fault.New(fault.Lost, "decoder", "it hangs")
	case "hold":
		p.echo.mu.Lock()
		p.echo.hold = true
		p.echo.mu.Unlock()
		return run.Result{}, nil
	case "flood":
		for {
			p.host.Tell(run.Notice{Kind: run.Said, Event: "level"})
		}
	case "garbage":
		_, _ = p.conn.Write([]byte(strings.Repeat("garbage!", 1000)))
	case "shut":
		_ = p.conn.(*socket.Conn).CloseWrite()
		select {}
	case "noise":
		for i := range 1000 {
			fmt.Fprintln(os.Stderr, "line", i)
		}
		return run.Result{}, nil
	case "reveal":
		var said []string
		for _, s := range append(settings, p.plan.Nodes[0].Settings...) {
			said = append(said, s.Reveal())
		}
		text := strings.Join(said, ",")
		fmt.Fprintln(os.Stderr, "connecting with", text)
		p.host.Tell(run.Notice{Kind: run.BranchGone, Err: fault.New(fault.GstElement, "sink", "cannot connect with %s", text)})
		sum, err := json.Marshal(len(text))
		return run.Result{JSON: sum, Type: "text/plain", Bytes: []byte(text)}, err
	case "environment":
		text, err := json.Marshal(os.Environ())
		return run.Result{JSON: text}, err
	case "epoch":
		text, err := json.Marshal(time.Since(p.host.Epoch()))
		return run.Result{JSON: text}, err
	case "sing": // over the bridge of a key
		out := p.host.Outlet("seat-own")
		out.Codec(media.NewTrack(media.Opus))
		out.Unit(&media.Unit{Key: true, AU: [][]byte{{1}}})
		return run.Result{}, nil
	case "ask key":
		p.host.Key("in")
		return run.Result{}, nil
	case "allocate":
		held := make([]byte, 512<<20)
		for i := 0; i < len(held); i += 4096 {
			held[i] = 1
		}
		select {}
	case "pid":
		return run.Result{JSON: json.RawMessage(strconv.Itoa(self))}, nil
	case "fail":
		return run.Result{}, fault.New(fault.ResourceNotFound, "src", "no such file").Because(errors.New("disk")).Advise("look")
	}
	<-ctx.Done() // what should have killed us, will
	return run.Result{}, ctx.Err()
}

var _ run.Copier = (*echo)(nil)
