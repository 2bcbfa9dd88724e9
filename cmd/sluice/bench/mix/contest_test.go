package mix

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"sluice/cmd/sluice/bench/benchtest"
)

// contest is one graph, and what ffmpeg does instead of it.
type contest struct {
	graph []string // as arguments of `sluice run`
	files []string // what is written
	// against gives ffmpeg's arguments for the settings of the graph's encoders, in the order of the graph.
	against func(venc []encoder) []string
}

// BenchmarkMix plays the same mix and ladder with sluice, gst-launch-1.0 and ffmpeg, in turns, and compares the processor time that each
// took in all. Seven turns each (SLUICE_BENCH_RUNS), ten seconds of media in 30 pictures a second (SLUICE_BENCH_FRAMES).
func BenchmarkMix(b *testing.B) {
	path := benchtest.Program(b)
	for _, tool := range []string{"gst-launch-1.0", "ffmpeg"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skip(err)
		}
	}
	dir := b.TempDir()
	source := func(width, height int) string {
		file := filepath.Join(dir, fmt.Sprintf("%dp.mp4", height))
		benchtest.Output(b, path, "run", "../testdata/source.yaml", "-q", "-y", "-p", "target="+file, "-p", fmt.Sprint("width=", width),
			"-p", fmt.Sprint("height=", height), "-p", fmt.Sprint("frames=", benchtest.Number(b, "FRAMES", 300)))
		return file
	}
	large, small := source(1280, 720), source(640, 360)
	for name, c := range map[string]contest{
		"4x720p": wall(b, dir, large, 2), "9x360p": wall(b, dir, small, 3), "ladder": ladder(dir, large),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.hold(b, path, filepath.Join(dir, name+".sh"))
			}
		})
	}
}

// hold has all three play, and reports.
func (c *contest) hold(b *testing.B, path, script string) {
	b.Helper()
	gst := benchtest.Script(b, path, script, c.graph...)
	text, err := os.ReadFile(script)
	if err != nil {
		b.Fatal(err)
	}
	own := &benchtest.Player{Name: "sluice", Args: append([]string{path, "run", "-q", "-y"}, c.graph...)}
	quiet := []string{"ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y"}
	ffmpeg := &benchtest.Player{Name: "ffmpeg", Args: append(quiet, c.against(encoders(b, string(text)))...)}
	took := benchtest.Contest(b, benchtest.Number(b, "RUNS", 7), c.files, gst, ffmpeg, own)
	for _, p := range []*benchtest.Player{gst, ffmpeg, own} {
		benchtest.Report(b, p.Name, took[p.Name])
	}
	ours := benchtest.Median(took["sluice"])
	b.ReportMetric(ours/benchtest.Median(took["gst"]), "ratio(gst)")
	b.ReportMetric(ours/benchtest.Median(took["ffmpeg"]), "ratio(ffmpeg)")
}

// encoder is an x264enc of a script for gst-launch-1.0, by its settings, and the profile that its caps want.
type encoder map[string]string

// encoders finds them.
func encoders(b *testing.B, script string) []encoder {
	b.Helper()
	flat := strings.ReplaceAll(script, "\\\n", " ")
	var out []encoder
	for _, found := range regexp.MustCompile(`x264enc name=(\S+)((?: +[a-z-]+=\S+)*)`).FindAllStringSubmatch(flat, -1) {
		e := encoder{}
		for word := range strings.FieldsSeq(found[2]) {
			key, value, _ := strings.Cut(word, "=")
			e[key] = value
		}
		profile := regexp.MustCompile(`\s` + regexp.QuoteMeta(found[1]) + `\. ! video/x-h264,profile=(\S+)`).FindStringSubmatch(flat)
		if profile == nil || e["bitrate"] == "" || e["key-int-max"] == "" || e["speed-preset"] == "" {
			b.Fatalf("an encoder %v of unknown settings in\n%s", found, script)
		}
		e["profile"] = profile[1]
		out = append(out, e)
	}
	return out
}

