package hub

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestReaderBeginsAtTheKeyFrame(t *testing.T) {
	h := newHub(t, Options{})
	p := publish(t, h, "cam", describing(media.VP8, media.Opus), PublishOptions{})
	write(t, p, 0, vp8Packets(true, 1, 30))
	write(t, p, 1, vp8Packets(false, 1, 9))
	write(t, p, 0, vp8Packets(true, 31, 50))
	write(t, p, 1, vp8Packets(false, 10, 12))
	s := newSink()
	r := join(t, h, "cam", browser, s, ReadOptions{})
	write(t, p, 0, vp8Packets(false, 51, 60))
	s.awaitLast(t, 0, 60)
	s.awaitLast(t, 1, 12)
	s.span(t, 0, 31, 60)
	s.span(t, 1, 10, 12)
	if told := s.told(); !slices.Equal(told, []string{"vp8, opus 48000"}) {
		t.Errorf("it was told of %q", told)
	}
	if got := r.Stats(); got.Units != 33 || got.Keyframes != 1 || got.Drops != nil {
		t.Errorf("it counted %+v", got)
	}
}

func TestReaderInItsOwnOrderOfTracks(t *testing.T) {
	h := newHub(t, Options{})
	p := publish(t, h, "cam", describing(media.Opus, media.VP8), PublishOptions{})
	s := newSink()
	join(t, h, "cam", browser, s, ReadOptions{})
	write(t, p, 0, vp8Packets(false, 7, 7))
	write(t, p, 1, vp8Packets(true, 1, 1))
	s.awaitLast(t, 0, 1) // video first, however it was published
	s.awaitLast(t, 1, 7)
}

func TestReaderBeforeThePublisher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		defer h.Close()
		s, joined := newSink(), make(chan *Reader)
		go func() { joined <- join(t, h, "cam", browser, s, ReadOptions{Wait: 10 * time.Second}) }()
		elapse(9 * time.Second)
		p := publish(t, h, "cam", describing(media.VP8), PublishOptions{})
		r := <-joined
		write(t, p, 0, vp8Packets(true, 1, 3))
		s.awaitLast(t, 0, 3)
		s.span(t, 0, 1, 3)
		r.Close()
	})
}

func TestClosedReaderIsNotCalled(t *testing.T) {
	h := newHub(t, Options{})
	src, s := newSource(), newSink()
	p := publish(t, h, "cam", describing(media.VP8), PublishOptions{Source: src})
	r := join(t, h, "cam", browser, s, ReadOptions{})
	write(t, p, 0, vp8Packets(true, 1, 3))
	s.awaitLast(t, 0, 3)
	r.Close()
	r.Close()
	write(t, p, 0, vp8Packets(true, 4, 6))
	p.Close(nil)
	src.expect(t, "demand 0", "key 0", "idle 0")
	s.span(t, 0, 1, 3)
	if s.endings() != 0 {
		t.Error("it was ended after it had closed")
	}
}

func TestPausedReaderGoesOnAtTheLastKeyFrame(t *testing.T) {
	h := newHub(t, Options{})
	src, s, other := newSource(), newSink(), newSink()
	p := publish(t, h, "cam", describing(media.VP8), PublishOptions{Source: src})
	r := join(t, h, "cam", browser, s, ReadOptions{Paused: true})
	join(t, h, "cam", browser, other, ReadOptions{})
	src.expect(t, "demand 0") // the paused one wants it too
	write(t, p, 0, vp8Packets(true, 1, 3))
	write(t, p, 0, vp8Packets(true, 4, 6))
	other.awaitLast(t, 0, 6)
	r.Resume()
	r.Resume()
	s.awaitLast(t, 0, 6)
	s.span(t, 0, 4, 6)
	r.Pause()
	r.Pause()
	write(t, p, 0, vp8Packets(false, 7, 9))
	other.awaitLast(t, 0, 9)
	r.Resume()
	s.await(t, func() bool { return len(s.got[0]) == 9 })
	if got := s.got[0][3:]; !slices.Equal(got, []int{4, 5, 6, 7, 8, 9}) {
		t.Errorf("resumed with %v", got)
	}
}

func TestKeyRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		defer h.Close()
		src := newSource()
		publish(t, h, "cam", describing(media.Opus, media.VP8), PublishOptions{Source: src})
		r := join(t, h, "cam", browser, newSink(), ReadOptions{})
		ask := func() {
			t.Helper()
			if err := r.RequestKey(0); err != nil {
				t.Error(err)
			}
		}
		ask() // attaching asked just now
		elapse(500 * time.Millisecond)
		ask()
		ask()
		synctest.Wait()
		if len(src.calls) != 4 {
			t.Errorf("%d calls", len(src.calls))
		}
		src.expect(t, "demand 1", "demand 0", "key 1", "key 1")
		expectCode(t, r.RequestKey(2), fault.InvalidRequest)
	})
}

func TestStalledReaderAsksForAKeyFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		defer h.Close()
		src, s := newSource(), newSink()
		p := publish(t, h, "cam", describing(media.VP8), PublishOptions{Source: src})
		r := join(t, h, "cam", browser, s, ReadOptions{})
		write(t, p, 0, vp8Packets(true, 1, 10))
		synctest.Wait()
		src.expect(t, "demand 0", "key 0")
		s.note(func() { s.stall = true })
		for n := uint16(11); n < 11+2*videoPackets; n++ {
			elapse(time.Millisecond)
			write(t, p, 0, vp8Packets(false, n, n))
		}
		synctest.Wait()
		src.expect(t, "key 0")
		s.note(func() { s.stall = false })
		write(t, p, 0, vp8Packets(true, 5000, 5003))
		s.awaitLast(t, 0, 5003)
		synctest.Wait()
		got := r.Stats()
		if lost := got.Drops["slow"] + got.Drops["await_key"]; lost != 2*videoPackets || got.Units != 14 || got.Level != 0 {
			t.Errorf("it counted %+v", got)
		}
	})
}

func TestReplayIsPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		defer h.Close()
		p := publish(t, h, "cam", describing(media.VP8), PublishOptions{})
		for n := range uint16(30) { // three seconds
			write(t, p, 0, vp8Packets(n == 0, n, n))
			elapse(100 * time.Millisecond)
		}
		s := newSink()
		join(t, h, "cam", browser, s, ReadOptions{Pace: 3})
		for _, want := range []int{1, 16, 30, 30} {
			synctest.Wait()
			if s.span(t, 0, 0, want-1); t.Failed() {
				return
			}
			elapse(501 * time.Millisecond)
		}
	})
}

func TestWakeOffersWhatWasLeft(t *testing.T) {
	h := newHub(t, Options{})
	s := newSink()
	s.stall = true
	p := publish(t, h, "cam", describing(media.VP8), PublishOptions{})
	r := join(t, h, "cam", browser, s, ReadOptions{})
	write(t, p, 0, vp8Packets(true, 1, 5))
	s.await(t, func() bool { return len(s.begun) == 1 })
	s.note(func() { s.stall = false })
	r.Wake()
	s.awaitLast(t, 0, 5)
	s.span(t, 0, 1, 5)
}

// unaskable is a source whose protocol has no word for key frames.
type unaskable struct{ *source }

func (unaskable) Unaskable() bool { return true }

// Who shows what comes as it comes begins with an old key frame alone if there will soon be another, and with all that followed it
// if nobody can be asked for one.
func TestLiveReadersOfWhoCannotBeAsked(t *testing.T) {
	for name, c := range map[string]struct {
		source Source
		last   int
	}{"who can": {newSource(), 1}, "who cannot": {unaskable{newSource()}, 9}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := New(Options{})
				defer h.Close()
				p := publish(t, h, "cam", describing(media.VP8), PublishOptions{Source: c.source})
				for n := uint16(1); n < 10; n++ {
					batch := vp8Packets(n == 1, n, n)
					batch[0].Arrival = time.Now()
					write(t, p, 0, batch)
					elapse(time.Second)
				}
				s := newSink()
				join(t, h, "cam", browser, s, ReadOptions{Live: time.Second / 2})
				synctest.Wait()
				s.span(t, 0, 1, c.last)
			})
		})
	}
}
