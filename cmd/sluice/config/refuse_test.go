package config

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestRefuses(t *testing.T) {
	const at = EnvText + ":"
	for _, row := range []struct {
		text string
		want []string
	}{
		{"- a", []string{at + `1:1: error[wrong_kind]: the configuration must be a map, this is a list (write "key: value")`}},
		{"web: 5", []string{at + `1:6: error[wrong_kind]: "web" must be a map, this is a number ` +
			`(its keys are listen, tls_listen, cert, key, self_signed, connections, connections_per_address)`}},
		{"web:\n  lisen: [':1']", []string{at + `2:3: error[unknown_key]: "web" has no key "lisen" (did you mean "listen"?)`}},
		{"wbe:\n  listen: [':1']", []string{at + `1:1: error[unknown_key]: the configuration has no key "wbe" (did you mean "web"?)`}},
		{"nat_1to1: [192.0.2.1]", []string{at + `1:1: error[unknown_key]: the configuration has no key "nat_1to1" (did you mean "webrtc.nat_1to1"?)`}},
		{"zzzzzz: 1", []string{at + `1:1: error[unknown_key]: the configuration has no key "zzzzzz" ` +
			`(its keys are graphs, cpus, drain, log, web, webrtc, relay, whip, websocket, rtmp, rtsp, srt, sip, hls, records, thumbnails, hub, workers, rest, media, transcoder, mixer, apps, hooks, metrics, auth)`}},
		{"drain: soon", []string{at + `1:8: error[bad_value]: "drain": "soon" is not a duration (write for example 10s)`}},
		{"drain: -1s", []string{at + `1:8: error[bad_value]: "drain": -1s is below the least allowed, 0s (choose 0s to 1h)`}},
		{"rtsp: {idle: 6s}", []string{at + `1:14: error[bad_value]: "rtsp.idle": 6s is below the least allowed, 10s (choose 10s to 1h)`}},
		{"drain: [1s]", []string{at + `1:8: error[bad_value]: "drain" is a list; a duration is wanted (write for example 10s)`}},
		{"log: {level: loud}", []string{at + `1:14: error[bad_value]: "log.level": "loud" is not one of debug, info, warn, error`}},
		{"log: {level: on}", []string{at + `1:14: error[bad_value]: "log.level": "on" is not one of debug, info, warn, error`}},
		{"web: {self_signed: yes}", []string{at + `1:20: error[bad_value]: "web.self_signed": "yes" is not a bool (write for example true)`}},
		{"web: {listen: [8080, ':1', ':x', 'a b:1', '1.2.3.4']}", []string{
			at + `1:16: error[bad_value]: "web.listen[0]": "8080" is a port without its colon (write ":8080")`,
			at + `1:28: error[bad_value]: "web.listen[2]": "x" is no port (ports are 0 to 65535; 0 is any that is free)`,
			at + `1:34: error[bad_value]: "web.listen[3]": "a b" is no host (write "host:port", or ":port" for every interface)`,
			at + `1:43: error[bad_value]: "web.listen[4]": "1.2.3.4" is no address to listen on (write "host:port", or ":port" for every interface)`,
		}},
		{"web: {listen: {a: b}}", []string{at + `1:15: error[bad_value]: "web.listen" must be a list, this is a map (write "- item", or [item, item])`}},
		{"web: {connections: 0}", []string{at + `1:20: error[bad_value]: "web.connections": 0 is below the least allowed, 1 (choose 1 to 1000000)`}},
		{"webrtc: {ports: 9-5, nat_1to1: [a], hosts: ['a:1'], stun: [a]}", []string{
			at + `1:17: error[bad_value]: "webrtc.ports": "9-5" is no range of ports (write the first and the last port, such as 31000-31999)`,
			at + `1:33: error[bad_value]: "webrtc.nat_1to1[0]": "a" is no IP address (write for example 203.0.113.7)`,
			at + `1:45: error[bad_value]: "webrtc.hosts[0]": "a:1" is neither an address nor a name (leave out the port)`,
			at + `1:60: error[bad_value]: "webrtc.stun[0]": "a" is no address of a server (write "host:port")`,
		}},
		{"webrtc:\n  turn: [{url: 'http://a', credentials: x}, {url: 'turn:a b'}, {url: 'turn:a?transport=sctp'}, 5]", []string{
			at + `2:16: error[bad_value]: "webrtc.turn[0].url": "http://a" is no address of a TURN server (write for example turn:turn.example.org:3478?transport=udp)`,
			at + `2:28: error[unknown_key]: "webrtc.turn[0]" has no key "credentials" (did you mean "credential"?)`,
			at + `2:51: error[bad_value]: "webrtc.turn[1].url": "turn:a b" is not an address with a scheme (write for example turn:turn.example.org:3478?transport=udp)`,
			at + `2:70: error[bad_value]: "webrtc.turn[2].url": "sctp" is no transport of a TURN server (write udp or tcp)`,
			at + `2:96: error[wrong_kind]: "webrtc.turn[3]" must be a map, this is a number (its keys are url, username, credential)`,
		}},
		{"webrtc: {ice_servers: [{url: 'stun:a b'}, {url: 'stun:'}, {url: 'stun:a'}, {url: 'stun:a:1'}, {url: 'turns:a:2'}]}", []string{
			at + `1:30: error[bad_value]: "webrtc.ice_servers[0].url": "stun:a b" is not an address with a scheme (write for example stun:stun.example.org:3478)`,
			at + `1:49: error[bad_value]: "webrtc.ice_servers[1].url": "stun:" is not an address with a scheme (write for example stun:stun.example.org:3478)`,
		}},
		{"auth: {tokens: {name: a}}", []string{at + `1:16: error[wrong_kind]: "auth.tokens" must be a list, this is a map (write "- name: …")`}},
		{"auth: {anonymous: [a]}", []string{at + `1:19: error[wrong_kind]: "auth.anonymous" must be a map, this is a list (its keys are publish, play)`}},
		{"auth: {anonymous: {zzz: a}}", []string{at + `1:20: error[unknown_key]: "auth.anonymous" has no key "zzz" (its keys are publish, play)`}},
		{"auth: {users: [{password: hunter2}]}", []string{at + `1:16: error[bad_value]: "auth.users[0].name": a user needs a name`}},
		{"drain: 1s\ndrain: 2s", []string{at + `2:1: error[duplicate_key]: the key "drain" is written twice in the file (the first is on line 1)`}},
		{"drain: 1s: 2s", []string{at + `1:10: error[yaml_syntax]: a ":" is not expected here (put a text that contains ": " in quotes)`}},
	} {
		got, found := load(t, row.text)
		if got != nil {
			t.Errorf("%q is a configuration", row.text)
		}
		if !slices.Equal(found, row.want) {
			t.Errorf("%q:\n got %s\nwant %s", row.text, strings.Join(found, "\n     "), strings.Join(row.want, "\n     "))
		}
	}
}

