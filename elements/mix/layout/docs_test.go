package layout_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"sluice/elements/mix/layout"
)

// TestDocs reads every layout of the page of the documentation: what people copy must work.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../../docs/mixer.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```").FindAllSubmatch(page, -1)
	if len(blocks) < 2 {
		t.Fatalf("%d layouts", len(blocks))
	}
	for i, b := range blocks {
		l, err := layout.Read(string(b[1]))
		if err != nil {
			t.Errorf("block %d: %v", i+1, err)
		}
		s := layout.Scene{Guests: strings.Fields("ann bob cid host1 host2"), Width: 1280, Height: 720}
		for n, p := range l.Lay(s) {
			if !p.Shown {
				t.Errorf("block %d does not show %s", i+1, s.Guests[n])
			}
		}
	}
	for _, name := range layout.Names() {
		if !strings.Contains(string(page), "| `"+name+"` |") {
			t.Errorf("%s is not there", name)
		}
	}
}
