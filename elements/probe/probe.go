// Package probe is how sources wait that learn only from the media itself which tracks a sender has: for how long, and what is said when
// nothing comes. It looks into no media.
package probe

import (
	"context"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
)

const (
	// Patience is how long is waited for what is announced and does not come.
	Patience = 3 * time.Second
	// Limit is how long the first media may take.
	Limit = 10 * time.Second
	// MaxEarly is how many bytes a source keeps of what comes before it is published.
	MaxEarly = 16 << 20
)

// Probe is a source that looks for tracks in what comes. Its functions are called from Describe alone.
type Probe struct {
	Clock element.Clock
	Known <-chan struct{} // closed when the tracks are
	Gone  <-chan struct{} // closed when the sender has gone
	// Settle takes what came for all that comes, if it is as many tracks: then Known is closed.
	Settle func(enough int)
	Tracks func() []media.Track // that were found
	Hint   string               // what to do when there are none
}

// Describe waits until it is clear what the sender sends. One that sends nothing useful is fault.StartTimeout, one that goes
// fault.Closed.
func (p Probe) Describe(ctx context.Context) (media.Description, error) {
	soon, late := p.Clock.After(Patience), p.Clock.After(Limit)
	for known := false; !known; {
		select {
		case <-p.Known:
			known = true
		case <-soon: // what is announced and does not come is not waited for
			p.Settle(1)
		case <-late:
			p.Settle(0)
			known = true
		case <-p.Gone:
			return media.Description{}, fault.New(fault.Closed, "", "the other end has gone")
		case <-ctx.Done():
			return media.Description{}, ctx.Err()
		}
	}
	tracks := p.Tracks()
	if len(tracks) == 0 {
		return media.Description{}, fault.New(fault.StartTimeout, "", "nothing came that can be played").Advise("%s", p.Hint)
	}
	return media.Description{Tracks: tracks}, nil
}
