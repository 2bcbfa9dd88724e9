package route

import (
	"cmp"
	"slices"
)

// leaf holds the entries of one event whose patterns are equivalent. Those with conditions are filed under the
// values of their first one: a thousand graphs that differ only in "where: {app: …}" cost one map look-up. All
// lists are in the order in which the entries were added.
type leaf struct {
	plain []*Entry // without conditions
	files []file
}

// file is the entries whose first condition is on the variable called name.
type file struct {
	name    string
	entries []*Entry
	byValue map[string][]*Entry
}

func (l *leaf) add(e *Entry) {
	if len(e.Where) == 0 {
		l.plain = append(l.plain, e)
		return
	}
	first := &e.Where[0]
	i := slices.IndexFunc(l.files, func(f file) bool { return f.name == first.Name })
	if i < 0 {
		i = len(l.files)
		l.files = append(l.files, file{name: first.Name, byValue: map[string][]*Entry{}})
	}
	f := &l.files[i]
	f.entries = append(f.entries, e)
	for _, v := range first.Values {
		f.byValue[v] = append(f.byValue[v], e)
	}
}

// pick gives the winning entry among those whose conditions hold, if entries were added by precedence. A nil leaf
// has none.
func (l *leaf) pick(vars Vars) *Entry {
	if l == nil {
		return nil
	}
	var best *Entry
	for i := range l.files {
		v, ok := vars.Value(l.files[i].name)
		if !ok {
			continue
		}
		for _, e := range l.files[i].byValue[v] {
			if holds(e.Where[1:], vars) {
				if best == nil || cmp.Or(byConditions(e, best), byPlace(e, best)) < 0 {
					best = e
				}
				break
			}
		}
	}
	if best == nil && len(l.plain) > 0 {
		return l.plain[0]
	}
	return best
}

// rivals visits the entries that may hold together with e, until visit returns false; some twice. Those filed under
// a value that e refuses are passed over without a look.
func (l *leaf) rivals(e *Entry, visit func(*Entry) bool) bool {
	if !visitAll(l.plain, visit) {
		return false
	}
	for i := range l.files {
		f := &l.files[i]
		at := slices.IndexFunc(e.Where, func(c Condition) bool { return c.Name == f.name })
		if at < 0 {
			if !visitAll(f.entries, visit) {
				return false
			}
			continue
		}
		for _, v := range e.Where[at].Values {
			if !visitAll(f.byValue[v], visit) {
				return false
			}
		}
	}
	return true
}

// all gives every entry by precedence. A nil leaf has none.
func (l *leaf) all() []*Entry {
	if l == nil {
		return nil
	}
	out := slices.Clone(l.plain)
	for i := range l.files {
		out = append(out, l.files[i].entries...)
	}
	slices.SortFunc(out, byPrecedence)
	return out
}

func visitAll(list []*Entry, visit func(*Entry) bool) bool {
	for _, e := range list {
		if !visit(e) {
			return false
		}
	}
	return true
}
