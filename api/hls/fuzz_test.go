package hls_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"sluice/api/hls"
	"sluice/api/hls/catalog"
	"sluice/engine"
	"sluice/engine/fault"
)

// nobody publishes anything.
type nobody struct{}

func (nobody) Raise(context.Context, engine.Event) error {
	return fault.New(fault.StreamNotFound, "", "nobody is here")
}

func (nobody) Has(string) bool { return false }

// FuzzRequest: whatever is asked for, the answer is one line and a status that says whose fault it is.
func FuzzRequest(f *testing.F) {
	for _, seed := range [][2]string{
		{"/cam/index.m3u8", ""}, {"/cam/x-s1.m4s", "token=a"}, {"/../../etc/passwd", "_HLS_msn=1"}, {"/%2e%2e/x", "start=-1"},
		{"/cam/cam.m3u8", "_HLS_msn=99999999999999999999&_HLS_part=-1&_HLS_skip=YES"}, {"/a-HLS-ABR-STREAM/index.m3u8", "profile=%00"},
	} {
		f.Add(seed[0], seed[1])
	}
	d, err := hls.New(hls.Options{Engine: nobody{}, Catalog: catalog.New()})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = d.Close(context.Background()) })
	f.Fuzz(func(t *testing.T, path, query string) {
		r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{}, RemoteAddr: "192.0.2.1:1"}
		w := httptest.NewRecorder()
		d.Handler().ServeHTTP(w, r.WithContext(t.Context()))
		if want := []int{http.StatusBadRequest, http.StatusNotFound}; !slices.Contains(want, w.Code) {
			t.Fatalf("%q?%q: %d %s", path, query, w.Code, w.Body)
		}
		if strings.Count(w.Body.String(), "\n") != 1 {
			t.Fatalf("%q?%q: %q", path, query, w.Body)
		}
	})
}
