package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// slow is a handler that is at work until it is let go, or its request's context ends.
type slow struct{ begun, leave chan struct{} }

func newSlow() *slow { return &slow{make(chan struct{}, 10), make(chan struct{})} }

func (s *slow) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	s.begun <- struct{}{}
	select {
	case <-s.leave:
	case <-r.Context().Done():
	}
	_, _ = io.WriteString(rw, "done")
}

// begin opens a server that is not closed with the test.
func begin(ctx context.Context, t *testing.T, h http.Handler) (*Web, chan error) {
	t.Helper()
	w := NewWeb(WebOptions{Plain: []string{"127.0.0.1:0"}})
	handle(t, w, "/", h)
	if err := w.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- w.Serve(ctx) }()
	return w, served
}

func ask(w *Web) chan string {
	got := make(chan string, 1)
	go func() {
		r, err := http.Get(w.url("/"))
		if err != nil {
			got <- "cut off"
			return
		}
		defer r.Body.Close()
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	}()
	return got
}

func TestCloseLetsRequestsEnd(t *testing.T) {
	s := newSlow()
	w, served := begin(t.Context(), t, s)
	answer := ask(w)
	enginetest.Await(t, "the beginning", s.begun)
	closed := make(chan error, 1)
	go func() { closed <- w.Close(t.Context()) }()
	enginetest.Await(t, "the beginning of Close", w.closing)
	close(s.leave)
	if got := enginetest.Await(t, "the answer", answer); got != "done" {
		t.Error(got)
	}
	if err := errors.Join(<-closed, <-served, w.Close(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestCloseCutsOffWhoIsLeft(t *testing.T) {
	s := newSlow()
	w, served := begin(t.Context(), t, s)
	answer := ask(w)
	enginetest.Await(t, "the beginning", s.begun)
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Close(late); !errors.Is(err, fault.Closed) {
		t.Errorf("nobody says that somebody was cut off: %v", err)
	}
	if got := enginetest.Await(t, "the answer", answer); got != "cut off" {
		t.Error(got)
	}
	if err := enginetest.Await(t, "the end of Serve", served); err != nil {
		t.Error(err)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	s := newSlow()
	ctx, cancel := context.WithCancel(t.Context())
	w, served := begin(ctx, t, s)
	answer := ask(w)
	enginetest.Await(t, "the beginning", s.begun)
	cancel()
	if err := enginetest.Await(t, "the end of Serve", served); err != nil {
		t.Error(err)
	}
	if got := enginetest.Await(t, "the answer", answer); got != "cut off" {
		t.Error(got)
	}
	if err := w.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestCloseDoesNotWaitForSilentConnections: browsers open some ahead of need.
func TestCloseDoesNotWaitForSilentConnections(t *testing.T) {
	w, served := begin(t.Context(), t, text("x"))
	silent := raw(t, w, "")
	if got := enginetest.Await(t, "the answer", ask(w)); got != "x" { // so that the silent one, which came first, is known
		t.Fatal(got)
	}
	http.DefaultClient.CloseIdleConnections()
	if err := errors.Join(w.Close(t.Context()), <-served); err != nil {
		t.Error(err)
	}
	if _, err := silent.Read(make([]byte, 1)); err == nil {
		t.Error("it is still open")
	}
}

func TestCloseBeforeServe(t *testing.T) {
	w := NewWeb(WebOptions{Plain: []string{"127.0.0.1:0"}})
	if err := w.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := w.Serve(t.Context()); err != nil {
		t.Error(err)
	}
}
