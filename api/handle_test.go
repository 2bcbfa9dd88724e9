package api

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest"
)

func TestSlowHeaderEndsTheConnection(t *testing.T) {
	w := open(t, WebOptions{HeaderTimeout: 20 * time.Millisecond}, func(w *Web) { handle(t, w, "/", text("ok")) })
	c := raw(t, w, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")
	if _, err := io.ReadAll(c); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Log(err) // reset or closed: it ends
	}
	if status, _ := get(t, http.DefaultClient, w.url("/")); status != http.StatusOK {
		t.Errorf("others get %d", status)
	}
}

func TestSlowBodyEndsTheRequest(t *testing.T) {
	failed := make(chan error, 1)
	w := open(t, WebOptions{BodyTimeout: 20 * time.Millisecond}, func(w *Web) {
		handle(t, w, "/", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, err := io.ReadAll(r.Body)
			failed <- err
		}))
	})
	raw(t, w, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow")
	if err := enginetest.Await(t, "the failure", failed); err == nil || !strings.Contains(err.Error(), "timeout") {
		t.Error(err)
	}
}

// TestRestOfASlowBodyIsNoRequest: what comes of a body that was given up is not taken for the next request.
func TestRestOfASlowBodyIsNoRequest(t *testing.T) {
	answered := make(chan struct{})
	w := open(t, WebOptions{BodyTimeout: 20 * time.Millisecond}, func(w *Web) {
		handle(t, w, "/", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			_, _ = io.ReadAll(r.Body)
			r.Body.Close()
			rw.WriteHeader(http.StatusRequestTimeout)
		}))
		handle(t, w, "/smuggled", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(answered) }))
	})
	c := raw(t, w, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
	in := bufio.NewReader(c)
	head, err := http.ReadResponse(in, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer head.Body.Close()
	_, _ = io.WriteString(c, "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n") // it may be closed already
	_, err = io.ReadAll(in)
	select {
	case <-answered:
		t.Error("a body was taken for a request")
	default:
	}
	if head.StatusCode != http.StatusRequestTimeout || !head.Close {
		t.Errorf("%s, closed %t, then %v", head.Status, head.Close, err)
	}
}

// TestSlowReadersAreCutOff: who does not read his answer does not keep a handler for ever.
func TestSlowReadersAreCutOff(t *testing.T) {
	failed := make(chan error, 1)
	w := open(t, WebOptions{AnswerTimeout: 50 * time.Millisecond}, func(w *Web) {
		handle(t, w, "/", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			for text := make([]byte, 1<<20); ; {
				if _, err := rw.Write(text); err != nil {
					failed <- err
					return
				}
			}
		}))
	})
	raw(t, w, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	if err := enginetest.Await(t, "the failure", failed); !strings.Contains(err.Error(), "timeout") {
		t.Error(err)
	}
}

// TestBodyTimeoutEndsWithTheBody: an answer may take as long as it likes once the request has been read.
func TestBodyTimeoutEndsWithTheBody(t *testing.T) {
	over := make(chan struct{})
	w := open(t, WebOptions{BodyTimeout: 30 * time.Millisecond}, func(w *Web) {
		handle(t, w, "/", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); err != nil {
				t.Error(err)
			}
			timer := time.NewTimer(90 * time.Millisecond)
			defer timer.Stop()
			select {
			case <-r.Context().Done():
				t.Error("the request was cut off")
			case <-timer.C:
			}
			fmt.Fprint(rw, "late")
			close(over)
		}))
	})
	r, err := http.Post(w.url("/"), "text/plain", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, _ := io.ReadAll(r.Body); string(body) != "late" {
		t.Errorf("%q", body)
	}
	enginetest.Await(t, "the end", over)
}

func TestLargeRequestsAreRefused(t *testing.T) {
	w := open(t, WebOptions{MaxBody: 100, MaxHeader: 1000}, func(w *Web) {
		handle(t, w, "/", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if _, err := io.ReadAll(r.Body); err != nil {
				http.Error(rw, err.Error(), http.StatusRequestEntityTooLarge)
			}
		}))
	})
	for size, want := range map[int]int{100: http.StatusOK, 101: http.StatusRequestEntityTooLarge} {
		r, err := http.Post(w.url("/"), "text/plain", strings.NewReader(strings.Repeat("x", size)))
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != want {
			t.Errorf("%d bytes: %d", size, r.StatusCode)
		}
	}
	c := raw(t, w, "GET / HTTP/1.1\r\nHost: x\r\nX: "+strings.Repeat("x", 8000)+"\r\n\r\n")
	if line, _ := bufio.NewReader(c).ReadString('\n'); !strings.Contains(line, "431") { // RFC 6585 5
		t.Error(line)
	}
}

