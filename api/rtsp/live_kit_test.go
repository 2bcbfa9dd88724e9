package rtsp_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/rtsp"
	"sluice/api/whip"
	"sluice/elements/stream"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/store"
	"sluice/graphs"
	"sluice/testdata/registry"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is how long a test waits for what should happen at once.
const patience = 20 * time.Second

// server is an engine with the shipped graphs of RTSP and the door, on real ports of the loopback.
type server struct {
	t      testing.TB
	engine *engine.Engine
	door   *rtsp.Door
	addr   string // host:port of RTSP
	secure string // of RTSPS; "" if there is none
}

// raiser is the engine as the door sees it.
type raiser struct{ *engine.Engine }

func (r raiser) Raise(ctx context.Context, ev engine.Event) (rtsp.Instance, error) {
	i, err := r.Engine.Raise(ctx, ev)
	if err != nil {
		return nil, err
	}
	return i, nil
}

func (r raiser) Has(name string) bool { return r.Streams().Has(name) }

// serve starts a server; change sees the door's options before.
func serve(t testing.TB, change ...func(*rtsp.Options)) *server {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	e := newEngine(t, log)
	o := rtsp.Options{
		Engine: raiser{e}, Listen: []string{"127.0.0.1:0"}, UDP: "127.0.0.1:0", Log: log,
	}
	for _, c := range change {
		c(&o)
	}
	door, err := rtsp.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := door.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- door.Serve(context.WithoutCancel(t.Context())) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // nobody who is inside is waited for
		if err := door.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		ctx, cancel = context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	s := &server{t: t, engine: e, door: door, addr: door.Addresses()[0].String()}
	if len(door.Addresses()) > 1 {
		s.secure = door.Addresses()[1].String()
	}
	return s
}

func newEngine(t testing.TB, log *slog.Logger) *engine.Engine {
	t.Helper()
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	elements := slices.Concat(stream.Elements(), rtsp.Elements(), webrtc.Elements())
	reg, err := element.NewRegistry(snapshot, elements, slices.Concat(stream.Triggers(), rtsp.Triggers(), whip.Triggers()))
	if err != nil {
		t.Fatal(err)
	}
	web, err := graphs.FS.ReadFile("web/whip.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"whip.yaml": {Data: web}}
	for name, file := range map[string]string{
		"rtsp_publish": "live/publishers.yaml", "rtsp_play": "live/players.yaml", "rtsp": "cameras/address.yaml",
	} {
		files[name+".yaml"] = &fstest.MapFile{Data: only(t, file, name)}
	}
	st, err := store.New(store.Options{Base: files, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range st.Current().Diagnostics() {
		t.Fatal(d)
	}
	e, err := engine.New(engine.Options{Log: log, Registry: reg, Store: st, Addresses: func(name string) error {
		if strings.Contains(name, "refused.example") {
			return fault.New(fault.Forbidden, "", "nothing is played from there")
		}
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Ready(); err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

// only keeps of a shipped file one graph: the elements of others are not there.
func only(t testing.TB, file, name string) []byte {
	t.Helper()
	text, err := graphs.FS.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for part := range bytes.SplitSeq(text, []byte("\n---\n")) {
		if bytes.Contains(part, []byte("\nname: "+name+"\n")) {
			return bytes.Replace(part, []byte("name: "+name+"\n"), nil, 1) // the file's own name is it
		}
	}
	t.Fatalf("%s has no graph %s", file, name)
	return nil
}

// await begins to listen for an event of a stream, and gives what waits for it.
func (s *server) await(name, stream string) func() {
	sub := s.engine.Bus().Subscribe(8, func(e event.Event) bool {
		body, ok := e.Body.(event.Stream)
		return e.Name == name && ok && body.Name == stream
	})
	return func() {
		s.t.Helper()
		defer sub.Close()
		ctx, cancel := context.WithTimeout(s.t.Context(), patience)
		defer cancel()
		if _, _, err := sub.Next(ctx); err != nil {
			s.t.Fatalf("%s %s: %v", name, stream, err)
		}
	}
}

// need skips the test if a program is missing.
func need(t testing.TB, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
}

// program is one that runs beside the test.
type program struct {
	t    testing.TB
	cmd  *exec.Cmd
	out  bytes.Buffer
	done chan struct{}
	err  error
}

// start runs a program; it is ended with the test at the latest.
func start(t testing.TB, name string, args ...string) *program {
	t.Helper()
	need(t, name)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	p := &program{t: t, cmd: exec.CommandContext(ctx, name, args...), done: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if err := p.cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	go func() { defer close(p.done); p.err = p.cmd.Wait() }()
	t.Cleanup(func() {
		cancel()
		<-p.done
		if t.Failed() {
			t.Logf("%s %s:\n%s", name, strings.Join(args, " "), p.out.String())
		}
	})
	return p
}

// end ends the program, as somebody does who has had enough.
func (p *program) end() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		p.t.Fatal(err)
	}
	<-p.done
}

// wait waits for the program's end, which must be a good one, and gives what it printed.
func (p *program) wait() string {
	p.t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("%s does not end", p.cmd.Path)
	}
	if p.err != nil {
		p.t.Fatalf("%s: %v\n%s", p.cmd.Path, p.err, p.out.String())
	}
	return p.out.String()
}
