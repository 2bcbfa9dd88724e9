package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/api/apps"
	"sluice/api/auth"
	"sluice/engine/fault"
	"sluice/engine/spec"
)

// load reads a configuration that is written in SLUICE_CONFIG_TEXT, beside other variables.
func load(t *testing.T, text string, env ...string) (*Loaded, []string) {
	t.Helper()
	got, found, err := Load(Options{Env: append([]string{EnvText + "=" + text}, env...)})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, d := range found {
		lines = append(lines, Line(d))
	}
	return got, lines
}

// good is load of what has nothing wrong with it.
func good(t *testing.T, text string, env ...string) *Loaded {
	t.Helper()
	got, found := load(t, text, env...)
	if got == nil || len(found) > 0 {
		t.Fatalf("%q: %v", text, found)
	}
	return got
}

func TestDefaults(t *testing.T) {
	got, found, err := Load(Options{Places: []string{filepath.Join(t.TempDir(), "none.yaml")}})
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	want := Config{
		Drain: 10 * time.Second,
		Log:   LogConfig{"info", "auto"},
		Web:   WebConfig{Listen: []string{":8080"}, TLSListen: []string{":8443"}, Connections: 20_000, PerAddress: 5_000},
		WebRTC: WebRTCConfig{
			UDP: []string{":31000"}, TCP: []string{":31000"}, NAT1To1: []string{}, Hosts: []string{}, Interfaces: []string{},
			STUN: []string{}, TURN: []TURNConfig{}, ICEServers: []ICEServerConfig{}, ICETimeout: 30 * time.Second, ConsentTimeout: 15 * time.Second, MediaTimeout: time.Minute,
			MaxPeers: 20_000, MaxConnecting: 2_000, MaxConnectingOfOne: 256, MaxPeersOfOne: 2_000,
		},
		Relay:      RelayConfig{UDP: []string{}, TCP: []string{}},
		WHIP:       WHIPConfig{Origins: []string{}, Sessions: 10_000, Timeout: 15 * time.Second},
		WebSocket:  got.WebSocket, // in TestEveryKeyIsStored
		Thumbnails: ThumbnailsConfig{Streams: []string{"**"}, Every: 10 * time.Second, Width: 320, Format: "jpeg"},
		Hub:        HubConfig{Cache: 8_000_000, Hosts: []string{}},
		Media:      MediaConfig{Encoders: []string{}, Never: []string{}, Hardware: HardwareAuto, Licence: LicenceAny},
		Workers:    WorkersConfig{Most: 512, Spare: 1, Shared: 32, Memory: 4_000_000_000, Files: 4096},
		RTMP: RTMPConfig{
			Listen: []string{":1935"}, TLSListen: []string{":1936"}, Connections: 10_000, PerAddress: 1_000,
			Idle: time.Minute, Message: 8_000_000, Login: []string{},
		},
		RTSP: RTSPConfig{
			Listen: []string{":554"}, TLSListen: []string{":322"}, UDP: ":31002", MulticastPort: 5004,
			Sessions: 10_000, Connections: 20_000, PerAddress: 1_000, Timeout: 15 * time.Second, Idle: time.Minute,
			Silence: 10 * time.Second,
		},
		SIP: SIPConfig{
			Ports: "30000-30999", MediaPorts: "31001-31999", Share: 16, Listen: []string{}, TLSListen: []string{}, Domains: []string{"*"}, Digest: []string{"md5"},
			MediaHosts: []string{}, Accounts: []SIPAccount{}, Codecs: []string{}, SRTP: "off", DTMF: "auto", SessionTimer: 30 * time.Minute,
			Ring: 2 * time.Minute, Inactivity: time.Minute, Lines: 10_000, Calls: 1000, PerLine: 16, PerAddress: 100,
		},
		SRT: SRTConfig{
			Listen: []string{":8890"}, Latency: 120 * time.Millisecond, Silence: 5 * time.Second, Idle: 10 * time.Second,
			Timeout: 15 * time.Second, Connections: 10_000, PerAddress: 1_000,
		},
		HLS: HLSConfig{
			Listen: []string{":8082"}, TLSListen: []string{":8445"}, Viewers: 20_000, ViewersPerAddress: 2_000,
			Held: 20_000, HeldPerAddress: 2_000,
			Timeout: 15 * time.Second, Idle: 20 * time.Second, Grace: 10 * time.Second,
		},
		Records: RecordsConfig{
			Name: "{streamName}-{startTime}", Streams: []string{}, Most: 100, Free: 500_000_000,
			HookTimeout: 10 * time.Second, ScriptTimeout: time.Minute,
		},
		REST: RESTConfig{
			Listen: []string{"127.0.0.1:8081"}, TLSListen: []string{"127.0.0.1:8444"}, Pipelines: 1000,
			Folders: []string{}, Hosts: []string{}, Elements: []string{}, Environment: []string{}, Origins: []string{},
		},
		Transcoder: TranscoderConfig{IdleTimeout: time.Minute},
		Mixer: MixerConfig{
			AutoStart: true, MCUAudio: true, MCUVideo: true, IdleTimeout: 10 * time.Second, Most: 100,
			VideoWidth: 1280, VideoHeight: 720, VideoFPS: 30, VideoBitrate: 2_000_000, Layout: "grid",
		},
		Apps:    AppsConfig{List: []apps.App{}},
		Hooks:   HooksConfig{Timeout: 5 * time.Second, Attempts: 3, Calls: 32, Queue: 10_000},
		Metrics: MetricsConfig{Listen: []string{"127.0.0.1:7777"}, TLSListen: []string{}},
		Auth:    auth.Config{Users: []auth.UserConfig{}, Tokens: []auth.TokenConfig{}, Keys: []auth.KeyConfig{}},
	}
	if !reflect.DeepEqual(got.Config, want) {
		t.Errorf("got  %+v\nwant %+v", got.Config, want)
	}
	if got.File != "" {
		t.Errorf("it is from %q", got.File)
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "sluice.yaml")
	text := `
graphs: own
cpus: 2
drain: 1m30s
web:
  listen: 127.0.0.1:9000
  tls_listen: [":9443", "[::1]:9444"]
  cert: tls/cert.pem
  key: /tls/key.pem
webrtc:
  ports: 31000-31999
  nat_1to1: 203.0.113.7, 203.0.113.8
  turn:
    - url: turn:turn.example.org:3478?transport=udp
      username: sluice
      credential: 12345
hub: # all of it is commented out
  # cache: 1M
auth:
  tokens:
    - {name: obs, token: verysecret, publish: [live/**]}
  anonymous:
    play: "**"
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, found, err := Load(Options{File: file})
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	c := got.Config
	for _, row := range []struct{ got, want any }{
		{c.Graphs, filepath.Join(dir, "own")},
		{c.CPUs, 2.0},
		{c.Drain, 90 * time.Second},
		{c.Web.Listen, []string{"127.0.0.1:9000"}},
		{c.Web.TLSListen, []string{":9443", "[::1]:9444"}},
		{c.Web.Cert, filepath.Join(dir, "tls/cert.pem")},
		{c.Web.Key, "/tls/key.pem"},
		{c.WebRTC.Ports, "31000-31999"},
		{c.WebRTC.NAT1To1, []string{"203.0.113.7", "203.0.113.8"}},
		{c.WebRTC.TURN, []TURNConfig{{"turn:turn.example.org:3478?transport=udp", "sluice", "12345"}}},
		{c.Hub.Cache, int64(8_000_000)},
		{c.Auth.Tokens, []auth.TokenConfig{{Name: "obs", Token: "verysecret", Publish: []string{"live/**"}, Play: []string{}}}},
		{c.Auth.Anonymous, &auth.AnonymousConfig{Publish: []string{}, Play: []string{"**"}}},
		{got.File, file},
	} {
		if !reflect.DeepEqual(row.got, row.want) {
			t.Errorf("got %#v, want %#v", row.got, row.want)
		}
	}
	if s, _ := got.Get("web.listen"); s.Origin != file+":6" {
		t.Errorf("web.listen is from %s", s.Origin)
	}
	if _, ok := got.Get("web.nothing"); ok {
		t.Error("there is a key that is none")
	}
}

func TestWhereTheFileIs(t *testing.T) {
	dir := t.TempDir()
	write := func(name, listen string) string {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte("web: {listen: ["+listen+"]}"), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	a, b, c := write("a.yaml", `":1"`), write("b.yaml", `":2"`), write("c.yaml", `":3"`)
	none := filepath.Join(dir, "none.yaml")
	for _, row := range []struct {
		o    Options
		want string // where it listens
	}{
		{Options{Places: []string{a, b}}, ":1"},
		{Options{Places: []string{none, b}}, ":2"},
		{Options{Places: []string{none}}, ":8080"},
		{Options{Places: []string{a}, Env: []string{EnvFile + "=" + b}}, ":2"},
		{Options{Places: []string{a}, Env: []string{EnvText + "=web: {listen: [':4']}"}}, ":4"},
		{Options{Places: []string{a}, Env: []string{EnvText + "="}}, ":8080"},
		{Options{Places: []string{a}, Env: []string{EnvFile + "=" + b}, File: c}, ":3"},
		{Options{Places: []string{a}, Env: []string{"SLUICE_WEB_LISTEN=:5,:6"}}, ":5,:6"},
		{Options{Places: []string{none}, Defaults: map[string]string{"web.listen": ":9"}}, ":9"},
		{Options{Places: []string{a}, Defaults: map[string]string{"web.listen": ":9"}}, ":1"},
		{Options{Places: []string{a}, Env: []string{"SLUICE_WEB_LISTEN=:5"}, Flags: map[string]string{"web.listen": ":7"}}, ":7"},
	} {
		got, found, err := Load(row.o)
		if err != nil || len(found) > 0 {
			t.Errorf("%+v: %v %v", row.o, found, err)
			continue
		}
		if listen := strings.Join(got.Web.Listen, ","); listen != row.want {
			t.Errorf("%+v: %s, not %s", row.o, listen, row.want)
		}
	}
	for _, row := range []struct {
		o    Options
		code fault.Code
	}{
		{Options{File: none}, fault.ResourceNotFound},
		{Options{File: dir}, fault.ResourceNotFound},
		{Options{Env: []string{EnvFile + "=" + none}}, fault.ResourceNotFound},
		{Options{Env: []string{EnvFile + "=" + a, EnvText + "=x"}}, fault.InvalidParams},
		{Options{Places: []string{dir}}, fault.ResourceNotFound},
	} {
		if _, _, err := Load(row.o); !errors.Is(err, row.code) {
			t.Errorf("%+v: %v", row.o, err)
		}
	}
}

func TestDevHasOtherDefaults(t *testing.T) {
	got, found, err := Load(Options{Dev: true, Places: []string{}, Env: []string{"SLUICE_WEBRTC_LOOPBACK=false"}})
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	if !got.Web.SelfSigned || got.WebRTC.Loopback {
		t.Errorf("self-signed %v, loopback %v", got.Web.SelfSigned, got.WebRTC.Loopback)
	}
	if s, _ := got.Get("web.self_signed"); s.Origin != Dev {
		t.Error(s.Origin)
	}
}

// TestEveryKeyIsStored overrides every key in turn: something else changes in the Config, and nothing else does in the settings.
func TestEveryKeyIsStored(t *testing.T) {
	plain := good(t, "")
	hash := auth.Hash("x") // once: it takes its time, as it is meant to
	for _, k := range Keys() {
		if k.Name == "web.cert" || k.Name == "web.key" {
			continue // they need each other: TestFile
		}
		text := other(t, k, hash)
		got := good(t, "", k.Env()+"="+text)
		if reflect.DeepEqual(got.Config, plain.Config) {
			t.Errorf("%s=%s changes nothing", k.Env(), text)
		}
		changes := plain.Diff(got)
		want := []string{k.Name}
		var names []string
		for _, c := range changes {
			names = append(names, c.Key.Name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("%s=%s changes %v", k.Env(), text, names)
		}
		if s, _ := got.Get(k.Name); s.Origin != k.Env() {
			t.Errorf("%s is from %s", k.Name, s.Origin)
		}
	}
}

// other is a value of a key that is not its default. hash is of a password.
func other(t *testing.T, k Key, hash string) string {
	t.Helper()
	for name, text := range map[string]string{
		"apps.list": "[{key: a}]", "auth.users": `[{"name":"a","password":"` + hash + `"}]`, "auth.tokens": "- {name: a, token: 0123456789abcdef}",
		"auth.anonymous": "{publish: [a]}", "auth.keys": "- {name: a, key: 0123456789abcdef, publish: [a]}",
		"auth.jwt": "{jwks: 'https://a/b'}", "auth.http": "{url: 'https://a/b'}", "webrtc.turn": "[{url: 'turn:a:1'}]", "webrtc.ice_servers": "[{url: 'stun:a'}]", "webrtc.ports": "5-6",
		"webrtc.nat_1to1": "192.0.2.1", "webrtc.stun": "a:1", "relay.public": "192.0.2.1", "relay.ports": "5-6",
		"rtsp.udp": "off", "rtsp.multicast": "239.192.0.0/16", "rtsp.multicast_port": "5006",
		"rtsp.idle": "90s",
		"sip.ports": "5-6", "sip.media_ports": "5-6", "sip.address": "192.0.2.1", "sip.public": "192.0.2.1", "sip.accounts": "[{name: a}]",
		"sip.codecs": "opus", "sip.digest": "sha-256", "sip.srtp": "sdes", "sip.dtmf": "info",
		"rest.origins":     "https://a",
		"mixer.auto_start": "false", "mixer.mcu_audio": "false", "mixer.mcu_video": "false", "mixer.layout": "speaker",
		"srt.passphrase": "a long enough one", "records.hook": "https://a", "records.s3.endpoint": "https://a", "thumbnails.format": "png",
		"media.hardware": HardwareOff, "media.licence": LicenceLGPL,
	} {
		if k.Name == name {
			return text
		}
	}
	for _, text := range []string{"true", "7", "70", "7s", "7M", "70M", "700M", "debug", "json", "none", ":7", "somewhere"} {
		v := spec.Value{Kind: spec.String, Text: text}
		l := &loader{set: map[string]Setting{}, given: map[string]spec.Value{}}
		if l.put(k, v, ""); l.errors == 0 && !reflect.DeepEqual(l.set[k.Name].Value, k.Default) {
			return text
		}
	}
	t.Fatalf("no value for %s", k.Name)
	return ""
}