// TestRefusesTogether has what no key by itself can tell.
func TestRefusesTogether(t *testing.T) {
	const at = EnvText + ":"
	for _, row := range []struct {
		text string
		env  []string
		want string
	}{
		{"web: {cert: a}", nil, at + `1:13: error[conflict]: "web.cert" needs "web.key" (set both, or neither)`},
		{"", []string{"SLUICE_WEB_KEY=a"}, `SLUICE_WEB_KEY: error[conflict]: "web.key" needs "web.cert" (set both, or neither)`},
		{"web: {listen: []}", nil, at + `1:15: error[conflict]: the server listens nowhere (set "web.listen", or "web.tls_listen" and a certificate)`},
		{"webrtc: {udp: [], tcp: []}", nil, at + `1:15: error[conflict]: there is neither UDP nor TCP for media ` +
			`(set "webrtc.udp", "webrtc.tcp" or "webrtc.ports")`},
		{"auth: {tokens: [{name: a, token: 0123456789abcdef}, {name: a, token: 0123456789abcdef}]}", nil,
			at + `1:60: error[bad_value]: "auth.tokens[1].name": there are two tokens called "a"`},
		{"", []string{`SLUICE_AUTH_ANONYMOUS={"play": ["a", "b//c"]}`}, `SLUICE_AUTH_ANONYMOUS:1:16: error[bad_value]: "auth.anonymous.play[1]": `},
	} {
		got, found := load(t, row.text, row.env...)
		if got != nil || len(found) != 1 || !strings.HasPrefix(found[0], row.want) {
			t.Errorf("%q %v:\n got %s\nwant %s", row.text, row.env, strings.Join(found, "\n"), row.want)
		}
	}
	good(t, "web: {cert: a, key: b, listen: []}")
	good(t, "webrtc: {udp: [], tcp: [], ports: 5-6}")
	good(t, "web: {listen: [], self_signed: true}")
}

