// Package run holds the contract between an instance and what plays its plan, and the states an instance goes
// through. It contains no media code: a Runtime is GStreamer in this process, GStreamer in a worker process, or, in
// tests, run/fake.
package run

import (
	"context"

	"sluice/engine/plan"
)

// Runtime plays the GStreamer part of one plan for one instance. It is used once: after Stop there is no way back,
// and a restart takes a new Runtime.
//
// Order. Prepare, Start, any number of Apply, Drain, Stop. Drain may be left out, and Stop may come at any time, also
// first and more than once. Anything else is refused with fault.Internal, without effect, and after Stop with
// fault.Closed; Phase.After has the table. After an error of Prepare or Start only Stop and Inspect are left; an
// error of Apply leaves everything as it was before that Apply, unless it is fault.Lost.
//
// Concurrency. Prepare, Start, Apply and Drain come one at a time from the instance. Stop may come while one of them is
// at work, which then returns soon with fault.Closed. Inspect may come at any time from any goroutine.
//
// Blocking. Every method may block until its context is done, so the instance calls them off its own loop and takes
// the outcome as a message. Every context must have a deadline; the caller sets it and cancels it. A method returns
// soon after its context is done, even if something inside GStreamer does not: then it returns fault.Lost, no other
// method but Stop and Inspect may follow, and what hangs is left alone until its process ends. A context ends the
// call, never what the call began: only Stop ends that. A context without a deadline is refused as out of order.
//
// Host. Prepare is given a Host. It is called from goroutines of the Runtime, from the beginning of Prepare until the
// first Stop returns, whatever Stop returns, and never again.
type Runtime interface {
	// Prepare builds what the plan describes without letting media flow: it finds a worker, makes elements, and asks
	// muxers for their pads (R5). It keeps the plan, which nobody changes, and host. The inlets take media into the
	// bridges that lead into GStreamer, by bridge name, and drop what comes before Start.
	Prepare(ctx context.Context, p *plan.Plan, host Host) (Inlets, error)

	// Start lets media flow, sinks before sources, in all that is not lazy. It returns when everything plays, which
	// does not mean that media has come: that is the notice FirstMedia.
	Start(ctx context.Context) error

	// Apply makes one change while media flows, disturbing nothing else, and returns when it is done. Changes are
	// described at Change.
	Apply(ctx context.Context, c Change) (Result, error)

	// Drain sends end of stream into every source, sources before sinks, and returns when each sink, on its own, has
	// taken it: files are whole, peers have everything. If the context is done first, because a sink waits for a peer
	// that does not take its media, the error is fault.Stalled and its place names the sink. Stop is then due.
	Drain(ctx context.Context) error

	// Stop ends everything at once and returns when goroutines, elements and processes of this Runtime are gone. A
	// second Stop waits for the first and returns what it returned. The only error is fault.Lost, when the
	// context was done before that.
	Stop(ctx context.Context) error

	// Inspect says how things are. It does not wait for media or for other methods: a Runtime that is stuck answers
	// with what it knew last and marks it stale. The only error is the context's.
	Inspect(ctx context.Context) (Report, error)
}

// Open makes a Runtime for the instance of the given id. It allocates and returns; it starts nothing.
type Open func(id string) (Runtime, error)
