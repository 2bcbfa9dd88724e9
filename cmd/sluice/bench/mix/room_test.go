package mix

import (
	"fmt"
	"os/exec"
	"testing"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/description"

	"sluice/cmd/sluice/bench/benchtest"
)

// BenchmarkFirst begins rooms, with a worker warm, and waits for the first picture at a player's: of a graph by its name, of a mixer by WCS's
// call, and of a room that begins since somebody publishes under a name of it. Twenty times each (SLUICE_BENCH_STARTS).
func BenchmarkFirst(b *testing.B) {
	b.Run("graph", func(b *testing.B) {
		first(b, func(s *server, room string) (stream string, end func()) {
			s.Do("POST /v1/pipelines", body{"graph": "rooms/mixer", "id": room, "params": body{"room": room}})
			return "room/" + room, func() { s.Do("DELETE /v1/pipelines/"+room, nil) }
		})
	})
	over := func(s *server, room string) {
		s.Do("POST /rest-api/mixer/terminate", body{"uri": "mixer://" + room})
	}
	b.Run("startup", func(b *testing.B) {
		first(b, func(s *server, room string) (stream string, end func()) {
			s.Do("POST /rest-api/mixer/startup", body{"uri": "mixer://" + room, "localStreamName": room})
			return room, func() { over(s, room) }
		})
	})
	b.Run("name", func(b *testing.B) {
		first(b, func(s *server, room string) (stream string, end func()) {
			leave := s.publish("ann#" + room)
			return room, func() { over(s, room); leave() }
		})
	})
}

// first measures one way to begin a room.
func first(b *testing.B, begin func(s *server, room string) (stream string, end func())) {
	b.Helper()
	s := serve(b)
	var took []time.Duration
	for b.Loop() {
		for range benchtest.Number(b, "STARTS", 20) {
			benchtest.Until(b, "a spare worker", 10*time.Millisecond, s.spare)
			room, began := fmt.Sprint("room", len(took)), time.Now()
			stream, end := begin(s, room)
			came, leave := s.play(stream, description.MediaTypeVideo)
			took = append(took, came.Sub(began))
			leave()
			end()
		}
	}
	b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(took, 0.5)), "p50-ms")
	b.ReportMetric(benchtest.Milliseconds(benchtest.Quantile(took, 0.95)), "p95-ms")
}

// spare tells whether there is a worker that nobody uses yet, and no other.
func (s *server) spare() bool {
	return s.Sum("sluice_workers") == 1 && s.Sum("sluice_instances") == 0
}

// BenchmarkParties counts the encoders of a room of ten, of whom everybody hears all others, and whom two more watch. What each of the
// ten hears is another mix, and what all hear is the eleventh; with the picture that makes twelve, however many listen.
func BenchmarkParties(b *testing.B) {
	const parties = 10
	s := serve(b)
	for b.Loop() {
		for n := range parties {
			s.Do("POST /v1/pipelines?wait=20s", body{"graph": "guest", "id": fmt.Sprint("guest", n), "params": body{
				"name": fmt.Sprint("party", n), "freq": 300 + 100*n,
			}})
		}
		before := s.Sum("sluice_encoders")
		s.Do("POST /v1/pipelines?wait=20s", body{"graph": "rooms/mixer", "id": "hall", "params": body{"room": "hall", "width": 320, "height": 180}})
		for n := range parties {
			s.Do(fmt.Sprint("PUT /v1/pipelines/hall/nodes/seat/party", n), body{"params": body{"stream": fmt.Sprint("party", n)}})
		}
		alone := s.Sum("sluice_encoders") - before
		var ends []func()
		for n := range parties {
			for range 2 { // the phone and the headset of one
				_, end := s.play(fmt.Sprintf("party%d/mix", n), description.MediaTypeAudio)
				ends = append(ends, end)
			}
		}
		for range 2 {
			_, end := s.play("room/hall", description.MediaTypeVideo)
			ends = append(ends, end)
		}
		b.ReportMetric(alone, "encoders(unheard)")
		b.ReportMetric((s.Sum("sluice_encoders")-before)/(parties+2), "encoders/mix")
		for _, end := range ends {
			end()
		}
		s.Do("DELETE /v1/pipelines/hall", nil)
		for n := range parties {
			s.Do(fmt.Sprint("DELETE /v1/pipelines/guest", n), nil)
		}
	}
}

// BenchmarkGuest is what a guest's sound takes of a processor for its volume and for being measured, and what a mix takes to be limited: a
// second of stereo at 48 kHz through what a mixer has for it, less the same without. Seven turns each (SLUICE_BENCH_RUNS), over ten
// minutes of sound.
func BenchmarkGuest(b *testing.B) {
	if _, err := exec.LookPath("gst-launch-1.0"); err != nil {
		b.Skip(err)
	}
	const seconds = 600
	line := func(name string, with ...string) *benchtest.Player {
		args := []string{
			"gst-launch-1.0", "-q", "audiotestsrc", fmt.Sprint("num-buffers=", seconds*50), "samplesperbuffer=960", "!",
			"audio/x-raw,format=S16LE,rate=48000,channels=2",
		}
		return &benchtest.Player{Name: name, Args: append(append(args, with...), "!", "fakesink")}
	}
	for b.Loop() {
		took := benchtest.Contest(b, benchtest.Number(b, "RUNS", 7), nil, line("plain"), line("volume", "!", "volume", "volume=0.5"),
			line("level", "!", "level", "interval=200000000"),
			line("limit", "!", "audioconvert", "!", "audio/x-raw,format=F32LE", "!", "rglimiter", "!", "audioconvert", "dithering=none", "!",
				"audio/x-raw,format=S16LE"))
		for _, name := range []string{"volume", "level", "limit"} {
			b.ReportMetric((benchtest.Median(took[name])-benchtest.Median(took["plain"]))/seconds, name+"-ms/s")
		}
	}
}
