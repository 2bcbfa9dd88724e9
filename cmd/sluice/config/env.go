package config

import (
	"maps"
	"slices"
	"strings"

	"sluice/engine/spec"
	"sluice/engine/value"
)

// fileSuffix is of variables that name a file in which the value is, as containers are given secrets.
const fileSuffix = "_FILE"

// environment sets what the environment says.
func (l *loader) environment() {
	folder := l.folder
	l.folder = "" // what stands here is found from where the server was started
	for _, k := range l.keys {
		name, text, ok := l.variable(k)
		if !ok {
			continue
		}
		l.override(k, name, text)
	}
	l.folder = folder
	l.misspelt()
}

// variable finds what a key's variable says, or the file that it names.
func (l *loader) variable(k Key) (name, text string, ok bool) {
	text, ok = l.env[k.Env()]
	file, filed := l.env[k.Env()+fileSuffix]
	switch {
	case !filed || !k.Secret():
		return k.Env(), text, ok
	case ok:
		l.errorf(spec.Pos{File: k.Env()}, CodeConflict, "%s is set, too", k.Env()+fileSuffix).Advise("set one of the two")
		return "", "", false
	}
	data, err := read(file)
	if err != nil {
		l.errorf(spec.Pos{File: k.Env() + fileSuffix}, CodeBadValue, "%v", err)
		return "", "", false
	}
	return k.Env() + fileSuffix, strings.TrimRight(string(data), "\r\n"), true
}

// override sets a key to the text of a variable. Records are written as in the file, or as JSON.
func (l *loader) override(k Key, name, text string) {
	v := spec.Value{Kind: spec.String, Text: text, Pos: spec.Pos{File: name}}
	switch {
	case k.Fields != nil:
		var bad []spec.Diagnostic
		if v, bad = spec.ReadValue(name, []byte(text)); len(bad) > 0 {
			l.report.Add(bad...)
			return
		}
		if v.Kind == spec.Null {
			v = spec.Value{Kind: spec.List, Pos: v.Pos}
			if !k.Many {
				v.Kind = spec.Map
			}
		}
	case text == "" && !takesEmpty(k.Type):
		return // as most programs have it: set to nothing is not set
	}
	l.put(k, v, name)
}

// takesEmpty tells whether no text at all is a value: a list without items, or a text.
func takesEmpty(c value.Constraint) bool {
	return c.Type == value.List || c.Type == value.String
}

// misspelt warns of variables that look like ours and are read by nobody.
func (l *loader) misspelt() {
	known := []string{EnvFile, EnvText, envPrefix + "REGISTRY"}
	for _, k := range l.keys {
		known = append(known, k.Env())
		if k.Secret() {
			known = append(known, k.Env()+fileSuffix)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(l.env)) {
		if slices.Contains(known, name) {
			continue
		}
		if near, ok := spec.Nearest(strings.TrimPrefix(name, envPrefix), cut(known)); ok {
			l.report.Warnf(spec.Pos{File: name}, CodeUnusedName, "nothing reads this environment variable").
				Advise("did you mean %s?", envPrefix+near)
		}
	}
}

// cut is the names without what all of them begin with, so that it does not make them look alike.
func cut(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.TrimPrefix(n, envPrefix)
	}
	return out
}
