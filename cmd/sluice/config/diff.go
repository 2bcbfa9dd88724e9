package config

import (
	"reflect"
	"slices"
)

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

// Adopt gives a configuration with what the next one has different and a running server can take over, and lists that. What
// needs a restart stays as it is, and is listed apart.
func (l *Loaded) Adopt(next *Loaded) (adopted *Loaded, taken, waiting []Change) {
	adopted = &Loaded{File: next.File, Settings: slices.Clone(l.Settings)}
	for _, c := range l.Diff(next) {
		if c.Key.Live {
			taken = append(taken, c)
		} else {
			waiting = append(waiting, c)
		}
	}
	for i, s := range next.Settings {
		if s.Key.Live {
			adopted.Settings[i] = s
		}
	}
	adopted.fill()
	return adopted, taken, waiting
}

// fill puts the settings into the Config.
func (l *Loaded) fill() {
	for _, s := range l.Settings {
		if s.Value != nil {
			s.Key.store(&l.Config, s.Value)
		}
	}
}
