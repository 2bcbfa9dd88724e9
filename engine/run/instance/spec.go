package instance

import (
	"log/slog"
	"time"

	"sluice/engine/event"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/roster"
)

// Template makes plans; *plan.Template is one. Resolve is called from the instance's goroutine and must be quick.
type Template = roster.Template

// Renewer is a Template that has a say in what comes after it when its graph is written anew, such as one that looks at plans. Renew is
// called as Resolve is, and gives what is used in next's place.
type Renewer interface {
	Renew(next Template) Template
}

// Spec says what an instance runs.
type Spec struct {
	ID       string // no other instance has it
	Template Template
	Inputs   plan.Inputs // not changed afterwards
	Ends     Ends        // nil: what comes out is dropped, nothing goes in
	// Once keeps an instance from being restarted, whatever its policy says: jobs that somebody waits for.
	Once bool
	// WhileWanted ends the instance when nobody wants any of what is lazy in it: it was begun because somebody did.
	WhileWanted bool
	// Prepared is called with each Runtime between its Prepare and Start, off the instance's goroutine. An error fails the
	// start. It may be nil.
	Prepared func(rt run.Runtime) error
}

// Options are what instances share. The zero Options run plans that need no GStreamer.
type Options struct {
	Open run.Open     // nil: there is no GStreamer
	Log  *slog.Logger // nil: nothing is logged
	Bus  *event.Bus   // nil: nobody hears of events
	// Reserve is asked, with CPUs, before an instance's plan begins to cost something else. It must be quick. An error
	// refuses what would have changed the plan. Nil lets everything pass.
	Reserve func(id string, cpus float64) error
	// Over is called when an instance has come to its end for good, before Done. It must be quick. It may be nil.
	Over   func(id string)
	Limits Limits
	Random func() float64 // of backoff; nil means the usual source
}

// Limits are the deadlines that no policy sets. What is 0 gets its default.
type Limits struct {
	Change  time.Duration // of one change; 10 s
	Stop    time.Duration // to stop a Runtime, after which it is lost; 5 s
	Inspect time.Duration // 1 s
	Job     time.Duration // to drain a plan that reads files, as long as its media moves on; 24 h
}

func (l Limits) filled() Limits {
	fill := func(d *time.Duration, usual time.Duration) {
		if *d <= 0 {
			*d = usual
		}
	}
	fill(&l.Change, 10*time.Second)
	fill(&l.Stop, 5*time.Second)
	fill(&l.Inspect, time.Second)
	fill(&l.Job, 24*time.Hour)
	return l
}

func (o Options) filled() Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Reserve == nil {
		o.Reserve = func(string, float64) error { return nil }
	}
	if o.Over == nil {
		o.Over = func(string) {}
	}
	o.Limits = o.Limits.filled()
	return o
}
