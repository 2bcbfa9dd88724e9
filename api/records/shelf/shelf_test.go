package shelf_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/api/records/form"
	"sluice/api/records/name"
	"sluice/api/records/shelf"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func template(t *testing.T, text string) name.Template {
	t.Helper()
	p, err := name.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func open(t *testing.T, o shelf.Options) *shelf.Shelf {
	t.Helper()
	o.Template = template(t, "{streamName}")
	s := shelf.New()
	if err := s.Open(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// begin begins a recording of sound with some bytes in it.
func begin(t *testing.T, s *shelf.Shelf, stream, template1, text string) *shelf.Draft {
	t.Helper()
	p := name.Template{}
	if template1 != "" {
		p = template(t, template1)
	}
	d, err := s.Begin(shelf.About{Stream: stream}, form.TS, []shelf.Track{{Kind: media.Audio, Codec: media.AAC}}, time.Unix(1e9, 0), p, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.WriteAt([]byte(text), 0); err != nil {
		t.Fatal(err)
	}
	return d
}

func finish(t *testing.T, d *shelf.Draft, reason shelf.Reason, cause error) shelf.Recording {
	t.Helper()
	r, err := d.Finish(reason, 61*time.Second, cause)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func names(list []shelf.Recording) string {
	var all []string
	for _, r := range list {
		all = append(all, r.Name)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// TestLife: a recording from its beginning to its end, and what the next server knows of it.
func TestLife(t *testing.T) {
	folder := t.TempDir()
	var done []shelf.Recording
	s := open(t, shelf.Options{Folder: folder, Done: func(r shelf.Recording) { done = append(done, r) }})
	d := begin(t, s, "a/b", "{streamName}/{duration}", "0123456789")
	if live := s.Live(); len(live) != 1 || live[0].Size != 10 || live[0].Name != "" { // its length is not known yet
		t.Errorf("%+v", live)
	}
	settled := s.Watch(func(a shelf.About) bool { return a.Stream == "a/b" })
	r := finish(t, d, shelf.Failed, fault.New(fault.DiskFull, "records", "full"))
	if r.Name != "a_b/61000.ts" || r.Size != 10 || r.Cause.Code != fault.DiskFull || r.Millis != 61000 || len(done) != 1 || len(s.Live()) != 0 {
		t.Errorf("%+v, told of %d", r, len(done))
	}
	if got, err := settled(t.Context()); err != nil || names(got) != r.Name {
		t.Errorf("%v, %v", got, err)
	}
	again := open(t, shelf.Options{Folder: folder})
	got, err := again.Find(r.Name)
	if err != nil || got.Stream != "a/b" || got.Duration != 61*time.Second || !got.Started.Equal(r.Started) || !got.Ended.Equal(r.Ended) ||
		got.Reason != shelf.Failed || got.Cause.Text != r.Cause.Text {
		t.Errorf("%+v, %v", got, err)
	}
	if err := again.Delete(r); err != nil {
		t.Error(err)
	}
	if list, err := os.ReadDir(filepath.Join(folder, "a_b")); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
	if err := again.Delete(r); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
}

// TestNamesThatAreTaken: nothing is written over, also what somebody else has put there.
func TestNamesThatAreTaken(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "cam.ts"), []byte("his"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, shelf.Options{Folder: folder})
	for _, want := range []string{"cam-2.ts", "cam-3.ts"} {
		if r := finish(t, begin(t, s, "cam", "", "ours"), shelf.Ended, nil); r.Name != want {
			t.Error(r.Name)
		}
	}
	if text, err := os.ReadFile(filepath.Join(folder, "cam.ts")); err != nil || string(text) != "his" {
		t.Error(text, err)
	}
	if got := names(s.List()); got != "cam-2.ts cam-3.ts cam.ts" {
		t.Error(got)
	}
}

// TestRecover: what a crash left is completed, under the name that it was to have; what somebody writes is left to him.
func TestRecover(t *testing.T) {
	folder := t.TempDir()
	first := open(t, shelf.Options{Folder: folder})
	begin(t, first, "running", "", strings.Repeat("x", 188))
	put := func(file, text string) {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(".part-A", strings.Repeat("x", 188+20))
	put(".part-A.json", `{"stream":"cam","name":"my/cam.ts","format":"ts","started":"2026-01-02T03:04:05Z"}`)
	put(".part-B", strings.Repeat("x", 188)) // its sidecar is lost
	put(".part-C", strings.Repeat("x", 188))
	put(".part-C.json", `{"stream":"evil","name":"../../cam.ts","format":"ts"}`)
	put(".part-D", "")
	put(".part-D.json", `{"stream":"empty","format":"mp4"}`)
	if old := time.Now().Add(-time.Hour); os.Chtimes(filepath.Join(folder, ".part-D"), old, old) != nil {
		t.Fatal("the file cannot be made older than what somebody may be about to write to")
	}
	put(".part-E", "what is this")
	put(".part-E.json", `{"stream":"odd","format":"mp4"}`)
	s := open(t, shelf.Options{Folder: folder})
	done := s.Recover(t.Context())
	if got := names(done); got != "evil.ts my/cam.ts none.ts odd.mp4" {
		t.Errorf("%s", got)
	}
	r, err := s.Find("my/cam.ts")
	if err != nil || r.Size != 188 || r.Reason != shelf.Interrupted || r.Started.Year() != 2026 {
		t.Errorf("%+v, %v", r, err)
	}
	left, err := filepath.Glob(filepath.Join(folder, ".part-*"))
	if err != nil || len(left) != 2 { // of the one that is running
		t.Error(left, err)
	}
	if again := s.Recover(t.Context()); len(again) > 0 {
		t.Error(again)
	}
}

// TestLinks: a folder that is a link to elsewhere takes nothing.
func TestLinks(t *testing.T) {
	folder, elsewhere := t.TempDir(), t.TempDir()
	if err := os.Symlink(elsewhere, filepath.Join(folder, "out")); err != nil {
		t.Fatal(err)
	}
	s := open(t, shelf.Options{Folder: folder})
	if r, err := begin(t, s, "cam", "out/{streamName}", "x").Finish(shelf.Ended, 0, nil); err == nil {
		t.Errorf("%+v", r)
	}
	if list, err := os.ReadDir(elsewhere); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
	if left, err := filepath.Glob(filepath.Join(folder, ".part-*")); err != nil || len(left) == 0 {
		t.Error("what was recorded is gone", err)
	}
}

// TestRoom: recordings leave some of the disk to others.
func TestRoom(t *testing.T) {
	s := open(t, shelf.Options{Folder: t.TempDir(), Free: 1 << 60})
	d, err := s.Begin(shelf.About{Stream: "cam"}, form.TS, nil, time.Unix(1e9, 0), name.Template{}, false)
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.WriteAt([]byte("x"), 0)
	if err = shelf.Full("it cannot be written", err); fault.CodeOf(err) != fault.DiskFull || !strings.Contains(err.Error(), "left free") {
		t.Error(err)
	}
	d.Drop()
	if list, err := os.ReadDir(filepath.Dir(s.Path("x"))); err != nil || len(list) > 0 {
		t.Error(list, err)
	}
}

// TestStrangeSidecars: what cannot be read does not keep a recording from being found.
func TestStrangeSidecars(t *testing.T) {
	folder := t.TempDir()
	for file, text := range map[string]string{
		"a.mp4": "x", "a.mp4.json": "{", "b.mp4": "x", "b.mp4.json": `{"name":"../../etc/passwd","size":-1,"duration":-5,"format":"exe"}`,
		"c.mp4": "", "d.txt": "x", ".e.mp4": "x",
	} {
		if err := os.WriteFile(filepath.Join(folder, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, shelf.Options{Folder: folder})
	if got := names(s.List()); got != "a.mp4 b.mp4" {
		t.Error(got)
	}
	if r, err := s.Find("b.mp4"); err != nil || r.Size != 1 || r.Duration != 0 || r.Format != form.MP4 {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestClosed(t *testing.T) {
	s := shelf.New()
	if err := s.Check(); fault.CodeOf(err) != fault.ElementUnavailable {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Open(shelf.Options{Folder: file}); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
}

// TestBegunWhileCrashesAreLookedFor: what is begun while the folder is searched for what a crash left is not taken for that.
func TestBegunWhileCrashesAreLookedFor(t *testing.T) {
	folder := t.TempDir()
	s := open(t, shelf.Options{Folder: folder})
	ctx, enough := context.WithCancel(t.Context())
	var looking sync.WaitGroup
	for range 4 {
		looking.Go(func() {
			for ctx.Err() == nil {
				s.Recover(ctx)
			}
		})
	}
	for range 200 {
		finish(t, begin(t, s, "cam", "", "some bytes"), shelf.Ended, nil)
	}
	enough()
	looking.Wait()
	list := s.List()
	for _, r := range list {
		if info, err := os.Stat(s.Path(r.Name)); err != nil || info.Size() != 10 || r.Size != 10 {
			t.Errorf("%s is not what was written: %v, %v", r.Name, info, err)
		}
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(list) != 200 || len(left) != 400 {
		t.Errorf("%d recordings in %d files, %v", len(list), len(left), err)
	}
}

// TestReplaced: what is to be done with a recording is not done with one that has taken its name.
func TestReplaced(t *testing.T) {
	folder := t.TempDir()
	s := open(t, shelf.Options{Folder: folder})
	var both [2]shelf.Recording
	for i := range both {
		d, err := s.Begin(shelf.About{Stream: "cam"}, form.TS, nil, time.Unix(1e9+int64(i), 0), name.Template{}, true)
		if err != nil {
			t.Fatal(err)
		}
		both[i] = finish(t, d, shelf.Ended, nil)
	}
	if both[0].Name != both[1].Name {
		t.Fatalf("%s, %s", both[0].Name, both[1].Name)
	}
	err := s.Note(both[0], func(*shelf.Recording) { t.Error("it is noted of the other") })
	if wrong := s.Delete(both[0]); fault.CodeOf(err) != fault.ResourceNotFound || fault.CodeOf(wrong) != fault.ResourceNotFound {
		t.Errorf("%v, %v", err, wrong)
	}
	if err := s.Note(both[1], func(r *shelf.Recording) { r.Uploaded = "there" }); err != nil {
		t.Error(err)
	}
	if r, err := s.Find("cam.ts"); err != nil || r.Uploaded != "there" {
		t.Errorf("%+v, %v", r, err)
	}
	if err := s.Delete(both[1]); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}
