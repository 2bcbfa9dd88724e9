//go:build cgo && !nogst

package g729

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/fault"
)

// need registers the encoder, or skips where the machine lacks the library.
func need(t testing.TB) {
	t.Helper()
	gst.Init(nil)
	if err := Register(); fault.CodeOf(err) == fault.ElementUnavailable {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
}

// launch makes a pipeline and ends it with the test.
func launch(t testing.TB, description string) *gst.Pipeline {
	t.Helper()
	p, err := gst.NewPipelineFromString(description)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.SetState(gst.StateNull) })
	return p
}

// play plays a pipeline to its end and gives the message it ended with.
func play(t testing.TB, p *gst.Pipeline) *gst.Message {
	t.Helper()
	p.SetState(gst.StatePlaying) // what fails is on the bus
	m := p.GetPipelineBus().TimedPopFiltered(gst.ClockTime(30*time.Second), gst.MessageEOS|gst.MessageError)
	if m == nil {
		t.Fatal("the pipeline does not end")
	}
	return m
}

// make plays a pipeline whose end is put into a file, and gives what is in it.
func made(t testing.TB, description string) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "out")
	p := launch(t, description+" ! filesink location="+file)
	if m := play(t, p); m.Type() != gst.MessageEOS {
		t.Fatalf("%s: %s (%s)", m.Source(), m.ParseError().Error(), m.ParseError().DebugString())
	}
	p.SetState(gst.StateNull)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// tone is a source of so many samples of a tone, at half of full scale.
func tone(hertz, samples int) string {
	return "audiotestsrc volume=0.5 freq=" + strconv.Itoa(hertz) + " samplesperbuffer=" + strconv.Itoa(samples/10) +
		" num-buffers=10 ! audio/x-raw,format=S16LE,rate=8000,channels=1"
}

// loudness is the part of sound of 16 bits that is at a frequency, by Goertzel's filter: 0.5 for a tone at half scale.
func loudness(pcm []byte, hertz, rate float64) float64 {
	w := 2 * math.Cos(2*math.Pi*hertz/rate)
	var a, b float64
	n := len(pcm) / 2
	for i := range n {
		x := float64(int16(binary.LittleEndian.Uint16(pcm[2*i:]))) / 32768
		a, b = x+w*a-b, a
	}
	return 2 * math.Sqrt(a*a+b*b-w*a*b) / float64(n)
}

// resident is the memory of this process in bytes.
func resident(t testing.TB) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skip(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(data))[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

func entries(t testing.TB, dir string) int {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Skip(err)
	}
	return len(list)
}
