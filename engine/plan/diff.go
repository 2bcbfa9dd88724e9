package plan

import (
	"reflect"
	"slices"
)

// Diff is what has to be done to a pipeline that plays one plan so that it plays another.
type Diff struct {
	Gone      []Element // elements that are not in the new plan, or are of another factory
	Cut       []Link    // links that are not in it, also those of elements that go
	Come      []Element // elements that are only in it
	Made      []Link    // links that are only in it
	Props     []Value   // properties with another value
	PadProps  []Value   // and of sink pads, by their link
	Unsettled []Value   // properties that only the old plan sets, whose value is now the element's own default
}

// Value is a property and the value it gets.
type Value struct {
	Element string // whose property it is
	Link    *Link  // the link to whose sink pad it belongs, in the new plan; nil for a property of the element
	Setting Setting
}

// Empty tells whether there is nothing to do.
func (d Diff) Empty() bool {
	return !d.Structural() && len(d.Props)+len(d.PadProps)+len(d.Unsettled) == 0
}

// Structural tells whether elements or links come or go.
func (d Diff) Structural() bool { return len(d.Gone)+len(d.Cut)+len(d.Come)+len(d.Made) > 0 }

// Compare tells what leads from one version of a pipeline to another. Elements are the same if name and factory are,
// links if all but the properties of their pads is.
func Compare(from, to *Pipeline) Diff {
	var d Diff
	kept := map[string]bool{}
	for _, old := range from.Elements {
		i := slices.IndexFunc(to.Elements, func(e Element) bool { return e.Name == old.Name && e.Factory == old.Factory })
		if i < 0 {
			d.Gone = append(d.Gone, old)
			continue
		}
		kept[old.Name] = true
		d.values(old.Name, old.Props, to.Elements[i].Props)
	}
	for _, e := range to.Elements {
		if !kept[e.Name] {
			d.Come = append(d.Come, e)
		}
	}
	stays := func(l Link) bool { return kept[l.From.Of] && kept[l.To.Of] }
	for _, old := range from.Links {
		i := slices.IndexFunc(to.Links, func(l Link) bool { return sameLink(l, old) })
		if i < 0 || !stays(old) {
			d.Cut = append(d.Cut, old)
			continue
		}
		for _, s := range changed(old.PadProps, to.Links[i].PadProps) {
			d.PadProps = append(d.PadProps, Value{Element: old.To.Of, Link: &to.Links[i], Setting: s})
		}
	}
	for _, l := range to.Links {
		if !stays(l) || !slices.ContainsFunc(from.Links, func(old Link) bool { return sameLink(l, old) }) {
			d.Made = append(d.Made, l)
		}
	}
	return d
}

// values notes the properties of an element that differ.
func (d *Diff) values(element string, from, to []Setting) {
	for _, s := range changed(from, to) {
		d.Props = append(d.Props, Value{Element: element, Setting: s})
	}
	for _, s := range from {
		if !slices.ContainsFunc(to, func(o Setting) bool { return o.Name == s.Name }) {
			d.Unsettled = append(d.Unsettled, Value{Element: element, Setting: s})
		}
	}
}

// changed gives the settings of to that from does not have like that.
func changed(from, to []Setting) []Setting {
	var out []Setting
	for _, s := range to {
		if !slices.Contains(from, s) {
			out = append(out, s)
		}
	}
	return out
}

func sameLink(a, b Link) bool {
	a.PadProps, b.PadProps = nil, nil
	return reflect.DeepEqual(a, b)
}
