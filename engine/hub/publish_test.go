package hub

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestBadPublishers(t *testing.T) {
	h := newHub(t, Options{})
	vp8 := describing(media.VP8)
	noClock := describing(media.VP8)
	noClock.Tracks[0].ClockRate = 0
	for want, row := range map[string]struct {
		name string
		d    media.Description
		opt  PublishOptions
	}{
		"needs a name":          {"", vp8, PublishOptions{}},
		"is too long":           {strings.Repeat("x", MaxName+1), vp8, PublishOptions{}},
		"not UTF-8":             {"\xff", vp8, PublishOptions{}},
		"cannot be seen":        {"a\nb", vp8, PublishOptions{}},
		"at least one track":    {"cam", media.Description{}, PublishOptions{}},
		`"first" is no policy`:  {"cam", vp8, PublishOptions{Policy: "first"}},
		`"frames" is no form`:   {"cam", vp8, PublishOptions{Form: "frames"}},
		`"video" needs a clock`: {"cam", noClock, PublishOptions{}},
		"2 forms for 1 tracks":  {"cam", vp8, PublishOptions{Forms: []Form{Units, Units}}},
		`"bytes" is no form`:    {"cam", vp8, PublishOptions{Forms: []Form{"bytes"}}},
		"two tracks are called": {"cam", describing(media.VP8, media.VP8), PublishOptions{}},
	} {
		_, err := h.Publish(t.Context(), row.name, row.d, row.opt)
		if !errors.Is(err, fault.InvalidRequest) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	expectNothingLeft(t, h)
	if _, err := h.Publish(t.Context(), "rtsp://cam.example/1?q=ä", noClock, PublishOptions{Form: Units}); err != nil {
		t.Errorf("a good one is refused: %v", err)
	}
}

func TestBadWrites(t *testing.T) {
	p := publish(t, newHub(t, Options{}), "cam", describing(media.VP8), PublishOptions{})
	expectCode(t, p.Write(1, nil), fault.InvalidRequest)
	expectCode(t, p.Write(-1, nil), fault.InvalidRequest)
	expectCode(t, p.WriteUnits(0, nil), fault.InvalidRequest)
	p.Close(nil)
	p.Close(nil)
	expectCode(t, p.Write(0, vp8Packets(true, 1, 1)), fault.Closed)
}

func TestEachTrackHasItsForm(t *testing.T) {
	h := newHub(t, Options{})
	p := publish(t, h, "cam", describing(media.VP8, media.Opus), PublishOptions{Form: Units, Forms: []Form{"", Packets}})
	if err := p.WriteUnits(0, []media.Unit{unit(true, 1)}); err != nil {
		t.Error(err)
	}
	write(t, p, 1, []media.Packet{{Payload: []byte{1}}})
	expectCode(t, p.Write(0, nil), fault.InvalidRequest)
	expectCode(t, p.WriteUnits(1, nil), fault.InvalidRequest)
	if info, _ := h.Stream("cam"); info.Tracks[0].Form != Units || info.Tracks[1].Form != Packets {
		t.Errorf("described as %+v", info.Tracks)
	}
	if _, ok := h.Stream("other"); ok {
		t.Error("there is a stream that nobody publishes")
	}
}

func TestRefuse(t *testing.T) {
	h := newHub(t, Options{})
	p := publish(t, h, "cam", describing(media.VP8), PublishOptions{})
	_, err := h.Publish(t.Context(), "cam", describing(media.VP8), PublishOptions{})
	expectCode(t, err, fault.NameInUse)
	publish(t, h, "other", describing(media.VP8), PublishOptions{})
	p.Close(nil)
	publish(t, h, "cam", describing(media.VP8), PublishOptions{})
}

func TestReplaceTakesTheReadersOver(t *testing.T) {
	h := newHub(t, Options{})
	first, s, blind := newSource(), newSink(), newSink()
	p := publish(t, h, "cam", describing(media.VP8, media.Opus), PublishOptions{Source: first})
	join(t, h, "cam", browser, s, ReadOptions{})
	join(t, h, "cam", media.Want{Audio: []media.Codec{media.Opus}}, blind, ReadOptions{})
	write(t, p, 0, vp8Packets(true, 1, 3))
	s.awaitLast(t, 0, 3)

	next := publish(t, h, "cam", describing(media.H264), PublishOptions{Policy: Replace})
	first.expect(t, "demand 0", "demand 1", "key 0", "ended name_in_use")
	expectCode(t, p.Write(0, vp8Packets(false, 4, 4)), fault.Closed)
	write(t, next, 0, []media.Packet{{Payload: []byte{0x65, 1}}}) // IDR
	s.awaitLast(t, 0, 0)
	if told := s.told(); !slices.Equal(told, []string{"vp8, opus 48000", "h264"}) {
		t.Errorf("the reader was told of %q", told)
	}
	err := blind.awaitEnd(t) // it can take nothing of the next one
	if expectCode(t, err, fault.CodecNotAvailable); err.Error() != "audio: none published, opus wanted" {
		t.Errorf("it was told %v", err)
	}
}

func TestQueueWaitsForTheName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		defer h.Close()
		src, s := newSource(), newSink()
		p := publish(t, h, "cam", describing(media.VP8), PublishOptions{Source: src})
		join(t, h, "cam", browser, s, ReadOptions{})
		second := make(chan *Publication)
		go func() { second <- publish(t, h, "cam", describing(media.H264), PublishOptions{Policy: Queue}) }()
		synctest.Wait()
		p.Close(nil)
		next := <-second
		if !h.Has("cam") {
			t.Error("the name is free although somebody waited for it")
		}
		write(t, next, 0, []media.Packet{{Payload: []byte{0x65, 1}}})
		s.awaitLast(t, 0, 0)
		synctest.Wait()
		if s.endings() != 0 || len(src.calls) != 2 {
			t.Errorf("the reader was ended %d times, the publisher, who closed himself, was called %d times", s.endings(), len(src.calls))
		}
	})
}

func TestQueueIsLeftWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		defer h.Close()
		p := publish(t, h, "cam", describing(media.VP8), PublishOptions{})
		ctx, cancel := context.WithCancel(t.Context())
		refused := make(chan error)
		go func() {
			_, err := h.Publish(ctx, "cam", describing(media.VP8), PublishOptions{Policy: Queue})
			refused <- err
		}()
		synctest.Wait()
		cancel()
		if err := <-refused; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		p.Close(nil)
		expectNothingLeft(t, h)
	})
}

func TestEndReachesReadersAfterTheLastPacket(t *testing.T) {
	h := newHub(t, Options{})
	p := publish(t, h, "cam", describing(media.VP8), PublishOptions{})
	s, paused := newSink(), newSink()
	r := join(t, h, "cam", browser, s, ReadOptions{})
	join(t, h, "cam", browser, paused, ReadOptions{Paused: true})
	write(t, p, 0, vp8Packets(true, 1, 400))
	p.Close(fault.New(fault.Stalled, "", "media stopped"))
	expectCode(t, s.awaitEnd(t), fault.Stalled)
	expectCode(t, paused.awaitEnd(t), fault.Stalled)
	s.span(t, 0, 1, 400)
	r.Close()
	if len(r.Tracks()) != 0 || s.endings() != 1 {
		t.Errorf("after the end it has %v and was ended %d times", r.Tracks(), s.endings())
	}
	r.Resume() // too late, but harmless
	r.Pause()
	expectCode(t, r.RequestKey(0), fault.InvalidRequest)
}

func TestCloseEndsEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{Demand: &demand{}})
		src, s := newSource(), newSink()
		publish(t, h, "cam", describing(media.VP8), PublishOptions{Source: src})
		join(t, h, "cam", browser, s, ReadOptions{})
		waiting := make(chan error)
		go func() {
			_, err := h.Publish(t.Context(), "cam", describing(media.VP8), PublishOptions{Policy: Queue})
			waiting <- err
		}()
		go func() {
			_, err := h.Read(t.Context(), "other", browser, newSink(), ReadOptions{Wait: 1e9})
			waiting <- err
		}()
		synctest.Wait()
		h.Close()
		h.Close()
		expectCode(t, <-waiting, fault.Closed)
		expectCode(t, <-waiting, fault.Closed)
		expectCode(t, s.awaitEnd(t), fault.Closed)
		src.expect(t, "demand 0", "key 0", "ended closed")
		_, err := h.Publish(t.Context(), "cam", describing(media.VP8), PublishOptions{})
		expectCode(t, err, fault.Closed)
		_, err = h.Read(t.Context(), "cam", browser, newSink(), ReadOptions{})
		expectCode(t, err, fault.Closed)
	})
}

// Who yields gives the name up to whoever publishes it, and keeps it otherwise.
func TestYield(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHub(t, Options{})
		slate := newSource()
		publish(t, h, "cam", describing(media.VP8), PublishOptions{Policy: Yield, Source: slate})
		s := newSink()
		join(t, h, "cam", media.Everything(), s, ReadOptions{})
		if !h.Free("cam") || !h.Free("other") || !h.Has("cam") {
			t.Error("who would get the name is not known")
		}
		source := newSource()
		p := publish(t, h, "cam", describing(media.VP8), PublishOptions{Source: source})
		synctest.Wait()
		slate.expect(t, "demand 0", "key 0", "ended name_in_use")
		if s.endings() > 0 {
			t.Error("a reader was thrown off")
		}
		_, err := h.Publish(t.Context(), "cam", describing(media.VP8), PublishOptions{Policy: Yield})
		expectCode(t, err, fault.NameInUse)

		waits := make(chan error, 1)
		go func() {
			_, err := h.Publish(t.Context(), "cam", describing(media.VP8), PublishOptions{Policy: Queue})
			waits <- err
		}()
		synctest.Wait()
		p.Yield(false)
		if len(waits) > 0 || h.Free("cam") {
			t.Error("the name was given up")
		}
		p.Yield(true)
		if err := <-waits; err != nil {
			t.Error(err)
		}
		p.Yield(true) // after its end
		if s.endings() > 0 {
			t.Error("a reader was thrown off")
		}
	})
}
