package rest_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/api/rest/feed"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// follower reads server-sent events.
type follower struct {
	t      *testing.T
	lines  *bufio.Scanner
	cancel func() error
}

func (k *kit) follow(path string, headers ...string) *follower {
	k.t.Helper()
	req, err := http.NewRequestWithContext(k.t.Context(), http.MethodGet, k.URL+path, nil)
	if err != nil {
		k.t.Fatal(err)
	}
	for _, h := range headers {
		name, v, _ := strings.Cut(h, ": ")
		req.Header.Set(name, v)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		k.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != feed.ContentType {
		k.t.Fatal(resp.Status, resp.Header)
	}
	k.t.Cleanup(func() { resp.Body.Close() })
	return &follower{k.t, bufio.NewScanner(resp.Body), resp.Body.Close}
}

// next reads the next event; false at the end.
func (f *follower) next() (name string, e wire.Event, ok bool) {
	f.t.Helper()
	for f.lines.Scan() {
		line := f.lines.Text()
		if rest, found := strings.CutPrefix(line, "event: "); found {
			name = rest
		}
		if rest, found := strings.CutPrefix(line, "data: "); found {
			if err := json.Unmarshal([]byte(rest), &e); err != nil {
				f.t.Fatal(err)
			}
		}
		if line == "" && name != "" {
			return name, e, true
		}
	}
	return "", e, false
}

// want reads events until one has a name, and fails if others come first.
func (f *follower) want(name, path string) wire.Event {
	f.t.Helper()
	got, e, ok := f.next()
	if !ok || got != name || e.Name != name && e.Name != "" || e.Path != path {
		f.t.Fatalf("%s %+v, want %s %s", got, e, name, path)
	}
	return e
}

func TestFollow(t *testing.T) {
	k := start(t, options{})
	all := k.follow("/v1/events?event=stream.*")
	cam := k.Publish("cam", media.H264, media.Opus)
	first := all.want("stream.published", "/cam")
	body, _ := first.Body.(J)
	if body["name"] != "cam" || first.Time.IsZero() || first.ID == "" {
		t.Errorf("%+v", first)
	}
	k.Publish("other", media.Opus)
	second := all.want("stream.published", "/other")
	cam.Close(nil)
	all.want("stream.ended", "/cam")

	again := k.follow("/v1/events?event=stream.*", "Last-Event-ID: "+first.ID)
	if e := again.want("stream.published", "/other"); e.ID != second.ID {
		t.Errorf("%+v", e)
	}
	again.want("stream.ended", "/cam")
	by := k.follow("/v1/events?event=stream.ended&event=stream.muted&after=" + first.ID)
	by.want("stream.ended", "/cam")

	other := k.follow("/v1/events?event=stream.published", "Last-Event-ID: other-7") // of an earlier life of the server
	other.want(feed.Reset, "")
	other.want("stream.published", "/cam")
}

func TestFollowAPipeline(t *testing.T) {
	k := start(t, options{})
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/tone", "id": "one"})
	f := k.follow("/v1/pipelines/one/events")
	want[J](k, 201, "POST /v1/pipelines?wait=5s", J{"graph": "jobs/tone", "id": "two"})
	want[J](k, 202, "DELETE /v1/pipelines/one", nil)
	for _, to := range []string{"draining", "stopped"} {
		if body, _ := f.want("instance.changed", "").Body.(J); body["id"] != "one" || body["to"] != to {
			t.Errorf("%v, want %s", body, to)
		}
	}
	k.refused(404, fault.ResourceNotFound, "GET /v1/pipelines/none/events", nil)
}

// TestFollowersAreLetGo: who follows is let go when the door closes, and gets a sign of life before.
func TestFollowersAreLetGo(t *testing.T) {
	k := start(t, options{change: func(o *restOptions) { o.V1.Alive = time.Millisecond }})
	f := k.follow("/v1/events")
	for f.lines.Scan() && f.lines.Text() != ":" { // a comment
	}
	if err := k.Door.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if name, _, ok := f.next(); ok {
		t.Error(name)
	}
}

// TestFollowersAreBounded: nobody can hold more connections than the server has for this.
func TestFollowersAreBounded(t *testing.T) {
	k := start(t, options{})
	var all []*follower
	for range 256 {
		all = append(all, k.follow("/v1/events"))
	}
	k.refused(503, fault.Overloaded, "GET /v1/events", nil)
	if err := all[0].cancel(); err != nil {
		t.Fatal(err)
	}
	k.eventually("a place", func() bool {
		resp, err := http.Get(k.URL + "/v1/events")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}
