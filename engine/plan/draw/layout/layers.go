package layout

// layers gives each box a layer so that arrows lead to later ones and are short: at least one layer, two where a label
// needs a place between.
func layers(boxes int, arrows []arrow) []int {
	limits := make([]limit, 0, len(arrows))
	for _, a := range arrows {
		least := 1
		if a.label != (Size{}) {
			least = 2
		}
		limits = append(limits, limit{from: a.from, to: a.to, least: least, weight: a.weight})
	}
	at := solve(boxes, limits)
	if boxes == 0 {
		return nil
	}
	// Layers that nothing is in would be columns of nothing.
	used := map[int]bool{}
	first, last := at[0], at[0]
	for _, l := range at {
		used[l] = true
		first, last = min(first, l), max(last, l)
	}
	for _, a := range arrows {
		for l := at[a.from]; l < at[a.to]; l++ {
			used[l] = true
		}
	}
	number := map[int]int{}
	for l := first; l <= last; l++ {
		if used[l] {
			number[l] = len(number)
		}
	}
	out := make([]int, boxes)
	for b, l := range at {
		out[b] = number[l]
	}
	return out
}
