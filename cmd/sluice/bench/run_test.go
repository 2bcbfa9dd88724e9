package bench

import (
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"sluice/cmd/sluice/bench/benchtest"
)

// contest is one graph, played by both.
type contest struct {
	name  string
	graph string
	args  []string
	out   []string // what it writes
}

// contests are a pipeline of the goal, whose others are in bench/mix, and one that does next to nothing, for what it costs to begin.
func contests(dir string) []contest {
	in := func(name string) string { return filepath.Join(dir, name) }
	return []contest{
		{
			name: "h264-to-vp8", graph: "jobs/transcode", out: []string{in("a.webm")},
			args: []string{"-p", "source=" + in("source.flv"), "-p", "target=" + in("a.webm")},
		},
		{
			name: "next-to-nothing", graph: "jobs/pattern", out: []string{in("d.opus")},
			args: []string{"-p", "target=" + in("d.opus"), "-p", "length=40ms"},
		},
	}
}

// BenchmarkRun plays the same pipeline with gst-launch-1.0 and with `sluice run`, in turns, and compares the processor time
// that each took in all, from its start to its end. Seven turns each (SLUICE_BENCH_RUNS), ten seconds of media in 720p30
// (SLUICE_BENCH_FRAMES).
func BenchmarkRun(b *testing.B) {
	path := benchtest.Program(b)
	if _, err := exec.LookPath("gst-launch-1.0"); err != nil {
		b.Skip(err)
	}
	dir := b.TempDir()
	frames := "frames=" + strconv.Itoa(benchtest.Number(b, "FRAMES", 300))
	benchtest.Output(b, path, "run", "testdata/source.yaml", "-q", "-y", "-p", frames, "-p", "target="+filepath.Join(dir, "source.flv"))
	for _, c := range contests(dir) {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				c.hold(b, path, dir)
			}
		})
	}
}

// hold has both play in turns, and reports.
func (c *contest) hold(b *testing.B, path, dir string) {
	b.Helper()
	script := benchtest.Script(b, path, filepath.Join(dir, c.name+".sh"), append([]string{c.graph}, c.args...)...)
	run := &benchtest.Player{Name: "sluice", Args: append([]string{path, "run", c.graph, "-q", "-y"}, c.args...)}
	took := benchtest.Contest(b, benchtest.Number(b, "RUNS", 7), c.out, script, run)
	theirs, ours, shares := took["gst"], took["sluice"], []float64{}
	for i := range ours {
		shares = append(shares, ours[i]/theirs[i])
	}
	benchtest.Report(b, "gst", theirs)
	benchtest.Report(b, "sluice", ours)
	b.ReportMetric(benchtest.Median(ours)/benchtest.Median(theirs), "ratio")
	b.ReportMetric(benchtest.Median(shares), "ratio(pairs)")
	b.ReportMetric(benchtest.Median(ours)-benchtest.Median(theirs), "more-ms")
}
