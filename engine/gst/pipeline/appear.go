//go:build cgo && !nogst

package pipeline

import (
	"errors"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/gst/shim"
	"sluice/engine/media"
	"sluice/engine/plan"
)

// appeared links a pad that an element has just got, on the streaming thread that made it: media follows at once. pad is
// nil when there will be no more. A pad that nobody wants is drained if the plan says so (R6): a demuxer with an output
// that is not linked ends the pipeline.
func (l *Pipeline) appeared(from *elem, pad shim.Object) {
	if pad == nil {
		l.mu.Lock()
		l.whole = append(l.whole, from.Name)
		l.mu.Unlock()
		l.rouse()
		l.around.News(News{Of: l, Kind: Whole})
		return
	}
	if !shim.Gives(pad) {
		return
	}
	k, open := l.claim(from, shim.Name(pad), shim.Caps(pad))
	if !open {
		return
	}
	if k == nil {
		if from.Drain {
			shim.Discard(pad)
		}
		return
	}
	shim.Ref(pad)
	if err := l.link(k, pad); err != nil && !errors.Is(err, fault.Closed) {
		l.ail(from, err)
	}
}

// claim takes the first waiting link that means a pad of this name and kind; nil if none does. open is false if the
// element has left, or all is over.
func (l *Pipeline) claim(from *elem, name, caps string) (k *plan.Link, open bool) {
	kinds := element.KindsOf(caps)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.elems[from.Name] != from {
		return nil, false
	}
	i := slices.IndexFunc(l.delayed, func(k *plan.Link) bool { return k.From.Of == from.Name && means(k.From.Name, name) && suits(k, kinds) })
	if i < 0 {
		return nil, true
	}
	k = l.delayed[i]
	l.delayed = slices.Delete(l.delayed, i, i+1)
	return k, true
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

// Complete deals with the links of elements that will have no more pads: an optional one leaves with all that only it
// feeds, so that a muxer does not wait for it; any other is a fault.
func (l *Pipeline) Complete() {
	for {
		l.mu.Lock()
		if len(l.whole) == 0 || l.closed {
			l.mu.Unlock()
			return
		}
		e := l.elems[l.whole[0]]
		l.whole = l.whole[1:]
		l.mu.Unlock()
		if e == nil {
			continue
		}
		if err := l.complete(e); err != nil {
			l.ail(e, err)
		}
	}
}

func (l *Pipeline) complete(e *elem) error {
	l.mu.Lock()
	var never []*plan.Link
	l.delayed = slices.DeleteFunc(l.delayed, func(k *plan.Link) bool {
		if k.From.Of == e.Name {
			never = append(never, k)
		}
		return k.From.Of == e.Name
	})
	gave, dry := slices.ContainsFunc(l.wires, func(w *wire) bool { return w.from == e }), e.dry
	l.mu.Unlock()
	if len(never) > 0 && !gave && !dry {
		return fault.New(fault.MediaCorrupt, e.Node, "%q (%s) found no track", e.Name, e.Factory).
			Advise("the media cannot be read; does ffprobe read it?")
	}
	for _, k := range never {
		starved := l.fedOnlyBy(k)
		switch {
		case dry && (!k.Optional || slices.ContainsFunc(starved, func(e *elem) bool { return e.sink })):
			return l.empty(e)
		case !k.Optional:
			return fault.New(fault.CodecNotAvailable, e.Node, "%q (%s) has no output %q: the media has no such track",
				e.Name, e.Factory, k.From.Name).
				Advise("write \"%s.%s?\" in the link if the track may be missing", e.Node, k.From.Name)
		}
		l.mu.Lock()
		for _, e := range starved {
			l.absent[e.Name] = true
		}
		l.mu.Unlock()
		l.take(starved)
	}
	return nil
}

// empty blames whoever was to give an element media and gave it nothing but an end: the demuxer before it, if there is one.
func (l *Pipeline) empty(e *elem) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	who := e
	for at := e; at != nil; {
		i := slices.IndexFunc(l.wires, func(w *wire) bool { return w.to == at })
		if i < 0 {
			break
		}
		if at = l.wires[i].from; strings.Contains(shim.Klass(at.object()), "Demuxer") {
			who = at
			break
		}
	}
	return fault.New(fault.MediaCorrupt, who.Node, "%q (%s) found no media, only the end of it", who.Name, who.Factory).
		Advise("the media cannot be read; does ffprobe read it?")
}
