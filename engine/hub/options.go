package hub

import (
	"log/slog"
	"runtime"
	"time"

	"sluice/engine/hub/fanout"
)

// standardCache is how many bytes a publication keeps for readers to come, in each form.
const standardCache = 8 << 20

// Clock tells time, so that tests can.
type Clock = fanout.Clock

// Options are what a hub is made with. The zero Options will do.
type Options struct {
	Log    *slog.Logger // nil: logs nothing
	Clock  Clock        // nil: the time there is
	Shards int          // writer loops; 0: one for each processor
	Cache  int          // bytes that each publication keeps from its last key frame on, in each form; 0: 8 MiB
	Demand Demand       // who is asked for what is not there; nil: nobody
	Forms  Forms        // makes packets of units and units of packets; nil: readers take the form that is published
	Notify func(Event)  // hears what happens; nil: nobody does
}

func (o Options) filled() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = system{}
	}
	if o.Shards == 0 {
		o.Shards = runtime.GOMAXPROCS(0)
	}
	if o.Cache == 0 {
		o.Cache = standardCache
	}
	if o.Notify == nil {
		o.Notify = func(Event) {}
	}
	return o
}

// system is the clock there is.
type system struct{}

func (system) Now() time.Time                         { return time.Now() }
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }
