package config

import "reflect"

// Change is a key that two configurations have different.
type Change struct {
	Key    Key
	Before Setting
	After  Setting
}

// Diff lists the keys that the next configuration has different, in the order of Keys.
func (l *Loaded) Diff(next *Loaded) []Change {
	var out []Change
	for i, s := range l.Settings {
		if n := next.Settings[i]; !reflect.DeepEqual(s.Value, n.Value) {
			out = append(out, Change{Key: s.Key, Before: s, After: n})
		}
	}
	return out
}
