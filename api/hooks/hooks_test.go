package hooks_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"sluice/api/apps"
	"sluice/api/hooks"
	"sluice/engine/fault"
)

// TestCall: what the back end gets: the path, the body, who asks, and a signature that it can check.
func TestCall(t *testing.T) {
	b := newBack(t)
	h := newHooks(t, hooks.Options{Apps: found{"a": {
		Key: "a", URL: b.URL + "/h", Username: "wcs", Password: "pass", Secret: "shared",
	}}})
	s := session(t, h, b, "")
	if _, err := s.Connect(t.Context(), object(t, `{"appKey":"a","custom":{"x":[1,"é"]}}`)); err != nil {
		t.Fatal(err)
	}
	got := b.hears(t)
	if got.Path != "/h/connect" || got.Header.Get("Content-Type") != "application/json" || got.Body["appKey"] != "a" {
		t.Errorf("%s %v %s", got.Path, got.Header, got.Raw)
	}
	if user, pass, ok := (&http.Request{Header: got.Header}).BasicAuth(); !ok || user != "wcs" || pass != "pass" {
		t.Errorf("it is shown %q %q", user, pass)
	}
	when, mac, ok := strings.Cut(strings.TrimPrefix(got.Header.Get(hooks.SignatureHeader), "t="), ",v1=")
	sum := hmac.New(sha256.New, []byte("shared"))
	fmt.Fprintf(sum, "%s.%s", when, got.Raw)
	if !ok || mac != hex.EncodeToString(sum.Sum(nil)) {
		t.Errorf("the signature is %q", got.Header.Get(hooks.SignatureHeader))
	}
}

// TestConnectIsRefused: whatever goes wrong, nobody is let in, and why is told by a code.
func TestConnectIsRefused(t *testing.T) {
	b := newBack(t)
	var elsewhere bool
	b.answers("/elsewhere", func(http.ResponseWriter, *http.Request) { elsewhere = true })
	endless := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, `{"a":"`+strings.Repeat("x", 1000)); err != nil {
				return
			}
		}
	}
	reset := func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_ = conn.Close()
		}
	}
	half := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		_, _ = io.WriteString(w, `{"a":`)
		hangs(t)(w, r)
	}
	for _, c := range []struct {
		name string
		how  http.HandlerFunc
		want fault.Code
	}{
		{"403", says(http.StatusForbidden, `{}`), fault.Forbidden},
		{"401", says(http.StatusUnauthorized, ``), fault.Forbidden},
		{"500", says(http.StatusInternalServerError, `{}`), fault.Unreachable},
		{"a page", says(http.StatusOK, `<html>`), fault.ProtocolViolation},
		{"a list", says(http.StatusOK, `[1]`), fault.ProtocolViolation},
		{"null", says(http.StatusOK, `null`), fault.ProtocolViolation},
		{"half an object", says(http.StatusOK, `{"a":1`), fault.ProtocolViolation},
		{"another type", says(http.StatusOK, `{"custom":7,"restClientConfig":{"connect":{"restPolicy":"OVERWRITE","restOverwrite":"custom"}}}`), fault.ProtocolViolation},
		{"too long", says(http.StatusOK, `{"a":"`+strings.Repeat("x", 5000)+`"}`), fault.ProtocolViolation},
		{"endless", endless, fault.ProtocolViolation},
		{"redirection", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, fault.ProtocolViolation},
		{"reset", reset, fault.Unreachable},
		{"hangs", hangs(t), fault.Unreachable},
		{"hangs in the middle", half, fault.Unreachable},
	} {
		t.Run(c.name, func(t *testing.T) {
			limit := patience
			if strings.HasPrefix(c.name, "hangs") {
				limit = 50 * time.Millisecond
			}
			h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}, Answer: 4096, Timeout: limit})
			b.answers("/h/connect", c.how)
			s, _ := h.Of("a", nil)
			if _, err := s.Connect(t.Context(), object(t, `{"custom":"x"}`)); !errors.Is(err, c.want) {
				t.Errorf("%v, and not %s", err, c.want)
			}
		})
	}
	if elsewhere {
		t.Error("a redirection was followed")
	}
}

