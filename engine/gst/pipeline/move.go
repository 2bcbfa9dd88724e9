//go:build cgo && !nogst

package pipeline

import (
	"context"
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
)

// Within tells whether a branch is another or a part of it.
func Within(branch, of string) bool { return branch == of || strings.HasPrefix(branch, of+"/") }

// Add makes what is there from the start, in a pipeline that does not play yet. After an error only Shut, Halt and Release
// are left.
func (l *Pipeline) Add() error {
	now := l.target(l.Plan())
	if err := pictures(plan.Diff{Come: now.Elements, Made: now.Links}); err != nil {
		return err
	}
	for _, e := range now.Elements {
		if err := l.create(&elem{Element: e}); err != nil {
			return err
		}
	}
	for i := range now.Links {
		if err := l.join(&now.Links[i]); err != nil {
			return err
		}
	}
	return nil
}

// target is what of a plan's pipeline should play now: all but branches that are asleep and what has left. The links are
// those between two elements that play.
func (l *Pipeline) target(p *plan.Pipeline) *plan.Pipeline {
	asleep := map[string]bool{}
	for _, b := range p.Branches {
		asleep[b.Name] = l.around.Asleep(b.Name)
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
func (l *Pipeline) current() *plan.Pipeline {
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
		out.Links = append(out.Links, w.Link)
	}
	for _, k := range l.delayed {
		out.Links = append(out.Links, *k)
	}
	return out
}

// Check tells whether all values by which a plan differs from what plays can be changed while it does, and the pictures are some
// that it brings.
func (l *Pipeline) Check(p *plan.Pipeline) error {
	d := plan.Compare(l.current(), l.target(p))
	for _, v := range d.Props {
		e := l.elem(v.Element)
		if v.Setting.Name == location {
			if err := picture(&e.Element, v.Setting.Reveal()); err != nil {
				return err
			}
		}
		if !shim.Playable(e.object(), v.Setting.Name) {
			return fault.New(fault.InvalidParams, e.Node, "%q of element %q cannot be changed while it plays", v.Setting.Name, e.Name)
		}
	}
	return pictures(d)
}

// Move changes what plays into what a plan's pipeline wants now. What leaves has until ctx is done to end properly. After
// an error some of it may have been done; to move back to the plan before undoes that.
func (l *Pipeline) Move(ctx context.Context, p *plan.Pipeline) error {
	d := plan.Compare(l.current(), l.target(p))
	if err := l.Check(p); err != nil {
		return err
	}
	l.leave(ctx, d.Gone)
	l.cut(d.Cut)
	err := l.come(d.Come, d.Made)
	if err == nil {
		err = l.values(d)
	}
	if late := l.settled(p, err == nil); err == nil {
		err = late
	}
	if err != nil {
		l.take(l.named(d.Come))
	}
	return err
}

// settled ends a change: from now on what came is told of like everything else. The error is one that an element posted
// meanwhile which came.
func (l *Pipeline) settled(p *plan.Pipeline, done bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.refused
	l.refused = nil
	if !done || err != nil {
		return err
	}
	l.plan = p
	for _, e := range l.elems {
		e.coming = false
	}
	return nil
}

// values gives properties, and those of pads, the values they have in a new plan.
func (l *Pipeline) values(d plan.Diff) error {
	for _, v := range d.Props {
		e := l.elem(v.Element)
		if err := l.put(e.object(), e, "element", v.Setting); err != nil {
			return err
		}
		l.mu.Lock()
		e.Props = with(e.Props, v.Setting)
		l.mu.Unlock()
	}
	l.stands(d.Stands)
	for i, v := range d.PadProps {
		if i > 0 && d.PadProps[i-1].Link == v.Link {
			continue // put with the first of that link
		}
		var list []plan.Setting
		for _, o := range d.PadProps[i:] {
			if o.Link == v.Link {
				list = append(list, o.Setting)
			}
		}
		for _, w := range l.between(v.Link) {
			if err := l.putPad(w, list); err != nil {
				return err
			}
		}
	}
	return nil
}

// with gives a copy of settings in which one has another value, so that the next comparison knows it.
func with(list []plan.Setting, s plan.Setting) []plan.Setting {
	list = slices.Clone(list)
	i := slices.IndexFunc(list, func(o plan.Setting) bool { return o.Name == s.Name })
	if i < 0 {
		return append(list, s)
	}
	list[i] = s
	return list
}

// between finds the wires of a link.
func (l *Pipeline) between(k *plan.Link) []*wire {
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

// come adds elements to a pipeline that plays: everything is made and linked among itself and to what it feeds, then gets
// its state, sinks first, and only then is fed.
func (l *Pipeline) come(elements []plan.Element, links []plan.Link) error {
	isNew := map[string]bool{}
	for _, e := range elements {
		made := &elem{Element: e, coming: true}
		if err := l.create(made); err != nil {
			return err
		}
		isNew[e.Name] = true
		if made.sink {
			// A sink that waits for its first buffer would take the whole pipeline out of PLAYING.
			shim.Set(made.object(), "async", "false", false)
		}
	}
	feeds := func(k *plan.Link) bool { return isNew[k.To.Of] && !isNew[k.From.Of] }
	for i := range links {
		if k := &links[i]; !feeds(k) {
			if err := l.join(k); err != nil {
				return err
			}
		}
	}
	for _, one := range slices.Backward(elements) {
		if e := l.elem(one.Name); e == nil || !shim.Sync(e.object()) {
			return l.unable(one)
		}
	}
	for i := range links {
		if k := &links[i]; feeds(k) {
			if err := l.join(k); err != nil {
				return err
			}
		}
	}
	if len(elements) > 0 {
		l.Latency()
	}
	return nil
}

// unable says why an element does not start, which it says itself if it is a good one.
func (l *Pipeline) unable(e plan.Element) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused != nil {
		return l.refused
	}
	return fault.New(fault.GstElement, e.Node, "element %q (%s) does not start", e.Name, e.Factory)
}
