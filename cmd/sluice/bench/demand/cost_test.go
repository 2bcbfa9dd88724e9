package demand

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"sluice/cmd/sluice/bench/benchtest"
)

// from and to are the frames between which each turn is measured, when all goes steadily: the same part of the source for both.
const from, to = 2 * fps, 10 * fps

// BenchmarkCost converts VP8 in 720p30 to H.264 for a viewer, in turns with gst-launch-1.0, which decodes the same pictures and
// encodes them with the same settings, at the speed of life too. Five turns each (SLUICE_BENCH_TURNS). ratio is all that a conversion
// costs: the worker, and what the server needs more than for a viewer who takes VP8 as it comes; ratio(worker) is the worker alone.
func BenchmarkCost(b *testing.B) {
	src := makeSource(b)
	s := serve(b)
	line := launched(b, src.webm)
	for b.Loop() {
		var theirs, ours, workers []time.Duration
		for turn := range benchtest.Number(b, "TURNS", 5) {
			plain, _ := s.turn(b, src, fmt.Sprintf("plain%d", turn), webrtc.MimeTypeVP8, "")
			if turn%2 == 0 { // whoever is second has it a little warmer
				theirs = append(theirs, contest(b, line))
			}
			whole, worker := s.turn(b, src, fmt.Sprintf("cam%d", turn), webrtc.MimeTypeH264, h264)
			if turn%2 != 0 {
				theirs = append(theirs, contest(b, line))
			}
			workers, ours = append(workers, worker), append(ours, worker+whole-plain)
		}
		cores := func(d time.Duration) float64 { return d.Seconds() / ((to - from) / fps) }
		b.ReportMetric(cores(median(theirs)), "gst-cores")
		b.ReportMetric(cores(median(ours)), "sluice-cores")
		b.ReportMetric(cores(median(workers)), "worker-cores")
		b.ReportMetric(float64(median(ours))/float64(median(theirs)), "ratio")
		b.ReportMetric(float64(median(workers))/float64(median(theirs)), "ratio(worker)")
	}
}

// turn has one viewer of one codec, and gives the processor time of the server and of its worker.
func (s *server) turn(b *testing.B, src *source, name, mime, fmtp string) (whole, worker time.Duration) {
	b.Helper()
	s.warm(b)
	p := s.publish(b, name, src.frames)
	defer p.end()
	v := s.play(b, name, mime, fmtp)
	defer v.end()
	v.await(b)
	p.until(b, from)
	server, before := ran(s.cmd.Process.Pid), s.workers()
	p.until(b, to)
	whole = ran(s.cmd.Process.Pid) - server
	for pid, used := range s.workers() {
		worker += used - before[pid] // the spare one does nothing
	}
	return whole, worker
}

// contest gives the processor time of gst-launch-1.0 over the same part of the source.
func contest(b *testing.B, line string) time.Duration {
	b.Helper()
	cmd := launch(b.Context(), line)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	<-time.After(from * time.Second / fps)
	before := ran(cmd.Process.Pid)
	<-time.After((to - from) * time.Second / fps)
	if cmd.ProcessState != nil {
		b.Fatal("gst-launch-1.0 has ended early")
	}
	return ran(cmd.Process.Pid) - before
}

// launched is the pipeline of gst-launch-1.0: what the shipped graph makes of the codecs, so that the settings are the same.
func launched(b *testing.B, webm string) string {
	b.Helper()
	plan, err := exec.CommandContext(b.Context(), program(b), "plan", "web/convert", "--given", "in=vp8", "-p", "stream=cam", "-p", "kind=video",
		"-p", "want.codec=h264").Output()
	if err != nil {
		b.Fatal(err)
	}
	if !strings.Contains(string(plan), "to-vdec:vp8dec -> to-vscale:videoconvertscale") {
		b.Fatalf("the graph that converts has other elements than are compared with:\n%s", plan)
	}
	out, err := exec.CommandContext(b.Context(), program(b), "show", "testdata/convert.yaml", "--as", "launch", "-p", "source="+webm).Output()
	if err != nil {
		b.Fatal(err)
	}
	text := string(out)
	settings := func(element string) string {
		_, after, found := strings.Cut(text, element+" name=")
		if !found {
			b.Fatalf("there is no %s in\n%s", element, text)
		}
		var words []string
		for _, word := range strings.Fields(strings.ReplaceAll(after, "\\\n", " "))[1:] {
			if !strings.Contains(word, "=") {
				break
			}
			words = append(words, word)
		}
		return strings.Join(words, " ")
	}
	return "filesrc location=" + webm + " ! matroskademux ! vp8dec ! videoconvertscale ! queue max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! " +
		"video/x-raw,format=I420 ! x264enc " + settings("x264enc") + " ! video/x-h264,profile=constrained-baseline ! h264parse config-interval=-1 ! fakesink sync=true"
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
