package mixer_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/mixer"
	"sluice/elements/convert"
	"sluice/elements/mix"
	"sluice/elements/ports"
	"sluice/elements/stream"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/event"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/coders"
	"sluice/engine/run/fake"
	"sluice/engine/run/instance"
	"sluice/engine/store"
	"sluice/testdata/registry"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is how long is waited for what should happen at once.
const patience = 30 * time.Second

// guestGraph publishes a stream.
const guestGraph = `graph: v1
about: A guest.
params:
  name: string
route:
  - rest.start
nodes:
  in: guest.in
  out: stream.out name=$name
links:
  - in -> out
policy:
  end: never
`

// guestIn is guest.in, a source that says that it gives VP8 and Opus, and gives nothing.
type guestIn struct{ hub.Unasked }

func (*guestIn) Spec() element.Spec {
	return element.Spec{
		Name: "guest.in", About: "A guest.", Domain: element.Go, Klass: "Source",
		Ports: ports.Gives(ports.All(media.Audio), ports.All(media.Video)),
	}
}
func (g *guestIn) New(context.Context, element.Env, element.Conf) (element.Element, error) {
	return g, nil
}
func (*guestIn) Start(context.Context) error { return nil }
func (*guestIn) Stop(context.Context) error  { return nil }
func (*guestIn) Form() hub.Form              { return hub.Units }
func (*guestIn) Feed(*hub.Publication)       {}
func (*guestIn) Ended(error)                 {}
func (*guestIn) Describe(context.Context) (media.Description, error) {
	return media.Description{Tracks: []media.Track{media.NewTrack(media.VP8), media.NewTrack(media.Opus)}}, nil
}

// house is an engine without GStreamer, and mixers in it.
type house struct {
	*mixer.Mixers
	t      *testing.T
	engine *engine.Engine
	specs  coders.Specs
	clock  *enginetest.Clock
	guests map[string]*instance.Instance

	mu     sync.Mutex
	opened []*fake.Runtime
	worse  func(*fake.Runtime) // is done to each that is opened; nil: nothing
}

// usual are settings of mixers.
func usual() mixer.Settings {
	return mixer.Settings{
		Audio: true, Video: true, Width: 640, Height: 360, FPS: 15, Bitrate: 500_000, Layout: "grid", MCUAudio: true, MCUVideo: true,
	}
}

// open makes a house. Mixers of its own begin by themselves if they are to.
func open(t *testing.T, o mixer.Options) *house {
	t.Helper()
	return openWith(t, o, func(graph string) string { return graph })
}

// openWith makes a house in which the shipped graphs are others.
func openWith(t *testing.T, o mixer.Options, edit func(graph string) string) *house {
	t.Helper()
	h := &house{t: t, clock: enginetest.NewClock(), guests: map[string]*instance.Instance{}}
	h.engine = h.start(t, edit)
	o.Engine, o.Log, o.Clock = h.engine, slog.New(slog.NewTextHandler(t.Output(), nil)), h.clock
	h.Mixers = mixer.New(o)
	served := make(chan error, 1)
	go func() { served <- h.Serve(context.WithoutCancel(t.Context())) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		for _, err := range []error{h.Close(ctx), <-served, h.engine.Stop(ctx)} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	return h
}

func (h *house) start(t *testing.T, edit func(string) string) *engine.Engine {
	t.Helper()
	files := fstest.MapFS{"guest.yaml": {Data: []byte(guestGraph)}}
	for _, name := range []string{"wcs/mixer.yaml", "fragments/member.yaml", "fragments/participant.yaml", "fragments/speech.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "graphs", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: []byte(edit(string(text)))}
	}
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	own := slices.Concat([]element.Declared{&guestIn{}}, stream.Elements(), convert.Elements(), mix.Elements())
	reg, err := element.NewRegistry(snapshot, own, append(stream.Triggers(), element.Trigger{Event: "rest.start", About: "By hand."}))
	if err != nil {
		t.Fatal(err)
	}
	h.specs = reg.Spec
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	graphs, err := store.New(store.Options{Base: files, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range graphs.Current().Diagnostics() {
		t.Fatal(d)
	}
	e, err := engine.New(engine.Options{Log: log, Registry: reg, Store: graphs, Open: h.openRuntime})
	if err == nil {
		err = e.Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (h *house) openRuntime(string) (run.Runtime, error) {
	r := fake.New()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.worse != nil {
		h.worse(r)
	}
	h.opened = append(h.opened, r)
	return &playing{Runtime: r}, nil
}

// playing is a Runtime from which media comes as soon as it is started.
type playing struct {
	*fake.Runtime
	host run.Host
	plan *plan.Plan
}

// Prepare implements run.Runtime.
func (r *playing) Prepare(ctx context.Context, p *plan.Plan, host run.Host) (run.Inlets, error) {
	r.host, r.plan = host, p
	return r.Runtime.Prepare(ctx, p, host)
}

// Start implements run.Runtime.
func (r *playing) Start(ctx context.Context) error {
	if err := r.Runtime.Start(ctx); err != nil {
		return err
	}
	for _, b := range r.plan.Bridges {
		if port := r.host.Outlet(b.Name); b.Direction == plan.OutOfGst && b.Branch == "" && port != nil {
			port.Codec(media.NewTrack(b.Format.Codec))
		}
	}
	for _, n := range r.plan.Nodes {
		r.host.Tell(run.Notice{Kind: run.FirstMedia, Node: n.Name})
	}
	return nil
}

// publish has somebody publish a stream until unpublish.
func (h *house) publish(name string) {
	h.t.Helper()
	inst, err := h.engine.Run(h.t.Context(), engine.Start{Graph: "guest", Params: map[string]any{"name": name}})
	if err != nil {
		h.t.Fatal(err)
	}
	h.guests[name] = inst
	h.until(name+" is there", func() bool { return h.engine.Streams().Has(name) })
}

func (h *house) unpublish(name string) {
	h.t.Helper()
	if err := h.guests[name].Stop(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	delete(h.guests, name)
}

// until looks, whenever something happens, whether something is as it should be.
func (h *house) until(what string, good func() bool) {
	h.t.Helper()
	sub := h.engine.Bus().Subscribe(64, func(event.Event) bool { return true })
	defer sub.Close()
	deadline, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	for !good() {
		// Some of it is not told on the bus.
		ctx, done := context.WithTimeout(deadline, 20*time.Millisecond)
		_, _, _ = sub.Next(ctx)
		done()
		if deadline.Err() != nil {
			h.t.Fatalf("%s: not in time", what)
		}
	}
}

// begun starts a mixer.
func (h *house) begun(name string, s mixer.Settings) *mixer.Mixer {
	h.t.Helper()
	m, err := h.Start(h.t.Context(), name, name+"-out", s)
	if err != nil {
		h.t.Fatal(err)
	}
	return m
}

// in are the streams in a mixer.
func in(m *mixer.Mixer) []string {
	out := []string{}
	for _, g := range m.Guests() {
		out = append(out, g.Stream)
	}
	slices.Sort(out)
	return out
}

// fields are those of a node of the mixer's graph as they are now, as text.
func (h *house) fields(output, node string) map[string]string {
	h.t.Helper()
	out := map[string]string{}
	for _, i := range h.engine.Instances().Instances() {
		p := i.Plan()
		for _, n := range p.Nodes {
			if n.Name != "out" || len(n.Settings) == 0 || n.Settings[0].Text != output {
				continue
			}
			for _, n := range p.Nodes {
				if n.Name == node {
					for _, s := range n.Settings {
						out[s.Name] = s.Text
					}
				}
			}
		}
	}
	return out
}
