package hub

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// sized is a key frame of VP8 in one packet.
func sized(n uint16, width, height byte) []media.Packet {
	batch := vp8Packets(true, n, n)
	batch[0].Payload = []byte{0x10, 0x50, 0, 0, 0x9d, 0x01, 0x2a, width, 0, height, 0, 0}
	return batch
}

func TestSizesAreFound(t *testing.T) {
	changes := make(chan Event, 10)
	h := newHub(t, Options{Notify: func(e Event) {
		if e.What == StreamChanged {
			changes <- e
		}
	}})
	p := publish(t, h, "cam", describing(media.VP8, media.Opus), PublishOptions{})
	s := newSink()
	r := join(t, h, "cam", browser, s, ReadOptions{})
	for i, row := range []struct {
		width, height byte
		told          string
	}{{160, 120, "vp8 160x120, opus 48000"}, {160, 120, ""}, {80, 60, "vp8 80x60, opus 48000"}} {
		write(t, p, 0, sized(uint16(i+1), row.width, row.height))
		if row.told == "" {
			continue
		}
		if e := <-changes; e.Description.String() != row.told || e.Stream != "cam" || e.Publication == 0 {
			t.Errorf("key frame %d: told %+v", i, e)
		}
		if info, _ := h.Stream("cam"); info.Tracks[0].Track.Width != int(row.width) || r.Tracks()[0].Height != int(row.height) {
			t.Errorf("key frame %d: %+v, and the reader has %+v", i, info.Tracks[0].Track, r.Tracks()[0])
		}
	}
	s.awaitLast(t, 0, 3)
	if len(s.told()) != 1 {
		t.Errorf("the reader began with %q", s.told())
	}
	write(t, p, 0, sized(4, 160, 120))
	p.Close(nil) // maybe before it is told
}

func TestWhatParameterSetsSayIsKnownAtOnce(t *testing.T) {
	d := describing(media.H264)
	d.Tracks[0].ClockRate = 0
	d.Tracks[0].Extra = [][]byte{{ // of x264, for 322x182
		0x67, 0x42, 0xc0, 0x15, 0xd9, 0x01, 0x51, 0x9e, 0x22, 0x6c, 0x05, 0xa8, 0x30, 0x30, 0x35, 0x28, 0, 0, 3, 0, 8,
		0, 0, 3, 1, 0x94, 0x78, 0xb1, 0x72, 0x40,
	}}
	h := newHub(t, Options{})
	publish(t, h, "cam", d, PublishOptions{Form: Units})
	if info, _ := h.Stream("cam"); info.Tracks[0].Track.Width != 322 || info.Tracks[0].Track.ClockRate != 90000 {
		t.Errorf("%+v", info.Tracks[0].Track)
	}
}

// writeBFrames writes units of which the third is shown before the second.
func writeBFrames(t *testing.T, p *Publication) {
	t.Helper()
	for i, n := range []int{0, 20, 10} {
		if err := p.WriteUnits(0, []media.Unit{unit(i == 0, n)}); err != nil {
			t.Fatal(err)
		}
	}
}

var noBFrames = media.Want{Video: []media.Codec{media.H264}, NoBFrames: true}

