package layout

// none is the tree limit of the root.
const none = -1

// spanning is a spanning tree of the points of a simplex. The points below any point are consecutive in order, so that
// asking for them, and whether a point is among them, costs nothing.
type spanning struct {
	limits []limit
	joins  [][]int // the tree's limits at each point
	up     []int   // the limit that leads to the parent
	low    []int   // the first of the points below, as index in order
	high   []int   // the last, which is the point itself
	order  []int
	supply []int // of a point: weights of limits that begin there less those that end there
	sum    []int // supply of all points below
	work   int   // done so far
}

func newSpanning(limits []limit, n int) spanning {
	t := spanning{
		limits: limits, joins: make([][]int, n), up: make([]int, n), low: make([]int, n), high: make([]int, n),
		order: make([]int, n), supply: make([]int, n), sum: make([]int, n),
	}
	for _, l := range limits {
		t.supply[l.from] += l.weight
		t.supply[l.to] -= l.weight
	}
	return t
}

func (t *spanning) add(i int) {
	l := t.limits[i]
	t.joins[l.from], t.joins[l.to] = append(t.joins[l.from], i), append(t.joins[l.to], i)
}

func (t *spanning) remove(i int) {
	for _, v := range []int{t.limits[i].from, t.limits[i].to} {
		for k, j := range t.joins[v] {
			if j == i {
				t.joins[v] = append(t.joins[v][:k], t.joins[v][k+1:]...)
				break
			}
		}
	}
}

// grow numbers the points from v on, away from the limit it was reached by, and returns the next free number.
func (t *spanning) grow(v, up, next int) int {
	t.up[v], t.low[v], t.sum[v] = up, next, t.supply[v]
	t.work += len(t.joins[v])
	for _, i := range t.joins[v] {
		if i == up {
			continue
		}
		child := t.limits[i].from ^ t.limits[i].to ^ v
		next = t.grow(child, i, next)
		t.sum[v] += t.sum[child]
	}
	t.high[v], t.order[next] = next, v
	return next + 1
}

// below lists a point and the points below it.
func (t *spanning) below(v int) []int { return t.order[t.low[v] : t.high[v]+1] }

// isBelow tells whether v is top or below it.
func (t *spanning) isBelow(v, top int) bool {
	return t.low[top] <= t.high[v] && t.high[v] <= t.high[top]
}

// tail tells whether the limit above v begins at v.
func (t *spanning) tail(v int) bool { return t.limits[t.up[v]].from == v }

// cut is what the sum of distances grows by when the points below v move one away along v's limit; 0 for the root.
func (t *spanning) cut(v int) int {
	switch {
	case t.up[v] == none:
		return 0
	case t.tail(v):
		return t.sum[v]
	}
	return -t.sum[v]
}

// swap exchanges two limits. Only what is below the point where their cycle is closed needs new numbers.
func (t *spanning) swap(old, fresh int) {
	top, other := t.limits[fresh].from, t.limits[fresh].to
	for !t.isBelow(other, top) {
		i := t.up[top]
		top = t.limits[i].from ^ t.limits[i].to ^ top
	}
	t.remove(old)
	t.add(fresh)
	t.grow(top, t.up[top], t.low[top])
}
