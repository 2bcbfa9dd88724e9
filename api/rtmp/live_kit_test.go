package rtmp_test

import (
	"log/slog"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/doortest"
	"sluice/api/rtmp"
	"sluice/api/visitor"
	"sluice/engine"
	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is how long a test waits for what should happen at once.
const patience = 30 * time.Second

// server is an engine with the door on a real port.
type server struct {
	t      testing.TB
	engine *engine.Engine
	door   *rtmp.Door
	host   string // and port
}

func serve(t testing.TB, change ...func(*rtmp.Options)) *server {
	t.Helper()
	return serveGraphs(t, doortest.Graphs("rtmp"), change...)
}

// serveGraphs starts a server with graphs of its own.
func serveGraphs(t testing.TB, text string, change ...func(*rtmp.Options)) *server {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	e := doortest.Engine(t, log, doortest.Parts{
		Elements: rtmp.Elements(), Triggers: rtmp.Triggers(), Graphs: fstest.MapFS{"rtmp.yaml": {Data: []byte(text)}},
	})
	o := rtmp.Options{Engine: visitor.UseEngine(e), Claims: e.Claims, Bus: e.Bus(), Listen: []string{"127.0.0.1:0"}, Log: log}
	for _, c := range change {
		c(&o)
	}
	door, err := rtmp.New(o)
	if err != nil {
		t.Fatal(err)
	}
	doortest.Serve(t, e, door)
	return &server{t: t, engine: e, door: door, host: door.Addresses()[0].String()}
}

// await is doortest.Await.
func (s *server) await(name, stream string) func() {
	s.t.Helper()
	return doortest.Await(s.t, s.engine, name, stream)
}
