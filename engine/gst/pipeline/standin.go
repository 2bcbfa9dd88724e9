//go:build cgo && !nogst

package pipeline

import (
	"slices"
	"time"

	"sluice/engine/gst/shim"
	"sluice/engine/plan"
)

const (
	// standInLooks is how often it is looked whether a picture has stopped, or goes on.
	standInLooks = 100 * time.Millisecond
	// standInWaits is how long is waited for the first picture of one that has just come.
	standInWaits = time.Second
)

// mind sees to a link that is new: if it stands in for another it is not seen at first.
func (l *Pipeline) mind(w *wire) {
	if w.Instead == "" {
		return
	}
	w.covered = true
	shim.Set(w.dst, alpha, "0", false)
	l.minds()
}

// minds begins looking at what stands in for something, once, until the pipeline ends.
func (l *Pipeline) minds() {
	l.minding.Do(func() {
		l.work.Go(func() {
			tick := time.NewTicker(standInLooks)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					l.takeTurns(shim.Now())
				case <-l.shut:
					return
				}
			}
		})
	})
}

// stands makes links stand in for others than before.
func (l *Pipeline) stands(list []plan.Link) {
	for i := range list {
		for _, w := range l.between(&list[i]) {
			l.mu.Lock()
			w.Instead, w.After = list[i].Instead, list[i].After
			l.mu.Unlock()
			l.minds()
		}
	}
}

// turn is a pad that is to be seen, or no longer.
type turn struct {
	pad, of shim.Object
	to      plan.Setting
}

// takeTurns shows what stands in for a link that has given nothing for a while, and hides it again.
func (l *Pipeline) takeTurns(now time.Duration) {
	l.mu.Lock()
	var turns []turn
	for _, w := range l.wires {
		if covered := w.Instead != "" && l.lives(w, now); covered != w.covered {
			w.covered = covered
			i := slices.IndexFunc(w.PadProps, func(s plan.Setting) bool { return s.Name == alpha })
			if i < 0 {
				continue
			}
			t := turn{pad: w.dst, of: w.to.object(), to: w.PadProps[i]}
			if covered {
				t.to.Text = "0"
			}
			shim.Ref(t.pad)
			shim.Ref(t.of)
			turns = append(turns, t)
		}
	}
	l.mu.Unlock()
	for _, t := range turns {
		l.glide(t.pad, t.of, t.to)
		shim.Unref(t.pad)
		shim.Unref(t.of)
	}
}

// lives tells whether what a link stands in for has given something lately, or is new. l.mu is held.
func (l *Pipeline) lives(w *wire, now time.Duration) bool {
	for _, o := range l.wires {
		if o.From.Of != w.Instead || o.to != w.to || o.left == nil {
			continue
		}
		if at := o.left.Tally().At; at > 0 {
			return now-at < time.Duration(w.After)
		}
		return now-o.born < standInWaits
	}
	return false
}
