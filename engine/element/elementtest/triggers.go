package elementtest

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/value"
)

// Triggers lists what is wrong with descriptions of events; nil if nothing is.
func Triggers(list []element.Trigger) []string {
	var f faults
	for i, t := range list {
		if noun, verb, ok := strings.Cut(t.Event, "."); t.Event != "boot" && (!ok || noun == "" || verb == "") {
			f.add("the event %q is not noun.verb", t.Event)
		}
		f.sentence(t.Event, t.About)
		if slices.ContainsFunc(list[:i], func(o element.Trigger) bool { return o.Event == t.Event }) {
			f.add("two events are called %q", t.Event)
		}
		for j, v := range t.Vars {
			f.sentence(t.Event+", variable "+v.Name, v.About)
			if slices.ContainsFunc(t.Vars[:j], func(o element.Var) bool { return o.Name == v.Name }) {
				f.add("%s has two variables %q", t.Event, v.Name)
			}
			if !slices.ContainsFunc(value.Types(), func(i value.Info) bool { return i.Type == v.Type }) {
				f.add("%s, variable %s: there is no type %q", t.Event, v.Name, v.Type)
			}
		}
	}
	return f
}
