// Package sluice_test holds the rules that no single package can check: who may import whom.
package sluice_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// pkg is what `go list` tells of a package.
type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
	CgoFiles     []string
}

// rule says which packages may import what. An import is allowed if any word of may is a prefix of it, below the
// paths in of. Packages not named in of must not import anything with the prefix what.
type rule struct {
	what string   // an import with this prefix …
	of   []string // … may only appear in packages with one of these prefixes
	why  string
}

func rules() []rule {
	return []rule{
		{"sluice/elements", []string{"sluice/elements", "sluice/api", "sluice/cmd"}, "the engine knows no element by name"},
		{"sluice/api", []string{"sluice/cmd", "sluice/api"}, "only cmd lists the doors"},
		{"sluice/cmd", []string{"sluice/cmd"}, "nothing but the command imports the command"},
		{"sluice/graphs", []string{"sluice/cmd", "sluice/engine/lint", "sluice/engine/plan", "sluice/elements"}, "shipped graphs are wired in by cmd"},
		{"github.com/go-gst", []string{"sluice/engine/gst"}, "one package uses GStreamer"},
		{"github.com/pion/webrtc", []string{"sluice/elements/webrtc", "sluice/cmd/sluice/bench/benchtest"}, "one package terminates WebRTC"},
		{"github.com/pion/rtp", []string{"sluice/engine/media", "sluice/engine/hub", "sluice/engine/enginetest", "sluice/elements/webrtc", "sluice/api/rtsp", "sluice/api/sip"}, "RTP lives in media"},
		{"github.com/pion/ice", []string{"sluice/elements/webrtc", "sluice/cmd/sluice/bench/benchtest"}, "one package terminates WebRTC"},
		{"github.com/pion/interceptor", []string{"sluice/elements/webrtc", "sluice/cmd/sluice/bench/benchtest"}, "one package terminates WebRTC"},
		{"github.com/bluenviron/gortsplib", []string{"sluice/api/rtsp", "sluice/engine/media"}, "one package speaks RTSP; RTP lives in media"},
		{"github.com/emiago/sipgo", []string{"sluice/api/sip"}, "one package speaks SIP"},
		{"github.com/gorilla/websocket", []string{"sluice/api/websocket/socket"}, "one package speaks WebSocket"},
		{"github.com/bluenviron/gortmplib", []string{"sluice/api/rtmp"}, "one package speaks RTMP"},
		{"github.com/bluenviron/gohlslib", []string{"sluice/api/hls"}, "one door speaks HLS"},
		{"github.com/datarhei/gosrt", []string{"sluice/api/srt"}, "one package speaks SRT"},
		{"github.com/labstack/echo", []string{"sluice/api/rest", "sluice/api/hls", "sluice/api/whip", "sluice/api/console", "sluice/api/metrics"}, "only HTTP doors"},
		{"gopkg.in/yaml.v3", []string{"sluice/engine/spec"}, "YAML has one reader"},
		{"github.com/spf13/cobra", []string{"sluice/cmd"}, "the engine has no command line"},
		{"github.com/charmbracelet/bubbletea", []string{"sluice/cmd/sluice/top"}, "one package draws on terminals"},
		{"github.com/fsnotify", []string{"sluice/engine/store"}, "one package watches files"},
		{"github.com/minio", []string{"sluice/api/records/storage"}, "one package speaks S3"},
		{"sluice/engine/gst", []string{"sluice/engine/gst", "sluice/cmd"}, "GStreamer is passed in"},
		{"github.com/prometheus", []string{"sluice/api/metrics"}, "one package speaks to Prometheus"},
	}
}

