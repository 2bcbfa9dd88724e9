package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// longCaps is from which length on, in bytes, caps are kept once and referred to.
const longCaps = 80

// Write makes a snapshot's text of tidy records, and of the versions of the packages that they come from. The same
// records in any order give the same text. Two records that tell different things of one plugin or class are an error.
func Write(version string, packages map[string]string, records []*Record) ([]byte, error) {
	b := newBuilder()
	for name, v := range packages {
		if err := b.line(packageSection, name, v); err != nil {
			return nil, err
		}
	}
	for _, r := range records {
		if err := b.add(r); err != nil {
			return nil, fmt.Errorf("factory %q: %w", r.Name, err)
		}
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "{\n\"gstreamer\": %q,\n", version)
	for _, name := range sections() {
		fmt.Fprintf(&out, "%q: {\n", name)
		lines := b.lines[name]
		for j, k := range slices.Sorted(maps.Keys(lines)) {
			comma := ","
			if j == len(lines)-1 {
				comma = ""
			}
			fmt.Fprintf(&out, "%q: %s%s\n", k, lines[k], comma)
		}
		if name == factorySection {
			out.WriteString("}\n}\n")
		} else {
			out.WriteString("},\n")
		}
	}
	return out.Bytes(), nil
}

func sections() []string {
	return []string{packageSection, pluginSection, capsSection, classSection, factorySection}
}

// builder collects the lines of a snapshot.
type builder struct {
	lines   map[string]map[string]string // section → key → JSON
	classes map[string][]PropertyRecord
}

func newBuilder() *builder {
	b := &builder{lines: map[string]map[string]string{}, classes: map[string][]PropertyRecord{}}
	for _, name := range sections() {
		b.lines[name] = map[string]string{}
	}
	return b
}

func (b *builder) add(r *Record) error {
	e := entry{
		Plugin: r.Plugin.Name, Rank: r.Rank, Klass: r.Klass, LongName: r.LongName, About: r.About, Defaults: r.Defaults,
	}
	plugin := r.Plugin
	plugin.Name = ""
	if err := b.line(pluginSection, r.Plugin.Name, plugin); err != nil {
		return err
	}
	var err error
	if e.Classes, err = b.addClasses(r.Classes); err != nil {
		return err
	}
	for _, p := range r.Pads {
		pad := padEntry{Name: p.Name, Direction: p.Direction, Presence: p.Presence, Caps: p.Caps}
		if len(p.Caps) >= longCaps {
			sum := sha256.Sum256([]byte(p.Caps))
			key := hex.EncodeToString(sum[:5])
			if err := b.line(capsSection, key, p.Caps); err != nil {
				return err
			}
			pad.Caps = "@" + key
		}
		if pad.Classes, err = b.addClasses(p.Classes); err != nil {
			return err
		}
		e.Pads = append(e.Pads, pad)
	}
	return b.line(factorySection, r.Name, e)
}

// addClasses writes each class with all properties it was ever seen with: GStreamer leaves out those that a derived
// class declares again, which the derived class's own list makes good.
func (b *builder) addClasses(classes []Class) ([]string, error) {
	var names []string
	for _, c := range classes {
		names = append(names, c.Name)
		known := b.classes[c.Name]
		if len(c.Properties) > len(known) {
			known, c.Properties = c.Properties, known
		}
		if missing, ok := within(c.Properties, known); !ok {
			return nil, fmt.Errorf("class %q was seen before without a property %q like this one", c.Name, missing)
		}
		b.classes[c.Name] = known
		delete(b.lines[classSection], c.Name)
		if err := b.line(classSection, c.Name, known); err != nil {
			return nil, err
		}
	}
	return names, nil
}

// within says whether all of the few properties are among the many, each written alike; if not, which is not.
func within(few, many []PropertyRecord) (missing string, ok bool) {
	for _, p := range few {
		if !slices.ContainsFunc(many, func(q PropertyRecord) bool { return reflect.DeepEqual(p, q) }) {
			return p.Name, false
		}
	}
	return "", true
}

// line adds a line. One that is there already must be the same.
func (b *builder) line(section, key string, v any) error {
	if key == "" || strings.ContainsAny(key, "\"\\\n") {
		return fmt.Errorf("%q cannot be a key in %q", key, section)
	}
	text, err := marshal(v)
	if err != nil {
		return err
	}
	if old, ok := b.lines[section][key]; ok && old != text {
		return fmt.Errorf("two different lines %q in %q", key, section)
	}
	b.lines[section][key] = text
	return nil
}

// marshal writes JSON on one line, with <, > and & as they are.
func marshal(v any) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}
