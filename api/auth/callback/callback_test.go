package callback

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// patient is how long a back end may take that is to answer: this machine may be slow.
const patient = 30 * time.Second

func at(text string) netip.Addr { return netip.MustParseAddr(text) }

// judge makes a Judge that asks a handler.
func judge(t testing.TB, c auth.HTTPConfig, h http.HandlerFunc) *Judge {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	c.URL = s.URL + "/auth"
	if c.Timeout == 0 {
		c.Timeout = patient
	}
	j, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Close)
	return j
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// TestShape: a back end that was written for MediaMTX finds what it looks for.
func TestShape(t *testing.T) {
	said := make(chan map[string]any, 1)
	j := judge(t, auth.HTTPConfig{}, func(_ http.ResponseWriter, r *http.Request) {
		var m map[string]any
		b, err := io.ReadAll(r.Body)
		if err != nil || json.Unmarshal(b, &m) != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s %q", r.Method, r.Header, b)
		}
		said <- m
	})
	v := j.Judge(t.Context(), auth.Request{
		Action: auth.Play, Stream: "live/cam", User: "ann", Password: "s3cret", Token: "t0ken", Key: "k3y", Remote: at("::ffff:192.0.2.7"),
		Protocol: "whep", Query: "a=b&key=k3y",
	})
	if v.Outcome != auth.Allow || v.User != "ann" || v.Rule != auth.ByHTTP {
		t.Errorf("got %+v", v)
	}
	m := enginetest.Await(t, "the call", said)
	id, _ := m["id"].(string)
	if len(id) != 32 || !strings.Contains(v.Detail, id) {
		t.Errorf("id %q, %q", id, v.Detail)
	}
	delete(m, "id")
	want := map[string]any{
		"user": "ann", "password": "s3cret", "token": "t0ken", "ip": "192.0.2.7", "action": "read", "path": "live/cam", "stream": "live/cam",
		"protocol": "webrtc", "query": "a=b&key=k3y",
	}
	if len(m) != len(want) {
		t.Errorf("got %v", m)
	}
	for k, w := range want {
		if m[k] != w {
			t.Errorf("%s is %v, want %v", k, m[k], w)
		}
	}
	for a, want := range map[auth.Action]string{auth.Publish: "publish", auth.Admin: "api", auth.Metrics: "metrics", auth.Enter: "enter"} {
		if deed(a) != want {
			t.Errorf("%s is %s", a, deed(a))
		}
	}
}

