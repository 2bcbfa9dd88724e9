package rtsp_test

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/doortest"
	"sluice/api/rtsp"
	"sluice/api/whip"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/graphs"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is how long a test waits for what should happen at once.
const patience = 30 * time.Second

// server is an engine with the shipped graphs of RTSP and the door, on real ports of the loopback.
type server struct {
	t      testing.TB
	engine *engine.Engine
	door   *rtsp.Door
	addr   string // host:port of RTSP
	secure string // of RTSPS; "" if there is none
}

// serve starts a server; change sees the door's options before.
func serve(t testing.TB, change ...func(*rtsp.Options)) *server {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	e := newEngine(t, log)
	o := rtsp.Options{
		Engine: rtsp.UseEngine(e), Claims: e.Claims, Listen: []string{"127.0.0.1:0"}, UDP: "127.0.0.1:0", Log: log,
	}
	for _, c := range change {
		c(&o)
	}
	door, err := rtsp.New(o)
	if err != nil {
		t.Fatal(err)
	}
	doortest.Serve(t, e, door)
	s := &server{t: t, engine: e, door: door, addr: door.Addresses()[0].String()}
	if len(door.Addresses()) > 1 {
		s.secure = door.Addresses()[1].String()
	}
	return s
}

// soundAlone is a graph with settings of its own for those who ask below an application.
const soundAlone = `graph: v1
about: Players of /sound/NAME hear NAME, and see nothing.
route:
  - rtsp.play /sound/{stream...}
nodes:
  in: stream.in name=$stream wait=5s kind=audio
  out: rtsp.out
links:
  - in -> out
`

func newEngine(t testing.TB, log *slog.Logger) *engine.Engine {
	t.Helper()
	web, err := graphs.FS.ReadFile("web/whip.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"whip.yaml": {Data: web}, "sound.yaml": {Data: []byte(soundAlone)}}
	for name, file := range map[string]string{
		"rtsp_publish": "live/publishers.yaml", "rtsp_play": "live/players.yaml", "rtsp": "cameras/address.yaml",
	} {
		files[name+".yaml"] = &fstest.MapFile{Data: only(t, file, name)}
	}
	return doortest.Engine(t, log, doortest.Parts{
		Elements: slices.Concat(rtsp.Elements(), webrtc.Elements()), Triggers: slices.Concat(rtsp.Triggers(), whip.Triggers()), Graphs: files,
		Addresses: func(name string) error {
			if strings.Contains(name, "refused.example") {
				return fault.New(fault.Forbidden, "", "nothing is played from there")
			}
			return nil
		},
	})
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

// await is doortest.Await.
func (s *server) await(name, stream string) func() {
	s.t.Helper()
	return doortest.Await(s.t, s.engine, name, stream)
}
