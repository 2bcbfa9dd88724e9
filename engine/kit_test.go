package engine_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"sluice/elements/convert"
	"sluice/elements/ports"
	"sluice/elements/stream"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/run/instance"
	"sluice/engine/store"
	"sluice/testdata/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const publish = "graph: v1\nabout: In.\nroute:\n  - fake.publish /{stream...}\nnodes:\n  in: fake.in\n  out: stream.out name=$stream\nlinks:\n  - in -> out\n"

const play = "graph: v1\nabout: Out.\nroute:\n  - fake.play /{stream...}\nnodes:\n  in: stream.in name=$stream wait=5s\n  out: fake.out\nlinks:\n  - in -> out\n"

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

// peer is the other end of both fake elements.
type peer struct {
	tracks []media.Track
	want   media.Want
	fed    chan *hub.Publication
	keys   chan int
	read   chan int // tracks of a source that found their first reader
	units  chan media.Unit
	left   chan error
	over   func(error)
	mu     sync.Mutex
	reader *hub.Reader
	reach  element.Reach // that its element was made with
}

func newPeer(tracks ...media.Track) *peer {
	return &peer{
		tracks: tracks, fed: make(chan *hub.Publication, 1), keys: make(chan int, 16), read: make(chan int, 16), units: make(chan media.Unit, 256),
		left: make(chan error, 1), want: media.Want{Video: []media.Codec{media.VP8}, Audio: []media.Codec{media.Opus}},
	}
}

// source is fake.in: it gives what its peer writes to the publication that it is fed.
type source struct{ *peer }

func (source) Start(context.Context) error { return nil }
func (source) Stop(context.Context) error  { return nil }
func (s source) Describe(context.Context) (media.Description, error) {
	return media.Description{Tracks: s.tracks}, nil
}
func (source) Form() hub.Form            { return hub.Units }
func (s source) Feed(p *hub.Publication) { s.fed <- p }
func (s source) RequestKey(track int)    { s.keys <- track }
func (s source) Demand(track int)        { s.read <- track }
func (source) Idle(int)                  {}
func (s source) Ended(reason error)      { s.over(reason) }

// sink is fake.out: its peer gets all units.
type sink struct{ *peer }

func (sink) Start(context.Context) error { return nil }
func (sink) Stop(context.Context) error  { return nil }
func (s sink) Want() media.Want          { return s.want }
func (s sink) Attach(r *hub.Reader) {
	s.mu.Lock()
	s.reader = r
	s.mu.Unlock()
	r.Resume()
}
func (sink) Begin([]media.Track) {}
func (s sink) Push(_ int, items []*media.Unit) int {
	for _, u := range items {
		s.units <- *u
	}
	return len(items)
}
func (s sink) End(reason error) {
	s.left <- reason
	s.over(reason)
}

type fakeIn struct{}

func (fakeIn) Spec() element.Spec {
	return element.Spec{
		Name: "fake.in", About: "A source.", Domain: element.Go, Klass: "Source",
		Ports: ports.Gives(ports.All(media.Audio), ports.All(media.Video)), Sessions: []string{"peer"},
		Fields: []element.Field{ports.Session()},
	}
}

func (fakeIn) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, ok := env.Sessions.Session(conf.Text("session"))
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "there is no peer")
	}
	p.(*peer).over, p.(*peer).reach = env.Over, env.Reach
	return source{p.(*peer)}, nil
}

type fakeOut struct{}

func (fakeOut) Spec() element.Spec {
	return element.Spec{
		Name: "fake.out", About: "A sink.", Domain: element.Go, Klass: "Sink",
		Ports: ports.Takes(ports.All(media.Audio), ports.All(media.Video)), Sessions: []string{"peer"},
		Fields: []element.Field{ports.Session()},
	}
}

func (fakeOut) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, ok := env.Sessions.Session(conf.Text("session"))
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "there is no peer")
	}
	p.(*peer).over = env.Over
	return sink{p.(*peer)}, nil
}

