package engine_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
)

const steady = `graph: v1
about: In, with a slate for when nothing comes.
route:
  - fake.publish /{stream...}
nodes:
  in: fake.in
  bars: videotestsrc is-live=true
  enc: vp8enc
  out: {element: stream.out, set: {name: $stream}, fallback: {node: enc, after: 2s}}
links:
  - in -> out
  - bars -> enc
`

// elapse lets time pass in a bubble, in which that takes none.
func elapse(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // there is nothing to wait for but time itself
}

// show is a stream with a fallback, a viewer of it, and what makes its slate.
type show struct {
	*bench
	t      *testing.T
	inst   *instance.Instance
	camera *peer
	viewer *peer
	rt     *noted
	slate  string // the bridge that it comes out of
	last   time.Duration
}

// onStage publishes "cam" with a fallback that has more settings, and lets somebody watch.
func onStage(t *testing.T, more string) *show {
	t.Helper()
	e := start(t, map[string]string{"publish": strings.Replace(steady, "after: 2s", "after: 2s"+more, 1), "play": play})
	s := &show{bench: e, t: t, camera: newPeer(media.NewTrack(media.VP8)), viewer: newPeer(), last: -1}
	var err error
	if s.inst, err = e.Raise(t.Context(), raise("fake.publish", "/cam", s.camera)); err != nil {
		t.Fatal(err)
	}
	s.rt = await(t, "the Runtime", e.begun)
	s.rt.prepared(t)
	s.slate = bridge(s.inst, plan.OutOfGst)
	if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", s.viewer)); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return s
}

// comes has the camera send a picture, and tells whether it is shown.
func (s *show) comes(pub interface {
	WriteUnits(track int, batch []media.Unit) error
}, key bool, at time.Duration) bool {
	s.t.Helper()
	if err := pub.WriteUnits(0, []media.Unit{unit(at, key)}); err != nil {
		s.t.Fatal(err)
	}
	return s.shown()
}

// stands has the slate send a picture, and tells whether it is shown.
func (s *show) stands(key bool, at time.Duration) bool {
	s.t.Helper()
	u := unit(at, key)
	s.rt.Deliver(s.slate, &u)
	return s.shown()
}

// shown tells whether the viewer gets something now. Its time is later than that of everything before.
func (s *show) shown() bool {
	s.t.Helper()
	synctest.Wait()
	select {
	case u := <-s.viewer.units:
		if u.PTS <= s.last {
			s.t.Errorf("a picture of %v after one of %v", u.PTS, s.last)
		}
		s.last = u.PTS
		return true
	default:
		return false
	}
}

// coded tells whether the slate is made now.
func (s *show) coded() bool {
	s.t.Helper()
	synctest.Wait()
	r, err := s.rt.Inspect(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return len(r.Lazy) > 0
}

// stays fails the test if the viewer was thrown off.
func (s *show) stays() {
	s.t.Helper()
	synctest.Wait()
	select {
	case err := <-s.viewer.left:
		s.t.Fatalf("the viewer is thrown off: %v", err)
	default:
	}
}

func TestFallbackWhileSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onStage(t, "")
		pub := await(t, "the publication", s.camera.fed)
		if !s.comes(pub, true, time.Second) || !s.comes(pub, false, 1040*time.Millisecond) {
			t.Error("the camera is not shown")
		}
		elapse(1900 * time.Millisecond)
		if s.coded() || s.stands(true, 2*time.Second) {
			t.Error("the slate is there too early")
		}
		elapse(200 * time.Millisecond)
		if !s.coded() {
			t.Fatal("no slate is made of a camera that is silent")
		}
		if s.stands(false, 3*time.Second) {
			t.Error("the slate is shown from the middle of something")
		}
		if !s.stands(true, 4*time.Second) || !s.stands(false, 5*time.Second) {
			t.Error("the slate is not shown")
		}
		if asked := len(s.camera.keys); s.comes(pub, false, 2*time.Second) {
			t.Error("the camera is shown from the middle of something")
		} else if synctest.Wait(); len(s.camera.keys) == asked {
			t.Error("the camera is not asked for a key frame")
		}
		if !s.comes(pub, true, 2040*time.Millisecond) || !s.comes(pub, false, 2080*time.Millisecond) {
			t.Error("the camera is not shown again")
		}
		if s.stands(true, 6*time.Second) {
			t.Error("the slate is shown beside the camera")
		}
		elapse(1500 * time.Millisecond)
		s.comes(pub, false, 4*time.Second)
		elapse(time.Second)
		if s.coded() {
			t.Error("the slate is made although the camera is there")
		}
		s.stays()
	})
}

// A pause in which nothing else was shown is only a pause: what comes after it needs no key frame.
func TestFallbackThatDoesNotCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onStage(t, "")
		pub := await(t, "the publication", s.camera.fed)
		s.comes(pub, true, 0)
		elapse(3 * time.Second)
		if !s.comes(pub, false, 3*time.Second) {
			t.Error("the camera is not shown after its pause")
		}
		if s.stands(true, 4*time.Second) {
			t.Error("the slate is shown beside the camera")
		}
	})
}

// Nothing is coded for nobody.
func TestFallbackThatNobodySees(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onStage(t, ", keep: 1m")
		pub := await(t, "the publication", s.camera.fed)
		s.comes(pub, true, 0)
		s.viewer.mu.Lock()
		reader := s.viewer.reader
		s.viewer.mu.Unlock()
		reader.Close()
		elapse(3 * time.Second)
		if s.coded() {
			t.Error("a slate is made for nobody")
		}
		if _, err := s.Raise(t.Context(), raise("fake.play", "/cam", s.viewer)); err != nil {
			t.Fatal(err)
		}
		if !s.coded() {
			t.Error("no slate is made for who came meanwhile")
		}
	})
}

