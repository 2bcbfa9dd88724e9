package config

import (
	"encoding/json"
	"errors"
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

// TestShowCoversAddresses: what an address has that may be secret is not shown.
func TestShowCoversAddresses(t *testing.T) {
	got := good(t, `
records: {hook: "https://me:hush1@backend.example/a?token=hush2#x", s3: {endpoint: "https://hush3@s3.example"}}
auth: {jwt: {jwks: "https://keys.example/set?key=hush4"}, http: {url: "https://backend.example/auth?key=hush5"}}
webrtc: {stun: ["stun.example:3478"], ice_servers: [{url: "turn:relay.example?transport=udp"}]}
`)
	var y, j strings.Builder
	if err := errors.Join(got.YAML(&y), got.JSON(&j)); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{y.String(), j.String()} {
		if i := strings.Index(text, "hush"); i >= 0 {
			t.Errorf("it shows %q", text[max(0, i-40):i+10])
		}
		for _, want := range []string{
			"https://***@backend.example/a?***#x", "https://***@s3.example", "https://keys.example/set?***", "turn:relay.example?transport=udp",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("it lacks %q", want)
			}
		}
	}
	if _, found := load(t, `records: {hook: "htps://me:hush@backend.example"}`); len(found) != 1 || strings.Contains(found[0], "hush") {
		t.Errorf("%v", found)
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
