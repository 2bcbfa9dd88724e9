package layout

import (
	"testing"

	"pgregory.net/rapid"
)

// drawLimits makes limits without a cycle: they lead to higher numbers only.
func drawLimits(t *rapid.T, n int) []limit {
	var out []limit
	for range rapid.IntRange(0, 2*n).Draw(t, "limits") {
		from := rapid.IntRange(0, n-2).Draw(t, "from")
		out = append(out, limit{
			from: from, to: rapid.IntRange(from+1, n-1).Draw(t, "to"),
			least: rapid.IntRange(-2, 3).Draw(t, "least"), weight: rapid.IntRange(0, 4).Draw(t, "weight"),
		})
	}
	return out
}

func price(limits []limit, at []int) int {
	total := 0
	for _, l := range limits {
		total += l.weight * (at[l.to] - at[l.from])
	}
	return total
}

func valid(limits []limit, at []int) bool {
	for _, l := range limits {
		if at[l.to]-at[l.from] < l.least {
			return false
		}
	}
	return true
}

// cheapest tries every placement within a range that is wide enough for the limits that drawLimits makes.
func cheapest(limits []limit, n, reach int) int {
	best, found := 0, false
	at := make([]int, n)
	var try func(v int)
	try = func(v int) {
		if v == n {
			if p := price(limits, at); valid(limits, at) && (!found || p < best) {
				best, found = p, true
			}
			return
		}
		for at[v] = 0; at[v] <= reach; at[v]++ {
			try(v + 1)
		}
	}
	try(0)
	return best
}

func TestSimplexIsOptimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 4).Draw(t, "points")
		limits := drawLimits(t, n)
		at := solve(n, limits)
		if !valid(limits, at) {
			t.Fatalf("%v breaks %v", at, limits)
		}
		if got, want := price(limits, at), cheapest(limits, n, 3*(n-1)); got != want {
			t.Fatalf("%v costs %d, the best %d, for %v", at, got, want, limits)
		}
	})
}

func TestSimplexKeepsLimitsOfMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 60).Draw(t, "points")
		limits := drawLimits(t, n)
		if at := solve(n, limits); !valid(limits, at) {
			t.Fatalf("%v breaks %v", at, limits)
		}
	})
}

// What could lie anywhere between two others lies in the middle.
func TestSimplexCentres(t *testing.T) {
	at := solve(3, []limit{{from: 0, to: 2, least: 10, weight: 5}, {from: 0, to: 1, weight: 1}, {from: 1, to: 2, weight: 1}})
	if got := at[1] - at[0]; got != 5 {
		t.Errorf("lies %d after the first, want 5", got)
	}
}

func TestSolveNothing(t *testing.T) {
	if at := solve(0, nil); len(at) != 0 {
		t.Errorf("got %v", at)
	}
}
