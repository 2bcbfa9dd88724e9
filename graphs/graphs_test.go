package graphs_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"sluice/api/cdn"
	doorhls "sluice/api/hls"
	"sluice/api/hls/outlet"
	"sluice/api/records"
	recordout "sluice/api/records/outlet"
	"sluice/api/rest"
	"sluice/api/rtmfp"
	"sluice/api/rtmp"
	"sluice/api/rtsp"
	"sluice/api/sip"
	"sluice/api/snapshots"
	"sluice/api/srt"
	"sluice/api/vod"
	"sluice/api/websocket"
	"sluice/api/whip"
	"sluice/elements/convert"
	"sluice/elements/file"
	"sluice/elements/mix"
	"sluice/elements/snapshot"
	"sluice/elements/stream"
	"sluice/elements/testio"
	"sluice/elements/webrtc"
	"sluice/engine/element"
	"sluice/engine/lint"
	"sluice/engine/route"
	"sluice/engine/spec"
	"sluice/engine/trial"
	"sluice/graphs"
	"sluice/testdata/registry"
)

// elements is a registry of what the shipped graphs use.
func elements(t testing.TB) *element.Registry {
	t.Helper()
	known, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	reg, err := element.NewRegistry(known, slices.Concat(
		stream.Elements(), webrtc.Elements(), convert.Elements(), mix.Elements(), outlet.Elements(), recordout.Elements(), file.Elements(), rtmp.Elements(),
		rtmfp.Elements(), rtsp.Elements(), srt.Elements(), vod.Elements(), sip.Elements(), cdn.Elements(), websocket.Elements(),
		testio.Elements(), snapshot.Elements(),
	), triggers())
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func triggers() []element.Trigger {
	return slices.Concat(stream.Triggers(), websocket.Triggers(), whip.Triggers(), rtmp.Triggers(), rtmfp.Triggers(), rtsp.Triggers(),
		srt.Triggers(), sip.Triggers(), cdn.Triggers(), doorhls.Triggers(), records.Triggers(), snapshots.Triggers(), rest.Triggers())
}

// shelf is the shipped graphs by name.
type shelf map[string]*spec.Graph

// Graph finds a graph; it makes a shelf the compiler's library.
func (s shelf) Graph(name string) (*spec.Graph, bool) { g, ok := s[name]; return g, ok }

func shipped(t testing.TB) (shelf, []*spec.Graph) {
	t.Helper()
	all := shelf{}
	var list []*spec.Graph
	err := fs.WalkDir(graphs.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(graphs.FS, path)
		found, diags := spec.Parse(path, strings.TrimSuffix(path, ".yaml"), data)
		for _, d := range diags {
			t.Error(d)
		}
		for _, g := range found {
			all[g.Name] = g
			list = append(list, g)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, list
}

func TestLintClean(t *testing.T) {
	_, list := shipped(t)
	for _, d := range lint.Check(list, elements(t), lint.Options{}) {
		t.Error(d)
	}
	for _, g := range list {
		if len(g.Tests) == 0 && !g.Fragment() {
			t.Errorf("%s has no tests", g.Name)
		}
	}
}

// TestFormatted: the shipped graphs are as sluice fmt writes them.
func TestFormatted(t *testing.T) {
	files, err := fs.Glob(graphs.FS, "*/*.yaml")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		data, err := fs.ReadFile(graphs.FS, name)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := spec.Format(data); string(got) != string(data) {
			t.Errorf("%s is not formatted", name)
		}
	}
}

func TestAbout(t *testing.T) {
	_, list := shipped(t)
	for _, g := range list {
		if strings.Contains(g.About.Text, "\n") || !strings.HasSuffix(g.About.Text, ".") {
			t.Errorf("%s is described as %q; wanted is one line with a period", g.Name, g.About.Text)
		}
	}
}

func table(t testing.TB) *route.Table {
	t.Helper()
	_, list := shipped(t)
	var entries []route.Entry
	for _, g := range list {
		e, diags := route.Entries(g)
		for _, d := range diags {
			t.Error(d)
		}
		entries = append(entries, e...)
	}
	out, conflicts := route.Build(entries)
	for _, c := range conflicts {
		t.Error(c.Diagnostic())
	}
	return out
}

// TestRoutes holds who answers what. Each event that peers raise has an answer.
func TestRoutes(t *testing.T) {
	routes := table(t)
	answered := map[string]bool{"rest.start": true, "boot": true} // nothing of ours starts with the server
	for _, c := range []struct {
		event, path string
		vars        route.Variables
		graph       string
	}{
		{"rtmp.publish", "/cam", nil, "live/rtmp"},
		{"rtmfp.publish", "/cam", nil, "live/rtmfp_publish"},
		{"rtsp.announce", "/a/b/c", nil, "live/rtsp_publish"},
		{"srt.publish", "/cam", nil, "live/srt_publish"},
		{"ws.publish", "/login", route.Variables{"room": "red"}, "web/publish"},
		{"ws.publish", "/cam", route.Variables{"provider": "Flash"}, "web/flash_publish"},
		{"ws.play", "/cam", route.Variables{"provider": "Flash"}, "web/flash_play"},
		{"ws.push", "/cam", route.Variables{"scheme": "rtmps"}, "web/push"},
		{"whip.publish", "/cam", nil, "web/whip"},
		{"rtmp.play", "/cam", nil, "live/rtmp_play"},
		{"rtmfp.play", "/cam", nil, "live/rtmfp_play"},
		{"rtsp.play", "/cam", nil, "live/rtsp_play"},
		{"srt.play", "/cam", nil, "live/srt_play"},
		{"ws.play", "/rtsp://camera.example/main", nil, "web/play"},
		{"whep.play", "/cam", nil, "web/whep"},
		{"hls.play", "/cam", route.Variables{"profile": ""}, "live/hls"},
		{"hls.play", "/cam", route.Variables{"profile": "abr"}, "live/ladder"},
		{"hls.play", "/cam", route.Variables{"profile": "odd"}, ""},
		{"ws.call", "/49891234", nil, "phone/call"},
		{"sip.invite", "/alice", route.Variables{"account": "browser"}, "phone/call"},
		{"sip.invite", "/alice", route.Variables{"account": "trunk"}, ""}, // nobody reaches others from outside unless a graph says so
		{"sip.invite", "/red", route.Variables{"account": "rooms"}, "phone/room"},
		{"rest.call", "/49891234", nil, "phone/callout"},
		{"rest.inject", "/49891234", nil, "phone/inject"},
		{"cdn.wanted", "/cam", nil, "cdn/edge"},
		{"stream.record", "/studio/cam", nil, "live/record"},
		{"stream.snapshot", "/studio/cam", nil, "live/snapshot"},
		{"stream.convert", "/cam", nil, "web/convert"},
		{"stream.wanted", "/cam/door", nil, "cameras/pull"},
		{"stream.wanted", "/rtsp://camera.example/main", route.Variables{"scheme": "rtsp"}, "cameras/rtsp"},
		{"stream.wanted", "/rtmps://example.org/live/a", route.Variables{"scheme": "rtmps"}, "cameras/rtmp"},
		{"stream.wanted", "/srt://example.org:8890", route.Variables{"scheme": "srt"}, "cameras/srt"},
		{"stream.wanted", "/steady/cam", route.Variables{"scheme": "", "lately": "true"}, "live/steady_wanted"},
		{"stream.wanted", "/steady/cam", route.Variables{"scheme": "", "lately": "false"}, ""},
		{"stream.wanted", "/nobody", route.Variables{"scheme": ""}, ""},
	} {
		answered[c.event] = true
		m, ok := routes.Match(c.event, c.path, c.vars)
		if got := graphOf(m, ok); got != c.graph {
			t.Errorf("%s %s with %v goes to %q, not %q", c.event, c.path, c.vars, got, c.graph)
		}
	}
	for _, trigger := range triggers() {
		if !answered[trigger.Event] {
			t.Errorf("no graph answers %s", trigger.Event)
		}
	}
}

func graphOf(m route.Match, ok bool) string {
	if !ok {
		return ""
	}
	return m.Entry.Graph
}

// TestExpectations holds what the graphs' own tests expect of routes and plans. `sluice test graphs` runs all of them, with
// GStreamer.
func TestExpectations(t *testing.T) {
	lib, list := shipped(t)
	runner := trial.New(trial.Set{Library: lib, Routes: table(t), Registry: elements(t)}, trial.Options{PlanOnly: true})
	checked := 0
	for _, r := range runner.Run(t.Context(), trial.Cases(list...)) {
		checked += len(r.Found)
		if r.Outcome == trial.Failed {
			t.Errorf("%s, %s: %s %+v", r.Graph, r.Name, r.Reason, r.Found)
		}
	}
	if checked < 20 {
		t.Errorf("only %d expectations in all shipped graphs", checked)
	}
}
