package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"sluice/engine/fault"
)

// Snapshot is a catalogue kept as text. The text is JSON with one plugin, one caps text, one class and one factory a
// line, so that differences between two snapshots read well and a factory can be found without decoding the rest.
// Texts of caps that several pads share are kept once; "@" and a key stand in their place.
type Snapshot struct {
	version string
	index   map[string]map[string]string // section → key → JSON of the value
	names   []string
}

// The sections of a snapshot, in their order.
const (
	packageSection = "packages"
	pluginSection  = "plugins"
	capsSection    = "caps"
	classSection   = "classes"
	factorySection = "factories"
)

// Open finds the lines of a snapshot and decodes none of them; a line that is wrong inside shows when it is asked for.
func Open(text string) (*Snapshot, error) {
	s := &Snapshot{index: map[string]map[string]string{}}
	var section map[string]string
	for line := range strings.SplitSeq(text, "\n") {
		key, rest, ok := strings.Cut(strings.TrimPrefix(line, `"`), `": `)
		switch {
		case !ok:
		case key == "gstreamer":
			s.version = strings.Trim(rest, `",`)
		case rest == "{":
			section = map[string]string{}
			s.index[key] = section
		case section != nil:
			section[key] = strings.TrimSuffix(rest, ",")
		}
	}
	for name := range s.index[factorySection] {
		s.names = append(s.names, name)
	}
	slices.Sort(s.names)
	if s.version == "" || len(s.names) == 0 {
		return nil, fault.New(fault.Internal, "registry snapshot", "the text is no snapshot of a GStreamer registry")
	}
	return s, nil
}

// Version is that of the GStreamer that the snapshot was taken from.
func (s *Snapshot) Version() string { return s.version }

// Source says that it is a snapshot.
func (s *Snapshot) Source() string { return "GStreamer " + s.version + " (snapshot)" }

// Packages are the Debian packages that the snapshot was taken from, with their versions as Debian writes them. They
// change oftener than GStreamer's own: a security update may well lower an element's rank.
func (s *Snapshot) Packages() map[string]string {
	list := map[string]string{}
	for name, version := range s.index[packageSection] {
		list[name] = strings.Trim(version, `"`)
	}
	return list
}

// Names lists all factories, sorted.
func (s *Snapshot) Names() []string { return s.names }

// Factory decodes one factory. It keeps nothing, so callers that ask often should.
func (s *Snapshot) Factory(name string) (*Factory, bool) {
	r, err := s.Record(name)
	if err != nil {
		return nil, false
	}
	f, err := r.Factory()
	return f, err == nil
}

// Licence is that of the plugin that has a factory; "" if there is none. It decodes two lines.
func (s *Snapshot) Licence(name string) string {
	var e struct{ Plugin string }
	var p Plugin
	if s.line(factorySection, name, &e) != nil || s.line(pluginSection, e.Plugin, &p) != nil {
		return ""
	}
	return p.Licence
}

// entry is a Record as its line holds it: names in place of what other lines hold.
type entry struct {
	Plugin   string                     `json:"plugin"`
	Rank     int                        `json:"rank,omitempty"`
	Klass    string                     `json:"klass,omitempty"`
	LongName string                     `json:"long_name,omitempty"`
	About    string                     `json:"about,omitempty"`
	Pads     []padEntry                 `json:"pads,omitempty"`
	Classes  []string                   `json:"classes,omitempty"`
	Defaults map[string]json.RawMessage `json:"defaults,omitempty"`
}

type padEntry struct {
	Name      string   `json:"name"`
	Direction string   `json:"direction"`
	Presence  string   `json:"presence"`
	Caps      string   `json:"caps"`
	Classes   []string `json:"classes,omitempty"`
}

// Record decodes one factory as GStreamer gave it. The error is a *fault.Fault: element_unavailable if there is no
// such factory, internal if the snapshot is damaged.
func (s *Snapshot) Record(name string) (*Record, error) {
	if _, ok := s.index[factorySection][name]; !ok {
		return nil, fault.New(fault.ElementUnavailable, name, "%s has no factory %q", s.Source(), name)
	}
	r, err := s.record(name)
	if err != nil {
		return nil, fault.New(fault.Internal, name, "the registry snapshot is damaged").Because(err)
	}
	return r, nil
}

func (s *Snapshot) record(name string) (*Record, error) {
	var e entry
	if err := s.line(factorySection, name, &e); err != nil {
		return nil, err
	}
	r := &Record{Name: name, Rank: e.Rank, Klass: e.Klass, LongName: e.LongName, About: e.About, Defaults: e.Defaults}
	r.Plugin.Name = e.Plugin
	if err := s.line(pluginSection, e.Plugin, &r.Plugin); err != nil {
		return nil, err
	}
	var err error
	if r.Classes, err = s.classes(e.Classes); err != nil {
		return nil, err
	}
	for _, p := range e.Pads {
		pad := PadRecord{Name: p.Name, Direction: p.Direction, Presence: p.Presence, Caps: p.Caps}
		if pad.Caps, err = s.caps(p.Caps); err != nil {
			return nil, err
		}
		if pad.Classes, err = s.classes(p.Classes); err != nil {
			return nil, err
		}
		r.Pads = append(r.Pads, pad)
	}
	return r, nil
}

func (s *Snapshot) classes(names []string) ([]Class, error) {
	var list []Class
	for _, name := range names {
		n := strings.Count(s.index[classSection][name], `{"name":`)
		c := Class{Name: name, Properties: make([]PropertyRecord, 0, n)}
		if err := s.line(classSection, name, &c.Properties); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// caps follows a reference to a shared text. These are up to 50 KB long, so they are not copied if nothing in them is
// escaped.
func (s *Snapshot) caps(text string) (string, error) {
	key, shared := strings.CutPrefix(text, "@")
	if !shared {
		return text, nil
	}
	quoted := s.index[capsSection][key]
	if len(quoted) > 2 && strings.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1], nil
	}
	err := s.line(capsSection, key, &text)
	return text, err
}

// line decodes the value of a key.
func (s *Snapshot) line(section, key string, into any) error {
	text, ok := s.index[section][key]
	if !ok {
		return fmt.Errorf("there is no line %q in %q", key, section)
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("line %q in %q: %w", key, section, err)
	}
	return nil
}
