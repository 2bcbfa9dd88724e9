//go:build cgo && !nogst

package gst

import (
	"context"
	"errors"
	"strconv"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/pipeline"
	"sluice/engine/run"
)

// listen turns notes into notices until Stop. It is the Runtime's own goroutine.
func (r *Runtime) listen() {
	h := &hearing{rt: r, ended: map[string]bool{}}
	for range r.notes.more {
		list, more := r.notes.take()
		for _, n := range list {
			h.hear(n)
		}
		if !more {
			return
		}
	}
}

// hearing is what listen knows.
type hearing struct {
	rt     *Runtime
	ended  map[string]bool              // nodes that were told to be over
	second time.Time                    // in which
	said   int                          // messages of elements were passed on
	levels map[string]map[string]string // how loud everybody is, by node and key, which was not passed on yet
	told   time.Time                    // when they were
}

// levelsEvery is how often is told how loud everybody is, all in one notice for each mixer.
const levelsEvery = 200 * time.Millisecond

// mostSaid is how many warnings and messages of their own the elements of an instance may send in a second. A graph that has more, such
// as a level meter set to 1 ms, loses the rest: notices are for what people want to know.
const mostSaid = 50

func (h *hearing) hear(n note) {
	if n.chain != "" {
		h.rt.chainFailed(n.chain, n.Node, n.Err)
		return
	}
	switch n.Kind {
	case pipeline.Fails:
		h.rt.over(n.Err)
	case pipeline.Ails:
		h.rt.branchFailed(n.Branch, n.Node, n.Err)
	case pipeline.Whole:
		h.rt.complete(n.Of)
	case pipeline.Lags:
		n.Of.Latency()
	case pipeline.Gives:
		h.gives(n)
	case pipeline.Ends:
		h.ends(n.Node)
	case pipeline.Complains:
		if h.mayPass(time.Now()) {
			h.rt.log.Warn("an element warns", "node", n.Node, "text", n.Text)
		}
	case pipeline.Sounds:
		h.sounds(n, time.Now())
	case pipeline.Speaks:
		if h.mayPass(time.Now()) {
			h.rt.tell(run.Notice{Kind: run.Said, Node: n.Node, Event: n.Event, Vars: map[string]string{"text": n.Text}})
		}
	}
}

// sounds gathers how loud everybody is.
func (h *hearing) sounds(n note, now time.Time) {
	if h.levels == nil {
		h.levels = map[string]map[string]string{}
	}
	if h.levels[n.Node] == nil {
		h.levels[n.Node] = map[string]string{}
	}
	h.levels[n.Node][n.Key] = strconv.FormatFloat(n.Level, 'f', 1, 64)
	if now.Sub(h.told) < levelsEvery {
		return
	}
	for node, vars := range h.levels {
		h.rt.tell(run.Notice{Kind: run.Said, Node: node, Event: run.Levels, Vars: vars})
	}
	h.levels, h.told = nil, now
}

// mayPass counts messages of elements.
func (h *hearing) mayPass(now time.Time) bool {
	if now.Sub(h.second) >= time.Second {
		h.second, h.said = now, 0
	}
	h.said++
	return h.said <= mostSaid
}

// gives tells of a node's first media, unless it has given some in another pipeline.
func (h *hearing) gives(n note) {
	delete(h.ended, n.Node)
	for _, l := range h.rt.playing() {
		if l != n.Of && l.Gave(n.Node) {
			return
		}
	}
	h.rt.tell(run.Notice{Kind: run.FirstMedia, Node: n.Node})
}

// ends tells once that a node is over when all that it gives is: it may be in several pipelines.
func (h *hearing) ends(node string) {
	for _, l := range h.rt.playing() {
		if !l.Over(node) {
			return
		}
	}
	if !h.ended[node] {
		h.ended[node] = true
		h.rt.tell(run.Notice{Kind: run.NodeEnded, Node: node})
	}
}

// complete deals with elements that will have no more pads, unless the pipeline has gone meanwhile.
func (r *Runtime) complete(l *pipeline.Pipeline) {
	r.build.Lock()
	defer r.build.Unlock()
	if r.line(l.Name()) == l {
		l.Complete()
	}
}

// over tells once that all is over. While the start is under way it keeps the error: the start may have looked already.
func (r *Runtime) over(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	r.mu.Lock()
	told := r.told
	switch r.phase {
	case run.Running, run.Drained:
		r.told = true
	case run.Prepared:
		if r.early == nil {
			r.early = err
		}
		told = true
	default:
		told = true
	}
	r.mu.Unlock()
	if !told {
		r.tell(run.Notice{Kind: run.Broken, Node: place(err), Err: err})
	}
}

// place is what a fault is about.
func place(err error) string {
	if f := (*fault.Fault)(nil); errors.As(err, &f) {
		return f.Place
	}
	return ""
}

// tell passes a notice on unless the Runtime is stopped: then nobody calls the host any more, though something that hangs
// may go on.
func (r *Runtime) tell(n run.Notice) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.phase != run.Closed && r.host != nil {
		r.host.Tell(n)
	}
}

// key asks the host for a key frame, likewise.
func (r *Runtime) key(bridge string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.phase != run.Closed {
		r.host.Key(bridge)
	}
}
