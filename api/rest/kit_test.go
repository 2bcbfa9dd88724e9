package rest_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"sluice/api/rest"
	"sluice/api/rest/guard"
	"sluice/api/rest/problem"
	"sluice/api/rest/resttest"
	"sluice/api/rest/v1"
	"sluice/elements/convert"
	"sluice/elements/file"
	"sluice/elements/mix"
	"sluice/elements/stream"
	"sluice/elements/testio"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/lint"
	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/spec"
	"sluice/engine/store"
	"sluice/testdata/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tone is a graph that touches nothing.
const tone = `graph: v1
about: A tone.
labels: {team: sound}
params:
  wave: {type: string, default: sine, about: What it sounds like.}
  buffers: {type: int, default: 10, min: 1, max: 1000}
  volume: {type: float, default: 0.5, min: 0, max: 1}
route:
  - rest.start
nodes:
  in: audiotestsrc wave=$wave num-buffers=$buffers volume=$volume
  out: fakesink
links:
  - in -> out
policy:
  restart: {when: never}
`

// copying is a graph that reads one file and writes another.
const copying = `graph: v1
about: Copies.
params:
  source: file
  target: file
route:
  - rest.start
nodes:
  in: filesrc location=$source
  out: filesink location=$target
links:
  - in -> out
`

// showing publishes what comes out of GStreamer.
const showing = `graph: v1
about: Shows.
params:
  name: string
route:
  - rest.start
nodes:
  in: test.in video=vp8
  out: stream.out name=$name
links:
  - in -> out
`

// relay publishes a stream under another name. It needs no GStreamer.
const relay = `graph: v1
about: Relays.
params:
  from: string
  to: string
route:
  - rest.start
nodes:
  in: stream.in name=$from
  out: stream.out name=$to
links:
  - in -> out
`

// converting is a graph that the hub starts.
const converting = `graph: v1
about: Converts.
route:
  - stream.convert /{stream...}
nodes:
  in: stream.in name=$stream kind=$kind
  to: convert codec=$want.codec
  out: {element: stream.out, set: {name: $stream, track: alternative}, lazy: 10ms}
links:
  - in -> to -> out
`

// kit is the API over an engine that plays nothing.
type kit struct {
	*httptest.Server
	t      *testing.T
	engine *engine.Engine
	graphs *store.Store
	folder string
	door   *rest.Door

	mu   sync.Mutex
	runs []*fake.Runtime
	open func() (run.Runtime, error) // in place of a fake
}

// callOf is a call that a fake was made.
type callOf = fake.Call

// restOptions are those of the door.
type restOptions = rest.Options

// options change what a kit is made with.
type options struct {
	graphs map[string]string // that come with sluice
	own    map[string]string // in the user's folder
	rules  guard.Rules
	change func(*rest.Options)
	cpus   float64
}