// libx264 is the encoder as ffmpeg has it. x264enc keeps its bit rate within a buffer of 600 ms (vbv-buf-capacity).
func (e encoder) libx264(b testing.TB) []string {
	rate, err := strconv.Atoi(e["bitrate"])
	if err != nil {
		b.Fatal(err)
	}
	k := func(n int) string { return strconv.Itoa(n) + "k" }
	out := []string{
		"-c:v", "libx264", "-preset", e["speed-preset"], "-profile:v", strings.TrimPrefix(e["profile"], "constrained-"), "-bf", "0",
		"-g", e["key-int-max"], "-b:v", k(rate), "-maxrate", k(rate), "-bufsize", k(rate * 6 / 10), "-pix_fmt", "yuv420p",
	}
	if e["tune"] != "" {
		out = append(out, "-tune", e["tune"])
	}
	if e["option-string"] != "" {
		out = append(out, "-x264-params", e["option-string"])
	}
	return out
}

// wall shows a file so many times in a square, in one picture of 720p, with the sound of all.
func wall(b *testing.B, dir, source string, side int) contest {
	b.Helper()
	const width, height = 1280, 720
	w, h := width/side&^1, height/side&^1
	nodes, links, files, scaled, laid, sounds := "", "", []string{}, "", "", ""
	for i := range side * side {
		x, y := i%side*w, i/side*h
		nodes += fmt.Sprintf("  in%d: file.in path=%s\n  p%d: {use: fragments/pane, with: {width: %d, height: %d}}\n", i, source, i, w, h)
		links += fmt.Sprintf("  - in%d.video -> p%d.video\n  - in%d.audio -> p%d.audio\n  - p%d.sound -> sound\n"+
			"  - {from: p%d.picture, to: picture.sink_%%u, pad: {xpos: %d, ypos: %d}}\n", i, i, i, i, i, i, x, y)
		files = append(files, "-i", source)
		scaled += fmt.Sprintf("[%d:v]scale=%d:%d:flags=bilinear[v%d];", i, w, h, i)
		sounds += fmt.Sprintf("[%d:a]", i)
		if i > 0 {
			laid += "|"
		}
		laid += fmt.Sprintf("%d_%d", x, y)
	}
	for i := range side * side {
		scaled += fmt.Sprintf("[v%d]", i)
	}
	graph, target := filepath.Join(dir, fmt.Sprintf("wall%d.yaml", side)), filepath.Join(dir, fmt.Sprintf("wall%d.mp4", side))
	text := fmt.Sprintf("graph: v1\nabout: A wall.\nnodes:\n%s  picture: compositor background=black\n"+
		"  rate: capsfilter caps=video/x-raw,format=I420,width=%d,height=%d,framerate=30/1\n  sound: audio.mix live=false\n"+
		"  venc: convert codec=h264 bitrate=4M gop=60\n  aenc: convert codec=aac bitrate=128k\n  out: file.out path=%s\n"+
		"links:\n%s  - picture -> rate -> venc -> out\n  - sound -> aenc -> out\n", nodes, width, height, target, links)
	if err := os.WriteFile(graph, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	n := side * side
	return contest{graph: []string{graph}, files: []string{target}, against: func(venc []encoder) []string {
		args := append(files, "-filter_complex", fmt.Sprintf("%sxstack=inputs=%d:layout=%s,pad=%d:%d[v];%samix=inputs=%d[a]",
			scaled, n, laid, width, height, sounds, n), "-map", "[v]", "-map", "[a]", "-r", "30")
		args = append(args, venc[0].libx264(b)...)
		return append(args, "-c:a", "aac", "-b:a", "128k", "-ac", "2", target)
	}}
}

// ladder makes three sizes of a file, as jobs/ladder does.
func ladder(dir, source string) contest {
	c := contest{graph: []string{"jobs/ladder", "-p", "source=" + source, "-p", "target=" + filepath.Join(dir, "rung")}}
	sizes := []string{"1280:720", "854:480", "426:240"}
	for _, name := range []string{"720p", "480p", "240p"} {
		c.files = append(c.files, filepath.Join(dir, "rung-"+name+".mp4"))
	}
	c.against = func(venc []encoder) []string {
		filter := "[0:v]fps=25,split=3[s0][s1][s2]"
		for i, size := range sizes {
			filter += fmt.Sprintf(";[s%d]scale=%s:flags=bilinear[v%d]", i, size, i)
		}
		args := []string{"-i", source, "-filter_complex", filter}
		for i, e := range venc {
			args = append(args, "-map", fmt.Sprintf("[v%d]", i), "-map", "0:a")
			args = append(append(args, e.libx264(nil)...), "-c:a", "aac", "-b:a", "128k", "-ac", "2", c.files[i])
		}
		return args
	}
	return c
}
