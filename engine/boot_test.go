package engine_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sluice/elements/ports"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/store"
)

const camera = "graph: v1\nabout: A camera.\nroute:\n  - boot\nnodes:\n  in: fake.camera\n  out: stream.out name=cam\nlinks:\n  - in -> out\n" +
	"policy:\n  restart: " + again + "\n"

const again = "{when: error, backoff: 1ms..2ms, give_up: never}"

// away is fake.camera, a source that gives answers to calls: an error each, or nil when it is there. Further calls wait.
type away struct {
	calls   chan struct{}
	answers chan error
}

func newAway(answers ...error) *away {
	a := &away{calls: make(chan struct{}, 16), answers: make(chan error, 16)}
	for _, err := range answers {
		a.answers <- err
	}
	return a
}

// Spec implements element.Declared.
func (*away) Spec() element.Spec {
	return element.Spec{
		Name: "fake.camera", About: "A camera.", Domain: element.Go, Klass: "Source",
		Ports: ports.Gives(ports.All(media.Audio), ports.All(media.Video)),
	}
}

// New implements element.Factory.
func (a *away) New(context.Context, element.Env, element.Conf) (element.Element, error) {
	return a, nil
}

// Start implements element.Element.
func (a *away) Start(ctx context.Context) error {
	a.calls <- struct{}{}
	select {
	case err := <-a.answers:
		return err
	case <-ctx.Done():
		return fault.New(fault.StartTimeout, "", "the camera does not answer in time").Because(ctx.Err())
	}
}

// The camera has a track of pictures, and none ever come.
func (*away) Stop(context.Context) error { return nil }
func (*away) Describe(context.Context) (media.Description, error) {
	return media.Description{Tracks: []media.Track{media.NewTrack(media.VP8)}}, nil
}
func (*away) Form() hub.Form        { return hub.Units }
func (*away) Feed(*hub.Publication) {}
func (*away) RequestKey(int)        {}
func (*away) Demand(int)            {}
func (*away) Idle(int)              {}
func (*away) Ended(error)           {}

// boots is an engine with one graph that starts with it.
type boots struct {
	*bench
	folder string
	said   chan string // of the graph, when it is not tried again
}

// Write implements io.Writer for the log.
func (b *boots) Write(line []byte) (int, error) {
	for _, end := range []string{"level=ERROR msg=\"graph not started\"", "does not start with the server any more"} {
		if strings.Contains(string(line), end) {
			b.said <- end
		}
	}
	return len(line), nil
}

func bootsWith(t *testing.T, a *away, graph string) *boots {
	t.Helper()
	b := &boots{folder: t.TempDir(), said: make(chan string, 16)}
	if err := os.WriteFile(b.file(), []byte(graph), 0o600); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.MultiWriter(b, t.Output()), nil))
	b.bench = startWith(t, store.Options{Root: b.folder, Log: log}, a)
	return b
}

func (b *boots) file() string { return filepath.Join(b.folder, "camera.yaml") }

func unreachable() error { return fault.New(fault.Unreachable, "", "the camera cannot be reached") }

// TestBootIsTriedAgain: a camera that is away when the server begins is there when it comes.
func TestBootIsTriedAgain(t *testing.T) {
	a := newAway(unreachable())
	b := bootsWith(t, a, camera)
	there := b.await(t, "stream.published")
	if got := b.Instances().Instances(); len(got) > 0 {
		t.Fatalf("%d run without a camera", len(got))
	}
	a.answers <- unreachable()
	a.answers <- nil
	there()
	if n := len(a.calls); n != 3 || len(b.said) > 0 {
		t.Errorf("it was called %d times", n)
	}
}

// TestBootGivesUp: by its policy, or where trying again does not help.
func TestBootGivesUp(t *testing.T) {
	for _, row := range []struct {
		name, policy string
		answer       error
		calls        int
	}{
		{"never", "{when: never}", unreachable(), 1},
		{"twice", "{when: error, backoff: 1ms..2ms, give_up: 2 in 10m}", unreachable(), 3},
		{"a wrong login", again, fault.New(fault.Unauthorized, "", "a wrong login"), 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			a := newAway(slices.Repeat([]error{row.answer}, row.calls+1)...)
			b := bootsWith(t, a, strings.Replace(camera, again, row.policy, 1))
			await(t, "the end", b.said)
			if n := len(a.calls); n != row.calls {
				t.Errorf("it was called %d times", n)
			}
		})
	}
}

// TestBootIsOverWhenItsRouteIs: what is tried again is the graph as it is by then.
func TestBootIsOverWhenItsRouteIs(t *testing.T) {
	for name, text := range map[string]string{
		"another policy": strings.Replace(camera, again, "{when: never}", 1), "another route": strings.Replace(camera, "boot", "stream.wanted /x", 1),
	} {
		t.Run(name, func(t *testing.T) {
			a := newAway(unreachable())
			b := bootsWith(t, a, camera)
			for range 2 { // the second has no answer yet
				await(t, "a call", a.calls)
			}
			if err := os.WriteFile(b.file(), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			b.store.Reload()
			a.answers <- unreachable()
			a.answers <- unreachable()
			await(t, "the end", b.said)
			if n := len(a.calls); n > 1 {
				t.Errorf("it was called %d times more", n)
			}
		})
	}
}

// TestBootEndsWithTheEngine: also while a camera is being called, which may take long.
func TestBootEndsWithTheEngine(t *testing.T) {
	a := newAway(unreachable())
	b := bootsWith(t, a, camera+"  start: 10m\n")
	for range 2 {
		await(t, "a call", a.calls)
	}
	if err := b.Stop(t.Context()); err != nil || len(b.said) > 0 {
		t.Errorf("%v, and %d errors", err, len(b.said))
	}
}