func TestAnswers(t *testing.T) {
	guess := auth.Request{Action: auth.Play, Stream: "a", Token: "x"}
	silent := auth.Request{Action: auth.Play, Stream: "a"}
	for _, c := range []struct {
		name    string
		handler http.HandlerFunc
		ask     auth.Request
		outcome auth.Outcome
		reason  auth.Reason
	}{
		{"200", status(200), guess, auth.Allow, auth.Granted},
		{"204", status(204), silent, auth.Allow, auth.Granted},
		{"401", status(401), guess, auth.Wrong, auth.BackEndNo},
		{"403", status(403), guess, auth.Wrong, auth.BackEndNo},
		{"400", status(400), guess, auth.Wrong, auth.BackEndNo},
		{"403 to who shows nothing", status(403), silent, auth.Refuse, auth.BackEndNo},
		{"404", status(404), guess, auth.Fail, auth.BackEndDown},
		{"404 to who shows nothing", status(404), silent, auth.Fail, auth.BackEndDown},
		{"408", status(408), guess, auth.Fail, auth.BackEndDown},
		{"429", status(429), guess, auth.Fail, auth.BackEndDown},
		{"401 to a key", status(401), auth.Request{Action: auth.Publish, Key: "x"}, auth.Wrong, auth.BackEndNo},
		{"401 to a parameter", status(401), auth.Request{Action: auth.Play, Query: "pin=1", Protocol: "rtmp"}, auth.Wrong, auth.BackEndNo},
		{"401 to a parameter of HLS", status(401), auth.Request{Action: auth.Play, Query: "_HLS_msn=1", Protocol: "hls"}, auth.Refuse, auth.BackEndNo},
		{"500", status(500), guess, auth.Fail, auth.BackEndDown},
		{"304", status(304), guess, auth.Fail, auth.BackEndDown},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/auth" {
				t.Error("a redirect was followed")
			}
			http.Redirect(w, r, "/yes", http.StatusTemporaryRedirect)
		}, guess, auth.Fail, auth.BackEndDown},
		{"no HTTP", func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, err = c.Write([]byte("hello\r\n\r\n"))
				_ = c.Close()
			}
			if err != nil {
				t.Error(err)
			}
		}, guess, auth.Fail, auth.BackEndDown},
		{"endless", func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 4096)); err != nil {
					return
				}
			}
		}, guess, auth.Allow, auth.Granted},
		{"not its business", status(200), auth.Request{Action: auth.Admin, Token: "x"}, auth.Pass, ""},
		{"a list", status(200), auth.Request{Action: auth.Play, Listing: true}, auth.Pass, ""},
		{"a proof", status(200), auth.Request{Action: auth.Play, User: "a", Proof: proof{}}, auth.Pass, ""},
		{"a salted proof", status(200), auth.Request{Action: auth.Play, User: "a", Salted: proof{}}, auth.Pass, ""},
	} {
		v := judge(t, auth.HTTPConfig{}, c.handler).Judge(t.Context(), c.ask)
		if v.Outcome != c.outcome || v.Reason != c.reason {
			t.Errorf("%s: got %+v", c.name, v)
		}
	}
}

type proof struct{}

func (proof) Follows(string) bool { return true }

// TestNobodyThere: without an answer nobody gets in, and it is no guess.
func TestNobodyThere(t *testing.T) {
	j, err := New(auth.HTTPConfig{URL: "http://127.0.0.1:1/?s3cret"})
	if err != nil {
		t.Fatal(err)
	}
	v := j.Judge(t.Context(), auth.Request{Action: auth.Play, Stream: "a", Token: "x"})
	if v.Outcome != auth.Fail || v.Reason != auth.BackEndDown || strings.Contains(v.Detail, "s3cret") {
		t.Errorf("got %+v", v)
	}
}

// TestHangs: a back end hangs on what it is asked about one stream. Who wants another is let in meanwhile, from that address and others;
// one address does not take all places, and all that hangs ends with who asked.
func TestHangs(t *testing.T) {
	free := make(chan struct{})
	var hanging atomic.Int32
	reached := make(chan struct{}, 100)
	j := judge(t, auth.HTTPConfig{Most: 16}, func(_ http.ResponseWriter, r *http.Request) {
		var m message
		b, err := io.ReadAll(r.Body)
		if err != nil || json.Unmarshal(b, &m) != nil {
			t.Errorf("%q, %v", b, err)
		}
		if m.Path == "slow" {
			hanging.Add(1)
			reached <- struct{}{}
			select {
			case <-free:
			case <-r.Context().Done():
			}
			hanging.Add(-1)
		}
	})
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if v := j.Judge(ctx, auth.Request{Action: auth.Play, Stream: "slow", Remote: at("192.0.2.1")}); v.Outcome != auth.Fail {
				t.Errorf("got %+v", v)
			}
		})
		<-reached
	}
	for _, from := range []string{"192.0.2.1", "192.0.2.2"} {
		if v := j.Judge(t.Context(), auth.Request{Action: auth.Play, Stream: "fast", Remote: at(from)}); v.Outcome != auth.Allow {
			t.Errorf("%s: %+v", from, v)
		}
	}
	wg.Go(func() { j.Judge(ctx, auth.Request{Action: auth.Play, Stream: "slow", Remote: at("192.0.2.1")}) })
	enginetest.Await(t, "the call", reached)
	impatient, left := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer left()
	if v := j.Judge(impatient, auth.Request{Action: auth.Play, Stream: "fast", Remote: at("192.0.2.1")}); v.Reason != auth.BackEndBusy {
		t.Errorf("a fifth: %+v", v)
	}
	waits := make(chan auth.Verdict)
	go func() {
		waits <- j.Judge(t.Context(), auth.Request{Action: auth.Play, Stream: "fast", Remote: at("192.0.2.1")})
	}()
	if v := j.Judge(t.Context(), auth.Request{Action: auth.Play, Stream: "fast", Remote: at("192.0.2.3")}); v.Outcome != auth.Allow {
		t.Errorf("another: %+v", v)
	}
	if n := hanging.Load(); n != 4 {
		t.Errorf("%d hang", n)
	}
	cancel()
	if v := enginetest.Await(t, "the verdict", waits); v.Outcome != auth.Allow {
		t.Errorf("who waited: %+v", v)
	}
	wg.Wait()
	close(free)
	if len(j.slots.of) != 0 || len(j.slots.free) != 0 {
		t.Errorf("%d, %d are left", len(j.slots.of), len(j.slots.free))
	}
}

