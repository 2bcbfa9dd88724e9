package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/api/apps"
	"sluice/api/hooks"
	"sluice/engine/fault"
)

// hookedTo opens hooks of an application "shop" with a back end.
func hookedTo(t *testing.T, back http.HandlerFunc) (*hooked, *hooks.Hooks) {
	t.Helper()
	server := httptest.NewServer(back)
	t.Cleanup(server.Close)
	list, err := apps.New(apps.Options{Config: []apps.App{{Key: "shop", URL: server.URL}, {Key: "none"}}})
	if err != nil {
		t.Fatal(err)
	}
	h, err := hooks.New(hooks.Options{Apps: list, Strict: true, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return &hooked{hooks: h, closed: make(chan struct{})}, h
}

// TestLastWords: what waits to be told when the server's time is over is told all the same, unless the back end hangs.
func TestLastWords(t *testing.T) {
	now, cancel := context.WithCancel(context.Background())
	cancel()
	var told int
	d, h := hookedTo(t, func(http.ResponseWriter, *http.Request) { told++ })
	s, _ := h.Of("shop", nil)
	for range 20 {
		s.Tell(hooks.ConnectionStatus, hooks.Object{})
	}
	if err := d.Close(now); err != nil || told != 20 {
		t.Errorf("%d of 20 were told, %v", told, err)
	}
	if err := d.Serve(t.Context()); err != nil { // it is over
		t.Error(err)
	}
	d, h = hookedTo(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or the server does not notice that who asks has gone
		<-r.Context().Done()
	})
	s, _ = h.Of("shop", nil)
	s.Tell(hooks.ConnectionStatus, hooks.Object{})
	begun := time.Now()
	if err := d.Close(now); err != nil || time.Since(begun) > 30*time.Second {
		t.Errorf("it took %s, %v", time.Since(begun), err)
	}
}

// TestAppHooks: pages of applications without a back end, and of unknown ones.
func TestAppHooks(t *testing.T) {
	d, h := hookedTo(t, func(http.ResponseWriter, *http.Request) {})
	defer func() { _ = d.Close(t.Context()) }()
	a := asking(h)
	if s, err := a.Session("shop", nil); s == nil || err != nil {
		t.Errorf("%v %v", s, err)
	}
	if s, err := a.Session("none", nil); s != nil || err != nil {
		t.Errorf("%v %v", s, err)
	}
	if _, err := a.Session("nobody's", nil); fault.CodeOf(err) != fault.Forbidden {
		t.Error(err)
	}
	if asking(nil) != nil || calledBack(nil) != nil {
		t.Error("hooks of nobody")
	}
	if n := calledBack(h)(); len(n) != 1 || n[0].App != "shop" {
		t.Errorf("%+v", n)
	}
}

func TestAuthorities(t *testing.T) {
	if pool, err := authorities(""); pool != nil || err != nil {
		t.Errorf("%v %v", pool, err)
	}
	empty := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(empty, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := authorities(empty); fault.CodeOf(err) != fault.InvalidParams {
		t.Error(err)
	}
	if _, err := authorities(empty + "x"); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
}
