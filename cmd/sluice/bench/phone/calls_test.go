package phone

import (
	"fmt"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// kind is what both sides of calls speak.
type kind struct {
	left, right benchtest.Sound
	calls       int
}

// BenchmarkCalls holds calls, as a row of telephones of which each hears the one before, and tells what they cost: of the server with its
// worker, and of gst-launch-1.0 that does the same with a pipeline for each way, in turns, with the same telephones. Codecs are compared once more with the
// worker alone: as they are in gst-launch-1.0 when it reads files, as fast as it can. It has no encoder of G.729 to compare with. Three turns
// (SLUICE_BENCH_TURNS), so many seconds each (SLUICE_BENCH_SECONDS).
func BenchmarkCalls(b *testing.B) {
	path, v := benchtest.Program(b), speak(b, b.TempDir())
	for name, k := range map[string]kind{
		"pcmu-pcmu": {benchtest.PCMU, benchtest.PCMU, 100}, "pcmu-opus": {benchtest.PCMU, benchtest.Opus, 20},
		"g729-opus": {benchtest.G729, benchtest.Opus, 10},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				k.hold(b, path, v)
			}
		})
	}
}

// hold makes the calls, and has them talk.
func (k kind) hold(b *testing.B, path string, v *voices) {
	b.Helper()
	k.calls = benchtest.Number(b, "CALLS", k.calls)
	s := benchtest.ServeExchange(b, path, b.TempDir(), "")
	phones := benchtest.NewPhones(b, s.SIP)
	sounds, ears := [2]benchtest.Sound{k.left, k.right}, [2]*benchtest.Ear{benchtest.Listen(b, nil), benchtest.Listen(b, nil)}
	var served, beside []leg
	for n := range 2*k.calls + 1 {
		who, whom, side := fmt.Sprint("row", n), fmt.Sprint("row", n-1), n%2
		if n == 0 {
			who, whom = "alone", "row0"
		}
		mouth := benchtest.Mouth{From: ears[side], Sound: sounds[side], Frames: v.frames[sounds[side]], Source: uint32(n + 1)}
		mouth.To = phones.Call(who, whom, sounds[side], ears[side].Port()).Up()
		if n < 2*k.calls {
			again := mouth
			served = append(served, leg{&mouth, ears[1-side], sounds[1-side]})
			beside = append(beside, leg{&again, ears[1-side], sounds[1-side]})
		}
	}
	peer := 0
	if k.left != benchtest.G729 {
		peer = bare(b, beside).Process.Pid
	}
	var all, alone, ratios, codecs, chains []float64
	length := time.Duration(benchtest.Number(b, "SECONDS", 4)) * time.Second
	one := func(d time.Duration) float64 { return benchtest.Milliseconds(d) / length.Seconds() / float64(k.calls) }
	for turn := -1; turn < benchtest.Number(b, "TURNS", 3); turn++ { // the one before the first is not counted
		server, workers := s.Ran(b)
		talk(b, served, length)
		more, byWorkers := s.Ran(b)
		ours, worker := one(more-server+byWorkers-workers), one(byWorkers-workers)
		theirs, codec := 0.0, 0.0
		if peer != 0 {
			before := benchtest.Ran(b, peer)
			talk(b, beside, length)
			theirs = one(benchtest.Ran(b, peer) - before)
		}
		if k.left == benchtest.PCMU && k.right == benchtest.Opus {
			codec = benchtest.Milliseconds(coded(b, v))
		}
		if turn >= 0 {
			all, alone = append(all, ours), append(alone, worker)
			ratios, codecs, chains = append(ratios, ours/theirs), append(codecs, codec), append(chains, worker/codec)
		}
	}
	if n := phones.Left(); n > 0 {
		b.Errorf("the server has ended %d calls", n)
	}
	b.ReportMetric(1000/benchtest.Median(all), "calls/core")
	b.ReportMetric(benchtest.Median(all), "ms/s")
	b.ReportMetric(benchtest.Median(alone), "worker-ms/s")
	if peer != 0 {
		b.ReportMetric(benchtest.Median(ratios), "ratio")
	}
	if codecs[0] > 0 {
		b.ReportMetric(benchtest.Median(codecs), "codec-ms/s")
		b.ReportMetric(benchtest.Median(chains), "ratio(codec)")
	}
}

// talk has all legs talk, and fails if not all that is said is heard.
func talk(b *testing.B, legs []leg, length time.Duration) {
	b.Helper()
	ears := map[*benchtest.Ear]int64{}
	mouths := make([]*benchtest.Mouth, 0, len(legs))
	for _, l := range legs {
		ears[l.ear] = l.ear.Came()
		mouths = append(mouths, l.mouth)
	}
	said, heard := benchtest.Talk(mouths, length), int64(0)
	for ear, before := range ears {
		heard += ear.Came() - before
	}
	const missing = 0.05 // what is on its way, and what silence before the first word costs
	if float64(heard) < float64(said)*(1-missing) {
		b.Errorf("of %d packets %d are heard", said, heard)
	}
}
