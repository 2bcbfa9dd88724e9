package send

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluice/engine/media"
)

// numbered are packets with these numbers, a millisecond apart.
func numbered(list ...uint16) []*media.Packet {
	var out []*media.Packet
	for i, n := range list {
		p := packet(1, n, 90000, 0, true)
		p.Arrival = time.Unix(0, 0).Add(time.Duration(i) * time.Millisecond)
		out = append(out, p)
	}
	return out
}

func numbers(list []*media.Packet) []uint16 {
	var out []uint16
	for _, p := range list {
		out = append(out, p.Header.SequenceNumber)
	}
	return out
}

func TestSorter(t *testing.T) {
	for _, row := range []struct {
		name     string
		in, want []uint16
	}{
		{"in order", []uint16{65534, 65535, 0, 1}, []uint16{65534, 65535, 0, 1}},
		{"two swapped", []uint16{1, 3, 2, 4}, []uint16{1, 2, 3, 4}},
		{"the wrap", []uint16{65534, 0, 65535, 1}, []uint16{65534, 65535, 0, 1}},
		{"twice", []uint16{1, 2, 2, 4, 4, 3}, []uint16{1, 2, 3, 4}},
		{"missing", []uint16{1, 3, 4}, []uint16{1}},
		{"late", []uint16{5, 6, 4, 7}, []uint16{5, 6, 7}},
		{"the hub goes on later", []uint16{1, 3, 500, 501}, []uint16{1, 3, 500, 501}},
	} {
		var s sorter
		var got []uint16
		for _, p := range numbered(row.in...) {
			got = append(got, numbers(s.offer([]*media.Packet{p}))...)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s, one by one: %v, not %v", row.name, got, row.want)
		}
		s = sorter{}
		if got := numbers(s.offer(numbered(row.in...))); !slices.Equal(got, row.want) {
			t.Errorf("%s, at once: %v, not %v", row.name, got, row.want)
		}
	}
}

// One that never comes is not waited for for ever.
func TestSorterGivesUp(t *testing.T) {
	var s sorter
	list := numbered(1, 3, 4, 6, 7)
	list[4].Arrival = list[1].Arrival.Add(maxWait + time.Millisecond)
	if got := numbers(s.offer(list)); !slices.Equal(got, []uint16{1, 3, 4}) {
		t.Errorf("%v", got)
	}
	s = sorter{}
	all := []uint16{1}
	for i := range uint16(gap) {
		all = append(all, 3+i)
	}
	other := numbered(2000)
	other[0].Header.SSRC = 2
	got := append(numbers(s.offer(numbered(all...))), numbers(s.offer(other))...)
	if len(got) != len(all)+1 || !slices.IsSorted(got) {
		t.Errorf("%v", got)
	}
}

// What comes out of order by less than is waited for comes out in order and whole.
func TestSorterSorts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		const count = 200
		first := rapid.Uint16().Draw(r, "first")
		order := make([]int, count)
		for i := range order {
			order[i] = 10*i + rapid.IntRange(0, 200).Draw(r, "late")
		}
		order[0] = 0
		index := make([]int, count)
		for i := range index {
			index[i] = i
		}
		slices.SortStableFunc(index, func(a, b int) int { return order[a] - order[b] })
		var s sorter
		var got []uint16
		for _, i := range index {
			p := packet(1, first+uint16(i), 90000, 0, true)
			p.Arrival = time.Unix(0, 0).Add(time.Duration(order[i]) * time.Microsecond)
			got = append(got, numbers(s.offer([]*media.Packet{p}))...)
		}
		for i, n := range got {
			if n != first+uint16(i) {
				r.Fatalf("%d is at %d", n-first, i)
			}
		}
		if len(got) != count {
			r.Fatalf("%d of %d", len(got), count)
		}
	})
}
