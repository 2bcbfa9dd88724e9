package metrics

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"go.uber.org/goleak"

	"sluice/elements/ports"
	"sluice/elements/stream"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/run/instance"
	"sluice/engine/store"
	"sluice/testdata/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const publishing = "graph: v1\nabout: In.\nroute:\n  - fake.publish /{stream...}\nnodes:\n  in: fake.in\n" +
	"  out: stream.out name=$stream\nlinks:\n  - in -> out\n"

const playing = "graph: v1\nabout: Out.\nroute:\n  - fake.play /{stream...}\nnodes:\n  in: stream.in name=$stream\n" +
	"  out: fake.out\nlinks:\n  - in -> out\n"

// camera is fake.in: it gives what is written to the publication that it is fed.
type camera struct{ fed chan *hub.Publication }

func (camera) Start(context.Context) error { return nil }
func (camera) Stop(context.Context) error  { return nil }
func (camera) Describe(context.Context) (media.Description, error) {
	return media.Description{Tracks: []media.Track{media.NewTrack(media.VP8), media.NewTrack(media.Opus)}}, nil
}
func (camera) Form() hub.Form            { return hub.Units }
func (c camera) Feed(p *hub.Publication) { c.fed <- p }
func (camera) RequestKey(int)            {}
func (camera) Demand(int)                {}
func (camera) Idle(int)                  {}
func (camera) Ended(error)               {}

// screen is fake.out: it takes everything, and says when.
type screen struct{ came chan struct{} }

func (screen) Start(context.Context) error { return nil }
func (screen) Stop(context.Context) error  { return nil }
func (screen) Want() media.Want {
	return media.Want{Video: []media.Codec{media.VP8}, Audio: []media.Codec{media.Opus}}
}
func (screen) Attach(r *hub.Reader) { r.Resume() }
func (screen) Begin([]media.Track)  {}
func (s screen) Push(_ int, items []*media.Unit) int {
	select {
	case s.came <- struct{}{}:
	default:
	}
	return len(items)
}
func (screen) End(error) {}

// fake declares an element whose instances are the peers of their events.
type fake struct{ spec element.Spec }

func (f fake) Spec() element.Spec { return f.spec }

func (fake) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, ok := env.Sessions.Session(conf.Text("session"))
	if !ok {
		return nil, errors.New("there is no peer")
	}
	return p.(element.Element), nil
}

func fakes() []element.Declared {
	audio, video := ports.All(media.Audio), ports.All(media.Video)
	one := func(name, klass string) element.Spec {
		return element.Spec{
			Name: name, About: "A fake.", Domain: element.Go, Klass: klass, Sessions: []string{"peer"}, Fields: []element.Field{ports.Session()},
		}
	}
	in, out := one("fake.in", "Source"), one("fake.out", "Sink")
	in.Ports, out.Ports = ports.Gives(audio, video), ports.Takes(audio, video)
	return []element.Declared{fake{in}, fake{out}}
}

// stage is an engine, and the metrics of it.
type stage struct {
	*engine.Engine
	t    testing.TB
	door *Door
}

// newStage starts one. change may add sources.
func newStage(t testing.TB, change func(*Options)) *stage {
	t.Helper()
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	triggers := stream.Triggers()
	for _, name := range []string{"fake.publish", "fake.play"} {
		triggers = append(triggers, element.Trigger{Event: name, About: "A test.", Path: true, Sessions: []string{"peer"}})
	}
	reg, err := element.NewRegistry(snapshot, append(fakes(), stream.Elements()...), triggers)
	if err != nil {
		t.Fatal(err)
	}
	graphs, err := store.New(store.Options{Base: fstest.MapFS{
		"publish.yaml": {Data: []byte(publishing)}, "play.yaml": {Data: []byte(playing)},
	}, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := graphs.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Options{Registry: reg, Store: graphs})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{
		Sources: Sources{Engine: e, Graphs: graphs.Current, Elements: reg.Spec, Version: "v0"}, Admit: func(*http.Request) (string, error) { return "", nil },
	}
	if change != nil {
		change(&o)
	}
	door, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := errors.Join(door.Close(ctx), e.Stop(ctx), graphs.Stop(ctx)); err != nil {
			t.Error(err)
		}
	})
	return &stage{Engine: e, t: t, door: door}
}

