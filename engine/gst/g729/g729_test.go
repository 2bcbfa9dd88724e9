//go:build cgo && !nogst

package g729

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/fault"
	"sluice/engine/gst/registry"
)

// A tone through the encoder, RTP and GStreamer's own decoder is the same tone, and nothing else has come to it.
func TestToneSurvives(t *testing.T) {
	need(t)
	pcm := made(t, tone(440, 8000)+" ! sluiceg729enc ! rtpg729pay ! rtpg729depay ! avdec_g729 ! audioconvert ! audio/x-raw,format=S16LE")
	if len(pcm) != 16000 {
		t.Errorf("%d bytes of sound, want a second", len(pcm))
	}
	pcm = pcm[min(3200, len(pcm)):] // the first 200 ms are the coder finding its way
	if at := loudness(pcm, 440, 8000); at < 0.3 || at > 0.7 {
		t.Errorf("the tone of 0.5 has become %.2f", at)
	}
	for _, other := range []float64{300, 700, 1000} {
		if at := loudness(pcm, other, 8000); at > 0.1 {
			t.Errorf("there is %.2f at %v Hz", at, other)
		}
	}
}

func TestSameInSameOut(t *testing.T) {
	need(t)
	a, b := made(t, tone(300, 8000)+" ! sluiceg729enc"), made(t, tone(300, 8000)+" ! sluiceg729enc")
	if len(a) != 1000 || !bytes.Equal(a, b) {
		t.Errorf("%d and %d bytes, equal: %t", len(a), len(b), bytes.Equal(a, b))
	}
	if c := made(t, tone(600, 8000)+" ! sluiceg729enc"); bytes.Equal(a, c) {
		t.Error("another tone codes the same")
	}
}

// Input comes in any portions; frames are 10 ms, and the last one is filled up.
func TestFrames(t *testing.T) {
	need(t)
	for samples, want := range map[int]int{10: 1, 70: 1, 80: 1, 90: 2, 310: 4, 8000: 100, 8010: 101} {
		p := launch(t, tone(440, samples)+" ! sluiceg729enc name=enc ! fakesink")
		enc, err := p.GetElementByName("enc")
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var starts, ends []time.Duration
		enc.GetStaticPad("src").AddProbe(gst.PadProbeTypeBuffer, func(_ *gst.Pad, info *gst.PadProbeInfo) gst.PadProbeReturn {
			b := info.GetBuffer()
			mu.Lock()
			defer mu.Unlock()
			start := *b.PresentationTimestamp().AsDuration()
			starts, ends = append(starts, start), append(ends, start+*b.Duration().AsDuration())
			if b.GetSize() != 10 {
				t.Errorf("a frame of %d bytes", b.GetSize())
			}
			return gst.PadProbeOK
		})
		if m := play(t, p); m.Type() != gst.MessageEOS {
			t.Fatal(m.ParseError())
		}
		mu.Lock()
		if len(starts) != want || !slices.IsSorted(starts) {
			t.Fatalf("%d samples are %d frames, want %d: %v", samples, len(starts), want, starts)
		}
		if first, last := starts[0], ends[len(ends)-1]; first != 0 || last != time.Duration(samples)*time.Second/8000 {
			t.Errorf("%d samples last from %v to %v", samples, first, last)
		}
		mu.Unlock()
	}
}

func TestTakesNothingElse(t *testing.T) {
	need(t)
	for _, caps := range []string{"rate=48000,channels=1,format=S16LE", "rate=8000,channels=2,format=S16LE", "rate=8000,channels=1,format=F32LE"} {
		if _, err := gst.NewPipelineFromString("audiotestsrc ! audio/x-raw," + caps + " ! sluiceg729enc ! fakesink"); err == nil {
			t.Errorf("%s was linked", caps)
		}
	}
}

