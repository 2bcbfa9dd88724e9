package caps

import "strings"

// Clash says in a few words why a and b do not meet: "video/x-raw against audio/x-raw", or for the two structures that
// come closest "format: I420 against NV12; width: 640 against [ 1, 320 ]". It is empty if they do meet.
func Clash(a, b Caps) string {
	if Intersects(a, b) {
		return ""
	}
	if a.IsEmpty() || b.IsEmpty() {
		return shortTypes(a) + " against " + shortTypes(b)
	}
	best := clash{rank: otherType}
	for _, s := range a.list {
		for _, t := range b.list {
			if c := compare(s, t); c.closer(best) {
				best = c
			}
		}
	}
	if best.rank == otherType {
		return shortTypes(a) + " against " + shortTypes(b)
	}
	return strings.Join(best.reasons, "; ")
}

// clash is how two structures differ.
type clash struct {
	rank    rank
	reasons []string
}

// rank says how near two structures came.
type rank int

const (
	otherType     rank = iota // other media types
	otherFeatures             // same media type, other features
	otherValues               // same media type and features, other values
)

func (c clash) closer(d clash) bool {
	if c.rank != d.rank {
		return c.rank > d.rank
	}
	return c.rank != otherType && len(c.reasons) < len(d.reasons)
}

func compare(s, t structure) clash {
	if s.name != t.name {
		return clash{rank: otherType}
	}
	if !s.features.same(t.features) {
		return clash{otherFeatures, []string{s.name + memory(s) + " against " + t.name + memory(t)}}
	}
	c := clash{rank: otherValues}
	for _, f := range s.fields {
		other, ok := t.field(f.name)
		if !ok {
			continue
		}
		if _, meets := meet(f.value, other); !meets {
			c.reasons = append(c.reasons, f.name+": "+values(f.value, other))
		}
	}
	return c
}

// memory names plain system memory too, as it is the one side of the clash.
func memory(s structure) string {
	if t := s.features.text(); t != "" {
		return t
	}
	return "(" + systemMemory + ")"
}

// values writes both, with their types where those are what differs.
func values(a, b value) string {
	if a.base() == b.base() {
		return shorten(a.text()) + " against " + shorten(b.text())
	}
	return shorten(typed(a)) + " against " + shorten(typed(b))
}

// shorten keeps a message readable: templates list a hundred formats.
func shorten(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	cut := strings.LastIndexByte(s[:most], ',')
	if cut < most/2 {
		cut = most
	}
	return strings.ToValidUTF8(s[:cut], "") + ", …"
}

// shortTypes are the media types, the first three of many.
func shortTypes(c Caps) string {
	const most = 3
	switch names := c.MediaTypes(); {
	case c.any:
		return "ANY"
	case len(names) == 0:
		return "EMPTY"
	case len(names) > most:
		return strings.Join(names[:most], ", ") + ", …"
	default:
		return strings.Join(names, ", ")
	}
}
