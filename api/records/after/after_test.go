package after_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sluice/api/records/after"
	"sluice/api/records/name"
	"sluice/api/records/recordtest"
	"sluice/api/records/shelf"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

const patience = 30 * time.Second

// stand has a recording "cam.mp4" on a shelf.
func stand(t *testing.T) (*shelf.Shelf, shelf.Recording) {
	t.Helper()
	return recordtest.Stand(t, "cam.mp4", "cam; rm -rf $HOME", []byte("0123456789"))
}

// run runs work until the test is over.
func run(t *testing.T, o after.Options) *after.Work {
	t.Helper()
	o.Log = slog.New(slog.DiscardHandler)
	return begin(t, after.New(o))
}

// begin runs work until the test is over.
func begin(t *testing.T, w *after.Work) *after.Work {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

// told waits for something that is to be told.
func told[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("nobody is told")
	}
	var none T
	return none
}

// TestHook: it is told with JSON, and again until it answers well; redirections are not followed.
func TestHook(t *testing.T) {
	s, r := stand(t)
	clock := enginetest.NewClock()
	var calls atomic.Int32
	heard := make(chan string, 16)
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		heard <- q.URL.Path + " " + q.Header.Get("Authorization") + " " + q.Header.Get("Content-Type") + " " + string(body)
		switch calls.Add(1) {
		case 1:
			w.WriteHeader(http.StatusInternalServerError)
		case 2:
			http.Redirect(w, q, "/elsewhere", http.StatusFound)
		case 3:
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.Close() // without an answer
			}
		}
	}))
	defer back.Close()
	w := run(t, after.Options{Shelf: s, Clock: clock, Hook: after.Hook{URL: back.URL + "/done", Token: "tok", Limit: patience}})
	w.Take(r)
	for i := range 4 {
		if i > 0 {
			clock.AwaitAlarms(1)
			clock.Advance(time.Minute)
		}
		got := told(t, heard)
		head, body, _ := strings.Cut(got, "{")
		if head != "/done Bearer tok application/json " {
			t.Errorf("%s", head)
		}
		var said struct {
			Name, Stream string
			Size         int64
		}
		if err := json.Unmarshal([]byte("{"+body), &said); err != nil || said.Name != "cam.mp4" || said.Stream != r.Stream || said.Size != 10 {
			t.Errorf("%s: %v", body, err)
		}
	}
}

// TestHookThatHangs has its limit.
func TestHookThatHangs(t *testing.T) {
	_, r := stand(t)
	let := make(chan struct{})
	back := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-let }))
	defer back.Close()
	defer close(let)
	h := after.Hook{URL: back.URL, Limit: 20 * time.Millisecond, Client: back.Client()}
	if err := h.Call(t.Context(), r); fault.CodeOf(err) != fault.Unreachable || !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	err := after.Hook{URL: "http://me:hush@127.0.0.1:1/?token=hush", Limit: patience, Client: back.Client()}.Call(t.Context(), r)
	if text, _ := json.Marshal(err); fault.CodeOf(err) != fault.Unreachable || strings.Contains(err.Error()+string(text), "hush") {
		t.Error(err)
	}
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		if strings.Contains(cause.Error(), "hush") {
			t.Errorf("it tells the address: %v", cause)
		}
	}
}