// TestConnectAnswers: the answer's own policy says what of it counts.
func TestConnectAnswers(t *testing.T) {
	b := newBack(t)
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}})
	for _, c := range []struct{ answer, want string }{
		{`{"custom":2,"other":3}`, `{"custom":1}`},
		{``, `{"custom":1}`},
		{`{"custom":2,"other":3,"restClientConfig":{"connect":{"restPolicy":"OVERWRITE","restOverwrite":" custom , more"}}}`, `{"custom":2}`},
		{`{"custom":null,"more":{},"restClientConfig":{"connect":{"restPolicy":"overwrite","restOverwrite":"custom,more"}}}`, `{"custom":null,"more":{}}`},
		{`{"custom":2,"restClientConfig":{"connect":{"restPolicy":"OVERWRITE"}}}`, `{"custom":1}`},
		{`{"custom":2,"restClientConfig":"nonsense"}`, `{"custom":1}`},
		{`{"custom":2,"restClientConfig":{"connect":5}}`, `{"custom":1}`},
		{`{"custom":2,"restClientConfig":null}`, `{"custom":1}`},
	} {
		b.answers("/h/connect", says(http.StatusOK, c.answer))
		s, _ := h.Of("a", nil)
		got, err := s.Connect(t.Context(), object(t, `{"custom":1}`))
		if err != nil || written(t, got) != c.want {
			t.Errorf("%s: %s, %v", c.answer, written(t, got), err)
		}
	}
}

// TestPolicies: what the answer to "connect" says of a method is what is done.
func TestPolicies(t *testing.T) {
	const body = `{"name":"cam","sdp":"v=0","width":0}`
	for _, c := range []struct {
		name, config string
		how          http.HandlerFunc
		want         string // "": refused
		heard        string // "-": nothing
	}{
		{"as it is", `{}`, says(403, `{}`), body, body},
		{"fails", `{"publishStream":{"restOnError":"FAIL"}}`, says(403, `{}`), "", body},
		{"fails and passes", `{"publishStream":{"restOnError":"FAIL"}}`, says(200, `no JSON, and nobody cares`), body, body},
		{"overwrites", `{"publishStream":{"restPolicy":"OVERWRITE","restOverwrite":"name"}}`, says(200, `{"name":"door","sdp":"x"}`), `{"name":"door","sdp":"v=0","width":0}`, body},
		{"overwrites wrongly", `{"publishStream":{"restPolicy":"OVERWRITE","restOverwrite":"name"}}`, says(200, `{"name":["door"]}`), body, body},
		{"overwrites wrongly and fails", `{"publishStream":{"restPolicy":"OVERWRITE","restOverwrite":"name","restOnError":"FAIL"}}`, says(200, `{"name":["door"]}`), "", body},
		{"overwrites and errs", `{"publishStream":{"restPolicy":"OVERWRITE","restOverwrite":"name"}}`, says(500, `{"name":"door"}`), body, body},
		{"is off", `{"publishStream":{"restPolicy":"DISABLE","restOnError":"FAIL"}}`, says(403, `{}`), body, "-"},
		{"withholds", `{"publishStream":{"restExclude":"sdp, width","restOnError":"FAIL"}}`, says(200, `{}`), body, `{"name":"cam"}`},
		{"of another", `{"playStream":{"restOnError":"FAIL"}}`, says(403, `{}`), body, body},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBack(t)
			h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}, Attempts: 1})
			s := session(t, h, b, c.config)
			b.answers("/h/publishStream", c.how)
			got, err := s.Ask(t.Context(), "publishStream", object(t, body))
			switch {
			case (err != nil) != (c.want == ""):
				t.Errorf("%v", err)
			case err == nil && written(t, got) != c.want:
				t.Errorf("%s", written(t, got))
			}
			s.Tell("StreamEvent", object(t, `{}`)) // behind it
			if c.heard != "-" {
				if a := b.hears(t); a.Path != "/h/publishStream" || string(a.Raw) != c.heard {
					t.Errorf("%s %s", a.Path, a.Raw)
				}
			}
			if a := b.hears(t); a.Path != "/h/StreamEvent" {
				t.Errorf("%s is called, too", a.Path)
			}
		})
	}
}

