// Package transcoder keeps the transcoders that WCS's REST API starts, at /rest-api/transcoder and /rest-api/transcoder2: each takes a
// stream and publishes it under another name, in another size, rate or codec. What works on the media is a graph, which users can
// rewrite; a transcoder starts it, starts it again when its stream comes back, and ends when that stays away. The package codes nothing.
package transcoder

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"sluice/api/rest/wcs/agents"
	"sluice/api/rest/wcs/picture"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
)

// Engine is what transcoders need of the engine.
type Engine interface {
	Run(ctx context.Context, s engine.Start) (*instance.Instance, error)
	Streams() engine.Streams
	Bus() *event.Bus
	Instances() *supervisor.Supervisor
}

// Options are what Transcoders are made with. Engine, Graph, Idle and Clock are needed.
type Options struct {
	Engine   Engine
	Graph    string          // "wcs/transcoder"
	Pictures *picture.Folder // nil: there are none
	// Idle is how long the stream of a transcoder may be away before the transcoder ends.
	Idle time.Duration
	// Pipelines is how many may run for another transcoder to be started; 0 is no limit.
	Pipelines int
	// Check looks at every plan that is to run, as engine.Start has it.
	Check func(*plan.Plan) error
	// Reach says where elements may connect to, as engine.Start has it.
	Reach engine.Reach
	Log   *slog.Logger // nil: nothing is logged
	Clock element.Clock
}

// Transcoders are those of one server. All methods are safe for concurrent use.
type Transcoders struct {
	opt    Options
	agents *agents.Agents[*transcoder]
}

// New makes Transcoders, of which there are none at first. Close ends their work.
func New(o Options) *Transcoders {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pictures == nil {
		o.Pictures = picture.New("", nil)
	}
	running := func() int { return len(o.Engine.Instances().Instances()) }
	return &Transcoders{opt: o, agents: agents.New[*transcoder](agents.Options{Running: running, Pipelines: o.Pipelines})}
}

// Start starts a transcoder, and returns when its stream is published, or late. A name that is taken is fault.NameInUse, a stream to
// take that is not there fault.StreamNotFound; other errors are of the graph.
func (x *Transcoders) Start(ctx context.Context, task Task) error {
	t := &transcoder{all: x, task: task, session: uuid.NewString(), since: x.opt.Clock.Now()}
	if err := x.agents.Enter(t, t.clash); err != nil {
		return err
	}
	if err := t.begin(ctx); err != nil {
		x.forget(t)
		return err
	}
	go func() {
		defer x.forget(t)
		t.live()
	}()
	x.opt.Log.Info("transcoder started", "uri", task.URI, "input", task.Input, "output", task.Output)
	return t.published(ctx)
}

// clash says why there cannot be both transcoders: each has its names for itself.
func (t *transcoder) clash(other *transcoder) error {
	switch {
	case other.task.URI == t.task.URI:
		return fault.New(fault.NameInUse, "", "there is a transcoder %q already", t.task.URI).
			Advise("terminate it first, or choose another uri")
	case other.task.Output == t.task.Output:
		return fault.New(fault.NameInUse, "", "%q publishes %q already", other.task.URI, t.task.Output)
	}
	return nil
}

// forget lets the names of a transcoder that has ended be used again.
func (x *Transcoders) forget(t *transcoder) {
	x.agents.Forget(func(o *transcoder) bool { return o == t })
	t.Done()
}

// List lists the transcoders that there are, by their URIs.
func (x *Transcoders) List() []Info {
	var out []Info
	for _, t := range x.agents.All() {
		out = append(out, t.info())
	}
	slices.SortFunc(out, func(a, b Info) int { return strings.Compare(a.URI, b.URI) })
	return out
}

// End ends a transcoder, and returns when its stream has ended. One that is not there is fault.ResourceNotFound.
func (x *Transcoders) End(ctx context.Context, uri string) error {
	t, err := x.find(uri)
	if err != nil {
		return err
	}
	t.terminate()
	return t.Terminate(ctx, strconv.Quote(uri))
}

// Show lays another picture over the frames of a transcoder, or none. One that is not there is fault.ResourceNotFound.
func (x *Transcoders) Show(ctx context.Context, uri string, m Mark) error {
	t, err := x.find(uri)
	if err != nil {
		return err
	}
	return t.show(ctx, m)
}

// find finds a transcoder.
func (x *Transcoders) find(uri string) (*transcoder, error) {
	for _, t := range x.agents.All() {
		if t.task.URI == uri {
			return t, nil
		}
	}
	return nil, fault.New(fault.ResourceNotFound, "", "there is no transcoder %q", uri)
}

// Close ends the work of all transcoders. Their pipelines go on: they are the engine's. No more are started.
func (x *Transcoders) Close() { x.agents.Close() }
