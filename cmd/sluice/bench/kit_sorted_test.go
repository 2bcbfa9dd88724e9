package bench

import "testing"

func TestRanks(t *testing.T) {
	for _, c := range []struct {
		values              []float64
		median, p95, p0, p1 float64
	}{
		{nil, 0, 0, 0, 0},
		{[]float64{3}, 3, 3, 3, 3},
		{[]float64{4, 1}, 2.5, 4, 1, 4},
		{[]float64{9, 1, 5}, 5, 9, 1, 9},
		{[]float64{20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}, 10.5, 20, 1, 20},
	} {
		s := rank(c.values)
		if got := [4]float64{s.median(), s.at(0.95), s.at(0), s.at(1)}; got != [4]float64{c.median, c.p95, c.p0, c.p1} {
			t.Errorf("%v: %v", c.values, got)
		}
	}
}
