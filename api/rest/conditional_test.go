package rest_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/resttest"
)

// TestNotModified: who has the newest already is not sent it again.
func TestNotModified(t *testing.T) {
	k := start(t, options{own: map[string]string{"mine/tone": tone}})
	for _, path := range []string{
		"/v1/graphs", "/v1/graphs?startable=true", "/v1/graphs/mine%2Ftone", "/v1/graphs/mine%2Ftone/schema", "/v1/elements", "/v1/elements/stream.in",
	} {
		tag := k.call("GET "+path, nil).Header.Get("ETag")
		if len(tag) < 10 || !strings.HasPrefix(tag, `"`) || !strings.HasSuffix(tag, `"`) {
			t.Errorf("%s: ETag %s", path, tag)
		}
		for _, row := range []struct {
			match  string
			status int
		}{
			{tag, 304}, {"W/" + tag, 304}, {`"other", ` + tag, 304}, {"*", 304}, {`"other"`, 200}, {strings.Trim(tag, `"`), 200}, {"", 200},
		} {
			a := k.call("GET "+path, nil, "If-None-Match: "+row.match)
			if a.StatusCode != row.status || a.Header.Get("ETag") != tag || (a.text == "") != (row.status == 304) {
				t.Errorf("%s with %s: %s %v %s", path, row.match, a.Status, a.Header, a.text)
			}
			if a.StatusCode == http.StatusNotModified && (a.Header.Get("Content-Type") != "" || a.Header.Get("Cache-Control") == "") {
				t.Errorf("%s: %v", path, a.Header)
			}
		}
	}
	tag := k.call("GET /v1/graphs", nil).Header.Get("ETag")
	if a := k.call("GET /v1/graphs?limit=1", nil, "If-None-Match: "+tag); a.StatusCode != http.StatusOK {
		t.Error("another page is the same")
	}
	if a := k.call("GET /v1/graphs/none", nil, "If-None-Match: *"); a.StatusCode != http.StatusNotFound || a.text == "" {
		t.Error(a.Status, a.text)
	}
	if a := k.call("GET /v1/server", nil, "If-None-Match: *"); a.StatusCode != http.StatusOK { // which has no version
		t.Error(a.Status)
	}
}

// TestHead: HEAD works wherever GET does, and sends no body; also where an answer to GET has no end.
func TestHead(t *testing.T) {
	k, fix := contract(t)
	resttest.Read(t, k.client()).Each(func(path, method string, o resttest.Operation) {
		if method != "get" {
			return
		}
		at := resttest.Fill(path, fix[o.OperationID].Path)
		h := k.call("HEAD "+at, nil)
		if h.StatusCode != http.StatusOK || h.text != "" || h.Header.Get("Content-Type") == "" || h.Header.Get("Cache-Control") == "" {
			t.Errorf("HEAD %s: %s %v %q", at, h.Status, h.Header, h.text)
		}
		if none := k.call("HEAD "+resttest.Fill(path, nil), nil); strings.Contains(path, "{") && none.StatusCode < 400 && o.OperationID != "explain-stream" {
			t.Errorf("HEAD %s: %s", path, none.Status)
		}
	})
	tag := k.call("GET /v1/graphs", nil).Header.Get("ETag")
	if a := k.call("HEAD /v1/graphs", nil, "If-None-Match: "+tag); a.StatusCode != http.StatusNotModified || a.Header.Get("ETag") != tag {
		t.Error(a.Status, a.Header)
	}
	a := k.call("HEAD /v1/lint", nil)
	if a.StatusCode != http.StatusMethodNotAllowed || !slices.Contains(strings.Split(a.Header.Get("Allow"), ", "), "POST") {
		t.Error(a.Status, a.Header)
	}
}
