//go:build cgo && !nogst

package registry

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"sluice/engine/element/catalog"
	"sluice/engine/value"
)

func live(t testing.TB) *Live {
	t.Helper()
	l, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// factory skips where the machine lacks the plugin: the set-up installs all of them, a developer may not have.
func factory(t *testing.T, l *Live, name string) *catalog.Factory {
	t.Helper()
	f, ok := l.Factory(name)
	if !ok {
		t.Skipf("this machine has no %s; .ci/setup run installs it", name)
	}
	return f
}

func TestFactory(t *testing.T) {
	l := live(t)
	f := factory(t, l, "x264enc")
	if f.Plugin != "x264" || f.File != "libgstx264.so" || f.Licence != "GPL" || f.Rank != 256 || f.Klass != "Codec/Encoder/Video" {
		t.Errorf("got %+v", f)
	}
	bitrate, _ := f.Property("bitrate")
	if c := bitrate.Constraint; c.Type != value.Int || c.Min != int64(1) || c.Unit != value.UnitKilobit || bitrate.Default != int64(2048) {
		t.Errorf("bitrate: %+v", bitrate)
	}
	if !bitrate.Playing || !bitrate.Writable || !bitrate.Readable {
		t.Errorf("bitrate can be read, and changed while playing: %+v", bitrate)
	}
	preset, _ := f.Property("speed-preset")
	if c := preset.Constraint; c.Type != value.Enum || !slices.Contains(c.Of, "veryfast") || preset.Default != "medium" {
		t.Errorf("speed-preset: %+v", preset)
	}
	tune, _ := f.Property("tune")
	if tune.Constraint.Type != value.String || !slices.Contains(tune.Flags, "zerolatency") {
		t.Errorf("tune: %+v", tune)
	}
	if _, ok := f.Property("name"); ok {
		t.Error("the name is the compiler's business")
	}
	if len(f.Pads) != 2 || !strings.HasPrefix(f.Pads[1].Caps, "video/x-h264") || f.Pads[1].Presence != "always" {
		t.Errorf("pads: %+v", f.Pads)
	}
}

func TestWhatElementsChangeOfTheirBaseClass(t *testing.T) {
	l := live(t)
	sync, _ := factory(t, l, "fakesink").Property("sync")
	if sync.Default != false {
		t.Errorf("fakesink does not wait for the clock, unlike other sinks: %+v", sync)
	}
	if sync, _ := factory(t, l, "filesink").Property("sync"); sync.Default != false {
		t.Errorf("filesink does not either: %+v", sync)
	}
	if sync, _ := factory(t, l, "udpsink").Property("sync"); sync.Default != true {
		t.Errorf("udpsink does: %+v", sync)
	}
}

func TestPads(t *testing.T) {
	l := live(t)
	pads := map[string][4]string{ // name, direction, presence, a property of the pad
		"tee":        {"src_%u", "src", "request", ""},
		"compositor": {"sink_%u", "sink", "request", "xpos"},
		"flvdemux":   {"video", "src", "sometimes", ""},
		"queue":      {"sink", "sink", "always", ""},
	}
	for name, want := range pads {
		f := factory(t, l, name)
		i := slices.IndexFunc(f.Pads, func(p catalog.Pad) bool { return p.Name == want[0] })
		if i < 0 || f.Pads[i].Direction != want[1] || f.Pads[i].Presence != want[2] {
			t.Errorf("%s: pads %+v, want %q", name, f.Pads, want)
			continue
		}
		if _, ok := f.Pads[i].Property(want[3]); want[3] != "" && !ok {
			t.Errorf("%s: its pad %s lacks %s", name, want[0], want[3])
		}
	}
}

func TestUnknownFactory(t *testing.T) {
	l := live(t)
	for _, name := range []string{"", "x264encc", "x264enc\x00", "no such thing"} {
		if f, ok := l.Factory(name); ok {
			t.Errorf("%q: got %+v", name, f)
		}
	}
	if !slices.IsSorted(l.Names()) || len(l.Names()) == 0 {
		t.Error("names are not sorted")
	}
	if !strings.Contains(l.Source(), "(this machine)") || !strings.Contains(l.Source(), l.Version()) {
		t.Errorf("source is %q", l.Source())
	}
}

func TestManyAtOnce(t *testing.T) {
	l := live(t)
	var wg sync.WaitGroup
	for _, name := range slices.Repeat([]string{"queue", "tee", "fakesink", "identity"}, 4) {
		wg.Go(func() {
			if _, ok := l.Factory(name); !ok {
				t.Errorf("%s is missing", name)
			}
		})
	}
	wg.Wait()
}

// Every reference that the C side takes it gives back: its text is some 8 KB, an element and its pads more.
func TestDescribingKeepsNothing(t *testing.T) {
	l := live(t)
	describe := func(times int) {
		for range times {
			if _, err := l.record("queue"); err != nil {
				t.Fatal(err)
			}
		}
	}
	describe(200)
	before := resident(t)
	describe(2000)
	if grown := resident(t) - before; grown > 6<<20 {
		t.Errorf("memory grew by %d bytes in 2000 descriptions", grown)
	}
}

// resident is the process's memory in bytes.
func resident(t *testing.T) int {
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

func BenchmarkOpen(b *testing.B) { // what is left of it once GStreamer runs
	for b.Loop() {
		live(b)
	}
}

func BenchmarkDescribe(b *testing.B) {
	l := live(b)
	for _, name := range []string{"x264enc", "avdec_h264"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := l.record(name); err != nil {
					b.Skip(err)
				}
			}
		})
	}
}

// TestLicence: the plugin of libav says LGPL of itself, and Debian's libavcodec that it is under the GPL.
func TestLicence(t *testing.T) {
	l := live(t)
	for name, want := range map[string]string{"x264enc": "GPL", "openh264enc": "BSD", "queue": "LGPL", "none": ""} {
		if got := catalog.Licence(l, name); got != want {
			t.Errorf("%s is under %q, not %q", name, got, want)
		}
	}
	f := factory(t, l, "avdec_aac")
	if got := l.Licence("avdec_aac"); got != f.Licence {
		t.Errorf("avdec_aac is under %q and under %q", got, f.Licence)
	}
}