// bench is an engine with the graphs given, and the fakes that its instances ran on.
type bench struct {
	*engine.Engine
	store *store.Store
	begun chan *noted
}

// noted is a fake whose inlets say what they take.
type noted struct {
	*fake.Runtime
	taken chan media.Unit
	hosts chan run.Host // which it was prepared for
}

// Prepare implements run.Runtime.
func (n *noted) Prepare(ctx context.Context, p *plan.Plan, host run.Host) (run.Inlets, error) {
	n.hosts <- host
	in, err := n.Runtime.Prepare(ctx, p, host)
	for name, port := range in {
		in[name] = saying{port, n.taken}
	}
	return in, err
}

// prepared waits until it was prepared, and gives the host that it was prepared for.
func (n *noted) prepared(t *testing.T) run.Host {
	t.Helper()
	host := await(t, "a host", n.hosts)
	n.hosts <- host // for who asks again
	return host
}

type saying struct {
	run.Port
	taken chan media.Unit
}

func (s saying) Unit(u *media.Unit) bool {
	s.taken <- *u
	return s.Port.Unit(u)
}

func start(t *testing.T, graphs map[string]string) *bench {
	t.Helper()
	files := fstest.MapFS{}
	for name, text := range graphs {
		files[name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return startWith(t, store.Options{Base: files})
}

func startWith(t *testing.T, opt store.Options, more ...element.Declared) *bench {
	t.Helper()
	return startTuned(t, opt, func(*engine.Options) {}, more...)
}

// startTuned is startWith for an engine of which tune changes what it likes.
func startTuned(t *testing.T, opt store.Options, tune func(*engine.Options), more ...element.Declared) *bench {
	t.Helper()
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	own := slices.Concat([]element.Declared{fakeIn{}, fakeOut{}, fakeShow{}}, stream.Elements(), convert.Elements(), more)
	triggers := append(stream.Triggers(), element.Trigger{Event: "boot", About: "The server has started."})
	for _, name := range []string{"fake.publish", "fake.play", "fake.small"} {
		triggers = append(triggers, element.Trigger{Event: name, About: "A test.", Path: true, Sessions: []string{"peer"}})
	}
	reg, err := element.NewRegistry(snapshot, own, triggers)
	if err != nil {
		t.Fatal(err)
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	graphStore, err := store.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	if err := graphStore.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := &bench{store: graphStore, begun: make(chan *noted, 16)}
	options := engine.Options{Log: opt.Log, Registry: reg, Store: graphStore, Open: b.open}
	tune(&options)
	b.Engine, err = engine.New(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := errors.Join(b.Stop(ctx), graphStore.Stop(ctx)); err != nil {
			t.Error(err)
		}
	})
	return b
}

func (b *bench) open(string) (run.Runtime, error) {
	n := &noted{Runtime: fake.New(), taken: make(chan media.Unit, 256), hosts: make(chan run.Host, 16)}
	b.begun <- n
	return n, nil
}

// running finds the one instance of a graph.
func (b *bench) running(t *testing.T, graph string) *instance.Instance {
	t.Helper()
	var found *instance.Instance
	for _, i := range b.Instances().Instances() {
		if i.Plan().Graph != graph {
			continue
		}
		if found != nil {
			t.Fatalf("two instances of %s run", graph)
		}
		found = i
	}
	if found == nil {
		t.Fatalf("no instance of %s runs", graph)
	}
	return found
}

// await begins to listen for an event, and gives what waits for it.
func (b *bench) await(t *testing.T, name string) func() {
	sub := b.Bus().Subscribe(8, func(e event.Event) bool { return e.Name == name })
	t.Cleanup(sub.Close)
	return func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, _, err := sub.Next(ctx); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
}

// await takes what comes on a channel.
func await[T any](t *testing.T, what string, ch <-chan T) T {
	t.Helper()
	var v T
	select {
	case v = <-ch:
	case <-time.After(10 * time.Second):
		t.Fatalf("%s did not come", what)
	}
	return v
}
