package hooks_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"sluice/api/apps"
	"sluice/api/hooks"
	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

const patience = 30 * time.Second

// found are applications by their keys.
type found map[string]apps.App

func (f found) Find(key string) (apps.App, bool) { a, ok := f[key]; return a, ok }

// asked is a call as the back end got it.
type asked struct {
	Path   string
	Header http.Header
	Body   map[string]any
	Raw    []byte
}

// back is a back end that answers as it is told, and notes what it is asked.
type back struct {
	*httptest.Server
	heard chan asked
	mu    sync.Mutex
	how   map[string]http.HandlerFunc // by the path; "": all others
}

func newBack(t testing.TB) *back {
	b := &back{heard: make(chan asked, 100_000), how: map[string]http.HandlerFunc{}}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		a := asked{Path: r.URL.Path, Header: r.Header, Raw: raw}
		_ = json.Unmarshal(raw, &a.Body)
		b.heard <- a
		b.mu.Lock()
		how := b.how[r.URL.Path]
		if how == nil {
			how = b.how[""]
		}
		b.mu.Unlock()
		if how != nil {
			how(w, r)
			return
		}
		_, _ = w.Write(raw)
	}))
	t.Cleanup(b.Close)
	return b
}

// answers has a path answered in a way.
func (b *back) answers(path string, how http.HandlerFunc) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.how[path] = how
}

// says is an answer of a status and a text.
func says(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	}
}

// hangs is no answer until the test is over, or who asks has gone.
func hangs(t testing.TB) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-t.Context().Done():
		}
	}
}

// hears waits for the next call.
func (b *back) hears(t testing.TB) asked {
	t.Helper()
	select {
	case a := <-b.heard:
		return a
	case <-time.After(patience):
		t.Fatal("the back end is not called")
	}
	return asked{}
}

// newHooks makes hooks that are closed after the test.
func newHooks(t testing.TB, o hooks.Options) *hooks.Hooks {
	t.Helper()
	h, err := hooks.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		h.Close(ctx)
	})
	return h
}

// session gives a session of the application "a" at a back end, which connected with a restClientConfig ("" for none).
func session(t testing.TB, h *hooks.Hooks, b *back, config string) *hooks.Session {
	t.Helper()
	s, ok := h.Of("a", nil)
	if !ok {
		t.Fatal("there is no application")
	}
	if config == "" {
		return s
	}
	b.answers("/h/connect", says(http.StatusOK, `{"restClientConfig":`+config+`}`))
	if _, err := s.Connect(t.Context(), object(t, `{}`)); err != nil {
		t.Fatal(err)
	}
	b.hears(t)
	return s
}

func object(t testing.TB, text string) hooks.Object {
	t.Helper()
	var o hooks.Object
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func written(t testing.TB, o hooks.Object) string {
	t.Helper()
	text, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
