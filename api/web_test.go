package api

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// open makes a web server that listens and serves until the test ends.
func open(t *testing.T, o WebOptions, with func(*Web)) *Web {
	t.Helper()
	if o.Plain == nil && o.Secure == nil {
		o.Plain = []string{"127.0.0.1:0"}
	}
	w := NewWeb(o)
	if with != nil {
		with(w)
	}
	if err := w.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- w.Serve(context.WithoutCancel(t.Context())) }()
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := w.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := enginetest.Await(t, "the end of Serve", served); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *Web) url(path string) string { return "http://" + w.plain[0].Addr().String() + path }

// text answers with a text.
func text(s string) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, s) })
}

// handle adds a handler, which must work.
func handle(t *testing.T, w *Web, pattern string, h http.Handler) {
	t.Helper()
	if err := w.Handle(pattern, h); err != nil {
		t.Fatal(err)
	}
}

// get gives the status and the body that a request is answered with.
func get(t *testing.T, c *http.Client, url string) (int, string) {
	t.Helper()
	r, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(body)
}

// raw sends something over a connection of its own.
func raw(t *testing.T, w *Web, text string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", w.plain[0].Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWebHandlesPatterns(t *testing.T) {
	w := open(t, WebOptions{}, func(w *Web) {
		handle(t, w, "GET /healthz", text("ok"))
		handle(t, w, "/", text("page"))
		handle(t, w, "/{stream}/whip", text("whip"))
	})
	for path, want := range map[string]string{"/healthz": "ok", "/": "page", "/cam/whip": "whip", "/other/path": "page"} {
		if status, body := get(t, http.DefaultClient, w.url(path)); status != http.StatusOK || body != want {
			t.Errorf("%s: %d %q", path, status, body)
		}
	}
	plain, secure := w.Addresses()
	if len(plain) != 1 || len(secure) != 0 {
		t.Errorf("it listens on %v and %v", plain, secure)
	}
}

func TestWebRefusesPatternsThatAreNone(t *testing.T) {
	w := NewWeb(WebOptions{})
	handle(t, w, "/a/{x}", text("one"))
	for _, pattern := range []string{"", "GET", "/{", "/a/{x}"} {
		if err := w.Handle(pattern, text("two")); !errors.Is(err, fault.Internal) {
			t.Errorf("%q: %v", pattern, err)
		}
	}
}

func TestWebUpgradesOnAnyPath(t *testing.T) {
	seen := make(chan string, 1)
	w := open(t, WebOptions{}, func(w *Web) {
		handle(t, w, "GET /healthz", text("ok"))
		w.Upgrade(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			conn, _, err := rw.(http.Hijacker).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			seen <- r.URL.Path
			fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\n\r\n")
		}))
	})
	for _, row := range []struct {
		path, headers string
		upgraded      bool
	}{
		{"/", "Upgrade: websocket\r\nConnection: Upgrade\r\n", true},
		{"/", "Upgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n", true}, // as Firefox sends it
		{"/healthz", "Upgrade: websocket\r\nConnection: upgrade\r\n", true},
		{"/3f2a9c1e", "upgrade: websocket\r\nconnection: upgrade\r\n", true},
		{"/healthz", "Upgrade: h2c\r\nConnection: Upgrade\r\n", false},
		{"/healthz", "Upgrade: websocket\r\n", false}, // a proxy took the rest
		{"/healthz", "", false},
	} {
		c := raw(t, w, "GET "+row.path+" HTTP/1.1\r\nHost: x\r\n"+row.headers+"\r\n")
		line, err := bufio.NewReader(c).ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(line, "101"); got != row.upgraded {
			t.Errorf("%s with %q: %s", row.path, row.headers, line)
		}
		if row.upgraded {
			if got := enginetest.Await(t, "the request", seen); got != row.path {
				t.Errorf("the path is %s, not %s", got, row.path)
			}
		}
	}
}

func TestWebOverTLS(t *testing.T) {
	certs, err := NewCertificates(CertificateOptions{SelfSigned: true})
	if err != nil {
		t.Fatal(err)
	}
	w := open(t, WebOptions{Plain: []string{"127.0.0.1:0"}, Secure: []string{"127.0.0.1:0"}, Certificates: certs}, func(w *Web) {
		handle(t, w, "/", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { fmt.Fprint(rw, r.Proto, " ", r.TLS != nil) }))
	})
	roots := x509.NewCertPool()
	roots.AddCert(leaf(t, certs))
	if _, body := get(t, http.DefaultClient, w.url("/")); body != "HTTP/1.1 false" { // which is served before TLS is
		t.Error(body)
	}
	url := "https://" + w.secure[0].Addr().String() + "/"
	client := func(o *tls.Config, http2 bool) *http.Client {
		o.RootCAs = roots
		tr := &http.Transport{TLSClientConfig: o, ForceAttemptHTTP2: http2}
		t.Cleanup(tr.CloseIdleConnections)
		return &http.Client{Transport: tr}
	}
	if _, body := get(t, client(&tls.Config{}, true), url); body != "HTTP/2.0 true" {
		t.Error(body)
	}
	if _, body := get(t, client(&tls.Config{}, false), url); body != "HTTP/1.1 true" {
		t.Error(body)
	}
	old := client(&tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, false)
	if r, err := old.Get(url); err == nil {
		r.Body.Close()
		t.Error("TLS 1.1 will do")
	}
	if got := certs.Fingerprint(); got == "" {
		t.Error("no fingerprint")
	}
}

func TestWebWithoutCertificatesListensOnNothingSecure(t *testing.T) {
	w := NewWeb(WebOptions{Secure: []string{"127.0.0.1:0"}})
	if err := w.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, secure := w.Addresses(); len(secure) != 0 {
		t.Error(secure)
	}
	if err := w.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestWebTellsEveryAddressThatCannotBeHad(t *testing.T) {
	certs, err := NewCertificates(CertificateOptions{SelfSigned: true})
	if err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	w := NewWeb(WebOptions{
		Plain: []string{"127.0.0.1:0", taken.Addr().String()}, PlainKey: "web.listen",
		Secure: []string{"nonsense"}, SecureKey: "web.tls_listen", Certificates: certs,
	})
	err = NewGroup(w).Listen(t.Context()) // which closes what was bound
	if err == nil || !strings.Contains(err.Error(), "web.listen: ") || !strings.Contains(err.Error(), "web.tls_listen: ") {
		t.Error(err)
	}
	if _, err := net.Dial("tcp", w.plain[0].Addr().String()); err == nil {
		t.Error("the address that could be had is still listened on")
	}
}

// TestWebTwice has two servers in one process, which must not know of each other.
func TestWebTwice(t *testing.T) {
	for i, w := range []*Web{
		open(t, WebOptions{}, func(w *Web) { handle(t, w, "/", text("0")) }),
		open(t, WebOptions{}, func(w *Web) { handle(t, w, "/", text("1")) }),
	} {
		if _, body := get(t, http.DefaultClient, w.url("/")); body != fmt.Sprint(i) {
			t.Errorf("server %d answers %q", i, body)
		}
	}
}
