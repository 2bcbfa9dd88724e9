package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/spec"
)

const (
	envPrefix = "SLUICE_"
	// EnvFile is the variable that names the file.
	EnvFile = envPrefix + "CONFIG"
	// EnvText is the variable that holds all of it.
	EnvText = envPrefix + "CONFIG_TEXT"
	// Default is how origins call what nobody said.
	Default = "default"
	// Dev is how origins call what --dev has set.
	Dev = "--dev"
)

// Places lists where the file is looked for if nobody names it: the first that is there is it.
func Places() []string { return []string{"sluice.yaml", "/etc/sluice/sluice.yaml"} }

// Options say where the configuration comes from. What stands later in the struct wins over what stands earlier, but for the
// environment, which wins over the file.
type Options struct {
	Defaults map[string]string // of keys whose default depends on the machine, by their names
	Dev      bool              // other defaults, for development
	File     string            // the file; "" looks in the environment, and then in Places
	Places   []string          // nil is Places()
	Env      []string          // "NAME=value", as os.Environ has it
	Flags    map[string]string // keys that the command line sets, by their names
	Origin   map[string]string // how origins call these: "--graphs"
}

// Setting is what a key is set to.
type Setting struct {
	Key    Key
	Value  any    // as Key.Type has it; of records maps, or lists of them; nil if there is none
	Origin string // Default, Dev, a place in the file, an environment variable, or a flag
}

// Loaded is a configuration without errors.
type Loaded struct {
	Config
	File     string // "" if there is none; how diagnostics call it otherwise
	Settings []Setting
}

// Load reads the configuration. All that is wrong with it comes in one list, warnings among it; with an error in that list
// there is no Loaded. The error is of a file that cannot be read.
func Load(o Options) (*Loaded, []spec.Diagnostic, error) {
	l := &loader{keys: Keys(), set: map[string]Setting{}, given: map[string]spec.Value{}, env: environ(o.Env)}
	name, text, err := o.source(l.env)
	if err != nil {
		return nil, nil, err
	}
	l.defaults(o)
	if name != "" {
		l.file(name, text)
	}
	l.environment()
	l.flags(o)
	out := &Loaded{File: name}
	for _, k := range l.keys {
		out.Settings = append(out.Settings, l.set[k.Name])
	}
	out.fill()
	l.together(&out.Config)
	if l.report.Failed() {
		out = nil
	}
	return out, l.report.List(), nil
}

// loader reads one configuration.
type loader struct {
	report spec.Report
	keys   []Key
	set    map[string]Setting
	given  map[string]spec.Value // what is written for a key, to find places in it
	env    map[string]string
	folder string // of the file, for files that it names
	errors int    // so far, but for those of YAML itself
}

// errorf reports an error.
func (l *loader) errorf(pos spec.Pos, code, format string, args ...any) *spec.Diagnostic {
	l.errors++
	return l.report.Errorf(pos, code, format, args...)
}

// defaults sets what nobody has said anything about yet.
func (l *loader) defaults(o Options) {
	for _, k := range l.keys {
		s := Setting{Key: k, Value: k.Default, Origin: Default}
		if o.Dev && k.Dev != nil {
			s.Value, s.Origin = k.Dev, Dev
		}
		l.set[k.Name] = s
		if text := o.Defaults[k.Name]; text != "" {
			l.put(k, spec.Value{Kind: spec.String, Text: text, Pos: spec.Pos{File: Default}}, Default)
		}
	}
}

// flags sets what the command line says.
func (l *loader) flags(o Options) {
	for _, k := range l.keys {
		text, ok := o.Flags[k.Name]
		if !ok {
			continue
		}
		origin := o.Origin[k.Name]
		l.put(k, spec.Value{Kind: spec.String, Text: text, Pos: spec.Pos{File: origin}}, origin)
	}
}

// source finds the file, and reads it.
func (o Options) source(env map[string]string) (name string, text []byte, err error) {
	file := o.File
	if file == "" {
		whole, given := env[EnvText]
		file = env[EnvFile]
		switch {
		case given && file != "":
			return "", nil, fault.New(fault.InvalidParams, EnvText, "%s names a file, too", EnvFile).Advise("set one of the two")
		case given:
			return EnvText, []byte(whole), nil
		}
	}
	if file != "" {
		text, err = read(file)
		return file, text, unreadable(file, err)
	}
	places := o.Places
	if places == nil {
		places = Places()
	}
	for _, p := range places {
		text, err = read(p)
		if !errors.Is(err, fs.ErrNotExist) {
			return p, text, unreadable(p, err)
		}
	}
	return "", nil, nil
}

// read reads a file, of which no more is taken than one byte beyond what a configuration may have.
func read(file string) ([]byte, error) {
	const most = 1<<20 + 1
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
}

// unreadable says it without the name of the file, which is the place.
func unreadable(file string, err error) error {
	if err == nil {
		return nil
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return fault.New(fault.ResourceNotFound, file, "the configuration cannot be read: %v", err)
}

// absolute makes the name of a file, written in the file of the configuration, one that leads there from everywhere.
func (l *loader) absolute(file string) string {
	if file == "" || l.folder == "" || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(l.folder, file)
}

// environ makes a map of "NAME=value".
func environ(list []string) map[string]string {
	out := map[string]string{}
	for _, e := range list {
		if name, v, ok := strings.Cut(e, "="); ok && strings.HasPrefix(name, envPrefix) {
			out[name] = v
		}
	}
	return out
}

// Get finds the setting of a key.
func (l *Loaded) Get(key string) (Setting, bool) {
	i := slices.IndexFunc(l.Settings, func(s Setting) bool { return s.Key.Name == key })
	if i < 0 {
		return Setting{}, false
	}
	return l.Settings[i], true
}

// origin is how a place is called.
func origin(p spec.Pos) string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}
