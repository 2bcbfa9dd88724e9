package client_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"crypto/tls"

	"sluice/api/rest/client"
	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// at is a client of a handler. Waits are remembered, and over at once.
func at(t *testing.T, h http.HandlerFunc, change ...func(*client.Options)) (*client.Client, *[]time.Duration) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	waits := &[]time.Duration{}
	o := client.Options{Server: s.URL, Wait: func(ctx context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return ctx.Err()
	}}
	for _, f := range change {
		f(&o)
	}
	c, err := client.New(o)
	good(t, err)
	t.Cleanup(c.Close)
	return c, waits
}

func TestRefused(t *testing.T) {
	s := start(t)
	_, err := s.Start(t.Context(), wire.Start{Graph: "jobs/tone", Params: wire.Values{"buffers": 5000, "wave": "x", "what": 1}}, client.Starting{})
	r, ok := errors.AsType[*problem.Refusal](err)
	if !ok || r.Status != 422 || r.Code != fault.InvalidParams || len(r.Errors) != 2 || r.Errors[0].Pointer == "" {
		t.Errorf("%+v", err)
	}
	_, err = s.Pipeline(t.Context(), "mixx")
	if !errors.Is(err, fault.ResourceNotFound) || !strings.Contains(err.Error(), `no pipeline "mixx" runs`) {
		t.Error(err)
	}
	if _, err = s.Element(t.Context(), "audio.mixx"); err == nil || !strings.Contains(err.Error(), `did you mean "audio.mix"?`) {
		t.Error(err)
	}
}

func TestCredentials(t *testing.T) {
	s := clienttest.Start(t)
	for _, row := range []struct {
		show client.Credentials
		code fault.Code
	}{
		{client.Credentials{}, fault.Unauthorized},
		{client.Credentials{Token: "another"}, fault.Unauthorized},
		{client.Credentials{Token: clienttest.Token}, ""},
		{client.Credentials{User: "ann", Password: clienttest.Token}, ""},
		{client.Credentials{User: "ann", Password: "x"}, fault.Unauthorized},
	} {
		c, err := client.New(client.Options{Server: s.URL, Credentials: row.show})
		good(t, err)
		if _, err = c.About(t.Context()); fault.CodeOf(err) != row.code {
			t.Errorf("%s: %v", row.show, err)
		}
		c.Close()
		if text := fmt.Sprintf("%v %+v %#v %s", row.show, row.show, row.show, row.show); strings.Contains(text, clienttest.Token) {
			t.Error(text)
		}
	}
}

func TestOptions(t *testing.T) {
	for text, want := range map[string]string{
		"": "http://127.0.0.1:8081", "media.example": "http://media.example:8081", ":9": "http://127.0.0.1:9", " [::1] ": "http://[::1]:8081",
		"https://media.example": "https://media.example", "https://media.example/api/": "https://media.example/api", "http://[::1]": "http://[::1]",
		"http://media.example:80": "http://media.example:80", "https://:8444": "https://127.0.0.1:8444",
	} {
		c, err := client.New(client.Options{Server: text})
		if err != nil || c.Server() != want {
			t.Errorf("%q: %v %v, want %s", text, c, err, want)
		}
	}
	for _, text := range []string{"ftp://x", "http://", "http://a b", "http://x?y", "http://x#y", "http://u:geheim@x", "http://x:geheim%zz@y", "://", "http://x:port"} {
		if _, err := client.New(client.Options{Server: text}); !errors.Is(err, fault.InvalidRequest) || strings.Contains(err.Error(), "u:geheim") {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, show := range []client.Credentials{
		{Token: "a b"}, {Token: "a\n"}, {Token: "ä"}, {Token: "t", User: "u"}, {Password: "p"}, {User: "a:b"},
	} {
		if _, err := client.New(client.Options{Credentials: show}); !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%s: %v", show, err)
		}
	}
	for text, want := range map[string]bool{
		"": false, "localhost:1": false, "127.9.9.9": false, "[::1]": false, "media.example": true, "10.0.0.1": true, "https://media.example": false,
	} {
		c, err := client.New(client.Options{Server: text})
		if good(t, err); c.Open() != want {
			t.Errorf("%q: %t", text, c.Open())
		}
	}
}

// closed is an address where nothing listens.
func closed(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	good(t, err)
	defer l.Close()
	return "http://" + l.Addr().String()
}

func TestUnreached(t *testing.T) {
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // clients that go away are what is tested
	secure.StartTLS()
	defer secure.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	for _, row := range []struct {
		server, says string
		code         fault.Code
	}{
		{closed(t), "nothing listens there", fault.Unreachable},
		{plain.URL, `not sluice's REST API: it said "404 Not Found"`, fault.ProtocolViolation},
		{secure.URL, "certificate is not trusted", fault.Unreachable},
		{strings.Replace(plain.URL, "http:", "https:", 1), "write http:// for https://", fault.Unreachable},
	} {
		c, err := client.New(client.Options{Server: row.server, Attempts: 1})
		good(t, err)
		_, err = c.About(t.Context())
		if _, ok := errors.AsType[*client.Unreached](err); !ok || fault.CodeOf(err) != row.code || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", row.server, err)
		}
		c.Close()
	}
	pool := x509.NewCertPool()
	pool.AddCert(secure.Certificate())
	c, err := client.New(client.Options{Server: secure.URL, TLS: &tls.Config{RootCAs: pool}})
	good(t, err)
	defer c.Close()
	if _, err := c.About(t.Context()); !errors.Is(err, fault.ProtocolViolation) {
		t.Errorf("with the authority: %v", err)
	}
}

