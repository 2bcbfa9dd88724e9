package draft

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sluice/engine/fault"
)

func TestTags(t *testing.T) {
	for header, want := range map[string][2][]string{ // strong, weak
		"":           {},
		"*":          {{"*"}, {"*"}},
		`"a"`:        {{"a"}, {"a"}},
		`"a", "b"`:   {{"a", "b"}, {"a", "b"}},
		`W/"a"`:      {nil, {"a"}},
		`W/"a", "b"`: {{"b"}, {"a", "b"}},
		"a":          {},
		`"a`:         {},
		`""`:         {},
		`"*"`:        {},
	} {
		for i, strong := range []bool{true, false} {
			if got := tags(header, strong); !slices.Equal(got, want[i]) {
				t.Errorf("%s, strong %v: %q", header, strong, got)
			}
		}
	}
}

// TestVersions: what is no version that the graph can have changes nothing.
func TestVersions(t *testing.T) {
	have := []byte("text")
	sum := Sum(have)
	for match, fine := range map[string]bool{
		"*": true, `"` + sum + `"`: true, `"x", "` + sum + `"`: true, sum: false, `W/"` + sum + `"`: false, `"x"`: false,
	} {
		err := Versions{Match: match}.check(have)
		if fine != (err == nil) || err != nil && !errors.Is(err, fault.StaleVersion) {
			t.Errorf("%s: %v", match, err)
		}
	}
}

// TestReplace: a file is there whole under its name alone, also in a folder that was not.
func TestReplace(t *testing.T) {
	folder := t.TempDir()
	root, err := os.OpenRoot(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, text := range []string{"one", "two"} {
		if err := replace(root, "a/b.yaml", []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(folder, "a", "b.yaml"))
		if err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	left, err := os.ReadDir(filepath.Join(folder, "a"))
	if err != nil || len(left) != 1 {
		t.Error(left, err)
	}
}
