package caps

import "fmt"

// flagset is a set of flags with a mask of those that matter, as multiview-flags is. Two meet if they agree on the
// flags that matter to both.
type flagset struct {
	typ         string // flagset, or the name of a more exact type
	flags, mask uint32
}

func (v flagset) base() string { return v.typ }
func (v flagset) text() string { return fmt.Sprintf("%x:%x", v.flags, v.mask) }

func (v flagset) meet(other value) (value, bool) {
	o, ok := other.(flagset)
	if !ok || v.typ != o.typ && v.typ != "flagset" && o.typ != "flagset" {
		return nil, false
	}
	if both := v.mask & o.mask; v.flags&both != o.flags&both {
		return nil, false
	}
	typ := v.typ
	if typ == "flagset" {
		typ = o.typ
	}
	return flagset{typ, v.flags&v.mask | o.flags&o.mask, v.mask | o.mask}, true
}
