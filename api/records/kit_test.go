package records_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/doortest"
	"sluice/api/records"
	"sluice/api/records/name"
	"sluice/api/records/outlet"
	"sluice/api/records/recordtest"
	"sluice/api/records/shelf"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/run/instance"
	"sluice/graphs"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

const patience = 30 * time.Second

// server is an engine with recordings.
type server struct {
	t      testing.TB
	engine *engine.Engine
	film   recordtest.Film
	camera *doortest.Camera
	door   *records.Door
	shelf  *shelf.Shelf
	folder string
	web    *httptest.Server
}

// serve starts one. change changes what its door is made with.
func serve(t testing.TB, change func(*records.Options)) *server {
	t.Helper()
	s := &server{t: t, folder: t.TempDir(), film: recordtest.Shoot(t, media.H264, media.AAC)}
	s.camera = doortest.NewCamera(s.film.Tracks...)
	graph, err := graphs.FS.ReadFile("live/record.yaml")
	if err != nil {
		t.Fatal(err)
	}
	own := append(outlet.Elements(), s.camera)
	s.shelf = own[0].(outlet.Out).Shelf()
	start := element.Trigger{Event: "rest.start", About: "Somebody starts the graph by its name."}
	s.engine = doortest.Engine(t, slog.New(slog.DiscardHandler), doortest.Parts{
		Elements: own, Triggers: append(records.Triggers(), doortest.PublishTrigger(), start),
		Graphs: fstest.MapFS{"live/record.yaml": {Data: graph}, "publish.yaml": {Data: []byte(doortest.PublishGraph)}},
	})
	template, err := name.Parse("{streamName}")
	if err != nil {
		t.Fatal(err)
	}
	o := records.Options{Engine: s.engine, Shelf: s.shelf, Folder: shelf.Options{Folder: s.folder, Template: template}}
	if change != nil {
		change(&o)
	}
	if s.door, err = records.New(o); err != nil {
		t.Fatal(err)
	}
	doortest.Serve(t, s.engine, s.door)
	s.web = httptest.NewServer(s.door.Handler())
	t.Cleanup(s.web.Close)
	return s
}

// publish publishes a stream, whose graph ends when the test does.
func (s *server) publish(stream string) (*hub.Publication, *instance.Instance) {
	s.t.Helper()
	inst, err := s.engine.Raise(s.t.Context(), engine.Event{Name: "test.publish", Path: "/" + stream})
	if err != nil {
		s.t.Fatal(err)
	}
	return enginetest.Await(s.t, "somebody to feed", s.camera.Fed), inst
}

// play writes the whole film once to who reads it, from a time on.
func (s *server) play(p *hub.Publication, at time.Duration) {
	s.t.Helper()
	for _, i := range s.film.Items {
		u := *i.Unit
		u.PTS, u.DTS = u.PTS+at, u.DTS+at
		if err := p.WriteUnits(i.Track, []media.Unit{u}); err != nil {
			s.t.Fatal(err)
		}
	}
}

// await looks again and again.
func (s *server) await(what string, is func() bool) {
	s.t.Helper()
	over := time.After(patience)
	for !is() {
		select {
		case <-over:
			s.t.Fatal("it does not come to be: ", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// put has a finished recording lie in the folder, as if it had been there before.
func put(t testing.TB, folder, file, text string, ended time.Time) {
	t.Helper()
	at := filepath.Join(folder, file)
	if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
		t.Fatal(err)
	}
	stream := strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	side := `{"stream":"` + stream + `","ended":"` + ended.Format(time.RFC3339) + `","duration":1000,"reason":"ended"}`
	for path, text := range map[string]string{at: text, at + ".json": side} {
		if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

// get asks for an address.
func (s *server) get(path string, header ...string) (status int, head http.Header, body string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.web.URL+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }() // all of it is read
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}
