package serve

import (
	"context"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"sluice/api"
	"sluice/cmd/sluice/config"
	"sluice/elements/ports"
	"sluice/elements/stream"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/hub"
	"sluice/engine/lint"
	"sluice/engine/media"
	"sluice/engine/spec"
	"sluice/testdata/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const publishing = `graph: v1
about: Publishes.
route:
  - fake.publish /{stream...}
nodes:
  in: fake.in
  out: stream.out name=$stream
links:
  - in -> out
`

const booting = `graph: v1
about: Starts with the server.
route:
  - boot
nodes:
  in: fake.in
  out: stream.out name=camera
links:
  - in -> out
`

// source is fake.in: it has a track and never gives anything of it.
type source struct{}

func (source) Spec() element.Spec {
	return element.Spec{
		Name: "fake.in", About: "A source.", Domain: element.Go, Klass: "Source",
		Ports: ports.Gives(ports.All(media.Audio), ports.All(media.Video)),
	}
}

func (source) New(context.Context, element.Env, element.Conf) (element.Element, error) {
	return source{}, nil
}
func (source) Start(context.Context) error { return nil }
func (source) Stop(context.Context) error  { return nil }
func (source) Describe(context.Context) (media.Description, error) {
	return media.Description{Tracks: []media.Track{media.NewTrack(media.Opus)}}, nil
}
func (source) Form() hub.Form        { return hub.Units }
func (source) Feed(*hub.Publication) {}
func (source) RequestKey(int)        {}
func (source) Demand(int)            {}
func (source) Idle(int)              {}
func (source) Ended(error)           {}

// journal is a log, and whatever else is told, to look into. Safe for concurrent use.
type journal struct {
	mu    sync.Mutex
	text  strings.Builder
	heard chan struct{} // closed when something is written
}

func newJournal() *journal { return &journal{heard: make(chan struct{})} }

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	close(j.heard)
	j.heard = make(chan struct{})
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// await returns when a text has been written.
func (j *journal) await(t *testing.T, text string) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		j.mu.Lock()
		have, heard := j.text.String(), j.heard
		j.mu.Unlock()
		if strings.Contains(have, text) {
			return
		}
		select {
		case <-heard:
		case <-late:
			t.Fatalf("%q was not written:\n%s", text, have)
		}
	}
}

// bench is a server of a test, with all that it says.
type bench struct {
	*Server
	parts             *Parts
	log, said, system *journal
	signals           chan os.Signal
	over              chan error // what Run returns
}

// options are those of a server with the configuration given, and ports of its own.
func options(t *testing.T, text string, graphs map[string]string) (Options, *bench) {
	t.Helper()
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	own := append([]element.Declared{source{}}, stream.Elements()...)
	triggers := append(stream.Triggers(), element.Trigger{Event: "fake.publish", About: "A test.", Path: true})
	reg, err := element.NewRegistry(snapshot, own, triggers)
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for name, text := range graphs {
		files[name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	b := &bench{log: newJournal(), said: newJournal(), system: newJournal(), signals: make(chan os.Signal, 8), over: make(chan error, 1)}
	log, level := NewLog(b.log, "info", true)
	return Options{
		Config: settings(t, text), Registry: reg, Shipped: files, Log: log, Level: level, Say: b.said, About: "sluice, a test",
		Check: func(set []*spec.Graph) []spec.Diagnostic { return lint.Check(set, reg, lint.Options{}) },
		Tell:  func(state string) { _, _ = b.system.Write([]byte(state + "\n")) },
		Doors: []Maker{func(p *Parts) (api.Door, error) { b.parts = p; return &room{}, nil }},
	}, b
}

// settings reads a configuration in which every port is free.
func settings(t *testing.T, text string) *config.Loaded {
	t.Helper()
	loaded, found, err := config.Load(config.Options{Env: []string{
		config.EnvText + "=" + text, "SLUICE_WEB_LISTEN=127.0.0.1:0", "SLUICE_WEB_TLS_LISTEN=127.0.0.1:0",
		"SLUICE_WEBRTC_UDP=127.0.0.1:0", "SLUICE_WEBRTC_TCP=127.0.0.1:0",
		"SLUICE_REST_LISTEN=127.0.0.1:0", "SLUICE_REST_TLS_LISTEN=127.0.0.1:0", "SLUICE_METRICS_LISTEN=127.0.0.1:0",
		"SLUICE_RTMP_LISTEN=127.0.0.1:0", "SLUICE_RTMP_TLS_LISTEN=127.0.0.1:0",
		"SLUICE_RTSP_LISTEN=127.0.0.1:0", "SLUICE_RTSP_TLS_LISTEN=127.0.0.1:0", "SLUICE_RTSP_UDP=127.0.0.1:0",
	}})
	if loaded == nil || err != nil {
		t.Fatal(found, err)
	}
	return loaded
}

// begin starts a server, which has to end by itself or with stop.
func begin(t *testing.T, o Options, b *bench) *bench {
	t.Helper()
	var err error
	if b.Server, err = New(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	go func() { b.over <- b.Run(context.WithoutCancel(t.Context()), b.signals) }()
	b.said.await(t, "is ready.")
	return b
}

// room is a door that nobody comes through.
type room struct {
	closed chan struct{}
	once   sync.Once
}

func (r *room) Name() string                 { return "room" }
func (r *room) Listen(context.Context) error { r.closed = make(chan struct{}); return nil }
func (r *room) Close(context.Context) error {
	if r.closed != nil {
		r.once.Do(func() { close(r.closed) })
	}
	return nil
}

func (r *room) Serve(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-r.closed:
	}
	return nil
}

// publish has somebody publish.
func (b *bench) publish(t *testing.T, name string) {
	t.Helper()
	if _, err := b.parts.Engine.Raise(t.Context(), engine.Event{Name: "fake.publish", Path: "/" + name}); err != nil {
		t.Fatal(err)
	}
}

// get gives the status that a path is answered with.
func (b *bench) get(t *testing.T, path string) int {
	t.Helper()
	plain, _ := b.web.Addresses()
	r, err := http.Get("http://" + plain[0].String() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer r.Body.Close()
	return r.StatusCode
}

// ended waits for the end of Run.
func (b *bench) ended(t *testing.T) error {
	t.Helper()
	select {
	case err := <-b.over:
		return err
	case <-time.After(30 * time.Second):
		t.Fatalf("it does not end:\n%s", b.log)
		return nil
	}
}
