package config

import (
	"encoding/json"
	"strings"
	"testing"
)

const secretive = `
web: {listen: [":1", ":2"]}
hub: {cache: 1M}
auth:
  tokens: [{name: obs, token: hunter2hunter2xx, publish: ["**"]}]
`

func TestShowYAML(t *testing.T) {
	got := good(t, secretive, "SLUICE_DRAIN=3s", "SLUICE_WEBRTC_TURN=[{url: 'turn:a:1', credential: hunter2}]")
	var b strings.Builder
	if err := got.YAML(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"drain: 3s  # SLUICE_DRAIN\n",
		"# graphs:  # default\n",
		"web:\n  listen: [\":1\",\":2\"]  # SLUICE_CONFIG_TEXT:2\n  tls_listen: [\":8443\"]  # default\n",
		"\n  keep_alive:\n    algorithm: \"high_level\"  # default\n",
		"  cache: 1M  # SLUICE_CONFIG_TEXT:3\n",
		`"token":"***"`,
		`"credential":"***"`,
		"  self_signed: false  # default\n",
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("it lacks %q", want)
		}
	}
	if strings.Contains(b.String(), "hunter2") {
		t.Error("a secret is shown")
	}
	// What is shown can be used again, but for the secrets.
	again, found, err := Load(Options{Env: []string{EnvText + "=" + strings.ReplaceAll(b.String(), "***", "hunter2hunter2xx")}})
	if err != nil || again == nil {
		t.Fatalf("%v %v in\n%s", found, err, &b)
	}
	for _, c := range got.Diff(again) {
		if !c.Key.Secret() {
			t.Errorf("%s: %v, not %v", c.Key.Name, c.After.Value, c.Before.Value)
		}
	}
}

func TestShowJSON(t *testing.T) {
	var b strings.Builder
	if err := good(t, secretive).JSON(&b); err != nil {
		t.Fatal(err)
	}
	var got struct {
		File string
		Keys map[string]struct {
			Value       any
			Origin, Env string
			Live        bool
		}
	}
	if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.File != EnvText || len(got.Keys) != len(Keys()) {
		t.Errorf("%d keys of %q", len(got.Keys), got.File)
	}
	if k := got.Keys["hub.cache"]; k.Value != "1M" || k.Origin != EnvText+":3" || k.Env != "SLUICE_HUB_CACHE" || k.Live {
		t.Errorf("%+v", k)
	}
	if strings.Contains(b.String(), "hunter2") {
		t.Error("a secret is shown")
	}
}

func TestDiff(t *testing.T) {
	before := good(t, secretive)
	after := good(t, "drain: 5s\nlog: {level: debug}\nauth:\n  tokens: [{name: obs, token: otherotherother2, publish: ['**']}]\n")
	live := map[string]bool{}
	for _, c := range before.Diff(after) {
		live[c.Key.Name] = c.Key.Live
	}
	for name, want := range map[string]bool{"drain": true, "log.level": true, "auth.tokens": true, "web.listen": false, "hub.cache": false} {
		if got, ok := live[name]; !ok || got != want {
			t.Errorf("%s: changed %v, live %v", name, ok, got)
		}
	}
	if len(live) != 5 || len(before.Diff(before)) != 0 {
		t.Errorf("%v", live)
	}
}
