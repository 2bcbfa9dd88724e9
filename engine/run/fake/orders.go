package fake

import (
	"slices"

	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Fail lets a call return err from now on; nil lets it work again. An error with the code fault.Lost is taken as
// one: only Stop may follow.
func (r *Runtime) Fail(c run.Call, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	told := r.orders[c]
	told.err = err
	r.orders[c] = told
}

// Wedge lets a call hang, from now on, until release is called; after that it goes on as usual. A call that hangs
// also returns when its context is done, with fault.Lost, and when the Runtime is stopped or crashes. A value comes
// on entered when a call begins to hang. Release must be called once at most.
func (r *Runtime) Wedge(c run.Call) (entered <-chan struct{}, release func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	told := r.orders[c]
	told.entered, told.release = make(chan struct{}, 1), make(chan struct{})
	r.orders[c] = told
	return told.entered, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		now := r.orders[c]
		now.entered, now.release = nil, nil
		r.orders[c] = now
		close(told.release)
	}
}

// Crash does what the death of a worker does: the host is told, the call at work returns err, and so do all later
// ones but Stop and Inspect.
func (r *Runtime) Crash(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.crash != nil || r.phase == run.Closed {
		return
	}
	r.crash = err
	close(r.crashed)
	if r.host != nil {
		r.host.Tell(run.Notice{Kind: run.Broken, Err: err})
	}
}

// Answer sets what Apply gives for a verb, after the change was found sound. The function must not call the Runtime.
func (r *Runtime) Answer(v run.Verb, answer func(run.Change) (run.Result, error)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers[v] = answer
}

// Calls lists what was called so far, in the order in which the calls returned, but Stop when it began.
func (r *Runtime) Calls() []Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.calls)
}

// Inspected sets what completes each report, under the Runtime's lock: it must not call the Runtime.
func (r *Runtime) Inspected(complete func(*run.Report)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inspected = complete
}

// Tell gives the host a notice; false if there is no host, before Prepare and after Stop. A branch that is said to be
// gone is.
func (r *Runtime) Tell(n run.Notice) bool {
	return r.withHost(func(h run.Host) {
		if n.Kind == run.BranchGone {
			r.branches = slices.DeleteFunc(r.branches, func(b string) bool { return b == n.Branch })
			r.lazy = slices.DeleteFunc(r.lazy, func(b string) bool { return b == n.Branch })
		}
		h.Tell(n)
	})
}

// Play tells what comes out of each bridge outside of branches, and that a node gave its first media, as GStreamer does when a live
// source begins; false if there is no host.
func (r *Runtime) Play(node string) bool {
	return r.withHost(func(h run.Host) {
		for _, b := range r.plan.Bridges {
			codec := b.Format.Codec
			if codec == "" {
				codec = map[media.Kind]media.Codec{media.Video: media.VP8, media.Audio: media.Opus}[b.Format.Kind]
			}
			if b.Direction == plan.OutOfGst && b.Branch == "" && !b.Fallback && codec != "" {
				h.Outlet(b.Name).Codec(media.NewTrack(codec))
			}
		}
		h.Tell(run.Notice{Kind: run.FirstMedia, Node: node})
	})
}

// Deliver gives the host a unit that came out of a bridge; false if there is no host.
func (r *Runtime) Deliver(bridge string, u *media.Unit) bool {
	return r.withHost(func(h run.Host) { h.Outlet(bridge).Unit(u) })
}

// WantKey asks the host for a key frame of what goes into a bridge; false if there is no host.
func (r *Runtime) WantKey(bridge string) bool {
	return r.withHost(func(h run.Host) { h.Key(bridge) })
}

// withHost holds the lock, so that no call reaches the host after Stop.
func (r *Runtime) withHost(call func(run.Host)) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.host == nil {
		return false
	}
	call(r.host)
	return true
}

// Inlet is what was written into a bridge so far; nil if there is no such inlet.
func (r *Runtime) Inlet(bridge string) *Port {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.inlets[bridge]
}
