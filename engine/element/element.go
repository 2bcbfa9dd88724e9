package element

import (
	"context"
	"log/slog"
	"time"

	"sluice/engine/stat"
)

// Declared is anything that describes an element. What else it can do is found by assertion: Factory makes Go
// elements, Builder makes GStreamer ones.
type Declared interface{ Spec() Spec }

// Factory makes elements of one kind. It is safe for concurrent use.
type Factory interface {
	Declared
	// New checks conf and allocates; it must not block, and begins nothing that Stop would have to end.
	New(ctx context.Context, env Env, conf Conf) (Element, error)
}

// Element is one node of a running instance. Its instance calls Start and Stop from one goroutine.
type Element interface {
	// Start returns once the element is ready to work; ctx bounds the starting only. Work that goes on gets a context
	// of its own, which Stop cancels.
	Start(ctx context.Context) error
	// Stop may be called at any time after New, also without Start and more than once. It returns when everything
	// Start began is gone, or with ctx's error when that took too long.
	Stop(ctx context.Context) error
}

// Env is what an element gets from its surroundings. Nothing in it is nil but Reach.
type Env struct {
	Log      *slog.Logger // carries graph and node
	Stats    *stat.Set
	Clock    Clock
	Sessions Sessions
	Events   Events
	Epoch    time.Time // from which the times of units count
	// Over says that the element's peer ended by itself: nil for a natural end, else why. It returns at once; only the
	// first call counts.
	Over func(reason error)
	// Reach is asked before the element connects to an address that its settings name, or that somebody it called sends it to.
	Reach Reach
}

// Clock tells time, so that tests can.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Sessions finds the peer that a session name of the triggering event means, such as "browser". The empty name means the
// event's only session.
type Sessions interface {
	Session(name string) (any, bool)
}

// Events takes what an element has to tell; it never blocks.
type Events interface {
	Emit(name string, vars map[string]any)
}

// Setter is implemented by elements with fields marked Live.
type Setter interface {
	Set(ctx context.Context, field string, v any) error
}

// Doer is implemented by elements with actions.
type Doer interface {
	Do(ctx context.Context, action string, args Conf) (any, error)
}

// Prober is implemented by elements with statistics beyond the fixed set.
type Prober interface{ Stats() stat.Snapshot }

// Builder is implemented by elements that are made of GStreamer elements.
type Builder interface {
	Declared
	// Build adds elements and links to the piece. It is pure: the same inputs give the same piece.
	Build(p *Piece, conf Conf) error
}

// Steered is implemented by builders whose actions change nothing but live fields of their own: an action is turned into
// other values of these, which hold like any value that is set, also for keys that leave and come again.
type Steered interface {
	Builder
	// Steer gives the fields that an action changes. args are checked and have their defaults, conf is how the node is now, and
	// keys are those of its inputs, sorted. It is pure. Errors are faults.
	Steer(action string, args, conf Conf, keys []string) (map[string]any, error)
}

// A node with the field Follow names a mixer whose speaker it shows. It is told of another one by its action Turn, whose argument
// is "key".
const (
	Follow = "follow"
	Turn   = "speaker"
)

// Shaped is implemented by elements whose ports depend on their settings. Ports are those of Spec, or fewer, or narrower.
type Shaped interface {
	Ports(conf Conf) []Port
}

// Placed is implemented by elements whose domain depends on their settings.
type Placed interface {
	Domain(conf Conf) Domain
}
