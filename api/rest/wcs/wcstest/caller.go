// Package wcstest calls the WCS-compatible REST API in tests, without a network. It is no part of the program.
package wcstest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sluice/api/rest/wcs"
	"sluice/api/rest/wcs/call"
)

// Caller calls some routes, as somebody who may call them.
type Caller struct {
	testing.TB
	Handler *wcs.Handler
}

// New makes a Caller.
func New(t testing.TB, routes []call.Route) *Caller {
	t.Helper()
	h, err := wcs.New(wcs.Options{Admit: func(*http.Request) (string, error) { return "tester", nil }, Routes: routes})
	if err != nil {
		t.Fatal(err)
	}
	return &Caller{t, h}
}

// Call calls a whole path, and gives the answer.
func (c *Caller) Call(path string, body any) *httptest.ResponseRecorder {
	c.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		c.Fatal(err)
	}
	w := httptest.NewRecorder()
	c.Handler.ServeHTTP(w, httptest.NewRequestWithContext(c.Context(), http.MethodPost, path, bytes.NewReader(text)))
	return w
}

// Good calls what has no answer but that it is done.
func (c *Caller) Good(path string, body any) {
	c.Helper()
	if a := c.Call(path, body); a.Code != http.StatusOK || a.Body.Len() > 0 {
		c.Fatalf("%s %v: %d %s", path, body, a.Code, a.Body)
	}
}

// Refused calls what is refused, with words in the message.
func (c *Caller) Refused(path string, body any, status int, words string) {
	c.Helper()
	a := c.Call(path, body)
	var p call.Problem
	err := json.Unmarshal(a.Body.Bytes(), &p)
	if err != nil || a.Code != status || p.Status != status || !strings.Contains(p.Message, words) {
		c.Errorf("%s %v: %d %s, want %d %q", path, body, a.Code, a.Body, status, words)
	}
}

// List calls what answers with a list; 404 is one of nothing.
func (c *Caller) List(path string, body any) []map[string]any {
	c.Helper()
	a := c.Call(path, body)
	if a.Code == http.StatusNotFound {
		return nil
	}
	var out []map[string]any
	if err := json.Unmarshal(a.Body.Bytes(), &out); err != nil || a.Code != http.StatusOK || len(out) == 0 {
		c.Fatalf("%s %v: %d %s", path, body, a.Code, a.Body)
	}
	return out
}
