package snapshots_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/doortest"
	"sluice/api/snapshots"
	"sluice/elements/snapshot"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/graphs"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

const patience = 30 * time.Second

// studio is an engine in which pictures are only pretended to be decoded.
type studio struct {
	*engine.Engine
	t      testing.TB
	camera *doortest.Camera
	taken  atomic.Int32  // pictures
	hold   chan struct{} // that pictures wait for; nil: they do not
	err    atomic.Pointer[error]
}

func newStudio(t testing.TB, tracks ...media.Track) *studio {
	t.Helper()
	s := &studio{t: t, camera: doortest.NewCamera(tracks...)}
	graph, err := graphs.FS.ReadFile("live/snapshot.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s.Engine = doortest.Engine(t, slog.New(slog.DiscardHandler), doortest.Parts{
		Elements: append(snapshot.Elements(), s.camera), Triggers: append(snapshots.Triggers(), doortest.PublishTrigger()),
		Graphs: fstest.MapFS{"live/snapshot.yaml": {Data: graph}, "publish.yaml": {Data: []byte(doortest.PublishGraph)}},
		Open: func(string) (run.Runtime, error) {
			r := fake.New()
			r.Answer(run.Do, func(run.Change) (run.Result, error) { return s.picture() })
			return r, nil
		},
	})
	return s
}

func (s *studio) picture() (run.Result, error) {
	n := s.taken.Add(1)
	if s.hold != nil {
		<-s.hold
	}
	if err := s.err.Load(); err != nil {
		return run.Result{}, *err
	}
	return run.Result{Type: "image/png", Bytes: []byte{byte(n)}}, nil
}

// publish publishes a stream until the test is over.
func (s *studio) publish(name string) {
	s.t.Helper()
	if _, err := s.Raise(s.t.Context(), engine.Event{Name: "test.publish", Path: "/" + name}); err != nil {
		s.t.Fatal(err)
	}
	enginetest.Await(s.t, "somebody to feed", s.camera.Fed)
}

// open makes a camera of an engine, with a clock that stands still.
func (s *studio) open(o snapshots.Options) *snapshots.Camera {
	s.t.Helper()
	o.Engine = s.Engine
	c := snapshots.NewCamera(o)
	s.t.Cleanup(func() {
		c.Close()
		doortest.Stop(s.t, s.Engine)
	})
	return c
}

// TestTake: who asks at once, and soon after, gets the same picture; later, and of another kind, another.
func TestTake(t *testing.T) {
	s := newStudio(t, media.NewTrack(media.H264))
	clock := enginetest.NewClock()
	c := s.open(snapshots.Options{Clock: clock})
	s.publish("cam")
	take := func(shot snapshots.Shot, want byte) {
		t.Helper()
		shot.Stream = "cam"
		if got, err := c.Take(t.Context(), shot); err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("%v, %v, not %d", got, err, want)
		}
	}
	take(snapshots.Shot{}, 1)
	take(snapshots.Shot{Format: "png"}, 1)
	take(snapshots.Shot{Width: 320, Format: "jpeg"}, 2)
	clock.Advance(2 * time.Second)
	take(snapshots.Shot{}, 3)
	await(t, "those before to be forgotten", func() bool { return c.Held() == 1 })
	clock.Advance(2 * time.Second)
	await(t, "the last one to be forgotten, though nobody asks", func() bool { return c.Held() == 0 })
}

// TestTogether: many who ask at once share one picture, also when who asked first has gone.
func TestTogether(t *testing.T) {
	s := newStudio(t, media.NewTrack(media.VP8))
	s.hold = make(chan struct{})
	c := s.open(snapshots.Options{})
	s.publish("cam")
	ctx, cancel := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := c.Take(ctx, snapshots.Shot{Stream: "cam"}); first <- err }()
	await(t, "a picture to be taken", func() bool { return s.taken.Load() == 1 })
	cancel()
	if err := enginetest.Await(t, "the first answer", first); fault.CodeOf(err) != fault.Stalled {
		t.Error(err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got, err := c.Take(t.Context(), snapshots.Shot{Stream: "cam"}); err != nil || got[0] != 1 {
				t.Error(got, err)
			}
		})
	}
	close(s.hold)
	all.Wait()
	if n := s.taken.Load(); n != 1 {
		t.Errorf("%d pictures were taken", n)
	}
}

