package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"sluice/api/apps"
	"sluice/api/auth"
	"sluice/api/auth/access"
	"sluice/api/hooks"
	"sluice/engine/fault"
)

// TestOtherDoorsAsk: who comes by another door than pages is asked about as they are, after the server itself decided.
func TestOtherDoorsAsk(t *testing.T) {
	type call struct {
		path string
		body map[string]any
	}
	var calls []call
	status := http.StatusOK
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := call{path: r.URL.Path}
		if err := json.NewDecoder(r.Body).Decode(&c.body); err != nil {
			t.Error(err)
		}
		calls = append(calls, c) // one after the other: each is waited for
		w.WriteHeader(status)
	}))
	defer back.Close()
	all := []string{hooks.PlayHLS, hooks.PlayRTSP, hooks.PublishStream, hooks.PlayStream}
	list, err := apps.New(apps.Options{Config: []apps.App{
		{Key: apps.Default, URL: back.URL, Methods: all, Fail: all}, {Key: "shop", URL: back.URL + "/shop", Fail: all}, {Key: "none"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := hooks.New(hooks.Options{Apps: list, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { h.Close(context.Background()) }()
	who, err := access.New(auth.Config{Anonymous: &auth.AnonymousConfig{Publish: []string{"open"}, Play: []string{"open"}}}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer who.Close()
	a := asked{who, h, "node"}
	for _, row := range []struct {
		q      auth.Request
		status int
		path   string // that is called; "": none
		code   fault.Code
	}{
		{auth.Request{Action: auth.Play, Stream: "open", Protocol: "hls"}, 200, "/playHLS", ""},
		{auth.Request{Action: auth.Play, Stream: "open", Protocol: "hls", Query: "appKey=shop&a=b"}, 200, "/shop/playHLS", ""},
		{auth.Request{Action: auth.Play, Stream: "open", Protocol: "hls", Query: "appKey=none"}, 200, "/playHLS", ""},
		{auth.Request{Action: auth.Play, Stream: "open", Protocol: "rtsp"}, 403, "/playRTSP", fault.Forbidden},
		{auth.Request{Action: auth.Publish, Stream: "open", Protocol: "rtmp"}, 500, "/publishStream", fault.Forbidden},
		{auth.Request{Action: auth.Play, Stream: "open", Protocol: "rtmp"}, 200, "/playStream", ""},
		{auth.Request{Action: auth.Publish, Stream: "open", Protocol: "rtsp"}, 403, "/publishStream", fault.Forbidden},
		{auth.Request{Action: auth.Publish, Stream: "open", Protocol: "srt"}, 403, "/publishStream", fault.Forbidden},
		{auth.Request{Action: auth.Play, Stream: "open", Protocol: "srt"}, 403, "/playStream", fault.Forbidden},
		{auth.Request{Action: auth.Publish, Stream: "open", Protocol: "whip"}, 403, "/publishStream", fault.Forbidden},
		{auth.Request{Action: auth.Play, Stream: "open", Protocol: "whep", Query: "appKey=shop"}, 403, "/shop/playStream", fault.Forbidden},
		{auth.Request{Action: auth.Publish, Stream: "open", Protocol: "whip", Query: "appKey=unknown"}, 200, "", fault.Forbidden},
		{auth.Request{Action: auth.Play, Stream: "open", Protocol: "hls", Listing: true}, 403, "", ""},
		{auth.Request{Action: auth.Play, Stream: "open", Protocol: "websocket"}, 403, "", ""}, // which asks itself
		{auth.Request{Action: auth.Play, Stream: "closed", Protocol: "hls"}, 200, "", fault.Forbidden},
	} {
		calls, status = nil, row.status
		row.q.Remote, row.q.Token = netip.MustParseAddr("192.0.2.7"), ""
		_, err := a.Authorise(t.Context(), row.q)
		if fault.CodeOf(err) != row.code {
			t.Errorf("%+v: %v", row.q, err)
		}
		switch {
		case row.path == "" && len(calls) == 0:
		case len(calls) != 1 || calls[0].path != row.path:
			t.Errorf("%+v: %v was called", row.q, calls)
		case calls[0].body["name"] != "open" || calls[0].body["remote"] != "192.0.2.7" || calls[0].body["nodeId"] != "node":
			t.Errorf("%v", calls[0].body)
		}
	}
	calls, status = nil, http.StatusOK
	q := auth.Request{Action: auth.Play, Stream: "open", Protocol: "hls", Query: "a=b&key=k&Pass=p&password=p&jwt=j"}
	if _, err := a.Authorise(t.Context(), q); err != nil || len(calls) != 1 {
		t.Fatalf("%v, %v", calls, err)
	}
	if got := fmt.Sprint(calls[0].body["custom"], calls[0].body["token"]); got != "map[a:b]j" {
		t.Errorf("it is told %s", got)
	}
	a.hooks = nil
	if _, err := a.Authorise(t.Context(), auth.Request{Action: auth.Play, Stream: "open", Protocol: "hls"}); err != nil {
		t.Error(err)
	}
	var _ interface{ Digests() bool } = a // what doors ask of who decides is still there
}
