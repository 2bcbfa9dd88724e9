// Package visitor is what doors share of a client's visit: the engine whose graph serves it, who says whether it may come, and the life
// of what the door and an element of that graph have in common. It knows neither protocols nor media.
package visitor

import (
	"context"

	"sluice/api/auth"
	"sluice/engine"
	"sluice/engine/run/instance"
)

// Engine starts the graph that answers an event.
type Engine interface {
	Raise(ctx context.Context, ev engine.Event) (Instance, error)
}

// Instance is a graph that runs for one client.
type Instance interface {
	// ID is the name of its pipeline.
	ID() string
	// Stop ends it, its peer included, and returns when all of it is gone, or soon after ctx is done.
	Stop(ctx context.Context) error
}

// Authoriser says who may publish and play, as auth.Static does.
type Authoriser interface {
	Authorise(ctx context.Context, q auth.Request) (user string, err error)
}

// Raiser is an engine.Engine, or what stands before one.
type Raiser interface {
	Raise(ctx context.Context, ev engine.Event) (*instance.Instance, error)
}

// UseEngine makes an Engine of r.
func UseEngine(r Raiser) Engine { return raiser{r} }

type raiser struct{ Raiser }

// Raise implements Engine.
func (r raiser) Raise(ctx context.Context, ev engine.Event) (Instance, error) {
	i, err := r.Raiser.Raise(ctx, ev)
	if err != nil {
		return nil, err // and no Instance that holds a nil pointer
	}
	return instance.Visit{Instance: i}, nil // which may go on without its client
}
