//go:build cgo && !nogst

package endure

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// recorder is ffmpeg, which writes what a room gives into a file as it comes.
type recorder struct {
	t    *testing.T
	cmd  *exec.Cmd
	said bytes.Buffer
	file string
}

func record(t *testing.T, url string) *recorder {
	t.Helper()
	r := &recorder{t: t, file: filepath.Join(t.TempDir(), "room.mkv")}
	r.cmd = exec.Command("ffmpeg", "-hide_banner", "-loglevel", "warning", "-nostdin", "-rtsp_transport", "tcp", "-i", url,
		"-map", "0", "-c", "copy", r.file)
	r.cmd.Stderr = &r.said
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	return r
}

// stop ends it, and gives what was recorded.
func (r *recorder) stop() *recording {
	r.t.Helper()
	_ = r.cmd.Process.Signal(syscall.SIGINT)
	late := time.AfterFunc(benchtest.Patience, func() { _ = r.cmd.Process.Kill() })
	defer late.Stop()
	_ = r.cmd.Wait() // a signal is no success
	if r.said.Len() > 0 {
		r.t.Logf("who recorded says: %.600s", &r.said)
	}
	out := &recording{}
	out.packets(r.t, r.file)
	out.watch(r.t, r.file)
	out.listen(r.t, r.file)
	return out
}

// recording is what a room gave. What came before RTP's clocks were told apart, in the first seconds, is left out when it is judged.
type recording struct {
	video, audio []time.Duration         // when each packet is due
	luma         [][columns * rows]uint8 // of each picture
	samples      []int16                 // 48 kHz, one channel
}

const (
	columns, rows = 16, 9
	rate          = 48_000
	settled       = 6 * time.Second
)

func output(t *testing.T, program string, args ...string) []byte {
	t.Helper()
	return benchtest.Output(t, program, args...)
}

// packets reads when packets are due.
func (r *recording) packets(t *testing.T, file string) {
	t.Helper()
	for _, track := range []struct {
		which string
		times *[]time.Duration
	}{{"v", &r.video}, {"a", &r.audio}} {
		text := output(t, "ffprobe", "-v", "error", "-select_streams", track.which, "-show_entries", "packet=pts_time", "-of", "csv=p=0", file)
		for line := range strings.Lines(string(text)) {
			at, err := strconv.ParseFloat(strings.Trim(line, ",\n"), 64)
			if err != nil {
				t.Fatalf("a time of %q", line)
			}
			*track.times = append(*track.times, time.Duration(at*float64(time.Second)))
		}
	}
	if len(r.video) < 100 || len(r.audio) < 100 {
		t.Fatalf("%d pictures and %d pieces of sound were recorded", len(r.video), len(r.audio))
	}
}

// watch decodes the pictures.
func (r *recording) watch(t *testing.T, file string) {
	t.Helper()
	raw := bytes.NewReader(output(t, "ffmpeg", "-v", "error", "-i", file, "-map", "0:v", "-vf", "scale=16:9:flags=area,format=gray",
		"-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"))
	for {
		var p [columns * rows]uint8
		if _, err := io.ReadFull(raw, p[:]); err != nil {
			break
		}
		r.luma = append(r.luma, p)
	}
	if len(r.luma) != len(r.video) {
		t.Errorf("%d of %d pictures can be decoded", len(r.luma), len(r.video))
	}
}

// listen decodes the sound.
func (r *recording) listen(t *testing.T, file string) {
	t.Helper()
	raw := output(t, "ffmpeg", "-v", "error", "-i", file, "-map", "0:a", "-ac", "1", "-ar", "48000", "-f", "s16le", "pipe:1")
	for i := 0; i+1 < len(raw); i += 2 {
		r.samples = append(r.samples, int16(binary.LittleEndian.Uint16(raw[i:])))
	}
}

// hole is the longest time between two packets that is longer than it should be.
func hole(times []time.Duration) (longest, where time.Duration) {
	for i := 1; i < len(times); i++ {
		if d := times[i] - times[i-1]; times[i] > times[0]+settled && d > longest {
			longest, where = d, times[i]
		}
	}
	return longest, where
}

// window is how much of the sound is looked at for a tone; tones lie multiples of 100 Hz apart.
const window = rate / 100