func TestRefusesEnvironment(t *testing.T) {
	dir := t.TempDir()
	secrets := filepath.Join(dir, "tokens")
	if err := os.WriteFile(secrets, []byte("- name: a\n  token: 0123456789abcdef\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := good(t, "", "SLUICE_AUTH_TOKENS_FILE="+secrets); got.Auth.Tokens[0].Token != "0123456789abcdef" {
		t.Errorf("%+v", got.Auth)
	}
	for _, row := range []struct {
		env  []string
		want string
	}{
		{[]string{"SLUICE_DRAIN=soon"}, `SLUICE_DRAIN: error[bad_value]: "drain": "soon" is not a duration (write for example 10s)`},
		{[]string{"SLUICE_WEB_LISTEN=:1,,:2"}, `SLUICE_WEB_LISTEN: error[bad_value]: "web.listen": ":1,,:2" has nothing at item 2 ` +
			`(leave out the comma, or write the list as JSON, ["",…])`},
		{[]string{"SLUICE_WEB_LISTEN=:1,x"}, `SLUICE_WEB_LISTEN: error[bad_value]: "web.listen": "x" is no address to listen on ` +
			`(write "host:port", or ":port" for every interface)`},
		{[]string{`SLUICE_AUTH_TOKENS=[{"nam": "x"}]`}, `SLUICE_AUTH_TOKENS:1:3: error[unknown_key]: "auth.tokens[0]" has no key "nam" (did you mean "name"?)`},
		{[]string{`SLUICE_AUTH_TOKENS=[{"name": "x"`}, `SLUICE_AUTH_TOKENS:1:1: error[yaml_syntax]: this map lacks a "," or its "}" ` +
			`(inside brackets, text with any of , ? [ ] { } must be in quotes)`},
		{[]string{"SLUICE_AUTH_TOKENS_FILE=" + secrets, "SLUICE_AUTH_TOKENS=x"}, `SLUICE_AUTH_TOKENS: error[conflict]: SLUICE_AUTH_TOKENS_FILE is set, too (set one of the two)`},
		{[]string{"SLUICE_AUTH_TOKENS_FILE=" + dir}, `SLUICE_AUTH_TOKENS_FILE: error[bad_value]: read ` + dir + `: is a directory`},
	} {
		got, found := load(t, "", row.env...)
		if got != nil || len(found) != 1 || found[0] != row.want {
			t.Errorf("%v:\n got %s\nwant %s", row.env, strings.Join(found, "\n"), row.want)
		}
	}
}

// TestEmptyVariables: set to nothing is not set, but for what can be empty.
func TestEmptyVariables(t *testing.T) {
	got := good(t, "drain: 7s\ngraphs: x\nauth: {tokens: [{name: a, token: 0123456789abcdef}]}",
		"SLUICE_DRAIN=", "SLUICE_GRAPHS=", "SLUICE_WEBRTC_TCP=", "SLUICE_AUTH_TOKENS=", "SLUICE_AUTH_ANONYMOUS=")
	if got.Drain.String() != "7s" || got.Graphs != "x" || len(got.WebRTC.TCP) != 0 || len(got.Auth.Tokens) != 0 || got.Auth.Anonymous == nil {
		t.Errorf("%+v", got.Config)
	}
}

func TestMisspeltVariablesAreWarnedOf(t *testing.T) {
	got, found := load(t, "", "SLUICE_WEB_LISTN=:1", "SLUICE_REGISTRY=live", "SLUICE_SERVICE_HOST=10.0.0.1", "SLUICE_AUTH_TOKEN_FILE=x", "PATH=/bin")
	want := []string{
		"SLUICE_AUTH_TOKEN_FILE: warning[unused_name]: nothing reads this environment variable (did you mean SLUICE_AUTH_TOKENS_FILE?)",
		"SLUICE_WEB_LISTN: warning[unused_name]: nothing reads this environment variable (did you mean SLUICE_WEB_LISTEN?)",
	}
	if got == nil || !slices.Equal(found, want) {
		t.Errorf("%s", strings.Join(found, "\n"))
	}
}

// TestSecretsAreNotRepeated: what is wrong with a secret is told without it.
func TestSecretsAreNotRepeated(t *testing.T) {
	for _, text := range []string{
		"auth: {tokens: [{name: a, token: [hunter2, hunter2]}]}",
		"auth: {tokens: [{name: a, token: hunter2}]}",
		"auth: {users: [{name: a, password: hunter2}]}",
		"webrtc: {turn: [{url: 'turn:a', credential: {hunter2: hunter2}}]}",
	} {
		got, found := load(t, text)
		if got != nil && !strings.Contains(text, "token: hunter2") {
			t.Errorf("%q is a configuration", text)
		}
		if all := strings.Join(found, "\n"); strings.Contains(all, "hunter2") {
			t.Errorf("%q: %s", text, all)
		}
	}
}

// TestPassphrases refuses those that SRT cannot carry, without saying them.
func TestPassphrases(t *testing.T) {
	for text, ok := range map[string]bool{"secret": false, "long enough": true, strings.Repeat("x", 79): true, strings.Repeat("x", 80): false} {
		_, found, err := Load(Options{Places: []string{}, Env: []string{"SLUICE_SRT_PASSPHRASE=" + text}})
		if err != nil {
			t.Fatal(err)
		}
		if (len(found) == 0) != ok {
			t.Errorf("%d characters: %v", len(text), found)
		}
		for _, f := range found {
			if strings.Contains(fmt.Sprint(f), text) {
				t.Errorf("the passphrase is told: %v", f)
			}
		}
	}
}