// TestRetries: only what changes nothing is asked for again, and only where that may help.
func TestRetries(t *testing.T) {
	overloaded := problem.Of(fault.New(fault.Overloaded, "", "no room"))
	missing := problem.Of(fault.New(fault.GraphNotFound, "", "none"))
	for _, row := range []struct {
		name  string
		fail  func(w http.ResponseWriter)
		post  bool
		tries int32
		waits []time.Duration
	}{
		{"the connection breaks", func(w http.ResponseWriter) { cut(w) }, false, 3, []time.Duration{100 * time.Millisecond, 300 * time.Millisecond}},
		{"a start whose connection breaks", func(w http.ResponseWriter) { cut(w) }, true, 1, nil},
		{"busy", func(w http.ResponseWriter) { overloaded.Write(w) }, false, 3, []time.Duration{2 * time.Second, 2 * time.Second}},
		{"a start while busy", func(w http.ResponseWriter) { overloaded.Write(w) }, true, 1, nil},
		{"what is refused", func(w http.ResponseWriter) { missing.Write(w) }, false, 1, nil},
		{"much too busy", func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "99")
			w.WriteHeader(http.StatusServiceUnavailable)
		}, false, 1, nil},
	} {
		var tries atomic.Int32
		c, waits := at(t, func(w http.ResponseWriter, _ *http.Request) { tries.Add(1); row.fail(w) })
		var err error
		if row.post {
			_, err = c.Start(t.Context(), wire.Start{Graph: "x"}, client.Starting{})
		} else {
			_, err = c.About(t.Context())
		}
		if err == nil || tries.Load() != row.tries || !slices.Equal(*waits, row.waits) {
			t.Errorf("%s: %d tries, waits %v: %v", row.name, tries.Load(), *waits, err)
		}
	}
	var tries atomic.Int32
	c, _ := at(t, func(w http.ResponseWriter, _ *http.Request) {
		if tries.Add(1) == 1 {
			cut(w)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		fmt.Fprint(w, `{"version":"v9"}`)
	})
	if a, err := c.About(t.Context()); err != nil || a.Version != "v9" || tries.Load() != 2 {
		t.Errorf("%+v %v after %d tries", a, err, tries.Load())
	}
}

// cut ends the connection without an answer.
func cut(w http.ResponseWriter) {
	if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
		conn.Close()
	}
}

// TestStrangers: what is no answer of ours is told so, and sees no credentials twice.
func TestStrangers(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for name, h := range map[string]http.HandlerFunc{
		"a page":     func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") },
		"a redirect": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, http.StatusFound) },
		"JSON of others": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `[1]`)
		},
		"an empty problem": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", problem.ContentType)
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{}`)
		},
	} {
		c, _ := at(t, h, func(o *client.Options) { o.Credentials.Token = "secret" })
		if _, err := c.About(t.Context()); !errors.Is(err, fault.ProtocolViolation) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if elsewhere.Load() > 0 {
		t.Error("a redirect was followed")
	}
}

func TestCancelled(t *testing.T) {
	here, done := make(chan struct{}), make(chan struct{})
	c, _ := at(t, func(_ http.ResponseWriter, r *http.Request) { close(here); <-r.Context().Done(); close(done) })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-here; cancel() }()
	if _, err := c.About(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	enginetest.Await(t, "the end of it", done)
}
