package doctor

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"
	"time"

	"sluice/elements/codec/choice"
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
)

// healthy is a machine that nothing is wrong with. Tests take it and break one thing.
func healthy() *Machine {
	return &Machine{
		Root: fstest.MapFS{
			"proc/meminfo":               text("MemTotal:       16000000 kB\nMemFree:  1 kB\nMemAvailable:    8388608 kB\n"),
			"proc/self/cgroup":           text("0::/init.scope\n"),
			"proc/sys/net/core/rmem_max": text("4194304\n"),
			"proc/sys/net/core/wmem_max": text("4194304\n"),
			"sys/devices/system/clocksource/clocksource0/current_clocksource": text("tsc\n"),
			"usr/lib/x86_64-linux-gnu/libbcg729.so.0":                         text(""),
			"etc/ld.so.cache": text("glibc-ld.so.cache1.1\x03libbcg729.so.0\x00/usr/lib/x86_64-linux-gnu/libbcg729.so.0\x00"),
			"dev/shm":         {Mode: fs.ModeDir},
		},
		System: &system{
			limits: map[Resource]uint64{OpenFiles: 1 << 20, Processes: Unlimited, CoreSize: 0, AddressSpace: Unlimited},
			clock:  Clock{Resolution: time.Nanosecond, Synchronised: true},
			space:  Space{Total: 64 << 20, Free: 64 << 20, Writable: true},
		},
		Env:      func(name string) string { return map[string]string{"HOME": "/home/ada"}[name] },
		CPUs:     8,
		Live:     func() (catalog.Catalog, error) { return installed{"vp8enc": "", "x264enc": ""}, nil },
		Known:    installed{"vp8enc": "gstreamer1.0-plugins-good", "x264enc": "gstreamer1.0-plugins-ugly"},
		Encoders: []choice.Verdict{{Codec: "h264", Encoder: "x264enc"}},
		Needs:    []Need{{"vp8enc", "jobs/transcode", true}, {"x264enc", "convert", false}},
		Spawn:    func(context.Context) (time.Duration, error) { return 20 * time.Millisecond, nil },
	}
}

func text(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

// system is a System that says what it is told to.
type system struct {
	limits map[Resource]uint64
	bind   map[string]error // by network and address
	clock  Clock
	space  Space
	err    error // of everything but Bind
}

func (s *system) Limit(r Resource) (uint64, error) { return s.limits[r], s.err }
func (s *system) Bind(_ context.Context, network, address string) error {
	return s.bind[network+address]
}
func (s *system) Clock() (Clock, error)       { return s.clock, s.err }
func (s *system) Space(string) (Space, error) { return s.space, s.err }

// installed is a catalogue: factory to package.
type installed map[string]string

func (c installed) Factory(name string) (*catalog.Factory, bool) {
	pack, ok := c[name]
	return &catalog.Factory{Name: name, Package: pack}, ok
}

func (c installed) Names() []string {
	var out []string
	for name := range c {
		out = append(out, name)
	}
	return out
}

func (c installed) Source() string { return "GStreamer 1.22.0 (this machine)" }

// older is a catalogue of another GStreamer.
type older struct {
	installed
	source string
}

func (o older) Source() string { return o.source }

// with gives the machine's Root another file; nil takes it away.
func (m *Machine) with(name string, f *fstest.MapFile) {
	files := m.Root.(fstest.MapFS)
	if f == nil {
		delete(files, name)
		return
	}
	files[name] = f
}

func TestNothingIsWrongWithAHealthyMachine(t *testing.T) {
	list := Run(t.Context(), healthy())
	for _, f := range list {
		if f.Level != OK || f.Do != "" || f.Says == "" {
			t.Errorf("%+v", f)
		}
	}
	if len(list) != len(Checks()) || Failed(list) {
		t.Errorf("%d findings of %d checks", len(list), len(Checks()))
	}
}

var errBroken = errors.New("broken")

func noGst() (catalog.Catalog, error) {
	return nil, fault.New(fault.GstUnavailable, "", "GStreamer does not start").Advise("see whether gst-inspect-1.0 works")
}

func TestSize(t *testing.T) {
	for n, want := range map[uint64]string{0: "0 B", 1023: "1023 B", 1024: "1 KB", 1536: "1.5 KB", 3 << 30: "3 GB", Unlimited: "unlimited"} {
		if got := size(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