func start(t *testing.T, o options) *kit {
	t.Helper()
	k := &kit{t: t, folder: t.TempDir()}
	if o.graphs == nil {
		o.graphs = map[string]string{"jobs/tone": tone, "jobs/copy": copying, "jobs/show": showing, "jobs/relay": relay, "convert": converting}
	}
	base := fstest.MapFS{}
	for name, text := range o.graphs {
		base[name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range o.own {
		k.write(name, text)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	reg := elements(t)
	check := func(set []*spec.Graph) []spec.Diagnostic { return lint.Check(set, reg, lint.Options{}) }
	var err error
	if k.graphs, err = store.New(store.Options{Base: base, Root: k.folder, Log: log, Check: check}); err != nil {
		t.Fatal(err)
	}
	if err := k.graphs.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.sound()
	k.engine, err = engine.New(engine.Options{Log: log, Registry: reg, Store: k.graphs, Open: k.runtime, CPUs: o.cpus})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.engine.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	rules, err := guard.New(o.rules, reg.Spec)
	if err != nil {
		t.Fatal(err)
	}
	opt := rest.Options{
		Admit: func(*http.Request) (string, error) { return "tester", nil }, Log: log,
		V1: v1.Options{
			Engine: k.engine, Graphs: k.graphs, Registry: reg, Guard: rules, Check: check, Log: log, Pipelines: 100, Version: "test",
		},
	}
	opt.V1.Shipped, opt.V1.Folder = base, k.folder
	if o.change != nil {
		o.change(&opt)
	}
	if k.door, err = rest.New(opt); err != nil {
		t.Fatal(err)
	}
	k.Server = httptest.NewServer(k.door.Handler())
	t.Cleanup(k.stop)
	return k
}

func elements(t testing.TB) *element.Registry {
	t.Helper()
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	var own []element.Declared
	for _, some := range [][]element.Declared{stream.Elements(), convert.Elements(), testio.Elements(), file.Elements(), mix.Elements()} {
		own = append(own, some...)
	}
	own = append(own, peer{})
	triggers := append(stream.Triggers(), rest.Triggers()...)
	triggers = append(triggers, element.Trigger{Event: "test.call", About: "A test.", Path: true, Sessions: []string{"peer"}})
	reg, err := element.NewRegistry(snapshot, own, triggers)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func (k *kit) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := k.door.Close(ctx)
	k.Close()
	http.DefaultClient.CloseIdleConnections()
	if err := errors.Join(err, k.engine.Stop(ctx), k.graphs.Stop(ctx)); err != nil {
		k.t.Error(err)
	}
}

func (k *kit) runtime(string) (run.Runtime, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.open != nil {
		return k.open()
	}
	r := fake.New()
	k.runs = append(k.runs, r)
	return lively{r}, nil
}

// lively is a fake whose media comes as soon as it plays.
type lively struct{ *fake.Runtime }

// Start implements run.Runtime.
func (l lively) Start(ctx context.Context) error {
	err := l.Runtime.Start(ctx)
	if err == nil {
		l.Play("in")
	}
	return err
}

// last is the Runtime that was opened last.
func (k *kit) last() *fake.Runtime {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.runs[len(k.runs)-1]
}

func (k *kit) write(name, text string) {
	k.t.Helper()
	path := filepath.Join(k.folder, filepath.FromSlash(name)+".yaml")
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)); err != nil {
		k.t.Fatal(err)
	}
}

// publish publishes a stream by hand.
func (k *kit) publish(name string, codecs ...media.Codec) *hub.Publication {
	k.t.Helper()
	var d media.Description
	for _, c := range codecs {
		d.Tracks = append(d.Tracks, media.NewTrack(c))
	}
	h, ok := k.engine.Streams().(*hub.Hub)
	if !ok {
		k.t.Fatal("the engine's streams are no hub")
	}
	p, err := h.Publish(k.t.Context(), name, d, hub.PublishOptions{})
	if err != nil {
		k.t.Fatal(err)
	}
	return p
}

// client calls the API.
func (k *kit) client() resttest.Client { return resttest.Client{Base: k.URL} }

// call makes a request, as resttest.Client has it.
func (k *kit) call(what string, body any, headers ...string) answer {
	k.t.Helper()
	a := k.client().Call(k.t, what, body, headers...)
	return answer{a.Response, a.Text}
}

// answer is what came back.
type answer struct {
	*http.Response
	text string
}

// want makes a request that is to succeed, and reads the answer.
func want[T any](k *kit, status int, what string, body any, headers ...string) T {
	k.t.Helper()
	a := k.call(what, body, headers...)
	if a.StatusCode != status {
		k.t.Fatalf("%s: %d %s", what, a.StatusCode, a.text)
	}
	var v T
	if a.text != "" {
		if err := json.Unmarshal([]byte(a.text), &v); err != nil {
			k.t.Fatalf("%s: %v in %s", what, err, a.text)
		}
	}
	return v
}

// refused makes a request that is to fail.
func (k *kit) refused(status int, code fault.Code, what string, body any, headers ...string) problem.Problem {
	k.t.Helper()
	a := k.call(what, body, headers...)
	var p problem.Problem
	if err := json.Unmarshal([]byte(a.text), &p); err != nil {
		k.t.Errorf("%s: %v in %q", what, err, a.text)
	}
	if a.StatusCode != status || p.Status != status || p.Code != string(code) || a.Header.Get("Content-Type") != problem.ContentType || p.Title == "" {
		k.t.Errorf("%s: %s %s, want %d %s", what, a.Status, a.text, status, code)
	}
	return p
}

// eventually asks until the answer is as it should be.
func (k *kit) eventually(what string, good func() bool) {
	k.t.Helper()
	deadline := time.NewTimer(10 * time.Second)
	defer deadline.Stop()
	for tick := time.NewTicker(time.Millisecond); ; {
		if good() {
			tick.Stop()
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			k.t.Fatalf("%s: not in time", what)
		}
	}
}

// sound fails if the graphs are not as they were written.
func (k *kit) sound() {
	k.t.Helper()
	for _, d := range k.graphs.Current().Diagnostics() {
		k.t.Error(d)
	}
}
