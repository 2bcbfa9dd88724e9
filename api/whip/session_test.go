package whip

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

const (
	other   = "a=ice-ufrag:new0\r\na=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r\n"
	present = "a=ice-ufrag:EsAw\r\na=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r\n" // of sdp's offers
	asFrag  = "Content-Type: " + typeFragment
)

// joined is a session that was begun, by its address and its entity-tag.
func joined(t *testing.T, c *client, url string) (at, tag string) {
	t.Helper()
	r := c.offer(url)
	if r.StatusCode != http.StatusCreated {
		t.Fatalf("%s: %s: %s", url, r.Status, r.text)
	}
	return r.Header.Get("Location"), r.Header.Get("ETag")
}

func TestPatch(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s})
	at, tag := joined(t, c, "/cam/whip")
	for _, q := range []struct {
		name, body string
		headers    []string
		status     int
	}{
		{"trickle", present + cand, []string{asFrag, "If-Match: " + tag}, 204},
		{"trickle without credentials", cand, []string{asFrag, "If-Match: " + tag}, 204},
		{"trickle, whatever the tag", present + cand, []string{asFrag, "If-Match: *"}, 204},
		{"one of several tags", present, []string{asFrag, `If-Match: "x", ` + tag}, 204},
		{"a parameter of the type", present, []string{asFrag + ";charset=utf-8", "If-Match: " + tag}, 204},
		{"no tag", present + cand, []string{asFrag}, 428},
		{"a restart without a tag", other, []string{asFrag}, 428},
		{"another tag", present + cand, []string{asFrag, `If-Match: "x"`}, 412},
		{"a weak tag", present + cand, []string{asFrag, "If-Match: W/" + tag}, 412},
		{"the tag without quotes", present + cand, []string{asFrag, "If-Match: " + strings.Trim(tag, `"`)}, 412},
		{"no type", present, []string{"If-Match: " + tag}, 415},
		{"an offer", present, []string{"Content-Type: application/sdp", "If-Match: " + tag}, 415},
		{"no fragment", "{}", []string{asFrag, "If-Match: " + tag}, 400},
		{"a bomb", strings.Repeat(cand, maxFragment/len(cand)+1), []string{asFrag, "If-Match: " + tag}, 413},
		{"too many candidates", strings.Repeat(cand, maxCandidates+1), []string{asFrag, "If-Match: " + tag}, 422},
		{"what the peer refuses", present + "a=refuse\r\n", []string{asFrag, "If-Match: " + tag}, 400},
		{"a restart without a password", "a=ice-ufrag:new0\r\n", []string{asFrag, "If-Match: *"}, 400},
		{"a restart with too many candidates", other + strings.Repeat(cand, maxCandidates+1), []string{asFrag, "If-Match: *"}, 422},
	} {
		r := c.do(http.MethodPatch, at, q.body, q.headers...)
		if r.StatusCode != q.status || r.Header.Get("ETag") != "" {
			t.Errorf("%s: got %s, ETag %q: %s", q.name, r.Status, r.Header.Get("ETag"), r.text)
		}
		if q.status == http.StatusNoContent && r.text != "" {
			t.Errorf("%s: got %q", q.name, r.text)
		} else if q.status >= 400 {
			r.problem(t)
		}
	}
	if p := s.last(); len(p.fragments) != 5 || p.fragments[0] != present+cand || p.restarts != 0 {
		t.Errorf("the peer was told %q, and was restarted %d times", p.fragments, p.restarts)
	}
}

func TestRestart(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s})
	for _, match := range []string{"*", `"*"`, ""} {
		at, old := joined(t, c, "/cam/whip")
		if match == "" {
			match = old // RFC 9725 4.3.3: what counts are the credentials
		}
		r := c.do(http.MethodPatch, at, other+cand, asFrag, "If-Match: "+match)
		tag := r.Header.Get("ETag")
		if r.StatusCode != http.StatusOK || r.Header.Get("Content-Type") != typeFragment || tag == "" || tag == old || r.text != "a=ice-ufrag:new1\r\n" {
			t.Fatalf("%s: got %s %v %q", match, r.Status, r.Header, r.text)
		}
		for _, q := range []struct {
			name, tag, body string
			status          int
		}{
			{"the old tag is stale", old, cand, 412},
			{"the new tag counts", tag, other + cand, 204},
			{"the old credentials are another restart", "*", present, 200},
		} {
			if r := c.do(http.MethodPatch, at, q.body, asFrag, "If-Match: "+q.tag); r.StatusCode != q.status {
				t.Errorf("%s, %s: got %s: %s", match, q.name, r.Status, r.text)
			}
		}
	}
}

