package wcs_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sluice/api/auth"
	"sluice/api/auth/admin"
	"sluice/api/rest/wcs"
	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

// routes are calls that answer with what they are asked.
func routes() []call.Route {
	return []call.Route{
		{Path: "/echo/find_all", Do: func(_ context.Context, r *call.Request) (any, error) {
			return map[string]string{"name": r.Text("name"), "user": r.User}, r.Err()
		}},
		{Path: "/old/call", Whole: true, Do: func(_ context.Context, r *call.Request) (any, error) {
			return call.Text{Type: "text/plain", Body: r.Query.Get("a")}, nil
		}},
		{Path: "/", Whole: true, Do: func(context.Context, *call.Request) (any, error) { return []int{}, nil }},
		{Path: "/echo/void", Do: func(context.Context, *call.Request) (any, error) { return nil, nil }},
		{Path: "/echo/need", Do: func(_ context.Context, r *call.Request) (any, error) { r.Need("uri"); return nil, r.Err() }},
		{Path: "/echo/fail", Do: func(context.Context, *call.Request) (any, error) { return nil, errors.New("inside") }},
		{Path: "/echo/forbid", Do: func(context.Context, *call.Request) (any, error) { return nil, fault.New(fault.Forbidden, "", "no") }},
		{Path: "/echo/busy", Do: func(context.Context, *call.Request) (any, error) {
			return nil, fault.New(fault.Overloaded, "", "no CPU")
		}},
		{Path: "/echo/odd", Do: func(context.Context, *call.Request) (any, error) { return func() {}, nil }},
	}
}

