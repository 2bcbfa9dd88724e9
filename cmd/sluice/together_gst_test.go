//go:build cgo && !nogst

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/api/records/recordtest"
	"sluice/engine/caps"
	"sluice/engine/enginetest/program"
	"sluice/engine/trial/measure"
)

// TestOneFilmOfSeveralRecordings makes one film of two recordings, of which one was begun two seconds later: each is seen in its place
// and heard from when it was made.
func TestOneFilmOfSeveralRecordings(t *testing.T) {
	program.Need(t, "ffmpeg", "ffprobe")
	folder, at := t.TempDir(), time.Now()
	host, guest, film := filepath.Join(folder, "host.mp4"), filepath.Join(folder, "guest.webm"), filepath.Join(folder, "film.mp4")
	for _, line := range []string{
		"-f lavfi -i color=red:s=320x180:r=25 -f lavfi -i sine=440:sample_rate=48000 -t 4 -c:v libx264 -pix_fmt yuv420p -c:a aac " + host,
		"-f lavfi -i color=lime:s=320x180:r=25 -f lavfi -i sine=1000:sample_rate=48000 -t 4 -c:v libvpx -c:a libopus " + guest,
	} {
		program.Start(t, "ffmpeg", strings.Fields("-v error "+line)...).Wait()
	}
	taped(t, host, at)
	taped(t, guest, at.Add(2*time.Second))
	code, list, said := together(t, "--width", "640", "--height", "180", host, guest)
	var out, errw bytes.Buffer
	if code == exitOK {
		code = run(t.Context(), []string{
			"run", "jobs/combine", "-q", "-p", "target=" + film, "-p", "width=640", "-p", "height=180", "-p", "recordings=" + list,
		}, nil, &out, &errw)
	}
	if code != exitOK {
		t.Fatal(code, said, out.String(), errw.String())
	}
	recordtest.Decode(t, film, "0")
	found := recordtest.Probe(t, film)
	if s := found.Seconds(); words(found.Codecs()) != "h264 aac" || s < 5.8 || s > 6.2 || found.Streams[0].Width+found.Streams[1].Width != 640 {
		t.Errorf("%s for %gs", found.Codecs(), s)
	}
	for _, c := range []struct {
		second, left, right string
		tones               []int
	}{{"0.5", "red", "black", []int{440}}, {"2.5", "red", "green", []int{440, 1000}}, {"4.7", "black", "green", []int{1000}}} {
		w := shot(t, film, c.second)
		if left, right := named(w.of(w.latest, 3, 4)), named(w.of(w.latest, 12, 4)); left != c.left || right != c.right {
			t.Errorf("at %s s %s and %s are seen", c.second, left, right)
		}
		if heard := tones(t, film, c.second); !same(heard, c.tones) {
			t.Errorf("at %s s %v are heard, not %v", c.second, heard, c.tones)
		}
	}
}

// shot is the picture of a film at a second.
func shot(t *testing.T, film, second string) *screen {
	t.Helper()
	raw := filepath.Join(t.TempDir(), "raw")
	program.Start(t, "ffmpeg", strings.Fields("-v error -ss "+second+" -i "+film+
		" -map 0:v -frames:v 1 -vf format=rgb24,scale=16:9:flags=area -f rawvideo "+raw)...).Wait()
	return &screen{width: 16, height: 9, latest: read(t, raw)}
}

// tones are what a film sounds like for a second from there on, in Hz.
func tones(t *testing.T, film, second string) (list []int) {
	t.Helper()
	raw := filepath.Join(t.TempDir(), "raw")
	program.Start(t, "ffmpeg", strings.Fields("-v error -ss "+second+" -t 1 -i "+film+" -map 0:a -ac 1 -ar 48000 -f s16le "+raw)...).Wait()
	c, err := caps.Parse("audio/x-raw,format=S16LE,rate=48000,channels=1,layout=interleaved")
	if err != nil {
		t.Fatal(err)
	}
	form, err := measure.NewSound(c)
	if err != nil {
		t.Fatal(err)
	}
	s := measure.NewSpectrum(form)
	s.Add(read(t, raw))
	for _, tone := range s.Tones() {
		if tone.Share > 0.1 {
			list = append(list, int(tone.Hz))
		}
	}
	return list
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// same tells whether tones are as they should be, to 20 Hz.
func same(heard, want []int) bool {
	if len(heard) != len(want) {
		return false
	}
	for _, w := range want {
		near := false
		for _, h := range heard {
			near = near || h > w-20 && h < w+20
		}
		if !near {
			return false
		}
	}
	return true
}
