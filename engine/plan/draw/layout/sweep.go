package layout

import "slices"

// fine is what places are multiplied by where means of them are compared, so that whole numbers do.
const fine = 1 << 12

// sweep sorts layer after layer by where the neighbours in the layer before lie, to the right and back, and returns the
// best order seen.
func (n *net) sweep(times int) snapshot {
	best, since := n.snapshot(), 0
	for t := 0; t < times && since < patience; t++ {
		for k := range n.layers - 1 {
			if t%2 == 0 {
				n.sortLayer(k+1, k)
			} else {
				n.sortLayer(n.layers-2-k, n.layers-1-k)
			}
		}
		n.transpose()
		since++
		if n.cost().less(best.cost) {
			best, since = n.snapshot(), 0
		}
	}
	return best
}

// sortLayer sorts a layer by its neighbours in another one.
func (n *net) sortLayer(layer, by int) {
	here, there := n.width(layer), n.width(by)
	n.sortFrame(0, layer, func(v int) (int, bool) {
		u := &n.vertices[v]
		ends := u.left
		if by > layer {
			ends = u.right
		}
		if len(ends) == 0 {
			return fine * u.place * max(there, 1) / max(here, 1), false
		}
		sum := 0
		for _, s := range ends {
			sum += n.vertices[n.segments[s].from+n.segments[s].to-v].place
		}
		return fine * sum / len(ends), true
	})
	n.number(layer)
}

// width counts the vertices of a layer.
func (n *net) width(layer int) int {
	total := 0
	for f := range n.items {
		for _, i := range n.items[f][layer] {
			if !i.isFrame() {
				total++
			}
		}
	}
	return total
}

// mean is a sum with its count.
type mean struct{ sum, count int }

func (m mean) value() int { return m.sum / max(m.count, 1) }

// sortFrame sorts what a frame holds in a layer, and returns the mean of the keys.
func (n *net) sortFrame(f, layer int, key func(v int) (int, bool)) mean {
	list := n.items[f][layer]
	var all mean
	keys := make(map[item]int, len(list))
	var frames []item
	var pull []int
	for _, i := range list {
		var m mean
		if i.isFrame() {
			m = n.sortFrame(i.frame(), layer, key)
			frames, pull = append(frames, i), append(pull, m.value())
			if m.count == 0 && len(pull) > 1 {
				pull[len(pull)-1] = pull[len(pull)-2]
			}
		} else {
			k, tied := key(i.vertex())
			keys[i] = k
			m = mean{sum: k, count: 1}
			if !tied {
				m = mean{}
			}
		}
		all.sum, all.count = all.sum+m.sum, all.count+m.count
	}
	for k, v := range rising(pull) {
		keys[frames[k]] = v
	}
	slices.SortStableFunc(list, func(a, b item) int { return keys[a] - keys[b] })
	return all
}

// rising gives the rising numbers closest to a list (pool adjacent violators), so that sorting by them keeps its order.
func rising(list []int) []int {
	var pools []mean
	for _, v := range list {
		pools = append(pools, mean{v, 1})
		for k := len(pools) - 1; k > 0 && pools[k-1].value() > pools[k].value(); k-- {
			pools[k-1].sum += pools[k].sum
			pools[k-1].count += pools[k].count
			pools = pools[:k]
		}
	}
	out := make([]int, 0, len(list))
	for _, p := range pools {
		for range p.count {
			out = append(out, p.value())
		}
	}
	return out
}