// A restart that fails leaves the session as it was.
func TestRestartFails(t *testing.T) {
	s := &stage{restartErr: fault.New(fault.ICEFailed, "", "no")}
	_, c := open(t, Options{Engine: s, Peers: s})
	at, tag := joined(t, c, "/cam/whep")
	if r := c.do(http.MethodPatch, at, other, asFrag, "If-Match: *"); r.StatusCode != http.StatusBadGateway {
		t.Errorf("got %s", r.Status)
	}
	if r := c.do(http.MethodPatch, at, present+cand, asFrag, "If-Match: "+tag); r.StatusCode != http.StatusNoContent {
		t.Errorf("the session is not as it was: %s: %s", r.Status, r.text)
	}
	if r := c.do(http.MethodPatch, at, present+"a=refuse\r\n", asFrag, "If-Match: "+tag); r.StatusCode != http.StatusBadRequest {
		t.Errorf("what the peer refuses: %s: %s", r.Status, r.text)
	}
}

// Requests that overlap come one after the other, and none is lost.
func TestPatchesOverlap(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s})
	at, _ := joined(t, c, "/cam/whip")
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			text := present + cand
			if i%2 == 0 {
				text = other
			}
			if r := c.do(http.MethodPatch, at, text, asFrag, "If-Match: *"); r.StatusCode >= 400 {
				t.Errorf("%s: %s", r.Status, r.text)
			}
		})
	}
	wg.Wait()
	if p := s.last(); len(p.fragments)+p.restarts != 20 {
		t.Errorf("%d candidates and %d restarts", len(p.fragments), p.restarts)
	}
}

func TestSessionMethods(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s})
	at, _ := joined(t, c, "/cam/whep")
	for _, q := range []struct {
		method, url string
		status      int
		header      string
	}{
		{"OPTIONS", at, 200, "Accept-Patch: " + typeFragment},
		{"GET", at, 204, ""},
		{"HEAD", at + "/", 204, ""},
		{"POST", at, 405, "Allow: OPTIONS, GET, HEAD, PATCH, DELETE"},
		{"PUT", at, 405, "Allow: OPTIONS, GET, HEAD, PATCH, DELETE"},
		{"DELETE", at + "7", 404, ""},
		{"DELETE", at, 200, ""}, // and no If-Match
		{"DELETE", at, 404, ""},
		{"PATCH", at, 404, ""},
		{"GET", at, 404, ""},
	} {
		r := c.do(q.method, q.url, "")
		if r.StatusCode != q.status {
			t.Errorf("%s: got %s: %s", q.method, r.Status, r.text)
		}
		if name, value, ok := strings.Cut(q.header, ": "); ok && r.Header.Get(name) != value {
			t.Errorf("%s: %s is %q", q.method, name, r.Header.Get(name))
		}
	}
	enginetest.Await(t, "the end", s.last().Done())
	if s.ran[0].stops != 1 {
		t.Errorf("the instance was stopped %d times", s.ran[0].stops)
	}
}

// DELETE with a tag that is no more: it has to be ignored (RFC 9725 4.3.1).
func TestDeleteIgnoresTags(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s})
	at, _ := joined(t, c, "/cam/whip")
	if r := c.do(http.MethodDelete, at, "", `If-Match: "x"`); r.StatusCode != http.StatusOK {
		t.Errorf("got %s", r.Status)
	}
}

// A stream may be called like a session.
func TestStreamCalledLikeASession(t *testing.T) {
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s})
	at, _ := joined(t, c, "/whip/ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if s.events[0].Path != "/ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		t.Errorf("got %+v", s.events[0])
	}
	if r := c.do(http.MethodDelete, at, ""); r.StatusCode != http.StatusOK {
		t.Errorf("got %s", r.Status)
	}
}

func TestPeerEnds(t *testing.T) {
	var text bytes.Buffer
	s := &stage{}
	d, c := open(t, Options{Engine: s, Peers: s, Log: slog.New(slog.NewJSONHandler(&text, nil))})
	at, _ := joined(t, c, "/cam/whip?token=s3cret")
	ended := d.sessions.find(sessionID(at))
	close(s.last().live)
	s.last().Stop(fault.New(fault.ICEConsentLost, "", "nothing was heard for 15 s"))
	enginetest.Await(t, "the end", ended.gone)
	if r := c.do(http.MethodPatch, at, cand, asFrag, "If-Match: *"); r.StatusCode != http.StatusNotFound {
		t.Errorf("got %s", r.Status)
	}
	if s.ran[0].stops != 1 {
		t.Errorf("the instance was stopped %d times", s.ran[0].stops)
	}
	log := text.String()
	for _, want := range []string{`"msg":"session ended"`, `"stream":"cam"`, `"session":"peer-1"`, `"proto":"whip"`, "15 s", `"bytes":7`} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s:\n%s", want, log)
		}
	}
	if strings.Contains(log, "s3cret") || strings.Contains(log, sessionID(at)) {
		t.Errorf("the log tells secrets:\n%s", log)
	}
}

