package plan

import (
	"time"

	"sluice/engine/param"
	"sluice/engine/value"
)

// Words of a fallback's keep.
const (
	keepWatched = "watched"
	keepForever = "forever"
)

// fallbackSuffix follows a node's name in that of the conversion that brings what stands in for it.
const fallbackSuffix = "/fallback"

// Forever is the Keep of a fallback that plays until the instance is stopped.
const Forever = Span(-1)

// standIn reads what plays while a node is silent; nil if nothing does.
func (s *stmt) standIn(name string, scope param.Scope) (*Fallback, error) {
	if s.fallback == "" {
		return nil, nil //nolint:nilnil // as most nodes
	}
	after, err := typed(s.after, value.Duration, scope)
	if err != nil {
		return nil, err
	}
	d, _ := after.(time.Duration)
	f := &Fallback{Node: prefixOf(name) + s.fallback, After: Span(d)}
	f.Keep, err = keeps(s.keep, scope)
	return f, err
}

// keeps reads how long a fallback plays once what it stands in for has ended.
func keeps(e *param.Expr, scope param.Scope) (Span, error) {
	if e == nil {
		return 0, nil
	}
	v, err := e.Eval(scope)
	if err != nil {
		return 0, err
	}
	switch textOf(v) {
	case keepWatched:
		return 0, nil
	case keepForever:
		return Forever, nil
	}
	kept, err := typed(e, value.Duration, scope)
	d, _ := kept.(time.Duration)
	return Span(d), err
}

// StandIn is the name by which what plays while a node is silent is started and ended: that of a lazy branch.
func StandIn(node string) string { return node + fallbackSuffix }

// standsIn is the branch of what plays while a node is silent: it runs only meanwhile, and is asked for by the name of the
// conversion that brings it to the node.
func standsIn(n *node) *branch {
	return &branch{Branch{Name: n.name, Kind: Lazy, Linger: Span(lingers)}}
}

// lingers is how long what stands in runs on when it is not needed any more: sources that come and go, do so several times.
const lingers = 2 * time.Second
