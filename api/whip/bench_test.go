package whip

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// BenchmarkSession is what the door itself spends on a client that comes and goes: one offer, one fragment and one DELETE,
// without HTTP's connections, WebRTC and graphs. It reports the sessions that are left, of which there must be none.
func BenchmarkSession(b *testing.B) {
	s := &stage{}
	d, err := New(Options{Engine: s, Peers: s})
	if err != nil {
		b.Fatal(err)
	}
	offer := sdp("audio sendonly", "video sendonly")
	do := func(method, url, body string, headers ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, url, strings.NewReader(body))
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		w := httptest.NewRecorder()
		d.Handler().ServeHTTP(w, r)
		return w
	}
	b.ReportAllocs()
	for b.Loop() {
		s.peers, s.events, s.offers, s.ran = nil, nil, nil, nil
		at := do(http.MethodPost, "/live/cam/whip", offer, "Content-Type", typeSDP).Header()
		if w := do(http.MethodPatch, at.Get("Location"), present+cand, "Content-Type", typeFragment, "If-Match", at.Get("ETag")); w.Code != 204 {
			b.Fatal(w.Code, w.Body)
		}
		if w := do(http.MethodDelete, at.Get("Location"), ""); w.Code != 200 {
			b.Fatal(w.Code, w.Body)
		}
	}
	b.ReportMetric(float64(len(d.sessions.byID)), "left")
}
