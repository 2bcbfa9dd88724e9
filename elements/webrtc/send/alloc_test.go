//go:build !race

package send_test

import "testing"

// TestNoAllocation is not for the race detector, which has allocations of its own.
func TestNoAllocation(t *testing.T) {
	for _, pushes := range []int{1, 8} {
		s := sending(nobody{})
		frame := footage(8)
		i := 0
		n := testing.AllocsPerRun(500, func() {
			advance(frame, 2*i)
			i++
			for k := 0; k < 8; k += 8 / pushes {
				s.Push(0, frame[k:k+8/pushes])
			}
		})
		if n != 0 {
			t.Errorf("%v allocations a frame in %d pushes", n, pushes)
		}
	}
}
