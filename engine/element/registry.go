package element

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sluice/engine/caps"
	"sluice/engine/element/catalog"
	"sluice/engine/media"
)

// Registry knows every element: sluice's own, listed by hand, and GStreamer's, from a catalogue. It is safe for
// concurrent use.
type Registry struct {
	own      map[string]Declared
	specs    map[string]*Spec
	triggers map[string]Trigger
	catalog  catalog.Catalog
	chooser  Chooser
	gst      sync.Map // factory name → *Spec, made when first asked for
	meets    sync.Map // two ports' caps → whether they intersect
	formats  sync.Map // caps text and kind → []Format
}

// NewRegistry lists the elements and triggers. Two of one name are an error.
func NewRegistry(cat catalog.Catalog, own []Declared, triggers []Trigger) (*Registry, error) {
	r := &Registry{own: map[string]Declared{}, specs: map[string]*Spec{}, triggers: map[string]Trigger{}, catalog: cat}
	for _, d := range own {
		s := d.Spec()
		if !Own(s.Name) && s.Domain != Gst { // a worker may bring GStreamer elements of ours
			return nil, fmt.Errorf("element %q needs a dot in its name", s.Name)
		}
		if _, ok := r.own[s.Name]; ok {
			return nil, fmt.Errorf("two elements are called %q", s.Name)
		}
		r.own[s.Name], r.specs[s.Name] = d, &s
	}
	for _, t := range triggers {
		if _, ok := r.triggers[t.Event]; ok {
			return nil, fmt.Errorf("two triggers are called %q", t.Event)
		}
		r.triggers[t.Event] = t
	}
	return r, nil
}

// Source says in words where what is known of GStreamer comes from.
func (r *Registry) Source() string { return r.catalog.Source() }

// Spec finds an element by name.
func (r *Registry) Spec(name string) (*Spec, bool) {
	if s, ok := r.specs[name]; ok {
		return s, true
	}
	if Own(name) {
		return nil, false
	}
	if s, ok := r.gst.Load(name); ok {
		return s.(*Spec), true
	}
	f, ok := r.catalog.Factory(name)
	if !ok {
		return nil, false
	}
	s, _ := r.gst.LoadOrStore(name, FromFactory(f))
	return s.(*Spec), true
}

// Builder finds what builds an element of our own from GStreamer ones.
func (r *Registry) Builder(name string) (Builder, bool) {
	b, ok := r.own[name].(Builder)
	return b, ok
}

// Placed finds what decides an element's domain by its settings.
func (r *Registry) Placed(name string) (Placed, bool) {
	p, ok := r.own[name].(Placed)
	return p, ok
}

// Shaped finds what decides an element's ports by its settings.
func (r *Registry) Shaped(name string) (Shaped, bool) {
	s, ok := r.own[name].(Shaped)
	return s, ok
}

// Meets tells whether media can flow from caps into caps, which are those of ports: each pair is compared once.
func (r *Registry) Meets(from, to string) bool {
	type pair struct{ from, to string }
	p := pair{from, to}
	if known, ok := r.meets.Load(p); ok {
		return known.(bool)
	}
	a, err1 := caps.Parse(cmp.Or(from, "ANY"))
	b, err2 := caps.Parse(cmp.Or(to, "ANY"))
	known := err1 == nil && err2 == nil && caps.Intersects(a, b)
	r.meets.Store(p, known)
	return known
}

// Formats lists the codecs of a kind that caps allow, in the order of media.Codecs; a raw format has no codec. It
// gives nil for caps that allow anything.
func (r *Registry) Formats(text string, k media.Kind) []Format {
	type question struct {
		caps string
		kind media.Kind
	}
	q := question{text, k}
	if known, ok := r.formats.Load(q); ok {
		return known.([]Format)
	}
	known := formatsOf(text, k)
	r.formats.Store(q, known)
	return known
}

// Factory finds what makes a Go element.
func (r *Registry) Factory(name string) (Factory, bool) {
	f, ok := r.own[name].(Factory)
	return f, ok
}

// Trigger finds an event by name.
func (r *Registry) Trigger(event string) (Trigger, bool) {
	t, ok := r.triggers[event]
	return t, ok
}

// Triggers lists all events by name.
func (r *Registry) Triggers() []Trigger {
	out := make([]Trigger, 0, len(r.triggers))
	for _, t := range r.triggers {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b Trigger) int { return strings.Compare(a.Event, b.Event) })
	return out
}

// OwnNames lists sluice's elements by name, GstNames GStreamer's.
func (r *Registry) OwnNames() []string {
	out := make([]string, 0, len(r.specs))
	for n := range r.specs {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

// GstNames lists GStreamer's factories by name.
func (r *Registry) GstNames() []string { return r.catalog.Names() }
