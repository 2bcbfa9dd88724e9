package metrics

import (
	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/run/coders"
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
	all := c.from.Engine.Instances().Instances()
	for _, i := range all {
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
	held := c.from.Engine.Instances().Load()
	s.put("sluice_instance_cpus_held", held.Held+held.Own)
	s.put("sluice_instance_cpus_limit", held.Limit)
	if c.from.Elements == nil {
		return
	}
	n := coders.Of(all, c.from.Elements)
	for _, usual := range []media.Codec{media.H264, media.VP8, media.Opus, media.AAC} { // which are told even if there are none
		n.Encoders[usual] += 0
		n.Decoders[usual] += 0
	}
	for codec, count := range n.Encoders {
		s.put("sluice_encoders", float64(count), string(codec))
	}
	for codec, count := range n.Decoders {
		s.put("sluice_decoders", float64(count), string(codec))
	}
}
