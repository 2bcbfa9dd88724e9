package node

import (
	"fmt"
	"testing"
	"time"

	"sluice/engine/media"
)

// TestCurtain: in a row of pictures "k" is a key picture, "-" is another, "(" has nobody see what follows, and ")" somebody. What passes is
// written as it is, a hole as ".", and nothing at all as "_".
func TestCurtain(t *testing.T) {
	for row, want := range map[string]string{
		"k--k--":        "k--k--",
		"--k-":          "--k-", // the hub's own affair
		"k-(--k-":       "k-....",
		"k-(-k-)--k-":   "k-.....k-",
		"(k--k-)k-":     "k....k-", // the first key picture says what comes
		"(--k-)-k":      "--k..k",
		"k(-)(k)-k":     "k...k",
		"k-(-)(-)-k(-k": "k-...k..",
	} {
		c, got, at := &curtain{}, "", 10*time.Second
		for _, what := range row {
			switch what {
			case '(', ')':
				c.drawn.Store(what == '(')
				continue
			}
			at += 40 * time.Millisecond
			switch {
			case c.passes(&media.Unit{PTS: at, Key: what == 'k'}):
				got += string(what)
			case c.length(at) > 0:
				got += "."
			default:
				got += "_"
			}
		}
		if got != want {
			t.Errorf("%s: %s, not %s", row, got, want)
		}
	}
}

// Holes are as long as pictures are apart, whatever their order is, and no longer than one of them where there was none for long.
func TestHoles(t *testing.T) {
	var c curtain
	var got []time.Duration
	for _, ms := range []time.Duration{5000, 5040, 5200, 5080, 5120, 5160, 5240, 9000, 9040} {
		got = append(got, c.length(ms*time.Millisecond)/time.Millisecond)
	}
	if s := fmt.Sprintf("%d", got); s != "[33 40 160 0 0 0 40 33 40]" {
		t.Errorf("the holes are of %s ms", s)
	}
}