func TestLiveIsLogged(t *testing.T) {
	seen := &until{want: "media flows", seen: make(chan struct{})}
	s := &stage{}
	_, c := open(t, Options{Engine: s, Peers: s, Log: slog.New(slog.NewTextHandler(seen, nil))})
	joined(t, c, "/cam/whip")
	close(s.last().live)
	enginetest.Await(t, "the request", seen.seen)
}

// until closes a channel when a text was written.
type until struct {
	want string
	once sync.Once
	seen chan struct{}
}

func (u *until) Write(p []byte) (int, error) {
	if strings.Contains(string(p), u.want) {
		u.once.Do(func() { close(u.seen) })
	}
	return len(p), nil
}

func TestLimit(t *testing.T) {
	s := &stage{}
	d, c := open(t, Options{Engine: s, Peers: s, Sessions: 2})
	at, _ := joined(t, c, "/a/whip")
	joined(t, c, "/b/whep")
	if n := d.Counts(); n != (Counts{WHIP: 1, WHEP: 1, Most: 2}) {
		t.Errorf("counted %+v", n)
	}
	r := c.offer("/c/whip")
	if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
		t.Errorf("got %s", r.Status)
	}
	if p := r.problem(t); p.Code != fault.Overloaded {
		t.Errorf("got %+v", p)
	}
	c.do(http.MethodDelete, at, "")
	joined(t, c, "/c/whip")
}

func TestTimeout(t *testing.T) {
	for name, s := range map[string]*stage{"the graph": {hang: true}, "the answer": {answerHangs: true}} {
		_, c := open(t, Options{Engine: s, Peers: s, Timeout: time.Millisecond})
		r := c.offer("/cam/whip")
		if r.StatusCode != http.StatusGatewayTimeout {
			t.Errorf("%s: got %s: %s", name, r.Status, r.text)
		}
		if p := r.problem(t); p.Code != fault.StartTimeout {
			t.Errorf("%s: got %+v", name, p)
		}
		enginetest.Await(t, "the end", s.last().Done())
	}
}

// A client that goes while its offer is being answered leaves nothing.
func TestClientGoes(t *testing.T) {
	s := &stage{hang: true, began: make(chan struct{})}
	d, c := open(t, Options{Engine: s, Peers: s, Timeout: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/cam/whip", strings.NewReader(sdp("audio sendonly")))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", typeSDP)
	go func() { <-s.began; cancel() }()
	res, err := c.http.Do(r)
	if !errors.Is(err, context.Canceled) {
		res.Body.Close()
		t.Fatalf("got %s, %v", res.Status, err)
	}
	enginetest.Await(t, "the end", s.last().Done())
	d.sessions.all.Wait()
}

func TestClose(t *testing.T) {
	s := &stage{}
	d, c := open(t, Options{Engine: s, Peers: s})
	if d.Name() != "whip" {
		t.Errorf("it is called %q", d.Name())
	}
	if err := d.Listen(t.Context()); err != nil {
		t.Error(err)
	}
	served := make(chan error, 1)
	go func() { served <- d.Serve(t.Context()) }()
	at, _ := joined(t, c, "/a/whip")
	joined(t, c, "/b/whep")
	closed := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { closed <- d.Close(ctx) }()
	for d.sessions.reserve() == nil { // until Close has begun
		d.sessions.release()
	}
	if r := c.offer("/c/whip"); r.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("somebody was let in: %s", r.Status)
	}
	if r := c.do(http.MethodDelete, at, ""); r.StatusCode != http.StatusOK {
		t.Errorf("who is inside cannot end: %s", r.Status)
	}
	select {
	case err := <-closed:
		t.Errorf("somebody is inside, and Close is done: %v", err)
	default:
	}
	cancel() // cuts off who is left
	if err := enginetest.Await(t, "the end of Close", closed); err != nil {
		t.Error(err)
	}
	if err := enginetest.Await(t, "the end of Serve", served); err != nil {
		t.Error(err)
	}
	for _, p := range s.peers {
		enginetest.Await(t, "the end", p.Done())
	}
	if err := d.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// Offers that are being answered are cut off, too.
func TestServeIsCutOff(t *testing.T) {
	s := &stage{hang: true, began: make(chan struct{}, 1)}
	d, c := open(t, Options{Engine: s, Peers: s, Timeout: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	status := make(chan int, 1)
	go func() { status <- c.offer("/cam/whip").StatusCode }()
	enginetest.Await(t, "the beginning", s.began)
	go cancel()
	if err := d.Serve(ctx); err != nil {
		t.Error(err)
	}
	if got := enginetest.Await(t, "the answer", status); got != http.StatusServiceUnavailable {
		t.Errorf("got %d", got)
	}
}