// TestHidden: which fields the client does not get.
func TestHidden(t *testing.T) {
	b := newBack(t)
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}})
	s := session(t, h, b, `{"StreamStatusEvent":{"clientExclude":"sdp,nodeId"}}`)
	if got := fmt.Sprint(s.Hidden("StreamStatusEvent"), s.Hidden("StreamEvent")); got != "[sdp nodeId] []" {
		t.Error(got)
	}
}

// TestOnlyItsMethods: a back end is called for what it has.
func TestOnlyItsMethods(t *testing.T) {
	b := newBack(t)
	b.answers("", says(403, ""))
	h := newHooks(t, hooks.Options{Apps: found{
		"a":    {Key: "a", URL: b.URL + "/h", Methods: []string{"playHLS", "StreamEvent"}, Fail: []string{"playHLS", "playRTSP"}},
		"echo": {Key: "echo"},
	}})
	s := session(t, h, b, "")
	if _, err := s.Connect(t.Context(), object(t, `{}`)); err != nil {
		t.Error(err)
	}
	if _, err := s.Ask(t.Context(), "playRTSP", object(t, `{}`)); err != nil {
		t.Error(err)
	}
	if _, err := s.Ask(t.Context(), "playHLS", object(t, `{}`)); !errors.Is(err, fault.Forbidden) {
		t.Error(err)
	}
	if a := b.hears(t); a.Path != "/h/playHLS" || len(b.heard) != 0 {
		t.Errorf("%s is called", a.Path)
	}
	for _, key := range []string{"echo", "nobody"} {
		if _, ok := h.Of(key, nil); ok {
			t.Errorf("%q has a back end", key)
		}
	}
}

// TestStrict: of whom nobody knows the application is let in, unless that is not wanted.
func TestStrict(t *testing.T) {
	for _, strict := range []bool{false, true} {
		h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a"}}, Strict: strict})
		if !h.Knows("a") || h.Knows("b") == strict {
			t.Errorf("strict %v: %v %v", strict, h.Knows("a"), h.Knows("b"))
		}
	}
}

// TestSecretsAreNotLogged: neither those of the application nor what a back end answers.
func TestSecretsAreNotLogged(t *testing.T) {
	b := newBack(t)
	b.answers("", says(500, "answer-secret"))
	var log strings.Builder
	app := apps.App{Key: "a", URL: b.URL + "/h", Username: "u", Password: "pass-secret", Secret: "sign-secret"}
	h := newHooks(t, hooks.Options{
		Apps: found{"a": app}, Attempts: 1, Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	s := session(t, h, b, "")
	_, err := s.Connect(t.Context(), object(t, `{"sipPassword":"body-secret"}`))
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "app", app, "session", s, "err", err)
	fmt.Fprintf(&log, "%v %+v %#v", app, app, app)
	if strings.Contains(log.String(), "secret") || !strings.Contains(log.String(), "in vain") {
		t.Error(log.String())
	}
}

// TestClosed: who asks while the server stops is told so, and what waits is told before.
func TestClosed(t *testing.T) {
	b := newBack(t)
	h, err := hooks.New(hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}})
	if err != nil {
		t.Fatal(err)
	}
	s := session(t, h, b, `{"publishStream":{"restOnError":"FAIL"}}`)
	const many = 200
	for i := range many {
		s.Tell("StreamEvent", object(t, fmt.Sprintf(`{"n":%d}`, i)))
	}
	h.Close(t.Context())
	if len(b.heard) != many {
		t.Errorf("%d of %d were told", len(b.heard), many)
	}
	if _, err := s.Ask(t.Context(), "publishStream", object(t, `{}`)); !errors.Is(err, fault.Closed) {
		t.Error(err)
	}
	s.Tell("StreamEvent", object(t, `{}`))
	h.Close(t.Context())
}

