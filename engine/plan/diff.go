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
	Stands    []Link    // links that stand in for others than before, or after another time
	Unsettled []Value   // properties that only the old plan sets, whose value is now the element's own default, but for those of parts
}

// Value is a property and the value it gets.
type Value struct {
	Element string // whose property it is
	Link    *Link  // the link to whose sink pad it belongs, in the new plan; nil for a property of the element
	Setting Setting
}

// Empty tells whether there is nothing to do.
func (d Diff) Empty() bool {
	return !d.Structural() && len(d.Props)+len(d.PadProps)+len(d.Stands)+len(d.Unsettled) == 0
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
		d.values(&old, to.Elements[i].Props)
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
		d.pad(&old, &to.Links[i])
	}
	for _, l := range to.Links {
		if !stays(l) || !slices.ContainsFunc(from.Links, func(old Link) bool { return sameLink(l, old) }) {
			d.Made = append(d.Made, l)
		}
	}
	return d
}

// pad notes what is to be changed at the sink pad of a link that stays.
func (d *Diff) pad(old, now *Link) {
	if now.Instead != old.Instead || now.After != old.After {
		d.Stands = append(d.Stands, *now)
	}
	for _, s := range changed(old.PadProps, now.PadProps) {
		d.PadProps = append(d.PadProps, Value{Element: old.To.Of, Link: now, Setting: s})
	}
}

// values notes the properties of an element that differ. A part keeps what its builder sets no longer, which has no use for it then.
func (d *Diff) values(old *Element, to []Setting) {
	for _, s := range changed(old.Props, to) {
		d.Props = append(d.Props, Value{Element: old.Name, Setting: s})
	}
	for _, s := range old.Props {
		if old.Role != RolePart && !slices.ContainsFunc(to, func(o Setting) bool { return o.Name == s.Name }) {
			d.Unsettled = append(d.Unsettled, Value{Element: old.Name, Setting: s})
		}
	}
}

// changed gives the settings of to that from does not have like that. How long a change would take is no change.
func changed(from, to []Setting) []Setting {
	var out []Setting
	for _, s := range to {
		same := func(o Setting) bool { o.Over = s.Over; return o == s }
		if !slices.ContainsFunc(from, same) {
			out = append(out, s)
		}
	}
	return out
}

func sameLink(a, b Link) bool {
	a.PadProps, b.PadProps = nil, nil
	a.Instead, b.Instead, a.After, b.After = "", "", 0, 0
	return reflect.DeepEqual(a, b)
}
