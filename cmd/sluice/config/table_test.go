package config

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"sluice/engine/spec"
	"sluice/engine/value"
)

// TestKeysAreSound holds the table to its own rules.
func TestKeysAreSound(t *testing.T) {
	names, envs := map[string]bool{}, map[string]bool{}
	var sections []string
	for _, s := range Sections() {
		sections = append(sections, s.Name)
	}
	for _, k := range Keys() {
		if names[k.Name] || envs[k.Env()] {
			t.Errorf("%s, or %s, is there twice", k.Name, k.Env())
		}
		names[k.Name], envs[k.Env()] = true, true
		if !regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,2}$`).MatchString(k.Name) {
			t.Errorf("%s is no name", k.Name)
		}
		if cut := strings.LastIndex(k.Name, "."); !slices.Contains(sections, k.Name[:max(cut, 0)]) {
			t.Errorf("the section of %s is not described", k.Name)
		}
		for _, f := range append([]Key{k}, k.Fields...) {
			sound(t, f)
		}
	}
	for name := range names {
		for other := range names {
			if strings.HasPrefix(other, name+".") {
				t.Errorf("%s is a key and a section, of %s", name, other)
			}
		}
	}
}

func sound(t *testing.T, k Key) {
	t.Helper()
	if !strings.HasSuffix(strings.TrimSuffix(k.About, "`"), ".") || k.About == "" || k.store == nil {
		t.Errorf("%s lacks something: %q", k.Name, k.About)
	}
	if k.Fields != nil {
		return
	}
	if err := k.Type.Validate(); err != nil {
		t.Errorf("%s: %v", k.Name, err)
	}
	for _, text := range []string{k.Example, value.Text(k.Default), value.Text(k.Dev)} {
		if text == "" || text == "[]" {
			continue
		}
		l := &loader{set: map[string]Setting{}, given: map[string]spec.Value{}}
		if l.put(k, spec.Value{Kind: spec.String, Text: text}, ""); l.errors > 0 {
			t.Errorf("%s does not take %q: %v", k.Name, text, l.report.List())
		}
	}
}

func TestSchemaTakesWhatLoadTakes(t *testing.T) {
	text, err := json.Marshal(Schema())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		config string // JSON, which is YAML too
		fits   bool
	}{
		{`{}`, true},
		{`{"web": null}`, true},
		{`{"graphs": "x", "cpus": 2, "drain": "5s", "log": {"level": "debug"}}`, true},
		{`{"web": {"listen": [":1"], "tls_listen": ":2", "self_signed": true, "connections": 5}}`, true},
		{`{"websocket": {"keep_alive": {"interval": "1s"}}, "hub": {"cache": "8M"}}`, true},
		{`{"auth": {"tokens": [{"name": "a", "token": "0123456789abcdef", "publish": ["**"]}], "anonymous": {"play": ["**"]}}}`, true},
		{`{"webrtc": {"turn": [{"url": "turn:a:1"}]}}`, true},
		{`{"web": {"lisen": []}}`, false},
		{`{"webb": {}}`, false},
		{`{"log": {"level": "loud"}}`, false},
		{`{"web": {"self_signed": "yes"}}`, false},
		{`{"web": {"connections": 0}}`, false},
		{`{"drain": "soon"}`, false},
		{`{"auth": {"tokens": [{"nam": "a"}]}}`, false},
		{`{"auth": {"tokens": {"name": "a"}}}`, false},
	} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(row.config))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(v); (err == nil) != row.fits {
			t.Errorf("the schema on %s: %v", row.config, err)
		}
		if got, found := load(t, row.config); (got != nil) != row.fits {
			t.Errorf("%s: %v", row.config, found)
		}
	}
}

func TestPageHasEveryKey(t *testing.T) {
	page := Page()
	for _, k := range Keys() {
		if name := k.Name[strings.LastIndex(k.Name, ".")+1:]; !strings.Contains(page, "\n| `"+name+"` | ") {
			t.Errorf("%s is not there", k.Name)
		}
		for _, f := range k.Fields {
			if !strings.Contains(page, "\n| `"+f.Name+"` | ") {
				t.Errorf("%s of %s is not there", f.Name, k.Name)
			}
		}
	}
	for _, want := range []string{"## `websocket.keep_alive`", "`:8080`", "`SLUICE_WEB_TLS_LISTEN`", "*live*", "with `--dev` `true`"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is not there", want)
		}
	}
}
