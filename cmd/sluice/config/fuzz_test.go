package config

import (
	"slices"
	"strings"
	"testing"

	"sluice/engine/spec"
)

func FuzzLoad(f *testing.F) {
	for _, text := range []string{
		"", secretive, "web:\n  listen: 8080\n", "webrtc: {turn: [{url: 'turn:a', credential: x}]}", "auth: {users: [{name: a}]}",
		"web: {cert: a}\n", "a: b: c", "drain: 1e3s", "cpus: .inf", "log: {level: [debug]}", "auth: {anonymous: {play: [a, {b: c}]}}",
	} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, text, variable string) {
		env := []string{EnvText + "=" + text}
		for _, k := range Keys() {
			if !strings.Contains(variable, "\x00") && len(variable) < 4096 {
				env = append(env, k.Env()+"="+variable)
			}
		}
		for _, env := range [][]string{env[:1], env} {
			got, found, err := Load(Options{Env: env})
			if err != nil {
				t.Fatal(err)
			}
			failed := false
			for _, d := range found {
				failed = failed || d.Severity == "error"
				if d.Code == "" || d.Msg == "" || d.Pos.File == "" {
					t.Errorf("a diagnostic lacks something: %#v", d)
				}
			}
			if failed != (got == nil) {
				t.Errorf("%v, and a configuration: %v", found, got != nil)
			}
			if got == nil {
				continue
			}
			var b strings.Builder
			if err := got.YAML(&b); err != nil {
				t.Error(err)
			}
			if _, again, err := Load(Options{Env: []string{EnvText + "=" + b.String()}}); err != nil || yamlIn(again) {
				t.Errorf("what is shown is not YAML: %v %v\n%s", again, err, &b)
			}
		}
	})
}

// yamlIn tells whether a text was not even YAML, or had keys that there are not.
func yamlIn(found []spec.Diagnostic) bool {
	return slices.ContainsFunc(found, func(d spec.Diagnostic) bool {
		return d.Code == spec.CodeSyntax || d.Code == spec.CodeUnknownKey || d.Code == spec.CodeDuplicateKey
	})
}