func script(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestScript: it gets the names as they are, which no shell has seen, and little of the environment.
func TestScript(t *testing.T) {
	t.Setenv("SLUICE_SECRET", "x")
	_, r := stand(t)
	out := filepath.Join(t.TempDir(), "out")
	s := after.Script{Program: script(t, `printf '%s|%s|%s|%s' "$#" "$1" "$2" "$SLUICE_SECRET" > `+out), Limit: patience}
	if err := s.Run(t.Context(), "/a b/cam.mp4", r); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(out)
	if err != nil || string(got) != "2|cam; rm -rf $HOME|/a b/cam.mp4|" {
		t.Errorf("%q, %v", got, err)
	}
	for text, want := range map[string]string{"echo no room >&2; exit 3": "no room: exit status 3", "yes": "the program fails"} {
		s := after.Script{Program: script(t, text), Limit: patience}
		if text == "yes" {
			s.Limit = 100 * time.Millisecond // and what it wrote was bounded
		}
		if err := s.Run(t.Context(), "x", r); fault.CodeOf(err) != fault.Internal || !strings.Contains(err.Error(), want) || len(err.Error()) > 1000 {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// TestScriptThatHangs: it and what it started end with its time.
func TestScriptThatHangs(t *testing.T) {
	_, r := stand(t)
	s := after.Script{Program: script(t, "sleep 1000 & sleep 1000"), Limit: 50 * time.Millisecond}
	if err := s.Run(t.Context(), "x", r); fault.CodeOf(err) != fault.Internal {
		t.Error(err)
	}
}

// depot takes what is uploaded, after it has refused it some times.
type depot struct {
	refuse atomic.Int32
	got    chan string
	why    error // nil: some reason
}

// Put implements after.Upload.
func (d *depot) Put(_ context.Context, r shelf.Recording, _ func()) (string, error) {
	if d.refuse.Add(-1) >= 0 {
		d.got <- "refused"
		return "", cmp.Or(d.why, errors.New("not now"))
	}
	d.got <- r.Name
	return "s3://b/" + r.Name, nil
}

// slow is a storage whose uploads go on for as long as the test likes.
type slow struct {
	moved chan func()
	ended chan error
}

// Put implements after.Upload.
func (d *slow) Put(ctx context.Context, _ shelf.Recording, moved func()) (string, error) {
	d.moved <- moved
	<-ctx.Done()
	d.ended <- ctx.Err()
	return "", ctx.Err()
}

// TestUploadThatMoves: an upload may take hours if it moves, and is given up when it does not.
func TestUploadThatMoves(t *testing.T) {
	s, _ := stand(t)
	clock := enginetest.NewClock()
	d := &slow{moved: make(chan func(), 1), ended: make(chan error, 1)}
	w := after.New(after.Options{Shelf: s, Clock: enginetest.NewClock(), Upload: d, Log: slog.New(slog.DiscardHandler)})
	w.WatchBy(clock)
	begin(t, w)
	moved := enginetest.Await(t, "an upload", d.moved)
	for range 30 { // two and a half hours
		clock.AwaitAlarms(1)
		moved()
		clock.Advance(5 * time.Minute)
	}
	clock.AwaitAlarms(1)
	select {
	case err := <-d.ended:
		t.Fatalf("it is cut: %v", err)
	default:
	}
	clock.Advance(5 * time.Minute)
	if err := enginetest.Await(t, "its end", d.ended); err == nil {
		t.Error("it ends without an error")
	}
}

// TestUpload: what is to be uploaded stays until it has been, is tried again, and is taken up by the next server.
func TestUpload(t *testing.T) {
	s, r := stand(t)
	clock := enginetest.NewClock()
	d := &depot{got: make(chan string, 16)}
	d.refuse.Store(2)
	o := after.Options{Shelf: s, Clock: clock, Upload: d, Drop: true}
	w := run(t, o) // it finds the recording by itself
	if !w.Needs(r) {
		t.Error("it is not to be uploaded")
	}
	for range 2 {
		if got := told(t, d.got); got != "refused" {
			t.Fatal(got)
		}
		if _, err := s.Find("cam.mp4"); err != nil {
			t.Fatal(err)
		}
		clock.AwaitAlarms(1)
		clock.Advance(time.Minute)
	}
	if got := told(t, d.got); got != "cam.mp4" {
		t.Fatal(got)
	}
	for over := time.After(patience); ; {
		if _, err := s.Find("cam.mp4"); err != nil {
			break // it was deleted
		}
		select {
		case <-over:
			t.Fatal("it is not deleted")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// TestUploadsThatFail: those that do not work, or that nobody can do, hold up no others.
func TestUploadsThatFail(t *testing.T) {
	const many = 7 // more than go on at a time
	for name, why := range map[string]error{"for now": nil, "for ever": fault.New(fault.ResourceNotFound, "", "it is gone")} {
		t.Run(name, func(t *testing.T) {
			s, r := stand(t)
			d := &depot{got: make(chan string, 2*many), why: why}
			d.refuse.Store(2 * many)
			w := run(t, after.Options{Shelf: s, Clock: enginetest.NewClock(), Upload: d}) // whose time stands still
			for range many {
				w.Take(r)
			}
			for range many {
				told(t, d.got)
			}
		})
	}
}

// TestNoted: a recording that stays is not uploaded twice, also by the next server.
func TestNoted(t *testing.T) {
	s, r := stand(t)
	d := &depot{got: make(chan string, 16)}
	w := run(t, after.Options{Shelf: s, Clock: enginetest.NewClock(), Upload: d})
	told(t, d.got)
	for over := time.After(patience); w.Needs(r); {
		if r, _ = s.Find("cam.mp4"); r.Uploaded == "s3://b/cam.mp4" {
			continue
		}
		select {
		case <-over:
			t.Fatal("it is not noted")
		case <-time.After(5 * time.Millisecond):
		}
	}
	again := shelf.New()
	template, _ := name.Parse("x")
	if err := again.Open(shelf.Options{Folder: filepath.Dir(s.Path("cam.mp4")), Template: template}); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if r, err := again.Find("cam.mp4"); err != nil || w.Needs(r) {
		t.Errorf("%+v, %v", r, err)
	}
}
