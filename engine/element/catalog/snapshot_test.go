package catalog_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sluice/engine/caps"
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
	"sluice/engine/value"
	"sluice/testdata/registry"
)

func snapshot(t *testing.T) *catalog.Snapshot {
	t.Helper()
	s, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every line of the snapshot is read, and says only what the rest of the engine can use.
func TestWholeSnapshot(t *testing.T) {
	s := snapshot(t)
	packages := s.Packages()
	if n := len(s.Names()); n < 1300 {
		t.Errorf("%d factories", n)
	}
	for _, name := range s.Names() {
		f, ok := s.Factory(name)
		if !ok {
			_, err := s.Record(name)
			t.Errorf("%s: %v", name, err)
			continue
		}
		if f.Name != name || f.Plugin == "" || packages[f.Package] == "" || f.Licence == "" || f.Klass == "" || f.About == "" {
			t.Errorf("%s: something is empty: %+v", name, f)
		}
		checkProperties(t, name, f.Properties)
		for _, p := range f.Pads {
			if _, err := caps.Parse(p.Caps); err != nil {
				t.Errorf("%s, pad %s: %v", name, p.Name, err)
			}
			if p.Direction != "src" && p.Direction != "sink" || !slices.Contains([]string{"always", "sometimes", "request"}, p.Presence) {
				t.Errorf("%s, pad %s: %s, %s", name, p.Name, p.Direction, p.Presence)
			}
			checkProperties(t, name+"."+p.Name, p.Properties)
		}
	}
}

func checkProperties(t *testing.T, owner string, list []catalog.Property) {
	t.Helper()
	names := map[string]bool{}
	for _, p := range list {
		if names[p.Name] {
			t.Errorf("%s has %q twice", owner, p.Name)
		}
		names[p.Name] = true
		if err := p.Constraint.Validate(); err != nil {
			t.Errorf("%s.%s: %v", owner, p.Name, err)
		}
		if !p.Readable && !p.Writable {
			t.Errorf("%s.%s is of no use", owner, p.Name)
		}
		if p.Default == nil {
			continue
		}
		if v, err := p.Constraint.Accept(p.Default); err != nil || v != p.Default {
			t.Errorf("%s.%s: default %v (%T) became %v, %v", owner, p.Name, p.Default, p.Default, v, err)
		}
	}
}

func property(t *testing.T, factory, name string) catalog.Property {
	t.Helper()
	f, ok := snapshot(t).Factory(factory)
	if !ok {
		t.Fatalf("no factory %q", factory)
	}
	p, ok := f.Property(name)
	if !ok {
		t.Fatalf("%s has no %q", factory, name)
	}
	return p
}

func TestProperties(t *testing.T) {
	tests := []struct {
		factory, name string
		constraint    value.Constraint
		def           any
	}{
		{"x264enc", "bitrate", value.Constraint{Type: value.Int, Min: int64(1), Max: int64(2048000), Unit: value.UnitKilobit}, int64(2048)},
		{"opusenc", "bitrate", value.Constraint{Type: value.Int, Min: int64(4000), Max: int64(650000), Unit: value.UnitBit}, int64(64000)},
		{"queue", "max-size-time", value.Constraint{Type: value.Int, Min: int64(0), Unit: value.UnitNanosecond}, int64(1000000000)},
		{"queue", "max-size-bytes", value.Constraint{Type: value.Int, Min: int64(0), Max: int64(4294967295), Unit: value.UnitByte}, int64(10485760)},
		{"queue", "leaky", value.Constraint{Type: value.Enum, Of: []string{"no", "upstream", "downstream"}}, "no"},
		{"capsfilter", "caps", value.Constraint{Type: value.Caps}, nil},
		{"filesink", "location", value.Constraint{Type: value.String}, nil},
		{"audiotestsrc", "volume", value.Constraint{Type: value.Float, Min: 0.0, Max: 1.0}, 0.8},
		{"videoscale", "sharpness", value.Constraint{Type: value.Float, Min: 0.5, Max: 1.5}, 1.0},
		{"fakesink", "sync", value.Constraint{Type: value.Bool}, false}, // the base class says true
		{"filesink", "ts-offset", value.Constraint{Type: value.Int, Unit: value.UnitNanosecond}, int64(0)},
		// "none" is the greatest number of 64 bits, which an int cannot hold
		{"udpsink", "max-bitrate", value.Constraint{Type: value.Int, Min: int64(0), Unit: value.UnitBit}, int64(0)},
		{"rtspsrc", "latency", value.Constraint{Type: value.Int, Min: int64(0), Max: int64(4294967295), Unit: value.UnitMillisecond}, int64(2000)},
		{"videorate", "max-duplication-time", value.Constraint{Type: value.Int, Min: int64(0), Unit: value.UnitNanosecond}, int64(0)},
		{"appsrc", "duration", value.Constraint{Type: value.Int, Min: int64(0), Unit: value.UnitNanosecond}, nil},
	}
	for _, tt := range tests {
		p := property(t, tt.factory, tt.name)
		if !reflect.DeepEqual(p.Constraint, tt.constraint) || p.Default != tt.def {
			t.Errorf("%s.%s: got %+v default %v,\nwant %+v default %v", tt.factory, tt.name, p.Constraint, p.Default, tt.constraint, tt.def)
		}
	}
	if p := property(t, "x264enc", "tune"); p.Constraint.Type != value.String || !slices.Contains(p.Flags, "zerolatency") {
		t.Errorf("flags: %+v", p)
	}
	if p := property(t, "udpsrc", "timeout"); p.Constraint.Unit != value.UnitNanosecond {
		t.Errorf("udpsrc.timeout counts %q", p.Constraint.Unit)
	}
}

func TestWhenPropertiesMayChange(t *testing.T) {
	tests := []struct {
		factory, name                            string
		construct, playing, paused, ready, write bool
	}{
		{"x264enc", "bitrate", false, true, true, true, true},
		{"volume", "volume", false, true, true, true, true}, // can be controlled, and so changed at any time
		{"udpsrc", "port", false, false, false, false, true},
		{"tee", "num-src-pads", false, false, false, false, false},
		{"webrtcbin", "ice-agent", true, false, false, false, true},
	}
	for _, tt := range tests {
		p := property(t, tt.factory, tt.name)
		got := [5]bool{p.Construct, p.Playing, p.Paused, p.Ready, p.Writable}
		if want := [5]bool{tt.construct, tt.playing, tt.paused, tt.ready, tt.write}; got != want {
			t.Errorf("%s.%s: construct, playing, paused, ready, writable are %v, want %v", tt.factory, tt.name, got, want)
		}
	}
}

func TestFactoryAndPads(t *testing.T) {
	f, ok := snapshot(t).Factory("compositor")
	if !ok || f.Package != "gstreamer1.0-plugins-base" || f.File != "libgstcompositor.so" || f.Licence != "LGPL" {
		t.Fatalf("got %+v", f)
	}
	i := slices.IndexFunc(f.Pads, func(p catalog.Pad) bool { return p.Name == "sink_%u" })
	if i < 0 || f.Pads[i].Presence != "request" || !strings.HasPrefix(f.Pads[i].Caps, "video/x-raw, format=(string){ ") {
		t.Fatalf("pads: %+v", f.Pads)
	}
	if x, ok := f.Pads[i].Property("xpos"); !ok || x.Constraint.Type != value.Int || !x.Playing {
		t.Errorf("xpos: %+v", x)
	}
}

func TestUnknown(t *testing.T) {
	s := snapshot(t)
	if f, ok := s.Factory("x264encc"); ok {
		t.Errorf("got %+v", f)
	}
	if _, err := s.Record("x264encc"); !errors.Is(err, fault.ElementUnavailable) {
		t.Errorf("got %v", err)
	}
	if got, want := s.Source(), "GStreamer "+s.Version()+" (snapshot)"; got != want || !strings.HasPrefix(s.Version(), "1.22.") {
		t.Errorf("source %q, version %q", got, s.Version())
	}
	if !slices.IsSorted(s.Names()) {
		t.Error("names are not sorted")
	}
}

func TestLicence(t *testing.T) {
	s := snapshot(t)
	for name, want := range map[string]string{"x264enc": "GPL", "openh264enc": "BSD", "queue": "LGPL", "avdec_aac": "GPL", "none": ""} {
		if got := catalog.Licence(s, name); got != want {
			t.Errorf("%s is under %q, not %q", name, got, want)
		}
		if got := catalog.Licence(bare{s}, name); got != want { // one that has no shorter way
			t.Errorf("%s is under %q, as its description says, not %q", name, got, want)
		}
	}
}

// bare is a catalogue with no more methods than it must have.
type bare struct{ catalog.Catalog }
