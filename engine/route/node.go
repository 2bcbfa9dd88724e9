package route

// node is one position in the tree of an event's patterns. A node is reached by exactly one chain of segments, so a
// search visits each node at most once and takes no longer than the table is large, whatever the path.
type node struct {
	literal map[string]*node
	words   []string // keys of literal in the order they came, for walks that must be deterministic
	one     *node
	rest    *leaf // entries whose pattern ends with a rest here
	end     *leaf // entries whose pattern ends here
}

// leafFor finds or makes the leaf of a pattern.
func (n *node) leafFor(segments []segment) *leaf {
	for _, s := range segments {
		switch s.kind {
		case rest:
			if n.rest == nil {
				n.rest = &leaf{}
			}
			return n.rest
		case one:
			if n.one == nil {
				n.one = &node{}
			}
			n = n.one
		default:
			n = n.child(s.text)
		}
	}
	if n.end == nil {
		n.end = &leaf{}
	}
	return n.end
}

func (n *node) child(word string) *node {
	c := n.literal[word]
	if c == nil {
		if n.literal == nil {
			n.literal = map[string]*node{}
		}
		c = &node{}
		n.literal[word] = c
		n.words = append(n.words, word)
	}
	return c
}

// search is the state of one Match.
type search struct {
	vars   Vars
	values [MaxCaptures]string
	taken  int
}

// find looks for the winning entry below n: literals before captures before rests, and back again where a choice
// leads nowhere. The path is empty or starts with "/".
func (n *node) find(path string, s *search) *Entry {
	if path == "" {
		return n.end.pick(s.vars)
	}
	if e := n.findDeeper(path, s); e != nil {
		return e
	}
	e := n.rest.pick(s.vars)
	if e != nil {
		s.values[s.taken] = path[1:]
	}
	return e
}

// findDeeper is find without the rest at n.
func (n *node) findDeeper(path string, s *search) *Entry {
	head, tail := cut(path)
	if head == "" {
		return nil
	}
	if c := n.literal[head]; c != nil {
		if e := c.find(tail, s); e != nil {
			return e
		}
	}
	if n.one == nil {
		return nil
	}
	s.values[s.taken] = head
	s.taken++
	e := n.one.find(tail, s)
	if e == nil {
		s.taken--
	}
	return e
}

// each visits every leaf that the path reaches, in the order of precedence.
func (n *node) each(path string, visit func(*leaf)) {
	if path == "" {
		visit(n.end)
		return
	}
	if head, tail := cut(path); head != "" {
		if c := n.literal[head]; c != nil {
			c.each(tail, visit)
		}
		if n.one != nil {
			n.one.each(tail, visit)
		}
	}
	visit(n.rest)
}

// contested visits every leaf whose patterns match paths that the given one matches too without either being more
// specific, until visit returns false. rel is how the given pattern stands to those below n so far. The widest
// come first, so that a crowd of equal patterns is noticed early.
func (n *node) contested(segments []segment, rel Relation, visit func(*leaf) bool) bool {
	if len(segments) == 0 {
		return n.end == nil || rel.decided() || visit(n.end)
	}
	s, further := segments[0], segments[1:]
	if s.kind == rest {
		return n.contestedByRest(rel, visit)
	}
	if n.rest != nil && !rel.and(MoreSpecific).decided() && !visit(n.rest) {
		return false
	}
	if n.one != nil && !n.one.contested(further, rel.and(compareKinds(s.kind == one, true)), visit) {
		return false
	}
	return n.contestedWords(s, further, rel, visit)
}

// contestedByRest is contested for a pattern that ends with a rest here.
func (n *node) contestedByRest(rel Relation, visit func(*leaf) bool) bool {
	if n.rest != nil && !rel.decided() && !visit(n.rest) {
		return false
	}
	// Everything further down is narrower here, which decides all of it at once.
	return rel.and(MoreGeneral).decided() || n.children(func(c *node) bool { return c.all(visit) })
}

// contestedWords is contested for the patterns with a literal where the given one has s, which is no rest.
func (n *node) contestedWords(s segment, further []segment, rel Relation, visit func(*leaf) bool) bool {
	if s.kind == literal {
		c := n.literal[s.text]
		return c == nil || c.contested(further, rel, visit)
	}
	for _, w := range n.words {
		if !n.literal[w].contested(further, rel.and(MoreGeneral), visit) {
			return false
		}
	}
	return true
}

// all visits every leaf at and below n.
func (n *node) all(visit func(*leaf) bool) bool {
	if n.rest != nil && !visit(n.rest) || n.end != nil && !visit(n.end) {
		return false
	}
	return n.children(func(c *node) bool { return c.all(visit) })
}

func (n *node) children(visit func(*node) bool) bool {
	if n.one != nil && !visit(n.one) {
		return false
	}
	for _, w := range n.words {
		if !visit(n.literal[w]) {
			return false
		}
	}
	return true
}
