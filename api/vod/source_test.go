package vod_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/vod"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// viewer takes all units, and notes when they came.
type viewer struct {
	units [2]int
	first [2]time.Time
	last  time.Time
}

func (*viewer) Begin([]media.Track) {}
func (*viewer) End(error)           {}

func (v *viewer) Push(track int, items []*media.Unit) int {
	if v.units[track] == 0 {
		v.first[track] = time.Now()
	}
	v.units[track] += len(items)
	v.last = time.Now()
	return len(items)
}

// screening is a film that is played in a bubble, and how it went.
type screening struct {
	viewer

	begun time.Time
	ended time.Time
	err   error
}

// screen plays a film that nobody watches for a second first, for as long as it goes on, or until it is stopped.
func screen(t *testing.T, film string, conf map[string]any, stop time.Duration) (s screening) {
	in := vod.Elements()[0].(vod.In)
	open(t, in.Folder(), t.TempDir(), film, film)
	defer in.Folder().Close()
	synctest.Test(t, func(t *testing.T) {
		h := hub.New(hub.Options{})
		defer h.Close()
		over := make(chan error, 1)
		env, settings := elementtest.Env(t), elementtest.Defaults(in.Spec())
		env.Over, env.Epoch = func(err error) { over <- err }, h.Epoch()
		settings["file"] = film
		for name, v := range conf {
			settings[name] = v
		}
		e, err := in.New(t.Context(), env, settings)
		if err != nil {
			t.Fatal(err)
		}
		source := e.(node.Source)
		if err := source.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := source.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		d, err := source.Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pub, err := h.Private(d, hub.PublishOptions{Form: source.Form(), Source: source})
		if err != nil {
			t.Fatal(err)
		}
		defer pub.Close(nil)
		source.Feed(pub)
		time.Sleep(time.Second) //nolint:forbidigo // of the bubble's time: nothing is to happen
		s.begun = time.Now()
		r, err := pub.ReadUnits(media.Everything(), &s.viewer, hub.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		var late <-chan time.Time
		if stop > 0 {
			late = time.After(stop)
		}
		select {
		case s.err = <-over:
		case <-late:
			s.err = errors.New("it goes on")
		}
		s.ended = time.Now()
		synctest.Wait()
	})
	return s
}

// TestFilmsLastAsLongAsTheyAre: a film begins with its first viewer, who gets all of it at the speed of life, and ends by itself.
func TestFilmsLastAsLongAsTheyAre(t *testing.T) {
	for film, units := range map[string][2]int{
		"pattern.mp4": {25, 48}, "pattern.fmp4": {25, 48}, "pattern.mkv": {25, 51}, "pattern.webm": {25, 51}, "pattern.ts": {25, 48},
	} {
		s := screen(t, film, nil, 0)
		if s.err != nil || s.units != units {
			t.Errorf("%s: %v units, %v", film, s.units, s.err)
		}
		if d := s.ended.Sub(s.begun); d < time.Second || d > 1100*time.Millisecond {
			t.Errorf("%s: over after %v", film, d)
		}
		if d := s.last.Sub(s.begun); d < 940*time.Millisecond {
			t.Errorf("%s: the last unit came after %v", film, d)
		}
	}
}

func TestFilmsBeginAgain(t *testing.T) {
	s := screen(t, "pattern.mp4", map[string]any{"loop": true}, 3500*time.Millisecond)
	if s.err == nil || s.units[0] < 3*25 || s.units[0] > 4*25 || s.units[1] < 3*48 || s.units[1] > 4*48 {
		t.Errorf("%v units, %v", s.units, s.err)
	}
}

// TestDelay: the first picture is there at once, and the film goes on later.
func TestDelay(t *testing.T) {
	s := screen(t, "pattern.mp4", map[string]any{"delay": time.Second}, 0)
	if d := s.first[0].Sub(s.begun); d > 50*time.Millisecond {
		t.Errorf("the first picture came after %v", d)
	}
	if d := s.ended.Sub(s.begun); d < 2*time.Second || d > 2100*time.Millisecond || s.units != [2]int{25, 48} {
		t.Errorf("%v units, over after %v", s.units, d)
	}
}

func TestWhatIsNotPlayed(t *testing.T) {
	in := vod.Elements()[0].(vod.In)
	at := t.TempDir()
	open(t, in.Folder(), at, "sound.mp4", "pattern.opus")
	if err := os.WriteFile(filepath.Join(at, "sound.mp4"), []byte("RIFF\x24\x00\x00\x00WAVEfmt "), 0o600); err != nil {
		t.Fatal(err)
	}
	defer in.Folder().Close()
	for name, want := range map[string]fault.Code{
		"none.mp4": fault.ResourceNotFound, "//sound.mp4": fault.MediaCorrupt, "../x.mp4": fault.Forbidden, "": fault.Forbidden,
	} {
		conf := elementtest.Defaults(in.Spec())
		conf["file"] = name
		e, err := in.New(t.Context(), elementtest.Env(t), conf)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Start(t.Context()); fault.CodeOf(err) != want {
			t.Errorf("%q: %v", name, err)
		}
		if err := e.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
