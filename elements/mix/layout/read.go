package layout

import (
	"strings"

	"sluice/engine/fault"
	"sluice/engine/spec"
)

// Limits of a description.
const (
	mostText    = 16 << 10 // bytes
	mostChoices = 16
	mostRegions = 64
)

// Read gives the built-in layout of a name, or the one that a text describes. What is wrong is fault.InvalidParams, which names
// line and column in the text.
func Read(text string) (Layout, error) {
	if t := Text(text); t != "" {
		text = t
	}
	if len(text) > mostText {
		return Layout{}, fault.New(fault.InvalidParams, "", "the layout has %d bytes, of %d at most", len(text), mostText)
	}
	v, bad := spec.ReadValue("layout", []byte(text))
	if len(bad) > 0 {
		return Layout{}, refuse(bad[0].Pos, "%s", bad[0].Msg).Advise("%s", bad[0].Hint)
	}
	if v.Kind == spec.String {
		return Layout{}, unknown(v.Text)
	}
	r := reader{}
	l := r.layout(v)
	if r.err != nil {
		return Layout{}, r.err
	}
	return l, nil
}

func unknown(name string) error {
	f := fault.New(fault.InvalidParams, "", "there is no layout %q", name)
	if near, ok := spec.Nearest(name, Names()); ok {
		return f.Advise("did you mean %q?", near)
	}
	return f.Advise("there are %s; or describe one, with its regions", strings.Join(Names(), ", "))
}

// refuse is a fault at a place of a description.
func refuse(at spec.Pos, format string, args ...any) *fault.Fault {
	return fault.New(fault.InvalidParams, at.String(), at.String()+": "+format, args...)
}

// reader reads a description and keeps the first error.
type reader struct{ err error }

func (r *reader) wrong(at spec.Pos, hint, format string, args ...any) {
	if r.err == nil {
		r.err = refuse(at, format, args...).Advise("%s", hint)
	}
}

// entries calls a function for each key of a map, which has to be one of the known ones.
func (r *reader) entries(v spec.Value, what string, read map[string]func(spec.Value)) {
	if v.Kind != spec.Map {
		r.wrong(v.Pos, "write its keys, as in docs/mixer.md", "%s is a map", what)
		return
	}
	for _, e := range v.Entries {
		f, ok := read[e.Key.Text]
		if !ok {
			known := make([]string, 0, len(read))
			for k := range read {
				known = append(known, k)
			}
			hint := "docs/mixer.md lists the keys"
			if near, ok := spec.Nearest(e.Key.Text, known); ok {
				hint = `did you mean "` + near + `"?`
			}
			r.wrong(e.Key.Pos, hint, "%s has no key %q", what, e.Key.Text)
			continue
		}
		f(e.Value)
	}
}

// list calls a function for each item of a list of limited length.
func (r *reader) list(v spec.Value, what string, most int, read func(spec.Value)) {
	switch {
	case v.Kind != spec.List || len(v.Items) == 0:
		r.wrong(v.Pos, "write each item behind a dash", "%s are a list", what)
	case len(v.Items) > most:
		r.wrong(v.Pos, "is there a simpler way?", "there are %d %s, of %d at most", len(v.Items), what, most)
	default:
		for _, i := range v.Items {
			read(i)
		}
	}
}

func (r *reader) layout(v spec.Value) Layout {
	var l Layout
	if _, single := v.Get("regions"); single || v.Kind != spec.Map {
		l.choices = []choice{r.choice(v)}
		return l
	}
	r.entries(v, "a layout", map[string]func(spec.Value){
		"cases": func(v spec.Value) {
			r.list(v, "cases", mostChoices, func(v spec.Value) { l.choices = append(l.choices, r.choice(v)) })
		},
		"regions": nil, // known, and not there
	})
	if len(l.choices) == 0 {
		r.wrong(v.Pos, "write regions, or cases", "the layout has no regions")
	}
	return l
}

func (r *reader) choice(v spec.Value) choice {
	var c choice
	r.entries(v, "an arrangement", map[string]func(spec.Value){
		"if": func(v spec.Value) {
			var ok bool
			if c.when, ok = readBound(v.Text); !ok {
				r.wrong(v.Pos, "write for example guests <= 4", "%q is no condition", v.Text)
			}
		},
		"more": func(v spec.Value) { c.more = r.word(v, "hide", "grid") == "grid" },
		"regions": func(v spec.Value) {
			r.list(v, "regions", mostRegions, func(v spec.Value) { c.regions = append(c.regions, r.region(v)) })
		},
	})
	if len(c.regions) == 0 {
		r.wrong(v.Pos, "write regions", "the arrangement has no regions")
	}
	return c
}

// word reads one of some words.
func (r *reader) word(v spec.Value, words ...string) string {
	for _, w := range words {
		if v.Text == w {
			return w
		}
	}
	r.wrong(v.Pos, "write "+strings.Join(words, " or "), "%q is not known here", v.Text)
	return ""
}
