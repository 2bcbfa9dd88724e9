package serve

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/enginetest"
	"sluice/engine/store"
)

func ask(h http.Handler) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	return w
}

func TestHealthOfAServerThatHangs(t *testing.T) {
	graphs, err := store.New(store.Options{Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	clock, hang, over := enginetest.NewClock(), make(chan struct{}), make(chan struct{})
	probes := 0
	h := newHealth(clock, func() {
		if probes++; probes > 2 {
			<-hang
		}
	}, graphs)
	done := make(chan struct{})
	go func() { defer close(done); h.watch(over) }()
	clock.AwaitAlarms(1)
	clock.Advance(pulse)
	clock.AwaitAlarms(1)
	if got := ask(h.lives()); got.Code != http.StatusOK || got.Body.String() != "ok\n" {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	clock.Advance(pulse)          // this probe does not return
	clock.Advance(unwell - pulse) // which is too long ago now
	if got := ask(h.lives()); got.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	close(over)
	close(hang)
	enginetest.Await(t, "the end of it", done)
}

// TestReadiness: graphs that are missing since the start count, those that go bad later do not.
func TestReadiness(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const fine = "graph: v1\nnodes:\n  a: test.in\n"
	write("bad.yaml", "graph: v2\n")
	write("fine.yaml", fine)
	graphs, err := store.New(store.Options{Root: dir, Log: discard()})
	if err != nil {
		t.Fatal(err)
	}
	h := newHealth(enginetest.NewClock(), func() {}, graphs)
	check := func(what string, code int, want readiness) {
		t.Helper()
		graphs.Reload()
		w := ask(h.ready())
		var got readiness
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if w.Code != code || got != want {
			t.Errorf("%s: %d %+v", what, w.Code, got)
		}
		if strings.Contains(w.Body.String(), dir) {
			t.Errorf("%s: everybody is told the names of files", what)
		}
	}
	const no, yes = http.StatusServiceUnavailable, http.StatusOK
	check("before it serves", no, readiness{Held: 1, LeftOut: 1})
	h.serve()
	check("a file is left out", no, readiness{Serving: true, Held: 1, LeftOut: 1})
	write("bad.yaml", fine)
	check("it was mended", yes, readiness{Ready: true, Serving: true})
	write("fine.yaml", "graph: v2\n")
	check("one goes bad and is kept", yes, readiness{Ready: true, Serving: true, Held: 1})
	write("new.yaml", "graph: v2\n")
	check("a bad one comes", yes, readiness{Ready: true, Serving: true, Held: 2})
	h.stop()
	check("it stops", no, readiness{Serving: true, Stopping: true, Held: 2})
}
