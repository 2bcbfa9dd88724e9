//go:build cgo && !nogst

package gst

import (
	"context"
	"errors"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// takeOut is how long a broken branch may take to stop.
const takeOut = 5 * time.Second

// message takes a message on the thread that posted it: what others wait for is noted at once, the rest is for listen.
func (l *pipeline) message(m shim.Message) {
	switch m.Kind {
	case shim.Error:
		l.fail(m)
	case shim.EOS:
		l.mu.Lock()
		if e := l.elems[m.Source]; e != nil {
			e.ended = true
		}
		l.over = l.over || m.Source == ""
		l.mu.Unlock()
		select {
		case l.ending <- struct{}{}:
		default:
		}
	}
	l.rt.notes.put(note{line: l, message: m})
}

// fail keeps the first error of what is not a branch: those after it are its consequences.
func (l *pipeline) fail(m shim.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.elems[m.Source]; l.failed == nil && l.dispensable(e) == "" {
		l.failed = l.blame(m)
		close(l.failing)
	}
}

// failWith keeps an error that no element posted, likewise.
func (l *pipeline) failWith(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil {
		l.failed = err
		close(l.failing)
	}
}

// dispensable is the branch that an element may take with it when it fails; "" if it takes all. l.mu is held.
func (l *pipeline) dispensable(e *elem) string {
	if e == nil || e.Branch == "" {
		return ""
	}
	for _, b := range l.plan.Branches {
		if b.Name == e.Branch && (b.Kind == plan.Lazy || b.OnError == "drop" || b.OnError == "restart") {
			return b.Name
		}
	}
	return ""
}

// listen turns notes into notices until Stop. It is the Runtime's own goroutine.
func (r *Runtime) listen() {
	defer close(r.notes.over)
	h := &hearing{rt: r, gave: map[string]bool{}}
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
	gave   map[string]bool // nodes that gave media
	second time.Time       // in which
	said   int             // messages of elements were passed on
}

// mostSaid is how many warnings and messages of their own the elements of an instance may send in a second. A graph that has more, such
// as a level meter set to 1 ms, loses the rest: notices are for what people want to know.
const mostSaid = 50

func (h *hearing) hear(n note) {
	switch {
	case n.line == nil:
		h.rt.over(n.wrong)
	case n.message.Kind != 0:
		h.message(n.line, n.message)
	case n.first:
		h.gives(n)
	case n.ended:
		h.ends(n)
	case n.noMore:
		if err := n.line.complete(n.element); err != nil {
			h.broken(n.line, n.line.elem(n.element), err)
		}
	case n.wrong != nil:
		h.broken(n.line, n.line.elem(n.element), n.wrong)
	}
}

func (h *hearing) message(l *pipeline, m shim.Message) {
	switch m.Kind {
	case shim.Error:
		l.mu.Lock()
		e := l.elems[m.Source]
		err := l.failed
		if err == nil || l.dispensable(e) != "" {
			err = l.blame(m)
		}
		known := e != nil || m.Source == "" || l.failed != nil
		l.mu.Unlock()
		if known { // or it has left meanwhile
			h.broken(l, e, err)
		}
	case shim.Warning:
		if h.mayPass(time.Now()) {
			h.rt.log.Warn("an element warns", "element", m.Source, "text", m.Text)
		}
	case shim.Latency:
		l.gst.RecalculateLatency()
	case shim.Element:
		if e := l.elem(m.Source); e != nil && h.mayPass(time.Now()) {
			h.rt.tell(run.Notice{Kind: run.Said, Node: e.Node, Event: m.Domain, Vars: map[string]string{"text": m.Text}})
		}
	}
}

// mayPass counts messages of elements.
func (h *hearing) mayPass(now time.Time) bool {
	if now.Sub(h.second) >= time.Second {
		h.second, h.said = now, 0
	}
	h.said++
	return h.said <= mostSaid
}

// gives tells of a node's first media.
func (h *hearing) gives(n note) {
	e := n.line.elem(n.element)
	if e == nil || h.gave[e.Node] {
		return
	}
	h.gave[e.Node] = true
	h.rt.tell(run.Notice{Kind: run.FirstMedia, Node: e.Node})
}

// ends tells that a node is over when all that it gives is.
func (h *hearing) ends(n note) {
	e := n.line.elem(n.element)
	if e == nil || e.Role == plan.RoleDrain {
		return
	}
	for _, l := range h.rt.playing() { // a node may be in several
		if !l.exhausted(e.Node) {
			return
		}
	}
	h.rt.tell(run.Notice{Kind: run.NodeEnded, Node: e.Node})
}

// exhausted tells whether every counted link of a node in this pipeline is at its end.
func (l *pipeline) exhausted(node string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, w := range l.wires {
		if w.from.Node == node && w.leaves() && w.left != nil && !w.left.Tally().Ended {
			return false
		}
		if w.to.Node == node && w.to.sink && w.came != nil && !w.came.Tally().Ended {
			return false
		}
	}
	return true
}

// broken takes the branch of what failed out, or tells that all is over.
func (h *hearing) broken(l *pipeline, e *elem, err error) {
	l.mu.Lock()
	branch := l.dispensable(e)
	l.mu.Unlock()
	if branch == "" {
		l.failWith(err)
		h.rt.over(err)
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.lose(branch)
	}()
	select {
	case <-done:
		h.rt.tell(run.Notice{Kind: run.BranchGone, Node: e.Node, Branch: branch, Err: err})
	case <-h.rt.stopping:
		<-done
	case <-time.After(takeOut):
		h.rt.over(fault.New(fault.Lost, e.Node, "branch %q failed and does not stop", branch).Because(err))
	}
}

// over tells once that all is over, if it plays and was not told otherwise.
func (r *Runtime) over(err error) {
	r.mu.Lock()
	told := r.told || r.phase != run.Running && r.phase != run.Drained
	r.told = r.told || !told
	r.mu.Unlock()
	if told || errors.Is(err, context.Canceled) {
		return
	}
	var place string
	if f := (*fault.Fault)(nil); errors.As(err, &f) {
		place = f.Place
	}
	r.tell(run.Notice{Kind: run.Broken, Node: place, Err: err})
}

// tell passes a notice on unless the Runtime is stopped.
func (r *Runtime) tell(n run.Notice) {
	r.mu.Lock()
	host, closed := r.host, r.phase == run.Closed
	r.mu.Unlock()
	if !closed {
		host.Tell(n)
	}
}