// loudness is how loud a tone is in each hundredth of a second.
func (r *recording) loudness(hz int) []float64 {
	w := 2 * math.Cos(2*math.Pi*float64(hz)/rate)
	var out []float64
	for part := range slices.Chunk(r.samples, window) {
		var a, b float64
		for _, s := range part {
			a, b = float64(s)+w*a-b, a
		}
		out = append(out, 2*math.Sqrt(max(a*a+b*b-w*a*b, 0))/window)
	}
	return out
}

// audible is how loud at least a tone of a guest is whom one hears.
const audible = 1000

// silence is how long a tone that somebody gives all the time is missing, at the most. What is usual in the recording does not tell alone
// whether a tone is there: of one that is missing for most of the time, that is nothing.
func (r *recording) silence(hz int) (longest, where time.Duration) {
	const step = 10 * time.Millisecond
	loud := r.loudness(hz)
	loud = loud[settled/step : len(loud)-1]
	sorted := slices.Clone(loud)
	slices.Sort(sorted)
	least, missing := max(sorted[len(sorted)/2]/2, audible), time.Duration(0)
	for i, l := range loud {
		if l > least {
			missing = 0
			continue
		}
		if missing += step; missing > longest {
			longest, where = missing, settled+time.Duration(i)*step
		}
	}
	return longest, where
}

// beeps are when a tone begins.
func (r *recording) beeps(hz int) []time.Duration {
	loud := r.loudness(hz)
	most := slices.Max(loud)
	var out []time.Duration
	for i := 1; i < len(loud); i++ {
		if at := r.audio[0] + time.Duration(i)*10*time.Millisecond; loud[i] > most/2 && loud[i-1] <= most/2 {
			if len(out) == 0 || at-out[len(out)-1] > lasts {
				out = append(out, at)
			}
		}
	}
	return out
}

// flashes are when a place becomes bright.
func (r *recording) flashes(column, row int) []time.Duration {
	const bright = 128
	var out []time.Duration
	for i := 1; i < min(len(r.luma), len(r.video)); i++ {
		if at := row*columns + column; r.luma[i][at] > bright && r.luma[i-1][at] <= bright {
			out = append(out, r.video[i])
		}
	}
	return out
}

// enough tells whether a guest who was there all the time flashed and beeped for about as often as fits into what was recorded.
func (r *recording) enough(flashes, beeps []time.Duration) error {
	const spare = 2
	length := r.video[len(r.video)-1] - r.video[0]
	least := max(int((length-settled)/signal)-spare, 1)
	if len(flashes) < least || len(beeps) < least {
		return fmt.Errorf("%d flashes and %d beeps in %v, of %d at least", len(flashes), len(beeps), length, least)
	}
	return nil
}

// apart is by how much beeps are later than flashes: those at the beginning and those at the end, as a median of each.
func apart(t *testing.T, flashes, beeps []time.Duration) (first, last time.Duration) {
	t.Helper()
	var off []time.Duration
	for _, f := range flashes {
		for _, b := range beeps {
			if (b-f).Abs() < signal/4 && f > flashes[0]+settled/2 {
				off = append(off, b-f)
			}
		}
	}
	if len(off) < 2 {
		t.Fatalf("%d flashes and %d beeps, of which %d are together", len(flashes), len(beeps), len(off))
	}
	n := min(max(len(off)/3, 1), 20)
	middle := func(list []time.Duration) time.Duration {
		list = slices.Clone(list)
		slices.Sort(list)
		return list[len(list)/2]
	}
	return middle(off[:n]), middle(off[len(off)-n:])
}

// What a room is to keep to: how long sound may be missing, how far it may be from its picture, and how long a picture may stand.
const (
	gapMost     = 20 * time.Millisecond
	apartMost   = 40 * time.Millisecond
	standsMost  = 2*picturePace + picturePace/2
	picturePace = time.Second / 30
)

// whole checks what holds of any recording: it never stops.
func (r *recording) whole(t *testing.T, h *hindrance, guests ...*camera) {
	t.Helper()
	const sound = 20 * time.Millisecond
	t.Log(h)
	longest, where := hole(r.video)
	t.Logf("%v recorded; from one picture to the next at most %v", (r.video[len(r.video)-1] - r.video[0]).Round(time.Second), longest)
	if longest > h.allowed(standsMost, guests...) {
		t.Errorf("no picture for %v before %v", longest, where)
	}
	if longest, where = hole(r.audio); longest-sound > h.allowed(gapMost, guests...) {
		t.Errorf("no sound for %v before %v", longest-sound, where)
	}
}
