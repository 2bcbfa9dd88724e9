package catalog_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"sluice/engine/element/catalog"
	"sluice/engine/fault"
)

const longCaps = `video/x-raw, format=(string){ I420, "two\ words", NV12, YV12, UYVY, BGRA, RGBA }, width=(int)[ 1, 2147483647 ]`

// two are records of one plugin: the second declares a property of their base class anew, so GStreamer leaves it out
// of the first class's list.
func two() []*catalog.Record {
	plugin := catalog.Plugin{Name: "p", File: "libgstp.so", Package: "pp", Version: "1", Licence: "LGPL"}
	sync := catalog.PropertyRecord{Name: "sync", Type: "gboolean", Default: json.RawMessage("true"), About: "<b> & 'c'"}
	late := catalog.PropertyRecord{Name: "late", Type: "gint64", Min: json.RawMessage("-1"), Default: json.RawMessage("-1")}
	own := catalog.PropertyRecord{Name: "sync", Type: "gboolean", Default: json.RawMessage("false")}
	pad := catalog.Class{Name: "Pad", Properties: []catalog.PropertyRecord{late}}
	return []*catalog.Record{
		{Name: "one", Plugin: plugin, Rank: 256, Klass: "Sink", LongName: "One", About: "does one",
			Pads:     []catalog.PadRecord{{Name: "sink", Direction: "sink", Presence: "always", Caps: longCaps}},
			Classes:  []catalog.Class{{Name: "Base", Properties: []catalog.PropertyRecord{sync, late}}},
			Defaults: map[string]json.RawMessage{"late": json.RawMessage("5")}},
		{Name: "two", Plugin: plugin,
			Pads: []catalog.PadRecord{
				{Name: "sink", Direction: "sink", Presence: "request", Caps: longCaps, Classes: []catalog.Class{pad}},
				{Name: "src", Direction: "src", Presence: "always", Caps: "ANY"}},
			Classes: []catalog.Class{{Name: "Base", Properties: []catalog.PropertyRecord{late}},
				{Name: "Two", Properties: []catalog.PropertyRecord{own}}}},
	}
}

func write(t *testing.T, records []*catalog.Record) string {
	t.Helper()
	text, err := catalog.Write("1.22.0", map[string]string{"pp": "1.22.0-5+deb12u4"}, records)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWriteAndOpen(t *testing.T) {
	text := write(t, two())
	reversed := two()
	slices.Reverse(reversed)
	if write(t, reversed) != text {
		t.Error("the order of the records shows")
	}
	if !json.Valid([]byte(text)) {
		t.Errorf("this is not JSON:\n%s", text)
	}
	if n := strings.Count(text, "video/x-raw"); n != 1 {
		t.Errorf("shared caps are written %d times", n)
	}
	s, err := catalog.Open(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range two() {
		want, err := r.Factory()
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := s.Factory(r.Name); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", r.Name, got, want)
		}
	}
	if got := s.Packages(); len(got) != 1 || got["pp"] != "1.22.0-5+deb12u4" {
		t.Errorf("packages: %v", got)
	}
	one, _ := s.Factory("one")
	if late, _ := one.Property("late"); late.Default != int64(5) {
		t.Errorf("the element's own default is lost: %+v", late)
	}
	two, _ := s.Factory("two")
	if sync, _ := two.Property("sync"); sync.Default != false || len(two.Properties) != 2 {
		t.Errorf("the derived class's property counts: %+v", two.Properties)
	}
}

func TestWriteRefuses(t *testing.T) {
	tests := map[string]func(r []*catalog.Record){
		"two versions of a plugin":   func(r []*catalog.Record) { r[1].Plugin.Version = "2" },
		"a class that is not itself": func(r []*catalog.Record) { r[1].Classes[0].Properties[0].Type = "gint" },
		"a name with a quote":        func(r []*catalog.Record) { r[0].Name = `on"e` },
		"no name":                    func(r []*catalog.Record) { r[0].Name = "" },
		"a default that is no JSON":  func(r []*catalog.Record) { r[0].Classes[0].Properties[0].Default = json.RawMessage("tru") },
	}
	for name, spoil := range tests {
		r := two()
		spoil(r)
		if text, err := catalog.Write("1.22.0", map[string]string{"pp": "1.22.0-5+deb12u4"}, r); err == nil {
			t.Errorf("%s: written as\n%s", name, text)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, text := range []string{"", "{}", "\x00\xff", "{\n\"gstreamer\": \"1.22.0\",\n}\n", "\"factories\": {\n\"a\": {}\n}\n"} {
		if _, err := catalog.Open(text); !errors.Is(err, fault.Internal) {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

// A line that is damaged costs its factory, never a panic, and no other factory.
func TestDamagedLines(t *testing.T) {
	whole := write(t, two())
	for _, d := range [][2]string{
		{`"one": {"plugin":"p"`, `"one": {"plugin":p"`},
		{`"one": {"plugin":"p"`, `"one": {"plugin":"q"`},
		{`"defaults":{"late":5}`, `"defaults":{"late":"five"}`},
		{`"classes":["Base"]`, `"classes":["Gone"]`},
		{`"presence":"always","caps":"@`, `"presence":"always","caps":"@0`},
		{"\"caps\": {\n", "\"cups\": {\n"},
	} {
		old, damaged := d[0], d[1]
		text := strings.Replace(whole, old, damaged, 1)
		if text == whole {
			t.Errorf("%q is not in the text", old)
			continue
		}
		s, err := catalog.Open(text)
		if err != nil {
			t.Errorf("%s: %v", damaged, err)
			continue
		}
		if f, ok := s.Factory("one"); ok {
			t.Errorf("%s: got %+v", damaged, f)
		}
	}
}

func FuzzOpen(f *testing.F) {
	text, err := catalog.Write("1.22.0", map[string]string{"pp": "1.22.0-5+deb12u4"}, two())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("\"gstreamer\": \"1\",\n\"caps\": {\n\"k\": \"\n\"factories\": {\n\"a\": {\"pads\":[{\"caps\":\"@k\"}]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := catalog.Open(text)
		if err != nil {
			return
		}
		for _, name := range s.Names() {
			if f, ok := s.Factory(name); ok && f.Name != name {
				t.Fatalf("%q is called %q", name, f.Name)
			}
		}
	})
}
