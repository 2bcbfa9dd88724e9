package paramset_test

import (
	"strings"
	"testing"

	"sluice/engine/media/paramset"
)

// kind tells parameter sets of two kinds, written S… and P….
func kind(nal []byte) int { return strings.Index("SP", string(nal[:1])) }

func split(s string) (nals [][]byte) {
	for _, w := range strings.Fields(s) {
		nals = append(nals, []byte(w))
	}
	return nals
}

func join(nals [][]byte) string {
	words := make([]string, len(nals))
	for i, n := range nals {
		words[i] = string(n)
	}
	return strings.Join(words, " ")
}

func TestComplete(t *testing.T) {
	for _, c := range []struct {
		name, first, units, want string // key units begin with *
		known                    bool
	}{
		{"nothing is known", "", "*i b", "i b", false},
		{"sets from outside", "S1 P1", "*i b *i", "S1 P1 i b S1 P1 i", true},
		{"sets that are there stay alone", "S1 P1", "*S2,P2,i", "S2 P2 i", true},
		{"the newest are remembered", "S1 P1", "*S2,P2,i b *i", "S2 P2 i b S2 P2 i", true},
		{"one kind is lacking", "S1 P1", "*S2,i", "S2 P1 S2 i", true},
		{"sets in other units count", "", "S1,P1,b *i", "S1 P1 b S1 P1 i", true},
		{"all of a kind", "S1 P1 P2", "*i S2,b *i", "S1 P1 P2 i S2 b S2 P1 P2 i", true},
		{"only half is ever known", "", "S1,b *i", "S1 b S1 i", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := paramset.New(2, kind, split(c.first))
			var got []string
			for _, unit := range strings.Fields(c.units) {
				unit, key := strings.CutPrefix(unit, "*")
				au := split(strings.ReplaceAll(unit, ",", " "))
				got = append(got, join(s.Complete(au, key)))
				for _, nal := range au {
					clear(nal) // what is remembered must be a copy
				}
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if s.Known() != c.known {
				t.Errorf("known: %v", s.Known())
			}
		})
	}
}

func TestSetsAreBounded(t *testing.T) {
	s := paramset.New(2, kind, split(strings.Repeat("S ", 1000)+"P"))
	if got := len(s.Complete(split("i"), true)); got > 20 {
		t.Errorf("%d NAL units", got)
	}
}

func TestRepeatedSetsCostNothing(t *testing.T) {
	au := split("S1 P1 i")
	s := paramset.New(2, kind, au)
	if n := testing.AllocsPerRun(100, func() { s.Complete(au, true) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