// handler is one with users, or without.
func handler(t *testing.T, c auth.Config, origins ...string) (*wcs.Handler, *[]int) {
	t.Helper()
	a, err := auth.New(c)
	if err != nil {
		t.Fatal(err)
	}
	refused := new([]int)
	h, err := wcs.New(wcs.Options{
		Admit: admin.New(a, "rest").Admit, Origins: origins, Routes: routes(),
		Refused: func(_ *http.Request, status int, _ string) { *refused = append(*refused, status) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return h, refused
}

// ask makes a request from this machine, with headers as "Name: value; Name: value".
func ask(h http.Handler, method, path, body, headers string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr, r.Host = "127.0.0.1:5000", "localhost:8081"
	for line := range strings.SplitSeq(headers, "; ") {
		if name, v, ok := strings.Cut(line, ": "); ok {
			r.Header.Set(name, v)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// problem is the answer as an error; it fails the test if that has another shape.
func problem(t *testing.T, a *httptest.ResponseRecorder) call.Problem {
	t.Helper()
	d := json.NewDecoder(a.Body)
	d.DisallowUnknownFields()
	var p call.Problem
	if err := d.Decode(&p); err != nil {
		t.Fatal(err)
	}
	if p.Status != a.Code || p.Error != http.StatusText(p.Status) || p.Exception == "" || p.Reason == "" || p.Message == "" || p.Timestamp == 0 {
		t.Errorf("%+v", p)
	}
	return p
}

func TestCalls(t *testing.T) {
	h, refused := handler(t, auth.Config{})
	const as = "Content-Type: application/json;charset=UTF-8"
	for _, c := range []struct {
		method, path, body, headers string
		status                      int
		want                        string // of the body, or of the message
	}{
		{"GET", "/rest-api/echo/find_all", "", "", 200, `{"name":"","user":""}`},
		{"POST", "/rest-api/echo/find_all", `{"name":"a"}`, as, 200, `{"name":"a","user":""}`},
		{"POST", "/rest-api/echo/find_all", `{"name":"a"}`, "Content-Type: application/x-www-form-urlencoded", 200, `{"name":"a","user":""}`}, // curl -d
		{"GET", "/rest-api/echo/find_all", `{"name":"a"}`, as, 200, `{"name":"a","user":""}`},
		{"POST", "/rest-api/echo/find_all/", "", "", 200, `{"name":"","user":""}`},
		{"GET", "/", "", "", 200, "[]"},
		{"GET", "/old/call?a=b%20c", "", "", 200, "b c"},
		{"POST", "/rest-api/old/call", "{}", as, 404, "nothing is at"},
		{"POST", "/rest-api/echo/void", "{}", as, 200, ""},
		{"GET", "/rest-api/echo/void", "", "", 200, ""},
		{"POST", "/rest-api/echo/need", "{}", as, 400, `"uri": it is missing`},
		{"POST", "/rest-api/echo/need", "{", as, 400, "the body is not JSON"},
		{"POST", "/rest-api/echo/need", strings.Repeat(" ", call.MaxBody+1), as, 400, "longer than"},
		{"POST", "/rest-api/echo/need", "{}", as + "; Content-Encoding: gzip", 400, "Content-Encoding"},
		{"POST", "/rest-api/echo/none", "{}", as, 404, "nothing is at"},
		{"GET", "/rest-api/", "", "", 404, "nothing is at"},
		{"GET", "/rest-api/echo/fail", "", "", 500, "something went wrong"},
		{"GET", "/rest-api/echo/odd", "", "", 500, "cannot be written"},
		{"GET", "/rest-api/echo/forbid", "", "", 403, "no"},
		{"DELETE", "/rest-api/echo/void", "", "", 405, "GET or POST"},
	} {
		a := ask(h, c.method, c.path, c.body, c.headers)
		if a.Code != c.status || a.Header().Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s %s: %d", c.method, c.path, a.Code)
		}
		if c.status != http.StatusOK {
			if p := problem(t, a); !strings.Contains(p.Message, c.want) || p.Path != c.path {
				t.Errorf("%s %s: %+v", c.method, c.path, p)
			}
			continue
		}
		if body := a.Body.String(); body != c.want {
			t.Errorf("%s %s: %s", c.method, c.path, body)
		}
	}
	if len(*refused) != 1 || (*refused)[0] != http.StatusForbidden {
		t.Error(*refused)
	}
}

// user is a configuration with the user that WCS's REST API would know, "rest".
func user() auth.Config {
	return auth.Config{Users: []auth.UserConfig{{Name: "rest", Password: auth.Hash("open sesame"), Admin: true}}}
}

// basicOf is the header of a user (RFC 7617 2).
func basicOf(name, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(name+":"+password))
}

// TestWhoMayCall: administrators, and pages of other sites only where these are known or show credentials that they were given.
func TestWhoMayCall(t *testing.T) {
	const json, studio, evil, basic = "Content-Type: application/json", "Origin: https://studio.example", "Origin: https://evil.example",
		"Authorization: Bearer open sesame"
	known := auth.Config{Tokens: []auth.TokenConfig{
		{Name: "ops", Token: "open sesame", Admin: true}, {Name: "viewer", Token: "view", Play: []string{"**"}},
	}}
	for _, c := range []struct {
		name, method, headers string
		auth                  auth.Config
		origins               []string
		status                int
	}{
		{"this machine", "POST", json, auth.Config{}, nil, 200},
		{"a page of another site", "POST", json + "; " + evil, auth.Config{}, nil, 403},
		{"its GET", "GET", evil, auth.Config{}, nil, 403},
		{"one that shows no scheme", "POST", json + "; " + evil + "; Authorization: x", auth.Config{}, nil, 403},
		{"one that shows nobody", "POST", json + "; " + evil + "; Authorization: " + basicOf("", ""), auth.Config{}, nil, 403},
		{"one that shows a password alone", "GET", evil + "; Authorization: " + basicOf("", "x"), auth.Config{}, nil, 403},
		{"one that shows somebody", "POST", json + "; " + evil + "; Authorization: " + basicOf("x", "y"), auth.Config{}, nil, 403},
		{"a page that is known", "POST", json + "; " + studio, auth.Config{}, []string{"https://studio.example"}, 200},
		{"its GET", "GET", studio + "; Sec-Fetch-Site: cross-site", auth.Config{}, []string{"https://studio.example"}, 200},
		{"its form", "POST", studio + "; Content-Type: text/plain", auth.Config{}, []string{"https://studio.example"}, 403},
		{"a page that is not", "POST", json + "; " + evil, auth.Config{}, []string{"https://studio.example"}, 403},
		{"any page", "POST", json + "; " + evil, auth.Config{}, []string{"*"}, 200},
		{"nobody, where there are users", "POST", json, known, nil, 401},
		{"a known page without credentials", "POST", json + "; " + studio, known, []string{"*"}, 401},
		{"who has credentials", "POST", json + "; " + basic, known, nil, 200},
		{"a page that has credentials", "POST", json + "; " + basic + "; " + evil, known, nil, 200},
		{"who has a password", "POST", json + "; Authorization: " + basicOf("rest", "open sesame"), user(), nil, 200},
		{"who has the wrong one", "POST", json + "; Authorization: " + basicOf("rest", "1234"), user(), nil, 401},
		{"a form with those of the browser", "POST", basic + "; " + evil + "; Content-Type: text/plain", known, nil, 403},
		{"a form without a type", "POST", basic + "; " + evil, known, nil, 403},
		{"who may do something else", "POST", json + "; Authorization: Bearer view", known, nil, 403},
	} {
		h, refused := handler(t, c.auth, c.origins...)
		body := "{}"
		if c.method == http.MethodGet {
			body = ""
		}
		a := ask(h, c.method, "/rest-api/echo/find_all", body, c.headers)
		if a.Code != c.status {
			t.Errorf("%s: %d", c.name, a.Code)
		}
		if c.status == http.StatusOK {
			continue
		}
		problem(t, a)
		if len(*refused) != 1 || c.status == 401 != strings.HasPrefix(a.Header().Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%s: %v %v", c.name, *refused, a.Header())
		}
	}
	h, _ := handler(t, known)
	if body := ask(h, "GET", "/rest-api/echo/find_all", "", basic).Body.String(); body != `{"name":"","user":"ops"}` {
		t.Errorf("%s", body)
	}
}

// TestBrowsersAsk: before it sends JSON for a page of another site a browser asks, without credentials.
func TestBrowsersAsk(t *testing.T) {
	h, _ := handler(t, auth.Config{Tokens: []auth.TokenConfig{{Name: "ops", Token: "open sesame", Admin: true}}})
	for _, path := range []string{"/rest-api/echo/void", "/rest-api/none"} {
		a := ask(h, "OPTIONS", path, "", "Origin: https://a.example; Access-Control-Request-Method: POST; Access-Control-Request-Headers: content-type")
		for name, want := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "Content-Type",
		} {
			if a.Code != http.StatusNoContent || !strings.Contains(a.Header().Get(name), want) {
				t.Errorf("%s: %d %s", path, a.Code, a.Header().Get(name))
			}
		}
		if a.Header().Get("Access-Control-Allow-Credentials") != "" {
			t.Error("browsers may add credentials that they keep")
		}
	}
}

func TestNewRefuses(t *testing.T) {
	let := func(*http.Request) (string, error) { return "", nil }
	for name, o := range map[string]wcs.Options{
		"nobody to ask":     {Routes: routes()},
		"a path twice":      {Admit: let, Routes: append(routes(), routes()[0])},
		"a call of nothing": {Admit: let, Routes: []call.Route{{Path: "/x"}}},
	} {
		if _, err := wcs.New(o); fault.CodeOf(err) != fault.Internal {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Who comes when there is no room is told when to come again.
func TestBusy(t *testing.T) {
	h, _ := handler(t, auth.Config{})
	for path, want := range map[string]string{"busy": "2", "forbid": "", "void": ""} {
		a := ask(h, http.MethodPost, "/rest-api/echo/"+path, "{}", "")
		if got := a.Header().Get("Retry-After"); got != want {
			t.Errorf("%s: %d with Retry-After %q", path, a.Code, got)
		}
	}
	if p := problem(t, ask(h, http.MethodPost, "/rest-api/echo/busy", "{}", "")); p.Status != http.StatusServiceUnavailable {
		t.Errorf("%+v", p)
	}
}
