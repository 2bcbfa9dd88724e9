package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// contest is one graph, played by both.
type contest struct {
	name  string
	graph string
	args  []string
	out   []string // what it writes
	bytes int64    // of what it wrote first
}

// contests are the pipelines of the goal, and one that does next to nothing, for what it costs to begin.
func contests(dir string) []contest {
	in := func(name string) string { return filepath.Join(dir, name) }
	return []contest{
		{
			name: "h264-to-vp8", graph: "jobs/transcode", out: []string{in("a.webm")},
			args: []string{"-p", "source=" + in("source.flv"), "-p", "target=" + in("a.webm")},
		},
		{
			name: "mix-of-4", graph: "jobs/mosaic", out: []string{in("b.mp4")},
			args: []string{
				"-p", "a=" + in("source.mp4"), "-p", "b=" + in("source.flv"), "-p", "c=" + in("source.mp4"), "-p", "d=" + in("source.flv"),
				"-p", "target=" + in("b.mp4"), "-p", "fps=30",
			},
		},
		{
			name: "ladder", graph: "jobs/ladder", out: []string{in("c-720p.mp4"), in("c-480p.mp4"), in("c-240p.mp4")},
			args: []string{"-p", "source=" + in("source.mp4"), "-p", "target=" + in("c")},
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
	path := program(b)
	if _, err := exec.LookPath("gst-launch-1.0"); err != nil {
		b.Skip(err)
	}
	dir := b.TempDir()
	frames := "frames=" + strconv.Itoa(number(b, "FRAMES", 300))
	for _, kind := range []string{"flv", "mp4"} {
		output(b, path, "run", "testdata/source.yaml", "-q", "-y", "-p", frames, "-p", "target="+filepath.Join(dir, "source."+kind))
	}
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
	script := filepath.Join(dir, c.name+".sh")
	if err := os.WriteFile(script, output(b, path, append([]string{"show", c.graph, "--as", "launch"}, c.args...)...), 0o600); err != nil {
		b.Fatal(err)
	}
	run := append([]string{"run", c.graph, "-q", "-y"}, c.args...)
	c.play(b, "sh", script) // files and plugins are in memory from here on
	c.play(b, path, run...)
	var theirs, ours, shares []float64
	for turn := range number(b, "RUNS", 7) {
		var t, o float64
		if turn%2 == 0 { // whoever is second has it a little warmer
			t, o = c.play(b, "sh", script), c.play(b, path, run...)
		} else {
			o, t = c.play(b, path, run...), c.play(b, "sh", script)
		}
		theirs, ours, shares = append(theirs, t), append(ours, o), append(shares, o/t)
	}
	report := func(name string, s sorted) {
		b.ReportMetric(s.median(), name+"-cpu-ms")
		b.ReportMetric(s.at(0), name+"-min-ms")
		b.ReportMetric(s.at(1), name+"-max-ms")
	}
	report("gst", rank(theirs))
	report("sluice", rank(ours))
	b.ReportMetric(rank(ours).median()/rank(theirs).median(), "ratio")
	b.ReportMetric(rank(shares).median(), "ratio(pairs)")
	b.ReportMetric(rank(ours).median()-rank(theirs).median(), "more-ms")
}

// play runs a program and gives its processor time in milliseconds, with that of its children. What it writes must be about
// as large as the first time, or it did something else.
func (c *contest) play(b *testing.B, path string, args ...string) float64 {
	b.Helper()
	for _, f := range c.out {
		_ = os.Remove(f) // the first time there is none
	}
	cmd := exec.CommandContext(b.Context(), path, args...)
	if said, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s %v: %v\n%s", path, args, err, said)
	}
	wrote := int64(0)
	for _, f := range c.out {
		info, err := os.Stat(f)
		if err != nil {
			b.Fatal(err)
		}
		wrote += info.Size()
	}
	if c.bytes == 0 {
		c.bytes = wrote
	}
	if off := wrote - c.bytes; max(off, -off) > c.bytes/10 {
		b.Fatalf("%s %v wrote %d bytes, where the first wrote %d", path, args, wrote, c.bytes)
	}
	return float64(cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime()) / float64(time.Millisecond)
}
