package layout

// limit asks that the distance between two points be no less than least; weight is the price of each pixel or layer of it.
type limit struct{ from, to, least, weight int }

// effort bounds the work of one solution, in points and limits looked at: well under a second. Plans need a thousandth.
const effort = 30_000_000

// simplex places points on a line so that all limits hold and the sum of weighted distances is least: the network
// simplex method, as Gansner, Koutsofios, North and Vo describe it for drawing graphs (IEEE TSE 19(3), 1993). Both the
// layering and the rows use it. It keeps a valid placement at all times, so that it can stop early.
type simplex struct {
	limits []limit
	out    [][]int // limits that begin at a point
	in     [][]int // limits that end there
	at     []int   // the placement
	tree   spanning
	next   int // where the search for a limit to let go resumes
}

// solve places n points. The limits must not form a cycle. Points that no limits connect are placed independently, as
// far to the front as can be.
func solve(n int, limits []limit) []int {
	s := newSimplex(n, limits)
	s.tree = s.tight()
	for s.tree.work < effort {
		v, ok := s.leaving()
		if !ok {
			break
		}
		s.pivot(v)
	}
	s.centre()
	return s.at[:n]
}

// newSimplex adds one point in front of all others, so that everything is connected, and places all points as far to
// the front as the limits allow.
func newSimplex(n int, limits []limit) *simplex {
	s := &simplex{limits: append([]limit(nil), limits...), out: make([][]int, n+1), in: make([][]int, n+1), at: make([]int, n+1)}
	for i, l := range limits {
		s.out[l.from] = append(s.out[l.from], i)
		s.in[l.to] = append(s.in[l.to], i)
	}
	for v := range n {
		if len(s.in[v]) == 0 {
			i := len(s.limits)
			s.limits = append(s.limits, limit{from: n, to: v})
			s.out[n], s.in[v] = append(s.out[n], i), append(s.in[v], i)
		}
	}
	waits := make([]int, n+1)
	for v := range waits {
		waits[v] = len(s.in[v])
	}
	for ready := []int{n}; len(ready) > 0; {
		v := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, i := range s.out[v] {
			l := s.limits[i]
			if waits[l.to] == len(s.in[l.to]) {
				s.at[l.to] = s.at[v] + l.least
			}
			s.at[l.to] = max(s.at[l.to], s.at[v]+l.least)
			if waits[l.to]--; waits[l.to] == 0 {
				ready = append(ready, l.to)
			}
		}
	}
	return s
}

// tight builds the first tree: after newSimplex every point but the first has a limit with no slack that leads to it.
func (s *simplex) tight() spanning {
	t := newSpanning(s.limits, len(s.at))
	for v := range s.in {
		for _, i := range s.in[v] {
			if s.slack(i) == 0 {
				t.add(i)
				break
			}
		}
	}
	t.grow(len(s.at)-1, none, 0)
	return t
}

func (s *simplex) slack(i int) int {
	l := s.limits[i]
	return s.at[l.to] - s.at[l.from] - l.least
}

// leaving finds a point whose tree limit is better let go: of the first few found, the best.
func (s *simplex) leaving() (int, bool) {
	best, found, gain := none, 0, 0
	for range s.at {
		s.tree.work++
		v := s.next
		if s.next++; s.next == len(s.at) {
			s.next = 0
		}
		if c := s.tree.cut(v); c < 0 {
			if c < gain {
				best, gain = v, c
			}
			if found++; found == 24 {
				break
			}
		}
	}
	return best, best != none
}

// entering finds the limit that first stops the points behind v's tree limit when that is let go.
func (s *simplex) entering(v int) (least int, ok bool) {
	least = none
	back := s.tree.tail(v)
	for _, u := range s.tree.below(v) {
		ends := s.out[u]
		if back {
			ends = s.in[u]
		}
		s.tree.work += len(ends) + 1
		for _, i := range ends {
			far := s.limits[i].from ^ s.limits[i].to ^ u
			if !s.tree.isBelow(far, v) && (least == none || s.slack(i) < s.slack(least)) {
				least = i
			}
		}
	}
	return least, least != none
}

// shift moves the points behind v's tree limit away from it.
func (s *simplex) shift(v, by int) {
	if s.tree.tail(v) {
		by = -by
	}
	for _, u := range s.tree.below(v) {
		s.at[u] += by
	}
}

// pivot lets v's tree limit go and takes in the one that stops v.
func (s *simplex) pivot(v int) {
	i, ok := s.entering(v)
	if !ok {
		return
	}
	s.shift(v, s.slack(i))
	s.tree.swap(s.tree.up[v], i)
}

// centre puts what could as well lie elsewhere in the middle of where it could lie.
func (s *simplex) centre() {
	for v := range s.at {
		if s.tree.up[v] == none || s.tree.cut(v) != 0 {
			continue
		}
		if i, ok := s.entering(v); ok && s.slack(i) > 1 {
			s.shift(v, s.slack(i)/2)
		}
	}
}
