package hls_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api"
	"sluice/api/doortest"
	"sluice/api/hls"
	"sluice/api/hls/catalog"
	"sluice/api/hls/outlet"
	"sluice/elements/ports"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/graphs"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// publish is a graph by which a test publishes.
const publish = `graph: v1
about: A test publishes.
route:
  - fake.publish /{stream...}
nodes:
  in: fake.in
  out: stream.out name=$stream
links:
  - in -> out
`

// server is an engine with the shipped graphs of HLS, and the door. Time is the bubble's.
type server struct {
	t       testing.TB
	engine  *engine.Engine
	door    *hls.Door
	catalog *catalog.Catalog
	raised  atomic.Int32
	present *api.Sessions
}

// Raise implements hls.Engine.
func (s *server) Raise(ctx context.Context, ev engine.Event) error {
	s.raised.Add(1)
	_, err := s.engine.Raise(ctx, ev)
	return err
}

// Has implements hls.Engine.
func (s *server) Has(name string) bool { return s.engine.Streams().Has(name) }

// serve starts a server; change sees the door's options before. With it come the graphs given, by name.
func serve(t testing.TB, more map[string]string, change ...func(*hls.Options)) *server {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	files := fstest.MapFS{"publish.yaml": {Data: []byte(publish)}, "hls.yaml": {Data: []byte(shipped(t, "live/hls"))}}
	for name, text := range more {
		files[name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	elements := outlet.Elements()
	s := &server{t: t, catalog: elements[0].(outlet.Out).Catalog(), present: api.NewSessions()}
	trigger := element.Trigger{Event: "fake.publish", About: "A test.", Path: true, Sessions: []string{"peer"}}
	s.engine = doortest.Engine(t, log, doortest.Parts{
		Elements: append(elements, fakeIn{}), Triggers: append(hls.Triggers(), trigger), Graphs: files,
	})
	o := hls.Options{Engine: s, Catalog: s.catalog, Grace: 10 * time.Second, Present: s.present, Log: log}
	for _, c := range change {
		c(&o)
	}
	var err error
	if s.door, err = hls.New(o); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.door.Serve(context.WithoutCancel(t.Context())) }()
	t.Cleanup(func() {
		doortest.Close(t, s.door.Close)
		if err := enginetest.Await(t, "the end of Serve", served); err != nil {
			t.Error(err)
		}
		doortest.Stop(t, s.engine)
	})
	return s
}

func shipped(t testing.TB, name string) string {
	t.Helper()
	text, err := graphs.FS.ReadFile(name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// speaker publishes AAC: 48,000 samples a second, 1024 in a unit.
type speaker struct {
	tracks []media.Track
	fed    chan *hub.Publication
	over   func(error)
	pub    *hub.Publication
	at     time.Duration
}

func newSpeaker() *speaker {
	track := media.NewTrack(media.AAC)
	track.ClockRate, track.Channels, track.Extra = 48_000, 2, [][]byte{{0x11, 0x90}} // ISO 14496-3 1.6.2.1: LC, 48 kHz, stereo
	return &speaker{tracks: []media.Track{track}, fed: make(chan *hub.Publication, 1)}
}

// speaks begins to publish a stream.
func (s *server) speaks(name string) *speaker {
	s.t.Helper()
	p := newSpeaker()
	if _, err := s.engine.Raise(s.t.Context(), engine.Event{Name: "fake.publish", Path: "/" + name, Sessions: map[string]any{"peer": p}}); err != nil {
		s.t.Fatal(err)
	}
	p.pub = enginetest.Await(s.t, "somebody to feed", p.fed)
	p.at = p.pub.Timeline().At(time.Now())
	return p
}

// say publishes so much sound, in the time that it takes.
func (p *speaker) say(t testing.TB, length time.Duration) {
	t.Helper()
	const frame = 1024 * time.Second / 48_000
	for end := p.at + length; p.at < end; p.at += frame {
		time.Sleep(frame) //nolint:forbidigo // it is the bubble's time, which is what is tested
		if err := p.pub.WriteUnits(0, []media.Unit{{PTS: p.at, DTS: p.at, Key: true, AU: [][]byte{make([]byte, 300)}}}); err != nil {
			t.Error(err)
			return
		}
	}
}

// leaves ends the publication.
func (p *speaker) leaves() { p.over(nil) }

// fakeIn is the element of a speaker.
type fakeIn struct{}

func (fakeIn) Spec() element.Spec {
	return element.Spec{
		Name: "fake.in", About: "A source.", Domain: element.Go, Klass: "Source", Ports: ports.Gives([]media.Codec{media.AAC}, nil),
		Sessions: []string{"peer"}, Fields: []element.Field{ports.Session()},
	}
}

func (fakeIn) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, ok := env.Sessions.Session(conf.Text("session"))
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "there is no peer")
	}
	s := p.(*speaker)
	s.over = env.Over
	return source{s}, nil
}

type source struct{ *speaker }

func (source) Start(context.Context) error { return nil }
func (source) Stop(context.Context) error  { return nil }
func (s source) Describe(context.Context) (media.Description, error) {
	return media.Description{Tracks: s.tracks}, nil
}
func (source) Form() hub.Form            { return hub.Units }
func (s source) Feed(p *hub.Publication) { s.fed <- p }
func (source) RequestKey(int)            {}
func (source) Demand(int)                {}
func (source) Idle(int)                  {}
func (source) Ended(error)               {}

// ask asks the door for something. Headers are given as "Name: value".
func (s *server) ask(method, target string, headers ...string) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequestWithContext(s.t.Context(), method, target, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return s.send(r)
}

func (s *server) send(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.door.Handler().ServeHTTP(w, r)
	return w
}

// get is ask for what has to be there.
func (s *server) get(target string, headers ...string) string {
	s.t.Helper()
	w := s.ask("GET", target, headers...)
	if w.Code != http.StatusOK {
		s.t.Errorf("%s: %d %s", target, w.Code, w.Body)
	}
	return w.Body.String()
}

// addresses are the lines of a playlist that are addresses.
func addresses(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

// open asks for a stream, and gives the address of its media playlist.
func (s *server) open(stream, query string) string {
	s.t.Helper()
	list := addresses(s.get("/" + stream + "/index.m3u8" + query))
	if len(list) != 1 {
		s.t.Errorf("%q is not one playlist", list)
		return "/"
	}
	return "/" + stream + "/" + list[0]
}

// running counts the instances of a graph.
func (s *server) running(graph string) int {
	n := 0
	for _, i := range s.engine.Instances().Instances() {
		if i.Status().Graph == graph {
			n++
		}
	}
	return n
}
