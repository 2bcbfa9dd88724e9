package records_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/records"
	"sluice/api/records/after"
	"sluice/api/records/recordtest"
	"sluice/api/records/shelf"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
)

// TestStartAndStop: a publication is recorded for somebody, whose file is whole when Stop returns.
func TestStartAndStop(t *testing.T) {
	s := serve(t, nil)
	pub, inst := s.publish("studio/cam")
	about := shelf.About{Stream: "studio/cam", MediaSession: "m1", Login: "ann", Session: "s1"}
	rec, err := s.door.Start(t.Context(), records.Request{About: about, Template: "stream-{mediaSessionId}-{login}"})
	if err != nil {
		t.Fatal(err)
	}
	s.play(pub, 0)
	s.await("a recording", func() bool { return len(s.shelf.Live()) == 1 && s.shelf.Live()[0].Size > 20_000 })
	live := s.shelf.Live()[0]
	if live.Name != "stream-m1-ann.mp4" || live.Reason != "" || live.About != about || len(s.door.Running()) != 1 || s.door.Running()[0].About != about {
		t.Errorf("%+v", live)
	}
	done, err := s.door.Stop(t.Context(), func(_ string, r records.Request) bool { return r.MediaSession == "m1" })
	if err != nil || len(done) != 1 || done[0].Name != "stream-m1-ann.mp4" || done[0].Reason != shelf.Ended {
		t.Fatalf("%+v, %v", done, err)
	}
	if got := recordtest.Probe(t, filepath.Join(s.folder, done[0].Name)).Codecs(); !strings.HasPrefix(got, "h264 ") {
		t.Error(got)
	}
	if again, err := rec.End(t.Context()); err != nil || len(again) != 1 || again[0].Name != done[0].Name {
		t.Errorf("%+v, %v", again, err)
	}
	if _, err := s.door.Stop(t.Context(), func(id string, _ records.Request) bool { return id == rec.ID() }); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
	if err := inst.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestEndsWithTheStream: who waits for the recordings of a publication gets them when they are whole.
func TestEndsWithTheStream(t *testing.T) {
	s := serve(t, nil)
	pub, inst := s.publish("cam")
	var all []*records.Recording
	for _, id := range []string{"m1", "m2"} { // several at once, of one stream
		r, err := s.door.Start(t.Context(), records.Request{About: shelf.About{Stream: "cam", MediaSession: id}})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	s.play(pub, 0)
	s.await("recordings", func() bool { return len(s.shelf.Live()) == 2 })
	if err := inst.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	for i, name := range []string{"m1", "m2"} {
		if i == 0 {
			enginetest.Await(t, "the end", all[i].Done()) // it ends by itself, or when somebody ends it
		}
		done, err := all[i].End(t.Context())
		if err != nil || len(done) != 1 || done[0].MediaSession != name || done[0].Reason != shelf.Ended || all[i].Err() != nil {
			t.Errorf("%+v, %v, %v", done, err, all[i].Err())
		}
	}
}

// TestOnce: of what is recorded already for the same publication, or whoever publishes it, there is no second recording if only one is
// wanted; several for the same end together.
func TestOnce(t *testing.T) {
	s := serve(t, nil)
	pub, _ := s.publish("cam")
	for _, row := range []struct {
		of   string
		once bool
		code fault.Code
	}{{"m1", true, ""}, {"m1", true, fault.NameInUse}, {"m1", false, ""}, {"m2", true, ""}, {"", true, ""}, {"", true, fault.NameInUse}, {"m3", true, fault.NameInUse}} {
		_, err := s.door.Start(t.Context(), records.Request{About: shelf.About{Stream: "cam", MediaSession: row.of}, Once: row.once})
		if fault.CodeOf(err) != row.code {
			t.Errorf("%+v: %v", row, err)
		}
	}
	s.play(pub, 0)
	s.await("recordings", func() bool { return len(s.shelf.Live()) == 4 })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	done, err := s.door.Stop(ctx, func(_ string, q records.Request) bool { return q.Of("cam", "m1") })
	if err != nil || len(done) != 3 || len(s.door.Running()) != 1 {
		t.Errorf("%+v, %v", done, err)
	}
}

// TestByThemselves: streams whose names the configuration has are recorded, whenever they are published.
func TestByThemselves(t *testing.T) {
	s := serve(t, func(o *records.Options) { o.Streams = []string{"auto/*"} })
	for _, stream := range []string{"auto/a", "other", "auto/b/c"} {
		pub, inst := s.publish(stream)
		s.play(pub, 0)
		if stream == "auto/a" {
			s.await("a recording", func() bool { return len(s.shelf.Live()) == 1 })
		}
		if err := inst.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
	s.await("the file", func() bool { return len(s.shelf.List()) == 1 })
	if got := s.shelf.List()[0]; got.Name != "auto_a.mp4" {
		t.Errorf("%+v", got)
	}
}

// hesitant is an engine in which nothing begins that is called "slow".
type hesitant struct{ records.Engine }

// Raise implements records.Engine.
func (h hesitant) Raise(ctx context.Context, ev engine.Event) (*instance.Instance, error) {
	if strings.HasSuffix(ev.Path, "slow") {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return h.Engine.Raise(ctx, ev)
}

// TestSlowBeginning: a recording that takes long to begin holds up no other.
func TestSlowBeginning(t *testing.T) {
	s := serve(t, func(o *records.Options) { o.Streams, o.Engine = []string{"auto/*"}, hesitant{o.Engine} })
	s.publish("auto/slow")
	pub, _ := s.publish("auto/a")
	s.play(pub, 0)
	s.await("that one is recorded, and the other is about to be", func() bool { return len(s.shelf.Live()) == 1 && len(s.door.Running()) == 2 })
}

// belated is an engine in which what is asked for begins after all when the server stops.
type belated struct {
	records.Engine
	begun chan *instance.Instance
}

// Raise implements records.Engine.
func (b belated) Raise(ctx context.Context, ev engine.Event) (*instance.Instance, error) {
	inst, err := b.Engine.Raise(context.WithoutCancel(ctx), ev)
	b.begun <- inst
	<-ctx.Done()
	return inst, err
}

// TestBeginsAtTheEnd: what begins while the server stops is ended, too; nothing waits for the end of its stream.
func TestBeginsAtTheEnd(t *testing.T) {
	begun := make(chan *instance.Instance, 1)
	s := serve(t, func(o *records.Options) { o.Engine = belated{o.Engine, begun} })
	pub, _ := s.publish("cam")
	s.play(pub, 0)
	started, closed := make(chan error, 1), make(chan error, 1)
	go func() {
		_, err := s.door.Start(context.WithoutCancel(t.Context()), records.Request{About: shelf.About{Stream: "cam"}})
		started <- err
	}()
	inst := enginetest.Await(t, "a recording that begins", begun)
	go func() { closed <- s.door.Close(context.WithoutCancel(t.Context())) }()
	if err := enginetest.Await(t, "the end of what is recorded", closed); err != nil {
		t.Error(err)
	}
	if err := enginetest.Await(t, "the answer", started); fault.CodeOf(err) != fault.Closed || len(s.door.Running()) > 0 {
		t.Error(err)
	}
	enginetest.Await(t, "the end of the graph", inst.Done())
}

// TestPublishedAnew: a stream that is published again before what was recorded of it is complete is recorded, too.
func TestPublishedAnew(t *testing.T) {
	answers := make(chan struct{})
	s := serve(t, func(o *records.Options) {
		o.Streams = []string{"auto/*"}
		o.Folder.Write = func(f *os.File, b []byte, at int64) (int, error) { <-answers; return f.WriteAt(b, at) }
	})
	pub, before := s.publish("auto/a")
	s.play(pub, 0)
	s.await("a recording", func() bool { return len(s.shelf.Live()) == 1 })
	if err := before.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	pub, again := s.publish("auto/a")
	s.play(pub, 0)
	s.publish("auto/b")
	s.await("that the door has heard of both", func() bool { return len(s.door.Running()) > 1 })
	close(answers)
	s.await("one that is whole, and another", func() bool { return len(s.shelf.List()) == 1 && len(s.shelf.Live()) == 1 })
	if err := again.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	s.await("both", func() bool { return len(s.shelf.List()) == 2 })
}

// TestRecordedAgain: a stream that is recorded by itself is recorded again when that ended badly, and not when somebody ended it.
func TestRecordedAgain(t *testing.T) {
	var full atomic.Bool
	full.Store(true)
	s := serve(t, func(o *records.Options) {
		o.Streams = []string{"auto/*"}
		o.Folder.Write = func(f *os.File, b []byte, at int64) (int, error) {
			if full.Load() {
				return 0, syscall.ENOSPC
			}
			return f.WriteAt(b, at)
		}
	})
	pub, inst := s.publish("auto/a")
	s.await("a recording that begins", func() bool { return len(s.door.Running()) == 1 })
	s.play(pub, 0)
	s.await("its end", func() bool { return len(s.door.Running()) == 0 })
	full.Store(false)
	at := time.Duration(0)
	s.await("another recording", func() bool {
		at += time.Second
		s.play(pub, at)
		return len(s.shelf.Live()) == 1
	})
	if _, err := s.door.Stop(t.Context(), func(string, records.Request) bool { return true }); err != nil {
		t.Error(err)
	}
	if err := inst.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	if n := len(s.door.Running()); n != 0 {
		t.Errorf("%d recordings go on", n)
	}
}

// TestToldAtTheEnd: somebody is told of recordings that end with the server.
func TestToldAtTheEnd(t *testing.T) {
	heard := make(chan string, 4)
	back := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		var r shelf.Recording
		_ = json.NewDecoder(q.Body).Decode(&r)
		heard <- r.Name
	}))
	defer back.Close()
	s := serve(t, func(o *records.Options) {
		o.Streams = []string{"auto/*"}
		o.After = after.New(after.Options{
			Shelf: o.Shelf, Hook: after.Hook{URL: back.URL, Limit: patience, Client: back.Client()},
			Clock: enginetest.NewClock(), Log: slog.New(slog.DiscardHandler),
		})
	})
	pub, _ := s.publish("auto/a")
	s.play(pub, 0)
	s.await("a recording", func() bool { return len(s.shelf.Live()) == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.door.Close(ctx); err != nil {
		t.Error(err)
	}
	select {
	case name := <-heard:
		if name != "auto_a.mp4" {
			t.Error(name)
		}
	default:
		t.Error("nobody is told")
	}
}

// TestRefusals: what cannot be recorded is refused, with nothing left.
func TestRefusals(t *testing.T) {
	s := serve(t, func(o *records.Options) { o.Most = 1 })
	pub, inst := s.publish("cam")
	for code, r := range map[fault.Code]records.Request{
		fault.InvalidParams:  {About: shelf.About{Stream: "cam"}, Template: "../{login}"},
		fault.StreamNotFound: {About: shelf.About{Stream: "nobody"}},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond) // a stream that is not there is waited for
		if _, err := s.door.Start(ctx, r); fault.CodeOf(err) != code && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v: %v", r, err)
		}
		cancel()
	}
	if _, err := s.door.Start(t.Context(), records.Request{Format: "avi"}); fault.CodeOf(err) != fault.InvalidParams {
		t.Error(err)
	}
	if _, err := s.door.Start(t.Context(), records.Request{About: shelf.About{Stream: "cam"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.door.Start(t.Context(), records.Request{About: shelf.About{Stream: "cam"}}); fault.CodeOf(err) != fault.Overloaded {
		t.Error(err)
	}
	s.play(pub, 0)
	if err := inst.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

// judge lets in by what is shown.
type judge struct{}

// Authorise implements records.Authoriser.
func (judge) Authorise(_ context.Context, q auth.Request) (string, error) {
	switch {
	case q.Token == "" && q.User == "":
		return "", fault.New(fault.Unauthorized, "", "who are you")
	case q.Action == auth.Play && q.Token == q.Stream || q.Token == "admin":
		return q.Token, nil
	}
	return "", fault.New(fault.Forbidden, "", "no")
}

func TestDownload(t *testing.T) {
	folder := t.TempDir()
	put(t, folder, "a/cam.mp4", "0123456789", time.Unix(1e9, 0))
	secret := filepath.Join(t.TempDir(), "secret.mp4")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "byhand.webm"), []byte("xyz"), 0o600); err != nil {
		t.Fatal(err)
	}
	put(t, folder, "link.mp4", "x", time.Unix(1e9, 0))
	if err := errors.Join(os.Remove(filepath.Join(folder, "link.mp4")), os.Symlink(secret, filepath.Join(folder, "link.mp4"))); err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *records.Options) { o.Folder.Folder, o.Auth = folder, judge{} })
	for _, row := range []struct {
		path, token, span string
		status            int
		text              string
	}{
		{"a/cam.mp4", "cam", "", 200, "0123456789"},
		{"a/cam.mp4", "cam", "bytes=2-4", 206, "234"},
		{"a/cam.mp4", "cam", "bytes=-3", 206, "789"},
		{"a/cam.mp4", "cam", "bytes=50-", 416, "invalid range: failed to overlap\n"},
		{"a/cam.mp4", "", "", 401, "unauthorized\n"},
		{"a/cam.mp4", "other", "", 403, "forbidden\n"},
		{"a/cam.mp4.json", "admin", "", 404, "resource_not_found\n"},
		{"byhand.webm", "cam", "", 403, "forbidden\n"},
		{"byhand.webm", "admin", "", 200, "xyz"},
		{"nobody.mp4", "", "", 401, "unauthorized\n"},
		{"nobody.mp4", "cam", "", 403, "forbidden\n"},
		{"nobody.mp4", "admin", "", 404, "resource_not_found\n"},
		{"link.mp4", "admin", "", 404, "resource_not_found\n"},
		{"..%2f..%2fetc/passwd", "admin", "", 404, "invalid_request\n"},
		{"a/%2e%2e/a/cam.mp4", "admin", "", 404, "invalid_request\n"},
		{"a%5ccam.mp4", "admin", "", 404, "invalid_request\n"},
		{"", "admin", "", 404, "invalid_request\n"},
		{"a", "admin", "", 404, "resource_not_found\n"},
	} {
		path := "/client/records/" + row.path
		header := []string{"Range", row.span}
		if row.token != "" {
			header = append(header, "Authorization", "Bearer "+row.token)
		}
		status, head, text := s.get(path, header...)
		if status != row.status || text != row.text {
			t.Errorf("%s as %q: %d %q", path, row.token, status, text)
		}
		if status == http.StatusOK && (head.Get("Accept-Ranges") != "bytes" || !strings.HasPrefix(head.Get("Content-Type"), "video/")) {
			t.Errorf("%s: %v", path, head)
		}
	}
}

// TestLongDownload: an answer may take longer than the web server gives others, as long as somebody reads it.
func TestLongDownload(t *testing.T) {
	folder := t.TempDir()
	film := strings.Repeat("0123456789", 100_000) // much more than is written at once
	put(t, folder, "cam.mp4", film, time.Unix(1e9, 0))
	s := serve(t, func(o *records.Options) { o.Folder.Folder = folder })
	web := httptest.NewUnstartedServer(s.door.Handler())
	web.Config.WriteTimeout = time.Nanosecond
	web.Start()
	defer web.Close()
	s.web.Close()
	s.web = web
	if status, _, text := s.get("/client/records/cam.mp4"); status != http.StatusOK || text != film {
		t.Errorf("%d, %d bytes", status, len(text))
	}
}

// TestOldOnesGo: by age, and the oldest by size. What somebody else has put into the folder stays.
func TestOldOnesGo(t *testing.T) {
	for name, row := range map[string]struct {
		keep records.Keep
		want string
	}{
		"by age":  {records.Keep{Age: 2 * time.Hour}, "new mid"},
		"by size": {records.Keep{Size: 20}, "new mid"},
		"by both": {records.Keep{Size: 10, Age: 2 * time.Hour}, "new"},
	} {
		t.Run(name, func(t *testing.T) {
			folder, clock := t.TempDir(), enginetest.NewClock()
			for i, file := range []string{"new.mp4", "mid.mp4", "old.mp4"} {
				put(t, folder, file, "0123456789", clock.Now().Add(-time.Duration(2*i)*time.Hour+time.Minute))
			}
			hers := map[string]time.Time{"young.mp4": clock.Now(), "ancient.webm": time.Unix(1e9, 0)} // not sluice's, and larger than all
			for file, at := range hers {
				path := filepath.Join(folder, file)
				if err := errors.Join(os.WriteFile(path, make([]byte, 100), 0o600), os.Chtimes(path, at, at)); err != nil {
					t.Fatal(err)
				}
			}
			s := serve(t, func(o *records.Options) { o.Folder.Folder, o.Keep, o.Clock = folder, row.keep, clock })
			names := func() string {
				var all []string
				for _, r := range s.shelf.List() {
					if r.Stream != "" {
						all = append(all, r.Stream)
					}
				}
				return strings.Join(all, " ")
			}
			s.await(row.want, func() bool { return names() == row.want })
			if _, err := os.Stat(filepath.Join(folder, "old.mp4.json")); !os.IsNotExist(err) {
				t.Error(err)
			}
			clock.AwaitAlarms(1) // it has looked at all
			for file := range hers {
				if _, err := os.Stat(filepath.Join(folder, file)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestTogether(t *testing.T) {
	at := time.Unix(1e9, 0)
	list := []shelf.Recording{{Name: "r/b.mp4", Started: at.Add(1500 * time.Millisecond)}, {Name: "r/a.webm", Started: at}, {Name: "r/c.ts", Started: at}}
	got, err := json.Marshal(records.Together(list, 640, 360))
	const want = `[{"at":1500000000,"file":"r/b.mp4","height":180,"width":320,"x":0,"y":0},` +
		`{"at":0,"file":"r/a.webm","height":180,"width":320,"x":320,"y":0},{"at":0,"file":"r/c.ts","height":180,"width":320,"x":0,"y":180}]`
	if none := records.Together(nil, 640, 360); err != nil || string(got) != want || len(none) > 0 {
		t.Errorf("%s, %v", got, err)
	}
}
