package elementtest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"sluice/engine/caps"
	"sluice/engine/element"
	"sluice/engine/value"
)

// faults collects what is wrong.
type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

// Describe lists what is wrong with a description; nil if nothing is.
func Describe(s element.Spec) []string {
	var f faults
	if !element.Own(s.Name) && s.Domain != element.Gst { // a worker may bring GStreamer elements of ours
		f.add("the name %q needs a dot: names without one are GStreamer's", s.Name)
	}
	f.sentence("about", s.About)
	if s.Domain != element.Go && s.Domain != element.Gst {
		f.add("domain %q is not one", s.Domain)
	}
	if !slices.Contains([]element.Status{"", element.Stable, element.Beta, element.Planned}, s.Status) {
		f.add("status %q is not one", s.Status)
	}
	if s.Klass == "" {
		f.add("the class is missing")
	}
	if len(s.Ports) == 0 {
		f.add("it has no ports")
	}
	f.ports(s.Ports)
	f.fields("", s.Fields)
	for i, a := range s.Actions {
		f.sentence("action "+a.Name, a.About)
		if slices.ContainsFunc(s.Actions[:i], func(o element.Action) bool { return o.Name == a.Name }) {
			f.add("two actions are called %q", a.Name)
		}
		f.fields("action "+a.Name+", ", a.Args)
	}
	for _, who := range s.Sessions {
		if !slices.Contains([]string{"browser", "phone", "peer", "node"}, who) {
			f.add("there is no session %q", who)
		}
	}
	return f
}

// sentence holds an about to one form: a capital letter, a period, one line.
func (f *faults) sentence(what, about string) {
	if about == "" || strings.ToUpper(about[:1]) != about[:1] || !strings.HasSuffix(about, ".") || strings.ContainsAny(about, "\n\t") {
		f.add("%s is described as %q; wanted is one line that begins with a capital and ends with a period", what, about)
	}
}

func (f *faults) ports(list []element.Port) {
	for i, p := range list {
		f.sentence("port "+p.Name, p.About)
		if p.Dir != element.Sink && p.Dir != element.Source {
			f.add("port %s has no direction", p.Name)
		}
		if !slices.Contains([]element.Presence{element.Always, element.Sometimes, element.Request}, p.Presence) {
			f.add("port %s: presence %q is not one", p.Name, p.Presence)
		}
		if slices.ContainsFunc(list[:i], func(o element.Port) bool { return o.Name == p.Name && o.Dir == p.Dir }) {
			f.add("two ports of one direction are called %q", p.Name)
		}
		if _, err := caps.Parse(p.Caps); err != nil {
			f.add("port %s: caps %q: %v", p.Name, p.Caps, err)
		}
		for j, c := range p.Codecs {
			if !p.Carries(c.Kind()) {
				f.add("port %s carries no %s, which %s is", p.Name, c.Kind(), c)
			}
			if slices.Contains(p.Codecs[:j], c) {
				f.add("port %s lists %s twice", p.Name, c)
			}
		}
	}
}

func (f *faults) fields(where string, list []element.Field) {
	for i, x := range list {
		name := where + "field " + x.Name
		f.sentence(name, x.About)
		if slices.ContainsFunc(list[:i], func(o element.Field) bool { return o.Name == x.Name }) {
			f.add("two fields are called %q", x.Name)
		}
		if err := x.Constraint.Validate(); err != nil {
			f.add("%s: %v", name, err)
		}
		switch {
		case x.ReadOnly:
			f.add("%s cannot be set; ours all can", name)
		case x.Required && x.Default != nil:
			f.add("%s must be set, and yet has a default", name)
		case x.Structural && x.Live:
			f.add("%s decides which elements there are, so it cannot change while media flows", name)
		case x.Constraint.Type == value.Secret && x.Default != nil:
			f.add("%s is a secret with a default", name)
		}
		if x.Default == nil {
			continue
		}
		if v, err := x.Constraint.Accept(x.Default); err != nil {
			f.add("%s: its default: %v", name, err)
		} else if !reflect.DeepEqual(v, x.Default) {
			f.add("%s: its default is a %T, and should be a %T", name, x.Default, v)
		}
	}
}
