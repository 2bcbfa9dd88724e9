//go:build cgo && !nogst

package pipeline

import (
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
)

// alpha is how much of what is below a picture covers. One that covers nothing is nowhere.
const alpha = "alpha"

// put gives a property of an element that plays, or of one of its pads, another value: in a while if the plan says so.
func (l *Pipeline) put(o shim.Object, of *elem, what string, s plan.Setting) error {
	if problem := l.glide(o, of.object(), s); problem != "" {
		return fault.New(fault.InvalidParams, of.Node, "%s %q: %s", what, of.Name, problem)
	}
	return nil
}

// glide is put for objects; the answer is "" or says what is wrong.
func (l *Pipeline) glide(o, of shim.Object, s plan.Setting) string {
	if s.Over > 0 {
		if r := shim.NewRamp(o, of, s.Name, s.Reveal(), time.Duration(s.Over)); r != nil {
			l.ends(r, time.Duration(s.Over), nil)
			return ""
		}
	}
	return shim.Set(o, s.Name, s.Reveal(), true)
}

// putPad is put for the settings of one pad of a mixer. A picture that is not to be seen moves at once, and one that stands in for
// another is not shown unless it is its turn.
func (l *Pipeline) putPad(w *wire, list []plan.Setting) error {
	unseen := shim.Get(w.dst, alpha) == "0"
	for _, s := range list {
		if unseen && s.Name != alpha {
			s.Over = 0
		}
		l.mu.Lock()
		covered := w.covered
		w.PadProps = with(w.PadProps, s) // first, so that its turn comes with it
		l.mu.Unlock()
		if s.Name == alpha && covered {
			continue
		}
		if err := l.put(w.dst, w.to, "the pad of", s); err != nil {
			return err
		}
	}
	return nil
}

// ends ends a ramp when it has reached its value, then does what is left to do; or when the pipeline ends.
func (l *Pipeline) ends(r *shim.Ramp, over time.Duration, then func()) {
	// An element that gives nothing any more does not come to the ramp's end.
	const slack, step = 2 * time.Second, 50 * time.Millisecond
	l.work.Go(func() {
		late := time.NewTimer(over + slack)
		defer late.Stop()
		tick := time.NewTicker(step)
		defer tick.Stop()
		for going := true; going && !r.Done(); {
			select {
			case <-tick.C:
			case <-late.C:
				going = false
			case <-l.shut:
				going = false
			}
		}
		r.End()
		if then != nil {
			then()
		}
	})
}

// over is how long a picture takes to come and to go; 0 if it does so at once, or there is none to be seen.
func (w *wire) over() (plan.Setting, bool) {
	for _, s := range w.PadProps {
		if s.Name == alpha && s.Over > 0 && s.Text != "0" {
			return s, true
		}
	}
	return plan.Setting{}, false
}

// fadeIn hides a picture that joins what plays until its first frame, from which on it appears.
func (l *Pipeline) fadeIn(w *wire) {
	s, is := w.over()
	if !is || !w.from.coming || w.to.coming {
		return
	}
	shim.Set(w.dst, alpha, "0", false)
	shim.Onset(w.dst, func() { l.glide(w.dst, w.to.object(), s) })
}

// fadeOut lets the last frame of a picture that has left disappear, and gives its pad back then. It tells whether it does: not in
// a pipeline that ends, and not if there is nothing to be seen.
func (l *Pipeline) fadeOut(w *wire) bool {
	s, is := w.over()
	l.mu.Lock()
	is = is && !l.closed && shim.Get(w.dst, alpha) != "0"
	l.mu.Unlock()
	if !is {
		return false
	}
	shim.UnlinkSink(w.dst)
	shim.EndPad(w.dst) // or the mixer would wait for more from it each time
	r := shim.NewRamp(w.dst, w.to.object(), alpha, "0", time.Duration(s.Over))
	if r == nil {
		return false
	}
	mixer, pad := w.to.object(), w.dst
	shim.Ref(mixer)
	shim.Ref(pad)
	l.ends(r, time.Duration(s.Over), func() {
		shim.Release(mixer, pad)
		shim.Unref(pad)
		shim.Unref(mixer)
	})
	return true
}
