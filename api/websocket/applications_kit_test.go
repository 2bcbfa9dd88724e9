package websocket

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/api/apps"
	"sluice/api/hooks"
	"sluice/api/websocket/hook"
	"sluice/engine/fault"
)

// application is the back end of the application "shop", which is asked over HTTP.
type application struct {
	testing.TB
	hooks *hooks.Hooks
	asked chan string // "METHOD field field"

	mu      sync.Mutex
	answers map[string]func(w http.ResponseWriter, r *http.Request)
}

// newApplication opens a back end, with what it answers to "connect".
func newApplication(t testing.TB, config string) *application {
	t.Helper()
	a := &application{TB: t, asked: make(chan string, 1000), answers: map[string]func(http.ResponseWriter, *http.Request){}}
	a.answer("connect", 200, `{"restClientConfig":`+config+`}`)
	server := httptest.NewServer(http.HandlerFunc(a.serve))
	var err error
	a.hooks, err = hooks.New(hooks.Options{Apps: a.of(server.URL), Timeout: generous, Attempts: 1, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		now, cancel := context.WithCancel(context.Background())
		cancel()
		a.hooks.Close(now)
		server.CloseClientConnections()
		server.Close()
	})
	return a
}

// found are the applications: shop has a back end, defaultApp and roomApp have none.
type found map[string]apps.App

func (f found) Find(key string) (apps.App, bool) { one, ok := f[key]; return one, ok }

func (a *application) of(url string) found {
	return found{"shop": {Key: "shop", URL: url}, "defaultApp": {Key: "defaultApp"}, "roomApp": {Key: "roomApp"}}
}

// Session implements hook.Hooks, as the command does it.
func (a *application) Session(app string, failed func(string, error)) (hook.Session, error) {
	if !a.hooks.Knows(app) {
		return nil, fault.New(fault.Forbidden, "", "no such application")
	}
	if s, ok := a.hooks.Of(app, failed); ok {
		return s, nil
	}
	return nil, nil //nolint:nilnil // it has no back end
}

func (a *application) serve(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	text, _ := io.ReadAll(r.Body)
	if err := json.Unmarshal(text, &body); err != nil || body["nodeId"] != "node-1" || body["appKey"] != "shop" || body["sessionId"] == "" {
		a.Errorf("%s: %s, %v", r.URL.Path, text, err)
	}
	method := strings.TrimPrefix(r.URL.Path, "/")
	line := method
	for _, field := range []string{"name", "status", "info", "type", "payload", "custom", "logs", "command", "text", "sdp"} {
		if v, ok := body[field]; ok && v != nil && v != "" {
			line += fmt.Sprintf(" %s=%v", field, v)
		}
	}
	a.mu.Lock()
	answer := a.answers[method]
	a.mu.Unlock()
	a.asked <- line
	if answer != nil {
		answer(w, r)
		return
	}
	_, _ = w.Write(text)
}

// answer has a method answered.
func (a *application) answer(method string, status int, text string) {
	a.how(method, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, text)
	})
}

func (a *application) how(method string, how func(http.ResponseWriter, *http.Request)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.answers[method] = how
}

// is expects the next calls.
func (a *application) is(want ...string) {
	a.Helper()
	for _, w := range want {
		select {
		case got := <-a.asked:
			if got != w {
				a.Fatalf("asked %q and not %q", got, w)
			}
		case <-time.After(20 * time.Second): // only so that a failing test ends
			a.Fatalf("not asked %q", w)
		}
	}
}

// ends expects the socket to be closed after the messages that are still on their way.
func (c *client) ends() {
	c.Helper()
	for err := error(nil); err == nil; {
		_, _, err = c.conn.ReadMessage()
	}
}

const generous = 30 * time.Second

// keeps connects to a session that is kept, and gives its token.
func (k *kit) keeps(more string) (*client, string) {
	k.Helper()
	c := k.dial("/")
	c.say(`{"message":"connection","data":[{"appKey":"shop","keepAlive":true` + more + `}]}`)
	var m struct {
		Data []struct{ AuthToken string }
	}
	if err := json.Unmarshal([]byte(c.hears("getUserData")), &m); err != nil || len(m.Data) != 1 {
		k.Fatal(err)
	}
	c.hears("getVersion")
	return c, m.Data[0].AuthToken
}
