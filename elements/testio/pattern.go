package testio

import "sluice/engine/element"

// look is a pattern: a word of ours, and what videotestsrc is told.
type look struct {
	name  string
	props []element.Prop
}

// patterns lists what pictures can show. The colours are those that are easy to tell apart after any codec. Not smpte, which has
// a corner of random snow that is another one in every run.
func patterns() []look {
	plain := func(name string) look { return look{name, []element.Prop{element.Set("pattern", name)}} }
	colour := func(name string, argb int64) look {
		return look{name, []element.Prop{element.Set("pattern", "solid-color"), element.Set("foreground-color", argb)}}
	}
	return []look{
		{"bars", []element.Prop{element.Set("pattern", "smpte100")}},
		plain("red"), plain("green"), plain("blue"), colour("yellow", 0xffffff00), colour("grey", 0xff808080), plain("white"), plain("black"),
		{"moving", []element.Prop{element.Set("pattern", "pinwheel")}},
	}
}

func patternNames() []string {
	var out []string
	for _, l := range patterns() {
		out = append(out, l.name)
	}
	return out
}

// pattern is what videotestsrc is told for a word; bars for none.
func pattern(name string) []element.Prop {
	all := patterns()
	for _, l := range all {
		if l.name == name {
			return l.props
		}
	}
	return all[0].props
}
