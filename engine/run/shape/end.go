package shape

import "strings"

// Over tells whether an instance is at its natural end, given the nodes that are at theirs. A policy that names nodes
// is satisfied by the first of them; otherwise all sources have to be at their end, or all sinks. What is lazy and what
// only stands in for others does not count.
func (s *Shape) Over(ended map[string]bool) bool {
	pol := &s.plan.Policy
	if pol.Never || len(ended) == 0 {
		return false
	}
	for _, name := range pol.End {
		if s.ended(name, ended) {
			return true
		}
	}
	if len(pol.End) > 0 {
		return false
	}
	return s.all(s.sources, ended) || s.all(s.sinks, ended)
}

// all tells whether there are nodes that count and all of them are at their end.
func (s *Shape) all(nodes []string, ended map[string]bool) bool {
	some := false
	for _, n := range nodes {
		if s.onlyLazy(n) {
			continue
		}
		if !ended[n] {
			return false
		}
		some = true
	}
	return some
}

// onlyLazy tells whether a node has elements and all of them are lazy.
func (s *Shape) onlyLazy(node string) bool {
	for _, part := range s.parts[node] {
		if part == "" {
			return false
		}
	}
	return len(s.parts[node]) > 0
}

// ended tells whether a node is at its end, or the use of a fragment: when all the sources in it are or, if it has
// none, when any of its nodes is.
func (s *Shape) ended(name string, ended map[string]bool) bool {
	if ended[name] {
		return true
	}
	within := func(n string) bool { return strings.HasPrefix(n, name+"/") || strings.HasPrefix(n, name+"[") }
	sources := 0
	for _, n := range s.sources {
		if within(n) {
			sources++
			if !ended[n] {
				return false
			}
		}
	}
	if sources > 0 {
		return true
	}
	for n := range ended {
		if within(n) {
			return true
		}
	}
	return false
}
