package record

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"sluice/api/records/name"
	"sluice/api/records/outlet"
	"sluice/api/records/shelf"
	"sluice/engine/element/elementtest"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

const (
	picture = 20_000 // bytes: 25 a second are 4 Mbit/s
	sound   = 340    // bytes of AAC: 128 kbit/s
	lasts   = 30 * time.Second
	streams = 8
)

// sps and pps are x264's for 1280x720.
const (
	sps = "6764001facd9405005bb016a0202028000000300800000190478c18cb0"
	pps = "68ebe3cb22c0"
)

// stream is what one camera sends, the pictures and the sound by turns.
func stream() (tracks []media.Track, units []media.Unit, of []int) {
	video, audio := media.NewTrack(media.H264), media.NewTrack(media.AAC)
	for _, text := range []string{sps, pps} {
		nal, err := hex.DecodeString(text)
		if err != nil {
			panic(err) //nolint:forbidigo // a constant
		}
		video.Extra = append(video.Extra, nal)
	}
	audio.ClockRate, audio.Channels, audio.Extra = 48_000, 2, [][]byte{{0x11, 0x90}}
	frame, next := make([]byte, picture), time.Duration(0)
	frame[0] = 0x41
	key := make([]byte, picture)
	key[0] = 0x65
	for at := time.Duration(0); at < lasts; at += 40 * time.Millisecond {
		u := media.Unit{PTS: at, DTS: at, AU: [][]byte{frame}}
		if at%(2*time.Second) == 0 {
			u.Key, u.AU = true, [][]byte{key}
		}
		units, of = append(units, u), append(of, 0)
		for ; next <= at; next += 1024 * time.Second / 48_000 {
			units, of = append(units, media.Unit{PTS: next, DTS: next, AU: [][]byte{make([]byte, sound)}}), append(of, 1)
		}
	}
	return []media.Track{video, audio}, units, of
}

// spent is the CPU time of this process so far.
func spent(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkRecordings records several streams at once, from the hub to whole files, as fast as that goes; ratio is its CPU to that of a loop
// that copies the same bytes into files, a second at a time. recordings/core is how many could be recorded at the speed of life.
func BenchmarkRecordings(b *testing.B) {
	for _, format := range []string{"mp4", "ts"} {
		b.Run(format, func(b *testing.B) {
			for b.Loop() {
				ours, theirs := measure(b, format), bare(b)
				media := streams * lasts
				b.ReportMetric(float64(media)/float64(ours), "recordings/core")
				b.ReportMetric(float64(ours)/float64(media)*1e3, "cpu-ms/s")
				b.ReportMetric(float64(ours)/float64(theirs), "ratio")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// measure records the streams, and gives the CPU that it took.
func measure(b *testing.B, format string) time.Duration {
	b.Helper()
	out := outlet.Elements()[0].(outlet.Out)
	template, err := name.Parse("{streamName}")
	if err != nil {
		b.Fatal(err)
	}
	if err := out.Shelf().Open(shelf.Options{Folder: b.TempDir(), Template: template}); err != nil {
		b.Fatal(err)
	}
	tracks, units, of := stream()
	h := hub.New(hub.Options{Cache: 1 << 30})
	defer h.Close()
	before := spent(b)
	var all sync.WaitGroup
	for k := range streams {
		all.Go(func() { record(b, h, out, fmt.Sprint("cam", k), format, tracks, units, of) })
	}
	all.Wait()
	cpu := spent(b) - before
	for _, r := range out.Shelf().List() {
		if r.Duration < lasts-time.Second || r.Dropped > 0 {
			b.Fatalf("%+v", r)
		}
	}
	if n := len(out.Shelf().List()); n != streams {
		b.Fatalf("%d recordings", n)
	}
	if err := out.Shelf().Close(); err != nil {
		b.Fatal(err)
	}
	return cpu
}

// record publishes a stream and records it.
func record(b *testing.B, h *hub.Hub, out outlet.Out, stream, format string, tracks []media.Track, units []media.Unit, of []int) {
	conf := elementtest.Defaults(out.Spec())
	conf["stream"], conf["format"] = stream, format
	env := elementtest.Env(b)
	env.Epoch = time.Now()
	over := make(chan error, 1)
	env.Over = func(err error) { over <- err }
	e, err := out.New(b.Context(), env, conf)
	if err != nil {
		b.Error(err)
		return
	}
	sink := &lockstep{UnitSink: e.(node.UnitSink), got: make(chan int, 1<<14)}
	pub, err := h.Publish(b.Context(), stream, media.Description{Tracks: tracks}, hub.PublishOptions{Form: hub.Units, Source: source{}})
	if err != nil {
		b.Error(err)
		return
	}
	r, err := h.ReadUnits(b.Context(), stream, sink.Want(), sink, hub.ReadOptions{Paused: true})
	if err != nil {
		b.Error(err)
		return
	}
	sink.Begin(r.Tracks())
	sink.Attach(r)
	const ahead = 64 // units that are under way at most
	sent, seen := 0, 0
	for i := range units {
		if err := pub.WriteUnits(of[i], units[i:i+1:i+1]); err != nil {
			b.Error(err)
			return
		}
		for sent++; sent-seen > ahead; {
			seen += <-sink.got
		}
	}
	for seen < sent {
		seen += <-sink.got
	}
	pub.Close(nil)
	if err := <-over; err != nil {
		b.Error(err)
	}
	r.Close()
	if err := e.Stop(context.WithoutCancel(b.Context())); err != nil {
		b.Error(err)
	}
}

// lockstep tells what has reached the element, so that the hub keeps nothing and the element's queue does not run over.
type lockstep struct {
	node.UnitSink
	got chan int
}

// Push implements hub.SinkOf.
func (s *lockstep) Push(track int, items []*media.Unit) int {
	n := s.UnitSink.Push(track, items)
	s.got <- n
	return n
}

type source struct{ hub.Unasked }

// Ended implements hub.Source.
func (source) Ended(error) {}

// bare copies the same bytes into files, and gives the CPU that it took.
func bare(b *testing.B) time.Duration {
	b.Helper()
	_, units, _ := stream()
	folder := b.TempDir()
	before := spent(b)
	var all sync.WaitGroup
	for k := range streams {
		all.Go(func() {
			if err := write(filepath.Join(folder, fmt.Sprint(k)), units); err != nil {
				b.Error(err)
			}
		})
	}
	all.Wait()
	return spent(b) - before
}

func write(file string, units []media.Unit) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	var piece []byte
	began := time.Duration(0)
	for _, u := range units {
		if u.DTS-began >= time.Second {
			began = u.DTS
			if _, err := f.Write(piece); err != nil {
				return err
			}
			piece = piece[:0]
		}
		for _, part := range u.AU {
			piece = append(piece, part...)
		}
	}
	if _, err := f.Write(piece); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}
