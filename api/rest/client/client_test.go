package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/api/rest/client"
	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// asked is a server that remembers what it was asked for.
type asked struct {
	*client.Client
	server *clienttest.Server
	mu     sync.Mutex
	list   []string
}

func start(t *testing.T) *asked {
	t.Helper()
	a := &asked{server: clienttest.Start(t)}
	inner := a.server.Config.Handler
	a.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		a.list = append(a.list, r.Method+" "+r.URL.EscapedPath())
		a.mu.Unlock()
		inner.ServeHTTP(w, r)
	})
	c, err := client.New(client.Options{Server: a.server.URL, Credentials: client.Credentials{Token: clienttest.Token}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	a.Client = c
	return a
}

// got gives a value, and ends the test on an error: got(t, f(x)) cannot be written for functions of several results.
func got[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		good(t, err)
		return v
	}
}

func good(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestEverything uses every operation that the API describes.
func TestEverything(t *testing.T) {
	s, ctx := start(t), t.Context()
	s.server.Publish("live/cam", media.H264, media.Opus)
	session := s.server.Call("live/cam")

	first := client.Paging{Limit: 1}
	mix := wire.Start{Graph: "rooms/mix", ID: "mix"}
	p := got[wire.Pipeline](t)(s.Start(ctx, mix, client.Starting{Wait: 5 * time.Second, Key: "k"}))
	if again := got[wire.Pipeline](t)(s.Start(ctx, mix, client.Starting{Key: "k"})); again.ID != "mix" || p.State != "live" {
		t.Errorf("%+v, again %+v", p, again)
	}
	page := got[wire.Page[wire.Pipeline]](t)(s.Pipelines(ctx, client.PipelineFilter{}, first))
	if len(page.Items) != 1 || page.Total != 2 || page.Next == "" {
		t.Errorf("%+v", page)
	}
	if page = got[wire.Page[wire.Pipeline]](t)(s.Pipelines(ctx, client.PipelineFilter{Graph: "rooms/mix", State: "live"}, first)); page.Total != 1 {
		t.Errorf("%+v", page)
	}
	if p := got[wire.PipelineDetail](t)(s.Pipeline(ctx, "mix")); p.Graph != "rooms/mix" || len(p.Nodes) == 0 {
		t.Errorf("%+v", p)
	}
	source := wire.Values{"source": s.server.Folder + "/a.wav"}
	if p := got[wire.Pipeline](t)(s.AddKey(ctx, "mix", "voice", "ann_x", source)); p.ID != "mix" {
		t.Errorf("%+v", p)
	}
	if d := got[client.Done](t)(s.Do(ctx, "mix", "sound", "mute", wire.Values{"key": "ann_x"})); string(d.Data) != `{"muted":["ann_x"]}` || d.Type != "application/json" {
		t.Errorf("%+v", d)
	}
	good(t, s.RemoveKey(ctx, "mix", "voice", "ann_x"))
	if p := got[wire.PipelineDetail](t)(s.Set(ctx, "mix", "sound", wire.Values{})); p.ID != "mix" {
		t.Errorf("%+v", p)
	}
	s.streams(t, session)
	s.texts(t)
	s.events(t)
	s.apps(t)
	good(t, s.EndPipeline(ctx, "mix", -1))
	got[map[string]any](t)(s.GraphSchema(ctx, "jobs/tone"))
	if list := got[[]wire.Route](t)(s.Routes(ctx, client.RouteQuery{Event: "test.call", Path: "/live/cam", Vars: []string{"x=y"}})); len(list) != 1 || !list[0].Taken {
		t.Errorf("%+v", list)
	}
	if list := got[wire.Page[wire.ElementName]](t)(s.Elements(ctx, client.ElementFilter{All: true, Part: "opusenc"}, first)); list.Items[0].Name != "opusenc" {
		t.Errorf("%+v", list)
	}
	if e := got[wire.Element](t)(s.Element(ctx, "audio.mix")); len(e.Actions) == 0 {
		t.Errorf("%+v", e)
	}
	if a := got[wire.Server](t)(s.About(ctx)); a.Version != "v0.test" {
		t.Errorf("%+v", a)
	}
	s.complete(t)
}

// apps uses what there is for applications.
func (s *asked) apps(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	if a := got[wire.App](t)(s.PutApp(ctx, "my/shop", wire.AppDraft{Name: "Shop", Sign: true})); a.Secret == "" || a.Key != "my/shop" {
		t.Errorf("%+v", a)
	}
	if a := got[wire.App](t)(s.App(ctx, "my/shop")); a.Name != "Shop" || !a.Signed || a.Secret != "" {
		t.Errorf("%+v", a)
	}
	if list := got[wire.Page[wire.App]](t)(s.Apps(ctx, client.Paging{Limit: 1})); list.Total != 1 || list.Items[0].Key != "my/shop" {
		t.Errorf("%+v", list)
	}
	good(t, s.DeleteApp(ctx, "my/shop"))
}

// streams uses what there is for streams and sessions.
func (s *asked) streams(t *testing.T, session string) {
	t.Helper()
	ctx := t.Context()
	if page := got[wire.Page[wire.Stream]](t)(s.Streams(ctx, "live/", client.Paging{})); page.Total != 1 || page.Items[0].Name != "live/cam" {
		t.Errorf("%+v", page)
	}
	if d := got[wire.StreamDetail](t)(s.Stream(ctx, "live/cam")); len(d.Tracks) != 2 || len(d.Pipelines) != 1 {
		t.Errorf("%+v", d)
	}
	readers := func(ctx context.Context, p client.Paging) (wire.Page[wire.Reader], error) {
		p.Limit = 1
		return s.Readers(ctx, "live/cam", p)
	}
	s.server.Call("live/cam")
	if all := got[[]wire.Reader](t)(client.All(ctx, readers)); len(all) != 2 || all[0].ID >= all[1].ID {
		t.Errorf("%+v", all)
	}
	if e := got[wire.Explanation](t)(s.ExplainStream(ctx, "live/cam")); !e.Published || len(e.Readers) != 2 {
		t.Errorf("%+v", e)
	}
	if page := got[wire.Page[wire.Session]](t)(s.Sessions(ctx, client.SessionFilter{Direction: "play"}, client.Paging{})); page.Total != 2 {
		t.Errorf("%+v", page)
	}
	if one := got[wire.Session](t)(s.Session(ctx, session)); one.Graph != "calls/peer" || one.Protocol != "test" || one.Stream != "live/cam" {
		t.Errorf("%+v", one)
	}
	if e := got[wire.SessionExplanation](t)(s.ExplainSession(ctx, session)); e.Session.ID != session || len(e.Streams) != 1 ||
		e.Streams[0].Name != "live/cam" || len(e.Streams[0].Readers) != 1 || !slices.Equal(e.Streams[0].Readers[0].Sessions, []string{session}) {
		t.Errorf("%+v", e)
	}
	good(t, s.EndSession(ctx, session))
	relay := wire.Start{Graph: "jobs/relay", Params: wire.Values{"from": "live/cam", "to": "copy"}}
	got[wire.Pipeline](t)(s.Start(ctx, relay, client.Starting{Wait: time.Second}))
	good(t, s.EndStream(ctx, "copy"))
}

// texts uses what there is for graphs.
func (s *asked) texts(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	text := []byte(clienttest.Graphs()["jobs/tone"])
	if l := got[wire.Lint](t)(s.Lint(ctx, "mine/a", text)); l.Errors != 0 {
		t.Errorf("%+v", l)
	}
	w, made, err := s.PutGraph(ctx, "mine/a", text, client.Version{})
	if good(t, err); !made || w.Version == "" {
		t.Errorf("%+v %v", w, made)
	}
	g, version, err := s.Graph(ctx, "mine/a")
	if good(t, err); version != w.Version || g.Text != string(text) || g.Shipped {
		t.Errorf("%q, written was %q: %+v", version, w.Version, g)
	}
	if _, _, err := s.PutGraph(ctx, "mine/a", text, client.Version{}); !errors.Is(err, fault.StaleVersion) {
		t.Errorf("written over: %v", err)
	}
	longer := append(slices.Clone(text), "# more\n"...)
	if w, made, err = s.PutGraph(ctx, "mine/a", longer, client.Version{Is: version}); err != nil || made {
		t.Errorf("%+v %v %v", w, made, err)
	}
	if err := s.DeleteGraph(ctx, "mine/a", client.Version{Is: version}); !errors.Is(err, fault.StaleVersion) {
		t.Errorf("an old version: %v", err)
	}
	good(t, s.DeleteGraph(ctx, "mine/a", client.Version{Any: true}))
	if page := got[wire.Graphs](t)(s.Graphs(ctx, client.GraphFilter{Startable: true, Prefix: "jobs/"}, client.Paging{})); page.Total != 2 {
		t.Errorf("%+v", page)
	}
	for form, begins := range map[string]string{"plan": "{", "dot": "digraph", "svg": "<svg", "launch": "#"} {
		drawn, err := s.DrawGraph(ctx, "jobs/tone", form, []string{"buffers=7"})
		if good(t, err); !slices.Contains(client.Forms(), form) || !strings.Contains(string(drawn[:min(80, len(drawn))]), begins) && form != "launch" {
			t.Errorf("%s: %.80q", form, drawn)
		}
		if form == "launch" && !strings.Contains(string(drawn), "num-buffers=7") {
			t.Errorf("%s", drawn)
		}
	}
}

// events uses both ways to follow.
func (s *asked) events(t *testing.T) {
	t.Helper()
	enough := errors.New("enough")
	for _, f := range []client.Follow{{Since: "another-1", Names: []string{"instance.*"}}, {Since: "another-1", Pipeline: "mix"}} {
		var names []string
		err := s.Events(t.Context(), f, func(e wire.Event) error {
			if names = append(names, e.Name); len(names) == 2 {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) || !slices.Equal(names, []string{"feed.reset", "instance.changed"}) {
			t.Errorf("%v %v", names, err)
		}
	}
}

// complete fails if there is an operation that was not used.
func (s *asked) complete(t *testing.T) {
	t.Helper()
	resp, err := s.server.Client().Get(s.server.URL + "/openapi.json")
	good(t, err)
	defer resp.Body.Close()
	var doc struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	good(t, json.NewDecoder(resp.Body).Decode(&doc))
	if len(doc.Paths) < 10 {
		t.Fatalf("%d paths", len(doc.Paths))
	}
	variable := regexp.MustCompile(`\{\w+\}`)
	for path, methods := range doc.Paths {
		for method := range methods {
			want := regexp.MustCompile("^" + strings.ToUpper(method) + " " + variable.ReplaceAllString(path, "[^/]+") + "$")
			if !slices.ContainsFunc(s.list, want.MatchString) {
				t.Errorf("nothing asks for %s %s", method, path)
			}
		}
	}
}