func TestWithoutTheLibrary(t *testing.T) {
	gst.Init(nil)
	for range 2 {
		err := register("sluiceg729none", "libbcg729-that-is-not-there.so", "/neither/is/this.so")
		var f *fault.Fault
		if !errors.As(err, &f) || f.Code != fault.ElementUnavailable || !strings.Contains(f.Hint, "libbcg729-0") {
			t.Errorf("got %v", err)
		}
	}
	if err := register("sluiceg729none", "libc.so.6"); fault.CodeOf(err) != fault.ElementUnavailable {
		t.Errorf("a library without the functions: %v", err)
	}
	if gst.Find("sluiceg729none") != nil {
		t.Error("it was registered nevertheless")
	}
}

// The package may be removed while a worker runs: then the element does not start, and says why.
func TestLibraryGone(t *testing.T) {
	need(t)
	var data []byte
	for _, dir := range []string{"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib", "/usr/local/lib"} {
		if b, err := os.ReadFile(filepath.Join(dir, "libbcg729.so.0")); err == nil {
			data = b
			break
		}
	}
	if data == nil {
		t.Skip("the library is not where Debian has it")
	}
	file := filepath.Join(t.TempDir(), "libmine.so")
	if err := os.WriteFile(file, data, 0o700); err != nil {
		t.Fatal(err)
	}
	element := "sluiceg729gone" + strconv.FormatInt(time.Now().UnixNano(), 36) // types stay until the process ends
	if err := register(element, "nothing.so", file); err != nil {
		t.Fatal(err)
	}
	if got := made(t, tone(440, 800)+" ! "+element); len(got) != 100 {
		t.Errorf("%d bytes", len(got))
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	p := launch(t, tone(440, 800)+" ! "+element+" name=enc ! fakesink")
	m := play(t, p)
	if m.Type() != gst.MessageError || m.Source() != "enc" || !strings.Contains(m.ParseError().Error(), "libmine.so is gone") {
		t.Fatalf("got %s", m)
	}
	if err := p.SetState(gst.StateNull); err != nil {
		t.Error(err)
	}
}

func TestRegisterFromManyGoroutines(t *testing.T) {
	need(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := Register(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// What the registry says of it is what the compiler's description of the element promises.
func TestRegistryDescribesIt(t *testing.T) {
	need(t)
	live, err := registry.Open()
	if err != nil {
		t.Fatal(err)
	}
	f, ok := live.Factory(Element)
	if !ok || f.Klass != "Codec/Encoder/Audio" || len(f.Pads) != 2 {
		t.Fatalf("got %+v", f)
	}
	for _, p := range f.Pads {
		want := map[string]string{"sink": "audio/x-raw", "src": "audio/G729"}[p.Name]
		if p.Presence != "always" || !strings.HasPrefix(p.Caps, want) {
			t.Errorf("pad %+v", p)
		}
	}
}

// Starting and stopping keeps no memory, no file and no thread.
func TestStartStop(t *testing.T) {
	need(t)
	enc, err := gst.NewElement(Element)
	if err != nil {
		t.Fatal(err)
	}
	cycle := func(times int) {
		for range times {
			if err := enc.SetState(gst.StatePaused); err != nil {
				t.Fatal(err)
			}
			if err := enc.SetState(gst.StateNull); err != nil {
				t.Fatal(err)
			}
		}
	}
	cycle(100)
	memory, files, threads := resident(t), entries(t, "/proc/self/fd"), entries(t, "/proc/self/task")
	cycle(1000)
	if grown := resident(t) - memory; grown > 2<<20 {
		t.Errorf("memory grew by %d bytes in 1000 cycles", grown)
	}
	if n := entries(t, "/proc/self/fd"); n > files {
		t.Errorf("%d files are open, before %d", n, files)
	}
	if n := entries(t, "/proc/self/task"); n > threads+2 { // Go may start one of its own at any time
		t.Errorf("%d threads run, before %d", n, threads)
	}
}

func BenchmarkEncode(b *testing.B) { // a second of sound each
	need(b)
	for b.Loop() {
		made(b, tone(440, 8000)+" ! sluiceg729enc")
	}
}