func TestReadersWhoCannotTakeBFramesAreEnded(t *testing.T) {
	h := newHub(t, Options{})
	p := publish(t, h, "cam", describing(media.H264), PublishOptions{Form: Units})
	picky, other := newUnitSink(), newUnitSink()
	for s, want := range map[*sinkOf[media.Unit]]media.Want{picky: noBFrames, other: media.Everything()} {
		if _, err := h.ReadUnits(t.Context(), "cam", want, s, ReadOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	writeBFrames(t, p)
	err := picky.awaitEnd(t)
	if expectCode(t, err, fault.CodecNotAvailable); err.Error() != "video: h264 with b-frames published, h264 without b-frames wanted" {
		t.Errorf("it was told %v", err)
	}
	other.awaitLast(t, 0, 10)
	if other.endings() != 0 {
		t.Error("the other one was ended, too")
	}
	_, err = h.ReadUnits(t.Context(), "cam", noBFrames, newUnitSink(), ReadOptions{})
	expectCode(t, err, fault.CodecNotAvailable)
}

// converter publishes what is asked for, and counts how often that is.
func converter(h **Hub, form Form) *demand {
	d := &demand{}
	d.edit("1")
	d.convert = func(_ context.Context, c Conversion) error {
		_, err := (*h).Alternative(c.Stream, media.NewTrack(c.Codec), AlternativeOptions{For: c, Form: form})
		return err
	}
	return d
}

func TestReadersWhoCannotTakeBFramesGetAConversion(t *testing.T) {
	var h *Hub
	d := converter(&h, Units)
	h = newHub(t, Options{Demand: d})
	p := publish(t, h, "cam", describing(media.H264), PublishOptions{Form: Units})
	s := newUnitSink()
	r, err := h.ReadUnits(t.Context(), "cam", noBFrames, s, ReadOptions{Wait: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	writeBFrames(t, p)
	s.await(t, func() bool { return len(s.begun) == 2 })
	if asked := d.asked.Load(); asked != 1 || r.Tracks()[0].BFrames {
		t.Errorf("%d conversions were asked for; it reads %v", asked, r.Tracks())
	}
}

// takeover has three readers of VP8, of whom the last is paused, lose it to VP9.
func takeover(t *testing.T, h *Hub) (next *Publication, sinks []*packetSink, all []*Reader) {
	t.Helper()
	publish(t, h, "cam", describing(media.VP8, media.Opus), PublishOptions{})
	for i := range 3 {
		s := newSink()
		sinks = append(sinks, s)
		all = append(all, join(t, h, "cam", browser, s, ReadOptions{Wait: time.Second, Paused: i == 2}))
	}
	next = publish(t, h, "cam", describing(media.VP9, media.Opus), PublishOptions{Policy: Replace})
	return next, sinks, all
}

func TestReadersWaitForAConversionAfterATakeover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var h *Hub
		d := converter(&h, Packets)
		joined, left := 0, 0
		h = New(Options{Demand: d, Notify: func(e Event) {
			switch e.What {
			case ReaderJoined:
				joined++
			case ReaderLeft:
				left++
			}
		}})
		_, sinks, all := takeover(t, h)
		synctest.Wait()
		for i, s := range sinks[:2] {
			if told := s.told(); len(told) != 2 || told[1] != "h264, opus 48000" {
				t.Errorf("reader %d was told of %q", i, told)
			}
		}
		all[2].Resume()
		synctest.Wait()
		if told := sinks[2].told(); len(told) != 1 || told[0] != "h264, opus 48000" {
			t.Errorf("the paused one was told of %q", told)
		}
		if asked := d.asked.Load(); asked != 1 || h.Streams()[0].Readers != 3 {
			t.Errorf("%d conversions were asked for %d readers", asked, h.Streams()[0].Readers)
		}
		h.Close()
		if joined != 3 || left != 3 {
			t.Errorf("%d joined and %d left", joined, left)
		}
		expectNothingLeft(t, h)
	})
}

func TestReadersDoNotWaitForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &demand{convert: func(ctx context.Context, _ Conversion) error { <-ctx.Done(); return ctx.Err() }}
		d.edit("1")
		h := New(Options{Demand: d})
		defer h.Close()
		begin := time.Now()
		_, sinks, all := takeover(t, h)
		synctest.Wait()
		all[1].Close()
		all[0].Pause() // and may be resumed
		all[0].Resume()
		expectCode(t, all[0].RequestKey(0), fault.InvalidRequest)
		for i, s := range []*packetSink{sinks[0], sinks[2]} {
			expectCode(t, s.awaitEnd(t), fault.StartTimeout)
			if waited := time.Since(begin); waited != time.Second {
				t.Errorf("reader %d waited %v", i, waited)
			}
		}
		if sinks[1].endings() != 0 {
			t.Error("one that was closed was called")
		}
		synctest.Wait()
		if info := h.Streams()[0]; info.Readers != 0 {
			t.Errorf("%d readers are left", info.Readers)
		}
	})
}

func TestSearchEndsWithTheStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &demand{convert: func(ctx context.Context, _ Conversion) error { <-ctx.Done(); return ctx.Err() }}
		d.edit("1")
		h := New(Options{Demand: d})
		defer h.Close()
		next, sinks, _ := takeover(t, h)
		synctest.Wait()
		next.Close(nil)
		expectCode(t, sinks[0].awaitEnd(t), fault.StreamNotFound)
		if asked := d.asked.Load(); asked != 1 {
			t.Errorf("%d things were asked for", asked)
		}
	})
}

func TestSearchEndsWithTheHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &demand{convert: func(ctx context.Context, _ Conversion) error { <-ctx.Done(); return ctx.Err() }}
		d.edit("1")
		h := New(Options{Demand: d})
		_, sinks, _ := takeover(t, h)
		synctest.Wait()
		h.Close()
		for _, s := range sinks {
			expectCode(t, s.awaitEnd(t), fault.Closed)
		}
	})
}

// Who has told its peer of codecs gets no others, though it would have taken them at first.
func TestSettledReaders(t *testing.T) {
	h := newHub(t, Options{})
	publish(t, h, "cam", describing(media.VP8, media.Opus), PublishOptions{Policy: Yield})
	want := media.Want{Video: []media.Codec{media.H264, media.VP8}, Audio: []media.Codec{media.PCMU, media.Opus}}
	free, settled, deaf := newSink(), newSink(), newSink()
	others := join(t, h, "cam", want, free, ReadOptions{})
	want.Settled = true
	mine := join(t, h, "cam", want, settled, ReadOptions{})
	want.Audio = nil
	silent := join(t, h, "cam", want, deaf, ReadOptions{})
	d := describing(media.VP8, media.PCMU, media.Opus)
	d.Tracks[2].ID = "other"
	publish(t, h, "cam", d, PublishOptions{})
	for _, c := range []struct {
		r    *Reader
		want string
	}{{others, "vp8 pcmu"}, {mine, "vp8 opus"}, {silent, "vp8"}} {
		var got []string
		for _, t := range c.r.Tracks() {
			got = append(got, string(t.Codec))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("a reader gets %v, want %s", got, c.want)
		}
	}
}
