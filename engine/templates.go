package engine

import (
	"sync"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/store"
)

// templates compiles graphs, each once for a set. What belongs to an older set than the newest asked for is forgotten;
// instances keep what they run.
type templates struct {
	registry *element.Registry
	mu       sync.Mutex
	version  uint64
	made     map[string]compiled
}

type compiled struct {
	template *plan.Template
	err      error
}

// of gives the template of a graph of a set.
func (t *templates) of(set *store.Set, graph string) (*plan.Template, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if set.Version() < t.version {
		return t.compile(set, graph)
	}
	if set.Version() > t.version || t.made == nil {
		t.version, t.made = set.Version(), map[string]compiled{}
	}
	c, ok := t.made[graph]
	if !ok {
		c.template, c.err = t.compile(set, graph)
		t.made[graph] = c
	}
	return c.template, c.err
}

func (t *templates) compile(set *store.Set, graph string) (*plan.Template, error) {
	g, ok := set.Graph(graph)
	if !ok {
		return nil, fault.New(fault.GraphNotFound, "", "there is no graph %q", graph)
	}
	made, err := plan.Compile(g, set, t.registry)
	if err == nil && set.OfCallers(graph) {
		made = made.Unlowered()
	}
	return made, err
}