// TestTimeout: an answer that does not come is none.
func TestTimeout(t *testing.T) {
	j := judge(t, auth.HTTPConfig{Timeout: 20 * time.Millisecond}, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // until then a server does not see that the client is gone
		<-r.Context().Done()
	})
	if v := j.Judge(t.Context(), auth.Request{Action: auth.Play, Stream: "a"}); v.Outcome != auth.Fail || v.Reason != auth.BackEndDown {
		t.Errorf("got %+v", v)
	}
}

// TestFull: all places are taken; who comes then is refused when his time is over.
func TestFull(t *testing.T) {
	s := newSlots(2)
	for _, from := range []string{"2001:db8:0:1::1", "2001:db8:0:2::1"} {
		if _, ok := s.take(t.Context(), at(from), 0); !ok {
			t.Fatal(from)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := s.take(ctx, at("192.0.2.1"), 0); ok {
		t.Error("a third was taken")
	}
	if _, ok := s.take(ctx, at("2001:db8:0:1::ffff"), 0); ok {
		t.Error("one network took two of two")
	}
	if len(s.of) != 2 {
		t.Errorf("%v are there", s.of)
	}
	// Nor do more wait than may.
	one := at("192.0.2.9")
	for range s.each + maxQueue {
		if s.enter(one, 0) == nil {
			t.Fatal("it is full too early")
		}
	}
	if _, ok := s.take(t.Context(), one, 0); ok {
		t.Error("one more waited")
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		config auth.HTTPConfig
		want   string
	}{
		{auth.HTTPConfig{}, "auth.http.url"},
		{auth.HTTPConfig{URL: "ftp://a/b"}, "auth.http.url"},
		{auth.HTTPConfig{URL: "/auth"}, "auth.http.url"},
		{auth.HTTPConfig{URL: "http://bob:s3cret@a/b"}, "auth.http.url"},
		{auth.HTTPConfig{URL: "http://a\x00"}, "auth.http.url"},
		{auth.HTTPConfig{URL: "http://a/b", Actions: []string{"play", "read"}}, "auth.http.actions[1]"},
		{auth.HTTPConfig{URL: "https://a/b", Actions: []string{"play", "admin"}}, ""},
	} {
		_, err := New(c.config)
		if c.want == "" && err != nil || c.want != "" && (fault.CodeOf(err) != fault.InvalidParams || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("%+v: %v", c.config, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("it is told: %v", err)
		}
	}
	j, err := New(auth.HTTPConfig{URL: "https://a/b", Actions: []string{"admin"}})
	if err != nil || !j.Judges(auth.Admin) || j.Judges(auth.Play) {
		t.Errorf("%v", err)
	}
}
