package siptest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
)

// render makes a scenario of a file in testdata/sip. What all of them have in common is in parts.xml there: SIPp knows no way to include
// other files. words are those of the test's, in double braces.
func render(t testing.TB, path string, words map[string]string) string {
	t.Helper()
	all := template.New(filepath.Base(path)).Option("missingkey=zero")
	all.Funcs(template.FuncMap{
		// part is a part with some words changed, in pairs.
		"part": func(name string, words map[string]string, pairs ...string) (string, error) {
			words = maps.Clone(words)
			for i := 0; i+1 < len(pairs); i += 2 {
				words[pairs[i]] = pairs[i+1]
			}
			var text strings.Builder
			err := all.ExecuteTemplate(&text, name, words)
			return text.String(), err
		},
		"times": func(n int) []int { return make([]int, n) },
	})
	if _, err := all.ParseFiles(filepath.Join(filepath.Dir(path), "parts.xml"), path); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	text.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	if words == nil {
		words = map[string]string{}
	}
	if err := all.Execute(&text, words); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder(t), "scenario.xml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// Scenarios is the path of a scenario of testdata/sip, for a package so many folders below the repository's root.
func Scenarios(depth int, name string) string {
	return filepath.Join(strings.Repeat(".."+string(filepath.Separator), depth), "testdata", "sip", fmt.Sprintf("%s.xml", name))
}
