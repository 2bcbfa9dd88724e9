package shape

import (
	"slices"
	"strings"
	"time"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Life is what a report says about the sources of a plan.
type Life struct {
	Known  bool          // there are sources that should give media and that the report knows
	Units  uint64        // that they gave so far, all together
	Silent time.Duration // since the last of them gave anything; negative if none ever has
}

// Life sums up a report. Sources that ended, stand in for others, are those of a key, who may be silent, or are lazy and not in
// running do not count. Of
// pipelines that read files everything counts: there, a source is silent while a slow encoder works.
func (s *Shape) Life(r run.Report, ended map[string]bool, running func(lazy string) bool) Life {
	life := Life{Silent: -1}
	watched := s.watched(ended, running)
	for _, x := range r.Samples {
		if !slices.Contains(watched[x.Kind], x.Name) {
			continue
		}
		life.Known = true
		life.Units += x.Counts.Units
		if x.Silent >= 0 && (life.Silent < 0 || x.Silent < life.Silent) {
			life.Silent = x.Silent
		}
	}
	return life
}

// watched lists the names of the samples that tell of life.
func (s *Shape) watched(ended map[string]bool, running func(lazy string) bool) map[run.SampleKind][]string {
	out := map[run.SampleKind][]string{}
	offline := map[string]bool{}
	for _, l := range s.plan.Pipelines {
		offline[l.Name] = l.Offline
	}
	for _, n := range s.plan.Nodes {
		source := s.gives(&n) && !ended[n.Name]
		if n.Domain == element.Gst && s.active(n.Name, running) && (source || offline[n.Pipeline]) {
			out[run.OfNode] = append(out[run.OfNode], n.Name)
		}
	}
	for _, b := range s.plan.Bridges {
		if b.Direction == plan.IntoGst && !b.Fallback && !s.keyed(b.Branch) && !ended[b.Node.Of] && s.crosses(b, running) {
			out[run.OfBridge] = append(out[run.OfBridge], b.Name)
		}
	}
	return out
}

// gives tells whether a node is a source, or begins something by itself beside what it is fed. A key's are nobody's but its own.
func (s *Shape) gives(n *plan.Node) bool {
	return (slices.Contains(s.sources, n.Name) || s.ticks[n.Name]) && !s.keyed(n.Branch)
}

// keyed tells whether a branch is that of a key, or within it.
func (s *Shape) keyed(branch string) bool {
	for name, b := range s.branches {
		if b.Kind == plan.Keyed && (branch == name || strings.HasPrefix(branch, name+"/")) {
			return true
		}
	}
	return false
}

// active tells whether some element of a node runs.
func (s *Shape) active(node string, running func(lazy string) bool) bool {
	return slices.ContainsFunc(s.parts[node], func(part string) bool { return part == "" || running(part) })
}

// crosses tells whether what a bridge leads into runs.
func (s *Shape) crosses(b plan.Bridge, running func(lazy string) bool) bool {
	for _, part := range []string{b.Pipeline, b.Branch} {
		if _, lazy := s.lazy[part]; lazy && !running(part) {
			return false
		}
	}
	return true
}