// only lists, for packages low in the engine, everything of sluice's they may import.
func only() map[string][]string {
	return map[string][]string{
		"sluice/engine/fault":            {},
		"sluice/engine/value":            {"fault"},
		"sluice/engine/caps":             {"fault"},
		"sluice/engine/stat":             {"fault"},
		"sluice/engine/event":            {"fault"},
		"sluice/engine/media":            {"fault", "media"},
		"sluice/engine/spec":             {"fault"},
		"sluice/engine/param":            {"spec", "value", "fault"},
		"sluice/engine/element/catalog":  {"value", "fault", "caps"},
		"sluice/engine/element":          {"media", "fault", "stat", "value", "caps", "element"},
		"sluice/engine/route":            {"spec", "param", "value", "fault"},
		"sluice/engine/expect":           {"spec", "value", "caps", "element", "media", "fault"},
		"sluice/engine/lint":             {"spec", "param", "value", "caps", "element", "route", "media", "fault", "expect", "lint"},
		"sluice/engine/lint/codes":       {"spec", "expect"},
		"sluice/engine/lint/findings":    {"spec"},
		"sluice/engine/plan":             {"spec", "param", "value", "caps", "element", "media", "fault", "plan"},
		"sluice/engine/hub":              {"media", "fault", "stat", "hub"},
		"sluice/engine/hub/forms":        {"media", "fault", "stat", "hub"},
		"sluice/engine/hub/fanout":       {"stat"},
		"sluice/engine/hub/flight":       {},
		"sluice/engine/hub/herald":       {},
		"sluice/engine/hub/look":         {"media", "hub"},
		"sluice/engine/run":              {"plan", "element", "hub", "event", "stat", "fault", "media", "run"},
		"sluice/engine/run/shape":        {"plan", "element", "run"},
		"sluice/engine/run/files":        {"plan", "element"},
		"sluice/engine/run/restart":      {"plan", "fault"},
		"sluice/engine/run/veil":         {"fault", "run"},
		"sluice/engine/run/mailbox":      {},
		"sluice/engine/run/floor":        {},
		"sluice/engine/run/coders":       {"plan", "element", "media", "run"},
		"sluice/engine/run/roster":       {"plan", "element", "run"},
		"sluice/engine/run/view":         {"run"},
		"sluice/engine/run/instance":     {"plan", "element", "event", "stat", "fault", "media", "run"},
		"sluice/engine/run/supervisor":   {"event", "fault", "plan", "run"},
		"sluice/engine/worker/frame":     {"fault"},
		"sluice/engine/worker/process":   {"fault", "worker"},
		"sluice/engine/worker/socket":    {},
		"sluice/engine/worker/seal":      {"fault", "plan", "run"},
		"sluice/engine/worker/wire":      {"fault", "media", "run", "worker"},
		"sluice/engine/worker":           {"plan", "run", "media", "fault", "stat", "worker"},
		"sluice/engine/node":             {"plan", "element", "hub", "run", "event", "stat", "media", "fault", "value"},
		"sluice/engine/store":            {"spec", "lint", "route", "fault"},
		"sluice/api/amf":                 {"fault"},
		"sluice/api/hls/playlist":        {},
		"sluice/api/mpegts":              {"fault", "media"},
		"sluice/api/records/name":        {"fault", "media"},
		"sluice/api/apps":                {"fault", "spec"},
		"sluice/api/srt/wire":            {"fault"},
		"sluice/api/sip/message":         {},
		"sluice/api/sip/digest":          {"fault", "api/sip/message"},
		"sluice/api/sip/stack/resolve":   {"fault"},
		"sluice/api/srt/streamid":        {"fault"},
		"sluice/api/rtmp/chunk":          {"fault"},
		"sluice/api/rtmp/flv":            {"fault", "media"},
		"sluice/api/rtmp/login":          {},
		"sluice/api/websocket/wire":      {"fault"},
		"sluice/api/websocket/reason":    {"fault"},
		"sluice/api/websocket/allowance": {"fault"},
		"sluice/api/websocket/room":      {"fault"},
		"sluice/api/websocket/hook":      {"fault"},
		"sluice/api/websocket/socket":    {},
		"sluice/api/websocket/transport": {"fault"},
		"sluice/api/websocket/mse":       {"media"},
		"sluice/api/websocket/wsplayer":  {"media"},
	}
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports,CgoFiles", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}

func under(path string, prefixes []string) bool {
	for _, p := range prefixes {
		if path == p || strings.HasPrefix(path, p+"/") {
			return true
		}
	}
	return false
}

func TestImports(t *testing.T) {
	for _, p := range list(t) {
		for _, imp := range p.Imports {
			for _, r := range rules() {
				if under(imp, []string{r.what}) || strings.HasPrefix(imp, r.what+"/") {
					if !under(p.ImportPath, r.of) {
						t.Errorf("%s imports %s: %s", p.ImportPath, imp, r.why)
					}
				}
			}
		}
	}
}

func TestLowPackagesImportOnly(t *testing.T) {
	found := map[string]bool{}
	for _, p := range list(t) {
		allowed, ok := only()[p.ImportPath]
		if !ok {
			continue
		}
		found[p.ImportPath] = true
		for _, imp := range p.Imports {
			rest, ours := strings.CutPrefix(imp, "sluice/")
			if !ours {
				continue
			}
			below, engine := strings.CutPrefix(rest, "engine/")
			room, _, _ := strings.Cut(below, "/")
			if !under(rest, allowed) && (!engine || !under(room, allowed)) {
				t.Errorf("%s imports %s; it may import only %v, of the engine where no other room is named", p.ImportPath, imp, allowed)
			}
		}
	}
	for name := range only() {
		if !found[name] {
			t.Errorf("the table names %s, which does not exist", name)
		}
	}
}

// shared are the rooms of api that doors have in common: formats, words and rules, which open no port.
func shared() []string {
	return []string{
		"amf", "apps", "auth", "calls", "mixer", "mpegts", "pattern", "visitor",
		"rtmp/flv",       // the tags of FLV, which films are made of, too
		"websocket/wire", // the words of WCS, which its REST API and its hooks speak, too
	}
}

// operated are the rooms that the REST API has a hand on.
func operated() []string { return []string{"hls/catalog", "records", "vod"} }

func TestDoorsDoNotImportEachOther(t *testing.T) {
	for _, p := range list(t) {
		path, ok := strings.CutPrefix(p.ImportPath, "sluice/api/")
		if !ok {
			continue
		}
		may := shared()
		if under(path, []string{"rest"}) {
			may = append(may, operated()...)
		}
		door, _, _ := strings.Cut(path, "/")
		for _, imp := range p.Imports {
			other, ok := strings.CutPrefix(imp, "sluice/api/")
			if ok && !under(other, append(may, door)) {
				t.Errorf("%s imports %s: doors share code below them, not with each other", p.ImportPath, imp)
			}
		}
	}
}

func TestOnlyGstUsesC(t *testing.T) {
	for _, p := range list(t) {
		if len(p.CgoFiles) > 0 && !under(p.ImportPath, []string{"sluice/engine/gst"}) {
			t.Errorf("%s uses cgo", p.ImportPath)
		}
	}
}

func TestTopLevel(t *testing.T) {
	allowed := strings.Fields("engine graphs elements api cmd testdata go.mod go.sum Makefile Dockerfile.gstreamer README.md LICENSE docs arch_test.go image_test.go bin out")
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") {
			continue
		}
		ok := false
		for _, a := range allowed {
			ok = ok || a == name
		}
		if !ok {
			t.Errorf("%q does not belong on the top level", name)
		}
	}
}