// TestRefusals: what cannot be is refused, and what went wrong is tried again by who asks next.
func TestRefusals(t *testing.T) {
	s := newStudio(t, media.NewTrack(media.H264))
	c := s.open(snapshots.Options{})
	s.publish("cam")
	for code, shot := range map[fault.Code]snapshots.Shot{
		fault.StreamNotFound: {Stream: "nobody"}, fault.InvalidParams: {Stream: "cam", Format: "gif"},
	} {
		if _, err := c.Take(t.Context(), shot); fault.CodeOf(err) != code {
			t.Errorf("%+v: %v", shot, err)
		}
	}
	for want, err := range map[fault.Code]error{
		fault.MediaCorrupt: fault.New(fault.ResourceNotFound, "shot", "it does not play"), fault.Internal: errors.New("odd"),
	} {
		s.err.Store(&err)
		if _, got := c.Take(t.Context(), snapshots.Shot{Stream: "cam"}); fault.CodeOf(got) != want {
			t.Errorf("%v: %v", err, got)
		}
	}
	s.err.Store(nil)
	if _, err := c.Take(t.Context(), snapshots.Shot{Stream: "cam"}); err != nil {
		t.Error(err)
	}
	c.Close()
	if _, err := c.Take(t.Context(), snapshots.Shot{Stream: "cam", Width: 7}); fault.CodeOf(err) != fault.Closed {
		t.Error(err)
	}
}

func TestNoPictures(t *testing.T) {
	s := newStudio(t, media.NewTrack(media.Opus))
	c := s.open(snapshots.Options{})
	s.publish("radio")
	if _, err := c.Take(t.Context(), snapshots.Shot{Stream: "radio"}); fault.CodeOf(err) != fault.CodecNotAvailable {
		t.Error(err)
	}
}

// TestThumbnails: a stream has its picture in the folder as soon as it is there, and a new one each time; what is not asked for has none.
func TestThumbnails(t *testing.T) {
	s := newStudio(t, media.NewTrack(media.H264))
	clock := enginetest.NewClock()
	folder := filepath.Join(t.TempDir(), "pictures")
	d, err := snapshots.NewDoor(snapshots.NewCamera(snapshots.Options{Engine: s.Engine, Clock: clock}), s.Engine, snapshots.Schedule{
		Folder: folder, Streams: []string{"studio/**"}, Every: time.Minute, Width: 320, Format: "jpeg",
	})
	if err != nil {
		t.Fatal(err)
	}
	const cut, fresh = ".part-CUTOFF", ".part-OTHER"
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{cut: time.Hour, fresh: 0} {
		file, at := filepath.Join(folder, name), time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(file, []byte("x"), 0o600), os.Chtimes(file, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	s.publish("studio/before")
	doortest.Serve(t, s.Engine, d)
	await(t, "what was cut off to be taken away", func() bool { _, err := os.Stat(filepath.Join(folder, cut)); return os.IsNotExist(err) })
	if err := os.Remove(filepath.Join(folder, fresh)); err != nil {
		t.Error("what another server writes was taken away:", err)
	}
	files := func() string {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, e := range entries {
			text, err := os.ReadFile(filepath.Join(folder, e.Name()))
			if err != nil || strings.HasPrefix(e.Name(), ".") {
				return "" // it is being written
			}
			all = append(all, e.Name()+"="+string('0'+text[0]))
		}
		return strings.Join(all, " ")
	}
	shows := func(want string) {
		t.Helper()
		await(t, want, func() bool { return files() == want })
	}
	shows("studio%2Fbefore.jpg=1")
	s.publish("other")
	s.publish("studio/after")
	shows("studio%2Fafter.jpg=2 studio%2Fbefore.jpg=1")
	clock.AwaitAlarms(1)
	clock.Advance(time.Minute)
	await(t, "new pictures", func() bool { got := files(); return strings.Contains(got, "=3") && strings.Contains(got, "=4") })
}

func TestBadSchedules(t *testing.T) {
	c := snapshots.NewCamera(snapshots.Options{})
	defer c.Close()
	if _, err := snapshots.NewDoor(c, nil, snapshots.Schedule{Streams: []string{"a//b"}}); fault.CodeOf(err) != fault.InvalidParams {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := snapshots.NewDoor(c, nil, snapshots.Schedule{Folder: filepath.Join(file, "in it")})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Listen(t.Context()); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
}

// await looks again and again.
func await(t testing.TB, what string, is func() bool) {
	t.Helper()
	over := time.After(patience)
	for !is() {
		select {
		case <-over:
			t.Fatal("it does not come to be: ", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
