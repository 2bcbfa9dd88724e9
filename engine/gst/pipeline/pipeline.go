//go:build cgo && !nogst

// Package pipeline plays one pipeline of a plan: it makes, links, changes and takes apart elements while media flows,
// knows whose fault an error is and when sinks have ended. What is to play, and what becomes of what fails, is decided by
// whoever plays it: package gst.
package pipeline

import (
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/fault"
	"sluice/engine/gst/bridge"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Around is what is around a pipeline. Its functions are safe for concurrent use and return at once.
type Around struct {
	ID       string // of the instance
	Log      *slog.Logger
	Epoch    time.Time // from which pipelines count their time whose units cross
	Crosses  bool      // units cross into or out of this one
	Inlet    func(bridge string) *bridge.Inlet
	Outlet   func(bridge string) run.Port
	Asleep   func(branch string) bool           // a branch should not play now
	News     func(News)                         // also on streaming threads
	Taps     func() map[string]func(run.Passed) // who looks, by node
	Stopping <-chan struct{}                    // closed when waiting is of no use any more
}

// Pipeline is one pipeline of a plan, with what plays in it now.
//
// Concurrency. New, Add, Move, Complete, Lose, End and Release change what plays, and come one at a time. Start and Await
// may be at work beside them, and so may the streaming threads, which link pads that appear. All others are safe at any
// time until Release.
type Pipeline struct {
	name    string
	around  Around
	gst     *gst.Pipeline
	minding sync.Once
	work    sync.WaitGroup // ends of streams, and of ramps, that are on their way

	mu      sync.Mutex // held for moments, never while GStreamer may wait
	plan    *plan.Pipeline
	elems   map[string]*elem
	wires   []*wire
	delayed []*plan.Link     // whose pad has not appeared yet
	absent  map[string]bool  // elements of the plan that have left: they would have got no media
	whole   []string         // elements that will have no more pads, which Complete has not dealt with
	trial   bool             // errors are kept and not told
	failed  error            // the first error of what is not a branch
	ailing  map[string]error // branches that have failed and are not taken out yet: the first error of each
	lost    int              // how many branches were taken out because they failed
	refused error            // the first error of an element that is coming
	latency bool             // news of latency is on its way
	closed  bool             // nothing more is linked or comes in
	shut    chan struct{}    // closed with closed
	wake    chan struct{}    // holds a value when there is something new for who waits: an end, an error
}

// New makes a pipeline that has nothing in it yet.
func New(p *plan.Pipeline, around Around) (*Pipeline, error) {
	g, err := gst.NewPipeline(around.ID + "/" + p.Name)
	if err != nil {
		return nil, fault.New(fault.GstElement, p.Name, "no pipeline can be made").Because(err)
	}
	l := &Pipeline{
		name: p.Name, around: around, gst: g, plan: p, elems: map[string]*elem{}, absent: map[string]bool{}, ailing: map[string]error{},
		shut: make(chan struct{}), wake: make(chan struct{}, 1),
	}
	shim.Set(l.object(), "message-forward", "true", false) // each sink's end is told, not only the last one's
	shim.Watch(l.object(), l.message)
	if around.Crosses && !p.Offline {
		shim.KeepTime(l.object(), shim.Now()-time.Since(around.Epoch))
	}
	return l, nil
}

// Name of the pipeline in its plan.
func (l *Pipeline) Name() string { return l.name }

func (l *Pipeline) object() shim.Object { return l.gst.Unsafe() }

// Plan is the plan that plays.
func (l *Pipeline) Plan() *plan.Pipeline {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.plan
}

// Shut takes nothing more from outside, and links nothing that appears.
func (l *Pipeline) Shut() {
	l.mu.Lock()
	if !l.closed {
		l.closed = true
		close(l.shut)
	}
	var inlets []*elem
	for _, e := range l.elems {
		if e.inlet != nil {
			inlets = append(inlets, e)
		}
	}
	l.mu.Unlock()
	for _, e := range inlets {
		e.inlet.Detach(e.object())
	}
}

// Halt ends everything at once. It blocks as long as an element does.
func (l *Pipeline) Halt() { shim.SetState(l.object(), shim.Null) }

// Release lets go of everything. It comes once, after Shut and Halt, and blocks as long as an element does. The pipeline
// must not be used any more.
func (l *Pipeline) Release() {
	l.work.Wait()
	shim.Unwatch(l.object())
	l.mu.Lock()
	elems, wires := l.elems, l.wires
	l.elems, l.wires, l.delayed = map[string]*elem{}, nil, nil
	l.mu.Unlock()
	for _, w := range wires {
		w.free()
	}
	for _, e := range elems {
		shim.SetState(e.object(), shim.Null) // one that came while the others stopped
		e.free()
	}
	shim.Drop(l.gst.Object)
}

// Try lets errors be kept instead of told, or ends that. The error is the first one that was kept.
func (l *Pipeline) Try(trial bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trial = trial
	return l.failed
}

// Has tells whether anything of a branch plays.
func (l *Pipeline) Has(branch string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.elems {
		if Within(e.Branch, branch) {
			return true
		}
	}
	return false
}

// Latency makes the pipeline's elements agree on how far they lag behind. It asks all of them.
func (l *Pipeline) Latency() {
	l.mu.Lock()
	l.latency = false
	if l.closed {
		l.mu.Unlock()
		return
	}
	own := l.object()
	shim.Ref(own)
	l.mu.Unlock()
	defer shim.Unref(own)
	shim.Recalculate(own)
}

// AskKey asks what feeds a bridge for a key frame, if the bridge plays here.
func (l *Pipeline) AskKey(name string) bool {
	e := l.hold(func(e *elem) bool { return e.Name == name && e.Role == plan.RoleBridge && e.inlet == nil })
	if e == nil {
		return false
	}
	defer e.letGo()
	shim.AskKey(e.object())
	return true
}

// Pull waits for a buffer of the appsink in which a node's results wait, and gives its caps. There is false if the node
// has none here, and ended if none will come.
func (l *Pipeline) Pull(node string, wait time.Duration) (data []byte, caps string, ended, there bool) {
	e := l.hold(func(e *elem) bool { return e.Node == node && e.Factory == "appsink" && e.Role != plan.RoleBridge })
	if e == nil {
		return nil, "", false, false
	}
	defer e.letGo()
	data, caps, ended = shim.Pull(e.object(), wait)
	return data, caps, ended, true
}

// Hanging is an element that has not finished changing its state, the last in the flow of media first: GStreamer changes
// sinks first. It waits for nothing.
func (l *Pipeline) Hanging() (plan.Element, bool) {
	if !l.mu.TryLock() {
		return plan.Element{}, false
	}
	defer l.mu.Unlock()
	for _, p := range slices.Backward(l.plan.Elements) {
		if e := l.elems[p.Name]; e != nil && shim.Changing(e.object()) {
			return p, true
		}
	}
	return plan.Element{}, false
}
