package store

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/fault"
)

// TestCallers: what callers wrote is known as theirs, also after a restart and where others use it, until somebody changes it by hand.
func TestCallers(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	open := func() *Store {
		t.Helper()
		s, err := New(Options{Root: folder, Check: check, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	write("ours", graph("boot"))
	write("user", graph("", "between")+"exports:\n  out: in.src\n")
	write("between", fragment("Between.", "theirs"))
	s := open()
	mine := fragment("Theirs.")
	if err := s.Mark([]byte(mine)); err != nil {
		t.Fatal(err)
	}
	write("theirs", mine)
	s.Reload()
	for _, s := range []*Store{s, open()} {
		for name, want := range map[string]bool{"ours": false, "theirs": true, "between": true, "user": true, "none": false} {
			if got := s.Current().OfCallers(name); got != want {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
	if err := s.Mark([]byte("another")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(folder, callersFile)); err != nil || strings.Count(string(text), "\n") != 2 {
		t.Errorf("%q %v", text, err)
	}
	write("theirs", strings.Replace(mine, "Theirs.", "Ours now.", 1))
	if s.Reload().OfCallers("user") {
		t.Error("what was changed by hand is still theirs")
	}
	if err := s.Mark([]byte("one more")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(folder, callersFile)); err != nil || strings.Count(string(text), "\n") != 1 {
		t.Errorf("marks of what is gone stay: %q %v", text, err)
	}
}

func TestNobodyMarksWithoutAFolder(t *testing.T) {
	s, err := New(Options{Check: check, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Mark(nil); !errors.Is(err, fault.ResourceNotFound) {
		t.Error(err)
	}
}
