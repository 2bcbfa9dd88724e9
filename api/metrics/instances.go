package metrics

import (
	"sluice/engine/run"
	"sluice/engine/store"
)

// place is what instances are told apart by.
type place struct {
	graph string
	state run.State
}

// instances writes down what runs. Graphs whose files are gone are one.
func (c *collector) instances(s sheet) {
	var set *store.Set
	if c.from.Graphs != nil {
		set = c.from.Graphs()
	}
	running, cpus := map[place]int{}, 0.0
	for _, i := range c.from.Engine.Instances().Instances() {
		status := i.Status()
		at := place{graph: status.Graph, state: status.State}
		if set != nil {
			if _, there := set.Graph(at.graph); !there {
				at.graph = ""
			}
		}
		running[at]++
		cpus += status.Cost
	}
	for at, n := range running {
		s.put("sluice_instances", float64(n), at.graph, string(at.state))
	}
	s.put("sluice_instance_cpus", cpus)
}
