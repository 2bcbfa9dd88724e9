package lint

import (
	"maps"
	"slices"
	"strings"

	"sluice/engine/param"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// meaning is what a reference stands for, as far as that is known before anything runs.
type meaning struct {
	want    value.Constraint
	open    bool // any text or value: a capture, an item of a list, an environment variable
	def     *param.Def
	lacking []string // events of routes that do not bring it
}

// means finds what a name refers to in a place: a parameter, what the routes bring, the environment, or what an `each` node
// adds for its own with:.
func (g *graph) means(name string, s setting) (meaning, bool) {
	if i, ok := g.defAt[name]; ok {
		g.used[name] = true
		return meaning{want: g.defs[i].Constraint, def: &g.defs[i], open: g.defs[i].Constraint.Type == ""}, true
	}
	switch {
	case strings.HasPrefix(name, "env."), s.node != nil && s.node.eachName(name):
		return meaning{want: value.Constraint{Type: value.String}, open: true}, true
	case g.Fragment():
		return g.meansInFragment(name)
	}
	if s.start != nil {
		want, open, ok := s.start.brings(name)
		return meaning{want: want, open: open}, ok
	}
	return g.meansByRoutes(name)
}

// brought is a name that routes bring.
type brought struct {
	meaning
	by int // how many routes
}

// bring collects the names that the routes bring.
func (g *graph) bring() {
	for i := range g.starts {
		s := &g.starts[i]
		for _, name := range s.names() {
			root, _, _ := strings.Cut(name, ".")
			if _, known := g.roots[root]; !known {
				g.roots[root] = s.whatIs(name)
			}
			want, open, _ := s.brings(name)
			b := g.brought[name]
			if b == nil {
				b = &brought{meaning: meaning{want: want, open: open}}
				g.brought[name] = b
			}
			b.open = b.open || open || b.want.Type != want.Type
			b.by++
		}
	}
}

// meansByRoutes tells what a name means if any of the routes may have started the graph. Entries of a variable that is a
// map, such as query.token, are texts.
func (g *graph) meansByRoutes(name string) (meaning, bool) {
	b := g.brought[name]
	entry := false
	if root, _, inner := strings.Cut(name, "."); b == nil && inner {
		b = g.brought[root]
		entry = b != nil && b.want.Type == value.Map
	}
	if b == nil || !entry && g.brought[name] == nil {
		return meaning{}, false
	}
	m := b.meaning
	m.open = m.open || entry
	for i := 0; i < len(g.starts) && b.by < len(g.starts); i++ {
		if _, _, ok := g.starts[i].brings(name); !ok {
			m.lacking = append(m.lacking, g.starts[i].route.Event.Text)
		}
	}
	return m, true
}

// meansInFragment is means for what a fragment gets from the graph that uses it besides its parameters: the sessions.
func (g *graph) meansInFragment(name string) (meaning, bool) {
	if name == sessionID || g.isSession(name) {
		return meaning{want: value.Constraint{Type: value.String}, open: true}, true
	}
	return meaning{}, false
}

// defines tells whether the graph has a parameter of this name.
func (g *graph) defines(name string) bool { _, ok := g.defAt[name]; return ok }

// eachName tells whether an `each` node gives its fragment something under this name: its key, or the item of its list.
func (n *node) eachName(name string) bool {
	switch {
	case n.Each == nil:
		return false
	case n.Each.Key.Set():
		return name == n.Each.Key.Text
	case name == "each":
		return true
	}
	key, entry := strings.CutPrefix(name, "each.")
	keys, known := n.itemKeys()
	return entry && (!known || slices.Contains(keys, key))
}

// itemKeys lists the keys that some item of an `each` list has, if the list is written out, there or as a default.
func (n *node) itemKeys() (keys []string, known bool) {
	list := n.Each.List
	if name, ok := strings.CutPrefix(list.Text, "$"); ok {
		if i, defined := n.graph.defAt[strings.Trim(name, "()")]; defined {
			list, _ = n.graph.Params[i].Body.Get("default")
		}
	}
	for _, item := range list.Items {
		if item.Kind != spec.Map {
			return nil, false
		}
		for _, e := range item.Entries {
			if !slices.Contains(keys, e.Key.Text) {
				keys = append(keys, e.Key.Text)
			}
		}
	}
	return keys, len(keys) > 0
}

// resolve finds what all references of an expression mean and reports those that mean nothing. It tells whether all are
// known. Which sessions a route brings is judged with the element that wants one.
func (g *graph) resolve(refs []param.Ref, s setting) (map[string]meaning, bool) {
	out := make(map[string]meaning, len(refs))
	for _, r := range refs {
		m, ok := g.means(r.Name, s)
		switch {
		case !ok:
			g.noName(r, s)
			return nil, false
		case len(m.lacking) > 0 && s.field != "session":
			g.at(r.Pos, "capture_missing", "$%s is not there when %s starts this graph", r.Name, either(m.lacking)).
				Advise("let every route capture it, or make two graphs")
		}
		out[r.Name] = m
	}
	return out, true
}

// noName reports a reference that means nothing. It is silent where the name may be in what could not be read.
func (g *graph) noName(r param.Ref, s setting) {
	if g.Gap("params") || g.blind && s.start == nil {
		return
	}
	names := g.scopeNames(s)
	d := g.at(r.Pos, "unknown_ref", "there is no $%s here", r.Name)
	switch found, ok := g.nearest(r.Name, names); {
	case ok:
		d.Advise("did you mean $%s?", found)
		g.used[found] = true // probably
	case g.Fragment():
		d.Advise(`a fragment knows its own parameters and $env.NAME; add "%s" under "params:" and give it by "with:"`, r.Name)
	case len(names) == 0:
		d.Advise(`declare it under "params:", capture it in a route, or write $env.%s`, strings.ToUpper(r.Name))
	default:
		d.Advise("known here: %s", listed(names, 8))
	}
}

// scopeNames lists what references in a place may mean, for suggestions.
func (g *graph) scopeNames(s setting) []string {
	if g.known == nil {
		for _, d := range g.defs {
			g.known = append(g.known, d.Name)
		}
		g.known = append(g.known, slices.Sorted(maps.Keys(g.brought))...)
	}
	n := s.node
	switch {
	case n == nil || n.Each == nil:
		return g.known
	case n.Each.Key.Set():
		return append([]string{n.Each.Key.Text}, g.known...)
	}
	keys, _ := n.itemKeys()
	own := []string{"each"}
	for _, k := range keys {
		own = append(own, "each."+k)
	}
	return append(own, g.known...)
}

// references checks the references of a value whose type nothing is known about.
func (g *graph) references(v spec.Value) { g.referencesIn(v, setting{}) }

func (g *graph) referencesIn(v spec.Value, s setting) {
	if !v.Set() {
		return
	}
	e, err := param.ParseExpr(v)
	if err != nil {
		param.Explain(&g.report, err)
		return
	}
	g.resolve(e.Refs(), s)
}

// either reads "a", "a or b", "a, b or c".
func either(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}

// listed joins the first words of a list.
func listed(words []string, most int) string {
	if len(words) > most {
		return strings.Join(words[:most], ", ") + ", …"
	}
	return strings.Join(words, ", ")
}