func TestTooManyConnectionsAreTold(t *testing.T) {
	w := open(t, WebOptions{Connections: 1}, func(w *Web) { handle(t, w, "/", text("ok")) })
	const request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"
	first := raw(t, w, request)
	if head := headOf(first); !strings.HasPrefix(head, "HTTP/1.1 200 ") {
		t.Fatal(head)
	}
	head := headOf(raw(t, w, request))
	for _, want := range []string{"HTTP/1.1 503 ", "\nRetry-After: ", "\nConnection: close\r"} {
		if !strings.Contains(head, want) {
			t.Errorf("%q lacks %q", head, want)
		}
	}
	first.Close()
	for { // until the server has seen that the first one left, the next one is told the same
		c := raw(t, w, request)
		head := headOf(c)
		c.Close()
		if strings.HasPrefix(head, "HTTP/1.1 200 ") {
			break
		}
		if t.Context().Err() != nil {
			t.Fatal("there is never room again")
		}
	}
}

// headOf reads the head of an answer.
func headOf(c net.Conn) string {
	head := ""
	for r := bufio.NewReader(c); ; {
		line, err := r.ReadString('\n')
		head += line
		if err != nil || line == "\r\n" {
			return head
		}
	}
}

// boom is a defect.
func boom(what any) {
	panic(what) //nolint:forbidigo // that is what it is for
}

func TestPanicsAreContained(t *testing.T) {
	words := &journal{}
	w := open(t, WebOptions{Log: words.log()}, func(w *Web) {
		handle(t, w, "/early", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { boom("early") }))
		handle(t, w, "/late", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(rw, strings.Repeat("x", 10000))
			boom("late")
		}))
		handle(t, w, "/abort", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { boom(http.ErrAbortHandler) }))
		handle(t, w, "/", text("ok"))
		w.Upgrade(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { boom("upgrade") }))
	})
	if status, body := get(t, http.DefaultClient, w.url("/early")); status != http.StatusInternalServerError || body != "internal error\n" {
		t.Errorf("%d %q", status, body)
	}
	for _, path := range []string{"/late", "/abort"} {
		r, err := http.Get(w.url(path))
		if err == nil {
			_, err = io.ReadAll(r.Body)
			r.Body.Close()
		}
		if err == nil {
			t.Errorf("half an answer of %s looks whole", path)
		}
	}
	c := raw(t, w, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")
	if _, err := bufio.NewReader(c).ReadByte(); err == nil {
		t.Error("an upgrade that panicked is answered")
	}
	if status, _ := get(t, http.DefaultClient, w.url("/")); status != http.StatusOK {
		t.Errorf("the next one gets %d", status)
	}
	got := words.String()
	for _, want := range []string{"err=early", "err=late", "err=upgrade", "handle_test.go"} {
		if !strings.Contains(got, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if strings.Contains(got, "path=/abort err=") {
		t.Error("an answer that was broken off on purpose is an error")
	}
}

func TestRequestsAreLoggedWithoutQueries(t *testing.T) {
	words := &journal{}
	w := open(t, WebOptions{Log: words.log()}, func(w *Web) {
		handle(t, w, "/made", http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(http.StatusEarlyHints)
			rw.WriteHeader(http.StatusCreated)
			fmt.Fprint(rw, "12345")
			rw.(http.Flusher).Flush()
		}))
	})
	get(t, http.DefaultClient, w.url("/made?token=verysecret"))
	get(t, http.DefaultClient, w.url("/none"))
	get(t, http.DefaultClient, w.url("/none")) // so that the one before has been logged: one connection, one after the other
	got := words.String()
	for _, want := range []string{"method=GET path=/made status=201 bytes=5", "path=/none status=404", "proto=HTTP/1.1"} {
		if !strings.Contains(got, want) {
			t.Errorf("the log lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "verysecret") {
		t.Error("a token is in the log")
	}
}

// TestOnlyHandler: who takes all paths alone is asked as http.ServeMux would have asked him, or not.
func TestOnlyHandler(t *testing.T) {
	echo := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(rw, "at "+r.URL.Path) })
	alone, among := NewWeb(WebOptions{}), NewWeb(WebOptions{})
	handle(t, alone, "/", echo)
	handle(t, among, "/", echo)
	handle(t, among, "/other/", echo)
	for _, path := range []string{
		"/", "/cam/index.m3u8", "/a//b", "/a/../b", "/a/./b", "/.", "/a/..", "/a%2Fb", "/a%2F..%2Fb", "/.a", "/a/", "*", "/a%20b", "/%2e%2e/a", "http://x",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions} {
			of := func(w *Web) *httptest.ResponseRecorder {
				r := httptest.NewRequestWithContext(t.Context(), method, "/", http.NoBody)
				u, err := url.ParseRequestURI(path)
				if path == "*" {
					u, err = &url.URL{Path: "*"}, nil
				}
				if err != nil {
					t.Fatal(err)
				}
				r.URL, r.RequestURI = u, path
				rec := httptest.NewRecorder()
				w.server.Handler.ServeHTTP(rec, r)
				return rec
			}
			got, want := of(alone), of(among)
			if got.Code != want.Code || got.Body.String() != want.Body.String() || got.Header().Get("Location") != want.Header().Get("Location") {
				t.Errorf("%s %s: %d %q, want %d %q", method, path, got.Code, got.Body, want.Code, want.Body)
			}
		}
	}
}
