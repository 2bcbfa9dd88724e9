package layout

import "slices"

// turnFrames tries neighbouring frames the other way round, which sweeps never do, and keeps what is better.
func (n *net) turnFrames(best snapshot) snapshot {
	for range 3 {
		better := false
		for f := range n.frames {
			for k := 1; k < len(n.frames[f].kids); k++ {
				n.restore(best)
				n.turn(f, k)
				if found := n.sweep(4); found.cost.less(best.cost) {
					best, better = found, true
				}
			}
		}
		if !better {
			break
		}
	}
	return best
}

// turn exchanges the k-th frame in f with the one above it, in every layer that has both.
func (n *net) turn(f, k int) {
	kids := n.frames[f].kids
	upper, lower := frameItem(kids[k-1]), frameItem(kids[k])
	kids[k-1], kids[k] = kids[k], kids[k-1]
	for l, list := range n.items[f] {
		a, b := slices.Index(list, upper), slices.Index(list, lower)
		if a >= 0 && b >= 0 {
			list[a], list[b] = list[b], list[a]
			n.number(l)
		}
	}
}
