package hls

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"syscall"
	"testing"
	"time"

	"sluice/api/hls/packager"
	"sluice/api/hls/rendition"
	"sluice/cmd/sluice/bench/benchtest"
	"sluice/engine/media"
)

// BenchmarkDVR cuts five quarters of an hour of the stream, as fast as the disk takes it, in a process of its own that has nothing else:
// with a window of an hour, and without one. An hour has 890 MB; where the disk has no room for that, a tenth of it is measured.
func BenchmarkDVR(b *testing.B) {
	for b.Loop() {
		folder := b.TempDir()
		length := time.Hour
		var disk syscall.Statfs_t
		if err := syscall.Statfs(folder, &disk); err == nil && disk.Bavail*uint64(disk.Bsize) < 3<<30 {
			length /= 10
		}
		without := cutFor(b, filepath.Join(folder, "none"), 0, length)
		with := cutFor(b, filepath.Join(folder, "dvr"), length, length)
		b.ReportMetric(with.Length.Minutes(), "minutes")
		b.ReportMetric(without.Memory, "MB-without")
		b.ReportMetric(with.Memory, "MB-with")
		b.ReportMetric(with.Memory-without.Memory, "MB-more")
		b.ReportMetric(with.Later-with.Memory, "MB-more-later")
		b.ReportMetric(float64(with.Disk)/1e6, "MB-disk")
		b.ReportMetric(float64(with.Unstored), "unstored")
		b.ReportMetric(with.Listed.Minutes(), "minutes-listed")
		b.ReportMetric(float64(with.Playlist)/1e3, "KB-playlist")
		b.ReportMetric(float64(with.Packed)/1e3, "KB-packed")
		b.ReportMetric(float64(with.Delta)/1e3, "KB-delta")
	}
}

// outcome is what a process tells of its window.
type outcome struct {
	Length, Listed          time.Duration
	Memory, Later           float64 // of the process in MB when the window is full, and a quarter of it later
	Disk                    int64
	Unstored                uint64
	Playlist, Packed, Delta int // bytes
}

// The environment of the process.
const dvrFolder, dvrWindow, dvrLength = "SLUICE_BENCH_FOLDER", "SLUICE_BENCH_WINDOW", "SLUICE_BENCH_LENGTH"

func cutFor(b *testing.B, folder string, window, length time.Duration) outcome {
	b.Helper()
	out, err := child(b, "dvr", dvrFolder+"="+folder, dvrWindow+"="+window.String(), dvrLength+"="+length.String()).Output()
	if err != nil {
		b.Fatal(err)
	}
	var o outcome
	if err := json.Unmarshal(out, &o); err != nil {
		b.Fatalf("%v: %q", err, out)
	}
	return o
}

// dvr is the process.
func dvr() error {
	window, err := time.ParseDuration(os.Getenv(dvrWindow))
	if err != nil {
		return err
	}
	o := outcome{}
	if o.Length, err = time.ParseDuration(os.Getenv(dvrLength)); err != nil {
		return err
	}
	c := rendition.Config{Segment: 2 * time.Second, Window: 5, Part: 200 * time.Millisecond, Independent: true, Prefix: "bench", DVR: window}
	if window > 0 {
		c.Folder = os.Getenv(dvrFolder)
	}
	r, err := rendition.New(c)
	if err != nil {
		return err
	}
	defer r.Remove()
	track := media.NewTrack(media.H264)
	sps, pps := benchtest.Parameters()
	track.ClockRate, track.Extra = 90_000, [][]byte{sps, pps}
	s := &steady{Rendition: r}
	if window > 0 {
		s.folder = c.Folder
	}
	p, err := packager.New(packager.Config{Segment: c.Segment, Part: c.Part, Epoch: time.Now()}, []media.Track{track}, s)
	if err != nil {
		return err
	}
	n := 0
	feed := func(until time.Duration) error {
		for ; ; n++ {
			at := time.Duration(n) * benchtest.Interval
			if at >= until {
				return nil
			}
			nal := make([]byte, benchtest.Size)
			nal[0] = 0x41
			if n%benchtest.GOP == 0 {
				nal = make([]byte, benchtest.KeySize)
				nal[0] = 0x65
			}
			if err := p.Write(0, &media.Unit{PTS: at, DTS: at, Key: n%benchtest.GOP == 0, AU: [][]byte{nal}}); err != nil {
				return err
			}
		}
	}
	if err := feed(o.Length); err != nil {
		return err
	}
	if o.Memory, err = resident(); err != nil {
		return err
	}
	if err := feed(o.Length * 5 / 4); err != nil {
		return err
	}
	if o.Later, err = resident(); err != nil {
		return err
	}
	return o.tell(r)
}

// tell adds what the rendition says.
func (o *outcome) tell(r *rendition.Rendition) error {
	full, err := r.Playlist(context.Background(), rendition.Latest())
	if err != nil {
		return err
	}
	delta, err := r.Playlist(context.Background(), rendition.Request{MSN: -1, Part: -1, Skip: true})
	if err != nil {
		return err
	}
	t := r.Totals()
	o.Disk, o.Unstored, o.Listed = t.Disk, t.Unstored, time.Duration(t.Listed)*2*time.Second
	o.Playlist, o.Packed, o.Delta = len(full.Bytes()), len(full.Gzip()), len(delta.Bytes())
	return json.NewEncoder(os.Stdout).Encode(o)
}

// steady waits after each segment until the disk has it, as it would at the speed of life.
type steady struct {
	*rendition.Rendition
	folder string
	number int
}

func (s *steady) Add(p rendition.Part) {
	s.Rendition.Add(p)
	if !p.Last || s.folder == "" {
		return
	}
	file := filepath.Join(s.folder, "bench-s"+strconv.Itoa(s.number)+".m4s")
	s.number++
	for {
		if _, err := os.Stat(file); err == nil && s.Totals().Unstored == 0 {
			return
		}
		time.Sleep(time.Millisecond) //nolint:forbidigo // nobody tells
	}
}

// resident is what would be free if this process ended, in megabytes, without what is garbage already.
func resident() (float64, error) {
	debug.FreeOSMemory()
	kb, err := benchtest.Private(os.Getpid())
	return kb / 1024, err
}
