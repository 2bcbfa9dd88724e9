package hub

import (
	"context"

	"sluice/engine/media"
)

// Demand is who is asked for what readers want and nobody publishes. The hub asks once for however many readers wait, and
// cancels ctx when the last of them gives up. Both Wanted and Convert return when what was asked for has been started, or
// with the reason why it cannot be, which every waiting reader is told; it has to be published for them to be served.
type Demand interface {
	// Wanted asks for somebody to publish under a name.
	Wanted(ctx context.Context, name string) error
	// Conversion says which conversion would make something that want takes of a published track. It starts nothing and
	// must be quick. An error says that none would; fault.InvalidParams, that nobody can mean what want asks for.
	Conversion(stream string, from media.Track, want media.Want) (Conversion, error)
	// Convert asks for a conversion, to be published with Hub.Alternative.
	Convert(ctx context.Context, c Conversion) error
}

// Conversion names a conversion. Readers whose conversions are equal share one. What is zero is left as it is, or to the codec.
type Conversion struct {
	Stream   string      `json:"stream"`
	Kind     media.Kind  `json:"kind"`
	Codec    media.Codec `json:"codec"`
	Shape    media.Shape `json:"shape,omitzero"`
	Rate     int         `json:"rate,omitempty"` // samples a second
	Channels int         `json:"channels,omitempty"`
	// Graph is the version of the graph that converts, so that an edited graph serves new readers at once.
	Graph string `json:"graph"`
}

// need is something that a reader has to wait for until somebody publishes it.
type need struct {
	key   any // Conversion, or the name as a wanted
	start func(context.Context) error
}

// wanted is the key of a need for a publisher.
type wanted string
