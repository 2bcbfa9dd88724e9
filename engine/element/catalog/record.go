package catalog

import (
	"encoding/json"
	"fmt"

	"sluice/engine/value"
)

// Record is a factory as GStreamer describes it, before it is put in our words: what the registry reader hands over
// and what the snapshot keeps. Properties stand with the classes that declare them, which many factories share.
type Record struct {
	Name     string                     `json:"name"`
	Plugin   Plugin                     `json:"plugin"`
	Rank     int                        `json:"rank,omitempty"`
	Klass    string                     `json:"klass,omitempty"`
	LongName string                     `json:"long_name,omitempty"`
	About    string                     `json:"about,omitempty"`
	Pads     []PadRecord                `json:"pads,omitempty"`
	Classes  []Class                    `json:"classes,omitempty"`  // base class first
	Defaults map[string]json.RawMessage `json:"defaults,omitempty"` // of inherited properties that the element changes
}

// Plugin is a plugin's file.
type Plugin struct {
	Name    string `json:"name,omitempty"`
	File    string `json:"file,omitempty"`
	Package string `json:"package,omitempty"`
	Version string `json:"version,omitempty"`
	Licence string `json:"licence,omitempty"`
}

// PadRecord is a pad template; Classes are those of its pads, if they are of a kind of their own.
type PadRecord struct {
	Name      string  `json:"name"`
	Direction string  `json:"direction"`
	Presence  string  `json:"presence"`
	Caps      string  `json:"caps"`
	Classes   []Class `json:"classes,omitempty"`
}

// Class is a class with the properties that it declares.
type Class struct {
	Name       string           `json:"name"`
	Properties []PropertyRecord `json:"properties"`
}

// PropertyRecord is a property. Limits that are those of its type are left out by Tidy.
type PropertyRecord struct {
	Name       string          `json:"name"`
	Type       string          `json:"type"`
	Enum       []string        `json:"enum,omitempty"`
	Flags      []string        `json:"flags,omitempty"`
	Min        json.RawMessage `json:"min,omitempty"`
	Max        json.RawMessage `json:"max,omitempty"`
	Default    json.RawMessage `json:"default,omitempty"`
	Unit       value.Unit      `json:"unit,omitempty"`
	Access     string          `json:"access,omitempty"` // "read" or "write" only
	Change     string          `json:"change,omitempty"` // up to "playing", "paused" or "ready"; "once" when it is made
	Deprecated bool            `json:"deprecated,omitempty"`
	About      string          `json:"about,omitempty"`
}

// Factory puts the record in our words.
func (r *Record) Factory() (*Factory, error) {
	f := &Factory{
		Name: r.Name, Plugin: r.Plugin.Name, File: r.Plugin.File, Package: r.Plugin.Package, Licence: r.Plugin.Licence,
		Rank: r.Rank, Klass: r.Klass, LongName: r.LongName, About: r.About,
	}
	var err error
	if f.Properties, err = properties(r.Classes, r.Defaults); err != nil {
		return nil, fmt.Errorf("factory %q: %w", r.Name, err)
	}
	for _, p := range r.Pads {
		pad := Pad{Name: p.Name, Direction: p.Direction, Presence: p.Presence, Caps: p.Caps}
		if pad.Properties, err = properties(p.Classes, nil); err != nil {
			return nil, fmt.Errorf("factory %q, pad %q: %w", r.Name, p.Name, err)
		}
		f.Pads = append(f.Pads, pad)
	}
	return f, nil
}

// properties lists those of all classes. One that a later class declares again counts as the later one's only.
func properties(classes []Class, defaults map[string]json.RawMessage) ([]Property, error) {
	last := map[string]int{}
	n := 0
	for i, c := range classes {
		for _, p := range c.Properties {
			last[p.Name] = i
		}
		n += len(c.Properties)
	}
	list := make([]Property, 0, n)
	for i, c := range classes {
		for j := range c.Properties {
			r := &c.Properties[j]
			if last[r.Name] != i {
				continue
			}
			def := r.Default
			if own, ok := defaults[r.Name]; ok {
				def = own
			}
			p, err := r.property(def)
			if err != nil {
				return nil, fmt.Errorf("property %q: %w", r.Name, err)
			}
			list = append(list, p)
		}
	}
	return list, nil
}
