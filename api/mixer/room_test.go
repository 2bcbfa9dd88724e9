package mixer

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"sluice/engine/hub"
)

func TestSeated(t *testing.T) {
	for name, want := range map[string]seat{
		"ann#hall": {Login: "ann", Room: "hall"}, "live/a/ann#hall": {Folder: "live/a/", Login: "ann", Room: "hall"},
		"ann#hall#desktop": {Login: "ann", Room: "hall", Word: "desktop"}, "a#live/ann": {}, "ann": {}, "#": {}, "ann#": {}, "#hall": {},
		"a#b#c#d": {}, "rtsp://host/ann#hall": {}, "": {},
	} {
		if got, ok := seated(name); got != want || ok != (want != seat{}) {
			t.Errorf("%q: %+v %v", name, got, ok)
		}
	}
	if got := own("live/hall", "ann"); got != "live/hall-annhall" {
		t.Error(got)
	}
}

func TestKeyOf(t *testing.T) {
	taken := func(key string) bool { return key == "ann" }
	for name, want := range map[string]string{
		"bob": "bob", "b-_2": "b-_2", "ann": "ann-", "Zoë": "Zo_-", "": "-", strings.Repeat("x", 99): strings.Repeat("x", 55) + "-",
	} {
		got := keyOf(name, name+"#hall", taken)
		if !strings.HasPrefix(got, want) || len(got) > 64 || taken(got) || want[len(want)-1] == '-' && len(got) != len(want)+8 {
			t.Errorf("%q: %q", name, got)
		}
	}
	if keyOf("ann", "1", taken) == keyOf("ann", "2", taken) {
		t.Error("two guests have one key")
	}
}

// Names from strangers are read without harm, and what is read of them is about them.
func FuzzSeated(f *testing.F) {
	for _, s := range []string{"ann#hall", "live/ann#hall#desktop", "hall-annhall", "a-#a", "####", "\xff#a", "a-a-a-a-a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if s, ok := seated(name); ok {
			if !strings.HasPrefix(name, s.Folder+s.Login+mark+s.Room) || strings.ContainsAny(s.Login+s.Room, "#/") {
				t.Errorf("%q: %+v", name, s)
			}
			if hub.CheckName(name) == nil && s.Word == "" && !slices.Contains(owners(own(s.hall(), loginOf(name))), name) {
				t.Errorf("%q has %q, of %q", name, own(s.hall(), loginOf(name)), owners(own(s.hall(), loginOf(name))))
			}
		}
		for _, owner := range owners(name) {
			if s, ok := seated(owner); ok && s.Word == "" && own(s.hall(), s.Login) != name {
				t.Errorf("%q is of %q?", name, owner)
			}
		}
		if key := keyOf(name, name, func(string) bool { return false }); len(key) > 64 || key == "" || !utf8.ValidString(key) {
			t.Errorf("%q: %q", name, key)
		}
	})
}