// publish publishes a stream.
func (s *stage) publish(name string) (*instance.Instance, *hub.Publication) {
	s.t.Helper()
	c := camera{make(chan *hub.Publication, 1)}
	i, err := s.Raise(s.t.Context(), engine.Event{Name: "fake.publish", Path: "/" + name, Sessions: map[string]any{"peer": c}})
	if err != nil {
		s.t.Fatal(err)
	}
	return i, enginetest.Await(s.t, "somebody to feed", c.fed)
}

// play plays one.
func (s *stage) play(name string) (*instance.Instance, screen) {
	s.t.Helper()
	v := screen{make(chan struct{}, 1)}
	i, err := s.Raise(s.t.Context(), engine.Event{Name: "fake.play", Path: "/" + name, Sessions: map[string]any{"peer": v}})
	if err != nil {
		s.t.Fatal(err)
	}
	return i, v
}

// write writes a key frame of video.
func (s *stage) write(p *hub.Publication, at time.Duration) {
	s.t.Helper()
	if err := p.WriteUnits(0, []media.Unit{{PTS: at, DTS: at, Key: true, AU: [][]byte{{0x10, 0, 0}}}}); err != nil {
		s.t.Fatal(err)
	}
}

// end ends an instance.
func (s *stage) end(i *instance.Instance) {
	s.t.Helper()
	if err := i.Stop(s.t.Context()); err != nil {
		s.t.Error(err)
	}
}

// get asks the door for metrics.
func (s *stage) get(header ...string) *http.Response {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), http.MethodGet, Path, http.NoBody)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.door.Handler().ServeHTTP(w, r)
	return w.Result()
}

// text is all metrics.
func (s *stage) text() string {
	s.t.Helper()
	r := s.get()
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		s.t.Fatalf("%s, %v: %s", r.Status, err, b)
	}
	return string(b)
}

// parsed reads metrics as Prometheus does.
func parsed(t testing.TB, text string) map[string]*dto.MetricFamily {
	t.Helper()
	p := expfmt.NewTextParser(model.LegacyValidation)
	all, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// series are the values of all of our metrics by name and labels; counters says which of them may only rise.
func series(t testing.TB, text string) (values map[string]float64, counters map[string]bool) {
	t.Helper()
	values, counters = map[string]float64{}, map[string]bool{}
	note := func(name string, m *dto.Metric, v float64, rises bool) {
		id := name
		for _, l := range m.GetLabel() {
			id += fmt.Sprintf(" %s=%q", l.GetName(), l.GetValue())
		}
		values[id], counters[id] = v, rises
	}
	for name, f := range parsed(t, text) {
		if !strings.HasPrefix(name, "sluice_") {
			continue
		}
		for _, m := range f.GetMetric() {
			switch f.GetType() { //nolint:exhaustive // there are no others
			case dto.MetricType_COUNTER:
				note(name, m, m.GetCounter().GetValue(), true)
			case dto.MetricType_GAUGE:
				note(name, m, m.GetGauge().GetValue(), false)
			case dto.MetricType_HISTOGRAM:
				h := m.GetHistogram()
				note(name+"_sum", m, h.GetSampleSum(), true)
				note(name+"_count", m, float64(h.GetSampleCount()), true)
				for _, b := range h.GetBucket() {
					note(fmt.Sprintf("%s_bucket le=%v", name, b.GetUpperBound()), m, float64(b.GetCumulativeCount()), true)
				}
			default:
				t.Errorf("%s is a %s", name, f.GetType())
			}
		}
	}
	return values, counters
}
