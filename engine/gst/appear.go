//go:build cgo && !nogst

package gst

import (
	"slices"
	"strings"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// appeared links a pad that an element has just got, on the streaming thread that made it: media follows at once. pad is
// nil when there will be no more. A pad that nobody wants is drained if the plan says so (R6): a demuxer with an output
// that is not linked ends the pipeline.
func (l *pipeline) appeared(from *elem, pad shim.Object) {
	if pad == nil {
		l.rt.notes.put(note{line: l, element: from.Name, noMore: true})
		return
	}
	if !shim.Gives(pad) {
		return
	}
	src := gst.FromGstPadUnsafeNone(pad)
	k := l.claim(from, shim.Name(pad), shim.Caps(pad))
	if k == nil {
		l.sink(from, src)
		return
	}
	if err := l.link(k, src); err != nil {
		l.rt.notes.put(note{line: l, element: from.Name, wrong: err})
	}
}

// claim takes the first waiting link that means a pad of this name and kind.
func (l *pipeline) claim(from *elem, name, caps string) *plan.Link {
	kinds := element.KindsOf(caps)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil
	}
	i := slices.IndexFunc(l.delayed, func(k *plan.Link) bool { return k.From.Of == from.Name && means(k.From.Name, name) && suits(k, kinds) })
	if i < 0 {
		return nil
	}
	k := l.delayed[i]
	l.delayed = slices.Delete(l.delayed, i, i+1)
	return k
}

// means tells whether a link's pad name, which may be a template's, is a pad's.
func means(wanted, name string) bool {
	before, _, pattern := strings.Cut(wanted, "%")
	return wanted == "" || wanted == name || pattern && strings.HasPrefix(name, before)
}

// suits tells whether what a pad carries can be what the link's caps ask for.
func suits(k *plan.Link, kinds []media.Kind) bool {
	wanted := element.KindsOf(k.Caps)
	return len(wanted) == 0 || len(kinds) == 0 || slices.Contains(wanted, kinds[0])
}

// sink puts a sink behind a pad that nobody wants.
func (l *pipeline) sink(from *elem, src *gst.Pad) {
	name := from.Name + "-" + shim.Name(src.Unsafe()) + "-drain"
	k := plan.Link{From: plan.Pad{Of: from.Name}, To: plan.Pad{Of: name, Name: "sink"}}
	e := plan.Element{
		Name: name, Factory: "fakesink", Node: from.Node, Role: plan.RoleDrain, Branch: from.Branch,
		Props: []plan.Setting{{Name: "sync", Text: "false"}, {Name: "async", Text: "false"}},
	}
	if !from.Drain {
		drop(src.Object)
		return
	}
	err := l.create(e, true)
	if err == nil {
		shim.Sync(l.elem(name).object())
		err = l.link(&k, src)
	}
	if err != nil {
		l.rt.notes.put(note{line: l, element: from.Name, wrong: err})
	}
}

// complete deals with the links of an element that will have no more pads: an optional one leaves with all that only it
// feeds, so that a muxer does not wait for it; any other is a fault. The build lock is not held.
func (l *pipeline) complete(element string) error {
	l.rt.build.Lock()
	defer l.rt.build.Unlock()
	l.mu.Lock()
	var never []*plan.Link
	l.delayed = slices.DeleteFunc(l.delayed, func(k *plan.Link) bool {
		if k.From.Of == element {
			never = append(never, k)
		}
		return k.From.Of == element
	})
	e := l.elems[element]
	gave := slices.ContainsFunc(l.wires, func(w *wire) bool { return w.from == e })
	l.mu.Unlock()
	if len(never) > 0 && !gave {
		return fault.New(fault.MediaCorrupt, e.Node, "%q (%s) found no track", e.Name, e.Factory).
			Advise("the media cannot be read; does ffprobe read it?")
	}
	for _, k := range never {
		if !k.Optional {
			return fault.New(fault.CodecNotAvailable, e.Node, "%q (%s) has no output %q: the media has no such track",
				e.Name, e.Factory, k.From.Name).
				Advise("write \"%s.%s?\" in the link if the track may be missing", e.Node, k.From.Name)
		}
		starved := l.fedOnlyBy(k)
		l.mu.Lock()
		for _, e := range starved {
			l.absent[e.Name] = true
		}
		l.mu.Unlock()
		l.take(starved)
	}
	return nil
}

// fedOnlyBy gives the elements that get media from a link and from nothing else, in the order of their names.
func (l *pipeline) fedOnlyBy(k *plan.Link) []*elem {
	l.mu.Lock()
	defer l.mu.Unlock()
	starved := map[string]bool{k.To.Of: true}
	for grown := true; grown; {
		grown = false
		for name, e := range l.elems {
			if !starved[name] && !e.source && l.starves(name, starved, k) {
				starved[name], grown = true, true
			}
		}
	}
	if !l.starves(k.To.Of, starved, k) { // a muxer that has other inputs
		return nil
	}
	out := make([]*elem, 0, len(starved))
	for name := range starved {
		out = append(out, l.elems[name])
	}
	slices.SortFunc(out, func(a, b *elem) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// starves tells whether all that feeds an element is starved, or the link that is never made.
func (l *pipeline) starves(name string, starved map[string]bool, never *plan.Link) bool {
	fed := name == never.To.Of
	for _, w := range l.wires {
		feeder := w.From.Of
		if w.filter != nil && w.filter.Name == name {
			return starved[feeder]
		}
		if w.To.Of != name {
			continue
		}
		if !starved[feeder] {
			return false
		}
		fed = true
	}
	for _, k := range l.delayed {
		if k.To.Of != name {
			continue
		}
		if !starved[k.From.Of] {
			return false
		}
		fed = true
	}
	return fed
}
