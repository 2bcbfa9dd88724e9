package shape

import (
	"cmp"
	"slices"
)

// Lazy lists what is lazy, by name.
func (s *Shape) Lazy() []Lazy {
	out := make([]Lazy, 0, len(s.lazy))
	for _, l := range s.lazy {
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Lazy) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// Serving lists the lazy things that make what a reader of name reads. A name is that of a lazy branch or pipeline, or
// that of a node, which may be made by several. Nothing means that there is nothing lazy of that name.
func (s *Shape) Serving(name string) []string {
	if _, ok := s.lazy[name]; ok {
		return []string{name}
	}
	return s.makers(name)
}

// Into tells which lazy branch or pipeline a bridge leads into; "" if it leads into what always runs.
func (s *Shape) Into(bridge string) string {
	for _, b := range s.plan.Bridges {
		if b.Name != bridge {
			continue
		}
		for _, part := range []string{b.Branch, b.Pipeline} {
			if _, ok := s.lazy[part]; ok {
				return part
			}
		}
	}
	return ""
}

// makers lists the lazy branches and pipelines in which a node has elements; the end of a bridge counts as its reader's.
func (s *Shape) makers(node string) []string {
	var out []string
	for _, part := range s.parts[node] {
		if part != "" {
			out = append(out, part)
		}
	}
	return out
}
