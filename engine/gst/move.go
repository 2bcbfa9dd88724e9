//go:build cgo && !nogst

package gst

import (
	"context"
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
)

// target is what of a plan's pipeline should play now: all but lazy branches that nobody wants and what has left. The
// links are those between two elements that play.
func (l *pipeline) target(p *plan.Pipeline) *plan.Pipeline {
	asleep := map[string]bool{}
	for _, b := range p.Branches {
		asleep[b.Name] = b.Kind == plan.Lazy && !l.rt.lazily(b.Name)
	}
	out := &plan.Pipeline{Name: p.Name}
	plays := map[string]bool{}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range p.Elements {
		if !asleep[e.Branch] && !l.absent[e.Name] {
			out.Elements = append(out.Elements, e)
			plays[e.Name] = true
		}
	}
	for _, k := range p.Links {
		if plays[k.From.Of] && plays[k.To.Of] {
			out.Links = append(out.Links, k)
		}
	}
	return out
}

// current is what plays now, in the words of a plan.
func (l *pipeline) current() *plan.Pipeline {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := &plan.Pipeline{Name: l.name}
	for _, e := range l.elems {
		if !e.extra {
			out.Elements = append(out.Elements, e.Element)
		}
	}
	slices.SortFunc(out.Elements, func(a, b plan.Element) int { return strings.Compare(a.Name, b.Name) })
	for _, w := range l.wires {
		if !w.to.extra {
			out.Links = append(out.Links, w.Link)
		}
	}
	for _, k := range l.delayed {
		out.Links = append(out.Links, *k)
	}
	return out
}

// move changes what plays into what a plan's pipeline wants now. The build lock is held. After an error what had come is
// taken out again.
func (l *pipeline) move(ctx context.Context, p *plan.Pipeline) error {
	d := plan.Compare(l.current(), l.target(p))
	if err := l.playable(d); err != nil {
		return err
	}
	if err := l.leave(ctx, d.Gone); err != nil {
		return err
	}
	if err := l.cut(d.Cut); err != nil {
		return err
	}
	if err := l.come(d.Come, d.Made); err != nil {
		l.take(l.named(d.Come))
		return err
	}
	l.mu.Lock()
	l.plan = p
	l.mu.Unlock()
	return l.values(d)
}

// playable tells whether all values that differ can be changed now.
func (l *pipeline) playable(d plan.Diff) error {
	for _, v := range d.Props {
		e := l.elem(v.Element)
		if !shim.Playable(e.object(), v.Setting.Name) {
			return fault.New(fault.InvalidParams, e.Node, "%q of element %q cannot be changed while it plays", v.Setting.Name, e.Name)
		}
	}
	return nil
}

// values gives properties, and those of pads, the values they have in a new plan.
func (l *pipeline) values(d plan.Diff) error {
	for _, v := range d.Props {
		e := l.elem(v.Element)
		if problem := shim.Set(e.object(), v.Setting.Name, v.Setting.Reveal(), true); problem != "" {
			return fault.New(fault.InvalidParams, e.Node, "element %q: %s", e.Name, problem)
		}
		l.remember(e, v.Setting)
	}
	for _, v := range d.PadProps {
		for _, w := range l.between(v.Link) {
			if problem := shim.Set(w.dst.Unsafe(), v.Setting.Name, v.Setting.Reveal(), true); problem != "" {
				return fault.New(fault.InvalidParams, w.to.Node, "the pad of %q: %s", w.to.Name, problem)
			}
			w.PadProps = v.Link.PadProps
		}
	}
	return nil
}

// remember keeps a value that was set, so that the next comparison knows it.
func (l *pipeline) remember(e *elem, s plan.Setting) {
	l.mu.Lock()
	defer l.mu.Unlock()
	props := slices.Clone(e.Props)
	i := slices.IndexFunc(props, func(o plan.Setting) bool { return o.Name == s.Name })
	if i < 0 {
		props = append(props, s)
	} else {
		props[i] = s
	}
	e.Props = props
}

// between finds the wires of a link.
func (l *pipeline) between(k *plan.Link) []*wire {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*wire
	for _, w := range l.wires {
		if w.From == k.From && w.To == k.To && w.Caps == k.Caps {
			out = append(out, w)
		}
	}
	return out
}

// named finds elements that play.
func (l *pipeline) named(list []plan.Element) []*elem {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []*elem
	for _, e := range list {
		if have := l.elems[e.Name]; have != nil {
			out = append(out, have)
		}
	}
	return out
}

// come adds elements to a pipeline that plays: everything is made and linked among itself and to what it feeds, then gets
// its state, sinks first, and only then is fed.
func (l *pipeline) come(elements []plan.Element, links []plan.Link) error {
	isNew := map[string]bool{}
	for _, e := range elements {
		if err := l.create(e, false); err != nil {
			return err
		}
		isNew[e.Name] = true
		if made := l.elem(e.Name); made.sink {
			// A sink that waits for its first buffer would take the whole pipeline out of PLAYING.
			shim.Set(made.object(), "async", "false", false)
		}
	}
	for _, feeding := range []bool{false, true} {
		for i := range links {
			if feeding != (isNew[links[i].To.Of] && !isNew[links[i].From.Of]) {
				continue
			}
			if err := l.join(&links[i]); err != nil {
				return err
			}
			if w := l.between(&links[i]); len(w) > 0 && w[0].filter != nil {
				shim.Sync(w[0].filter.object())
			}
		}
		for i := len(elements) - 1; !feeding && i >= 0; i-- {
			e := l.elem(elements[i].Name)
			if !shim.Sync(e.object()) {
				return fault.New(fault.GstElement, e.Node, "element %q (%s) does not start", e.Name, e.Factory)
			}
		}
	}
	if len(elements) > 0 {
		l.gst.RecalculateLatency()
	}
	return nil
}