// TestTLS: a back end that nobody vouches for is not called.
func TestTLS(t *testing.T) {
	called := false
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	srv.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	srv.StartTLS()
	defer srv.Close()
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: srv.URL}}})
	s, _ := h.Of("a", nil)
	if _, err := s.Connect(t.Context(), object(t, `{}`)); !errors.Is(err, fault.Unreachable) || called {
		t.Errorf("%v, called %v", err, called)
	}
	roots := srv.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	h = newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: srv.URL}}, Roots: roots})
	s, _ = h.Of("a", nil)
	if _, err := s.Connect(t.Context(), object(t, `{}`)); err != nil || !called {
		t.Errorf("%v, called %v", err, called)
	}
}

// TestEcho: the built-in back end answers what it is asked.
func TestEcho(t *testing.T) {
	srv := httptest.NewServer(hooks.Echo())
	defer srv.Close()
	for _, c := range []struct {
		method, path, body string
		want               int
	}{
		{"POST", "/apps/EchoApp/connect", `{"a":1}`, 200},
		{"GET", "/apps/EchoApp/connect", ``, 405},
		{"POST", "/apps/EchoApp/nothing", `{}`, 404},
		{"POST", "/apps/EchoApp/connect", strings.Repeat("x", 2<<20), 413},
	} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, srv.URL+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != c.want || c.want == 200 && (string(text) != c.body || res.Header.Get("Content-Type") != "application/json") {
			t.Errorf("%s %s: %d %.100s", c.method, c.path, res.StatusCode, text)
		}
	}
}

// TestPass: who passes something on hears whether it was taken.
func TestPass(t *testing.T) {
	b := newBack(t)
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}})
	s := session(t, h, b, "")
	for _, status := range []int{200, 403} {
		b.answers("/h/OnDataEvent", says(status, ""))
		done := make(chan error, 1)
		s.Pass("OnDataEvent", object(t, `{"payload":1}`), func(err error) { done <- err })
		if err := <-done; (err == nil) != (status == 200) {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// TestGaveUp: who waits gives up when the client has gone.
func TestGaveUp(t *testing.T) {
	b := newBack(t)
	h := newHooks(t, hooks.Options{Apps: found{"a": {Key: "a", URL: b.URL + "/h"}}, Timeout: patience})
	s := session(t, h, b, "")
	b.answers("/h/connect", hangs(t))
	ctx, cancel := context.WithCancel(t.Context())
	go func() { b.hears(t); cancel() }()
	if _, err := s.Connect(ctx, object(t, `{}`)); !errors.Is(err, fault.Unreachable) {
		t.Error(err)
	}
}

// TestBackEndsOfCallers: the back end of an application that callers put there is called where it may be, and every other one anywhere.
func TestBackEndsOfCallers(t *testing.T) {
	b := newBack(t)
	var asked []netip.AddrPort // one after the other: a connection is waited for
	var refuse error
	h := newHooks(t, hooks.Options{
		Apps: found{"theirs": {Key: "theirs", URL: b.URL, Callers: true}, "ours": {Key: "ours", URL: b.URL}},
		Reach: func(to netip.AddrPort) error {
			asked = append(asked, to)
			return refuse
		},
	})
	connect := func(app string) error {
		s, ok := h.Of(app, nil)
		if !ok {
			t.Fatal("there is no back end")
		}
		_, err := s.Connect(t.Context(), object(t, `{"appKey":"x"}`))
		return err
	}
	if err := connect("ours"); err != nil || len(asked) != 0 {
		t.Errorf("%v, asked of %v", err, asked)
	}
	refuse = fault.New(fault.Forbidden, "", "inside").Advise("name it")
	var f *fault.Fault
	if err := connect("theirs"); !errors.As(err, &f) || f.Code != fault.Forbidden || f.Hint != "name it" || len(asked) != 1 {
		t.Errorf("%v, asked of %v", err, asked)
	}
	refuse = nil
	if err := connect("theirs"); err != nil {
		t.Error(err)
	}
}
