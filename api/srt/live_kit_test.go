package srt_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/doortest"
	"sluice/api/srt"
	"sluice/api/visitor"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is how long a test waits for what should happen at once.
const patience = 30 * time.Second

// unhurried is the latency of servers and clients here: what comes later than that is lost, and a busy machine may have a program stand
// still for longer than what is usual.
const unhurried = 2 * time.Second

// server is an engine with the door on a real port.
type server struct {
	t      testing.TB
	engine *engine.Engine
	door   *srt.Door
	host   string // and port
}

func serve(t testing.TB, change ...func(*srt.Options)) *server {
	t.Helper()
	return serveGraphs(t, doortest.Graphs("srt"), change...)
}

// serveGraphs starts a server with graphs of its own.
func serveGraphs(t testing.TB, text string, change ...func(*srt.Options)) *server {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	e := doortest.Engine(t, log, doortest.Parts{
		Elements: srt.Elements(), Graphs: fstest.MapFS{"srt.yaml": {Data: []byte(text)}},
		Triggers: append(srt.Triggers(), element.Trigger{Event: "rest.start", About: "Somebody starts a graph by its name."}),
	})
	o := srt.Options{Engine: visitor.UseEngine(e), Listen: []string{"127.0.0.1:0"}, Latency: unhurried, Log: log}
	for _, c := range change {
		c(&o)
	}
	door, err := srt.New(o)
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

// last waits for a program's end, good or not, and gives what it said.
func last(p *program.Program) string {
	_ = p.Ended()
	return p.Said()
}

const quiet = "-hide_banner -nostdin -loglevel warning "

// publish has ffmpeg publish pictures and sound, at a stream id and with more of the address.
func publish(t testing.TB, host, id, more, codecs string) *program.Program {
	t.Helper()
	args := quiet + "-re -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 " + codecs + " -f mpegts"
	return program.Start(t, "ffmpeg", append(strings.Fields(args), "srt://"+host+"?streamid="+id+more)...)
}

// simple is how most encoders are set.
const simple = "-c:v libx264 -preset ultrafast -tune zerolatency -g 25 -pix_fmt yuv420p -c:a aac -ac 2"

// play has ffmpeg play to a file for some seconds, as it comes.
func play(t testing.TB, host, id, more, file string, seconds string) *program.Program {
	t.Helper()
	args := append(strings.Fields(quiet+"-y -i"), "srt://"+host+"?streamid="+id+more)
	return program.Start(t, "ffmpeg", append(args, "-t", seconds, "-map", "0", "-c", "copy", file)...)
}