// The publisher drops and comes back: the viewer sees a slate, then the publisher, and was never told of anything.
func TestPublisherWhoComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onStage(t, "")
		pub := await(t, "the publication", s.camera.fed)
		s.comes(pub, true, 0)
		_, err := s.Raise(t.Context(), raise("fake.publish", "/cam", newPeer(media.NewTrack(media.VP8))))
		wantCode(t, "a name whose publisher is there", err, fault.NameInUse)

		elapse(100 * time.Millisecond)
		if err := s.inst.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !s.coded() || !s.stands(true, time.Second) {
			t.Fatal("no slate is shown when the publisher has gone")
		}
		elapse(time.Hour)
		s.stays()
		if !s.stands(false, time.Hour) {
			t.Error("the slate is not shown for long")
		}
		again := newPeer(media.NewTrack(media.VP8))
		if _, err := s.Raise(t.Context(), raise("fake.publish", "/cam", again)); err != nil {
			t.Fatal(err)
		}
		if !s.comes(await(t, "the second publication", again.fed), true, 2*time.Hour) {
			t.Error("the publisher who came back is not shown")
		}
		<-s.inst.Done() // what stood in has gone
		s.stays()
	})
}

// How long a name is kept without its publisher is the graph's to say.
func TestKeepingOfNames(t *testing.T) {
	for keep, want := range map[string]struct{ watched, deserted time.Duration }{
		"":                {-1, 0},
		", keep: watched": {-1, 0},
		", keep: 90s":     {90 * time.Second, 90 * time.Second},
		", keep: forever": {-1, -1},
	} {
		for _, watched := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				s := onStage(t, keep)
				s.comes(await(t, "the publication", s.camera.fed), true, 0)
				limit := want.watched
				if !watched {
					limit = want.deserted
					s.viewer.mu.Lock()
					s.viewer.reader.Close()
					s.viewer.mu.Unlock()
				}
				if err := s.inst.Leave(t.Context()); err != nil {
					t.Fatal(err)
				}
				look := func(after time.Duration, there bool) {
					elapse(after)
					synctest.Wait()
					if s.Streams().Has("cam") != there {
						t.Errorf("%q, watched %v: after %v the name is kept: %v", keep, watched, after, !there)
					}
				}
				switch {
				case limit < 0:
					look(24*time.Hour, true)
				case limit == 0:
					look(time.Second, false)
				default:
					look(limit-time.Second, true)
					look(2*time.Second, false)
					if watched && len(s.viewer.left) == 0 {
						t.Error("the viewer does not hear of the end")
					}
				}
			})
		}
	}
}

// A publisher of whom nothing ever came has nothing that could be stood in for.
func TestPublisherWhoNeverSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := onStage(t, ", keep: forever")
		if err := s.inst.Leave(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-s.inst.Done()
	})
}

// waitingRoom is a slate for who comes before the publisher.
const waitingRoom = `graph: v1
about: A slate.
route:
  - stream.wanted /{stream...}
nodes:
  bars: videotestsrc is-live=true
  enc: vp8enc
  out: {element: stream.out, set: {name: $stream, publish: yield}, lazy: 10s}
links:
  - bars -> enc -> out
`

// A graph may serve only names that had a publisher; a slate that stood in for one is none.
func TestNamesThatHadAPublisher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		room := strings.Replace(waitingRoom, "stream.wanted /{stream...}", `{event: stream.wanted, path: "/{stream...}", where: {lately: true}}`, 1)
		e := start(t, map[string]string{"publish": publish, "play": play, "wanted": room})
		plays := func() error {
			viewer := newPeer()
			viewer.want.Audio = nil
			_, err := e.Raise(t.Context(), raise("fake.play", "/cam", viewer))
			return err
		}
		if err := plays(); !errors.Is(err, fault.StreamNotFound) {
			t.Errorf("a name that somebody made up: %v", err)
		}
		camera := newPeer(media.NewTrack(media.VP8))
		inst, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera))
		if err != nil {
			t.Fatal(err)
		}
		elapse(3 * time.Hour) // since it ended it is known, not since it began
		if err := inst.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := plays(); err != nil {
			t.Errorf("a name that somebody may come back to: %v", err)
		}
	})
}

// Who comes before the publisher gets a slate, and then what is published.
func TestViewerBeforeThePublisher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := start(t, map[string]string{"publish": steady, "play": play, "wanted": waitingRoom})
		s := &show{bench: e, t: t, viewer: newPeer(), last: -1}
		s.viewer.want.Audio = nil
		if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", s.viewer)); err != nil {
			t.Fatal(err)
		}
		s.rt = await(t, "the Runtime", e.begun)
		s.rt.prepared(t)
		synctest.Wait()
		first := e.running(t, "wanted")
		s.slate = bridge(first, plan.OutOfGst)
		if !s.stands(true, time.Second) {
			t.Fatal("no slate is shown")
		}
		camera := newPeer(media.NewTrack(media.VP8))
		if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
			t.Fatal(err)
		}
		if !s.comes(await(t, "the publication", camera.fed), true, time.Minute) {
			t.Error("the publisher is not shown")
		}
		<-first.Done()
		s.stays()
		if n := len(e.Instances().Instances()); n != 2 {
			t.Errorf("%d instances run, not those of the publisher and the viewer", n)
		}
	})
}
