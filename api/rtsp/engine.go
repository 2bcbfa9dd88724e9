package rtsp

import (
	"sluice/api/visitor"
	"sluice/engine"
)

// Engine starts the graph that answers an event, and knows what is published.
type Engine interface {
	visitor.Engine
	// Has tells whether somebody publishes under a name.
	Has(stream string) bool
}

// Raiser is an engine.Engine, or what stands before one.
type Raiser interface {
	visitor.Raiser
	Streams() engine.Streams
}

// UseEngine makes an Engine of r.
func UseEngine(r Raiser) Engine { return raiser{visitor.UseEngine(r), r} }

type raiser struct {
	visitor.Engine
	of Raiser
}

// Has implements Engine.
func (r raiser) Has(stream string) bool { return r.of.Streams().Has(stream) }
