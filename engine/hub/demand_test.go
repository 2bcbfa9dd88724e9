package hub

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// demand counts what it is asked for and does what it is told to.
type demand struct {
	wanted  func(ctx context.Context, name string) error
	convert func(ctx context.Context, c Conversion) error
	graph   atomic.Pointer[string] // version of the graph that converts; nil: there is none
	asked   atomic.Int32
}

func (d *demand) Wanted(ctx context.Context, name string) error {
	d.asked.Add(1)
	if d.wanted == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	return d.wanted(ctx, name)
}

func (d *demand) Conversion(stream string, from media.Track, want media.Want) (Conversion, error) {
	if d.graph.Load() == nil {
		return Conversion{}, fault.New(fault.NoRoute, "", "no graph converts %s", from.Codec)
	}
	return Conversion{Stream: stream, Kind: from.Kind, Codec: want.Codecs(from.Kind)[0], Graph: *d.graph.Load()}, nil
}

func (d *demand) Convert(ctx context.Context, c Conversion) error {
	d.asked.Add(1)
	return d.convert(ctx, c)
}

func (d *demand) edit(version string) { d.graph.Store(&version) }

func TestNobodyPublishes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		defer h.Close()
		_, err := h.Read(t.Context(), "cam", browser, newSink(), ReadOptions{})
		if expectCode(t, err, fault.StreamNotFound); err.Error() != `nobody publishes "cam"` {
			t.Errorf("got %v", err)
		}
		begin := time.Now()
		_, err = h.Read(t.Context(), "cam", browser, newSink(), ReadOptions{Wait: 5 * time.Second})
		expectCode(t, err, fault.StreamNotFound)
		if waited := time.Since(begin); waited != 5*time.Second {
			t.Errorf("it waited %v", waited)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err = h.Read(ctx, "cam", browser, newSink(), ReadOptions{Wait: time.Hour}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		_, err = h.Read(t.Context(), "a\tb", browser, newSink(), ReadOptions{})
		expectCode(t, err, fault.InvalidRequest)
		expectNothingLeft(t, h)
	})
}

// readers lets n of them read and gives what came of each.
func readers(h *Hub, n int, name string, wait time.Duration) <-chan error {
	results := make(chan error, n)
	for range n {
		go func() {
			_, err := h.Read(context.Background(), name, browser, newSink(), ReadOptions{Wait: wait})
			results <- err
		}()
	}
	return results
}

func TestAThousandReadersAskOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &demand{}
		h := New(Options{Demand: d})
		defer h.Close()
		var cancelled atomic.Bool
		d.wanted = func(ctx context.Context, name string) error {
			elapse(time.Second)
			publish(t, h, name, describing(media.VP8), PublishOptions{})
			elapse(time.Second) // it is published before the start is over
			cancelled.Store(ctx.Err() != nil)
			return nil
		}
		results := readers(h, 1000, "cam", 5*time.Second)
		for range 1000 {
			if err := <-results; err != nil {
				t.Fatal(err)
			}
		}
		elapse(2 * time.Second)
		if d.asked.Load() != 1 || cancelled.Load() {
			t.Errorf("asked %d times, cancelled: %v", d.asked.Load(), cancelled.Load())
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		if n := h.flights.Len(); n != 0 {
			t.Errorf("%d demands are left", n)
		}
	})
}

func TestFailureReachesAllWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &demand{wanted: func(context.Context, string) error {
			elapse(time.Second)
			return fault.New(fault.NoRoute, "", "no graph brings it")
		}}
		h := New(Options{Demand: d})
		defer h.Close()
		results := readers(h, 10, "cam", time.Minute)
		for range 10 {
			expectCode(t, <-results, fault.NoRoute)
		}
		expectCode(t, <-readers(h, 1, "cam", time.Minute), fault.NoRoute)
		if d.asked.Load() != 2 {
			t.Errorf("asked %d times, want once for the ten and once more", d.asked.Load())
		}
	})
}

func TestCallIsCancelledWhenTheLastGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cancelled := make(chan struct{})
		d := &demand{wanted: func(ctx context.Context, _ string) error {
			<-ctx.Done()
			close(cancelled)
			return ctx.Err()
		}}
		h := New(Options{Demand: d})
		defer h.Close()
		short, long := readers(h, 1, "cam", time.Second), readers(h, 1, "cam", 3*time.Second)
		expectCode(t, <-short, fault.StartTimeout)
		synctest.Wait()
		select {
		case <-cancelled:
			t.Error("cancelled although somebody waits")
		default:
		}
		expectCode(t, <-long, fault.StartTimeout)
		<-cancelled
	})
}

func TestConversionIsSharedAndFollowsItsGraph(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &demand{}
		h := New(Options{Demand: d})
		defer h.Close()
		var mu sync.Mutex
		made := map[string]*source{}
		d.convert = func(_ context.Context, c Conversion) error {
			src := newSource()
			mu.Lock()
			made[c.Graph] = src
			mu.Unlock()
			elapse(100 * time.Millisecond)
			_, err := h.Alternative(c.Stream, media.NewTrack(c.Codec), AlternativeOptions{For: c, Source: src})
			return err
		}
		publish(t, h, "cam", describing(media.VP9, media.Opus), PublishOptions{})
		_, err := h.Read(t.Context(), "cam", browser, newSink(), ReadOptions{Wait: time.Second})
		want := "video: vp9 published, h264 or vp8 wanted: no graph converts vp9"
		if expectCode(t, err, fault.CodecNotAvailable); err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		d.edit("v1")
		for range 2 {
			results := readers(h, 50, "cam", time.Second)
			for range 50 {
				if err := <-results; err != nil {
					t.Fatal(err)
				}
			}
		}
		if d.asked.Load() != 1 {
			t.Errorf("asked for %d conversions", d.asked.Load())
		}
		made["v1"].expect(t, "demand 0", "key 0")
		d.edit("v2")
		r := join(t, h, "cam", browser, newSink(), ReadOptions{Wait: time.Second})
		if d.asked.Load() != 2 {
			t.Error("the edited graph does not serve the new reader")
		}
		if got := (media.Description{Tracks: r.Tracks()}).String(); got != "h264, opus 48000" {
			t.Errorf("it reads %s", got)
		}
		r.Close()
		made["v2"].expect(t, "demand 0", "key 0", "idle 0")
	})
}

func TestConversionThatDoesNotCome(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &demand{convert: func(context.Context, Conversion) error { return nil }}
		d.edit("v1")
		h := New(Options{Demand: d})
		defer h.Close()
		p := publish(t, h, "cam", describing(media.VP9), PublishOptions{})
		_, err := h.Read(t.Context(), "cam", browser, newSink(), ReadOptions{Wait: 3 * time.Second})
		want := "nothing came within 3s: video: vp9 published, h264 or vp8 wanted"
		if expectCode(t, err, fault.StartTimeout); err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		p.Close(nil)
		expectNothingLeft(t, h)
	})
}

// TestPublisherThatNeedsAConversion: the wait goes over from one demand to the other.
func TestPublisherThatNeedsAConversion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &demand{}
		d.edit("v1")
		h := New(Options{Demand: d})
		defer h.Close()
		d.wanted = func(_ context.Context, name string) error {
			elapse(time.Second)
			publish(t, h, name, describing(media.VP9, media.AAC), PublishOptions{})
			return nil
		}
		d.convert = func(_ context.Context, c Conversion) error {
			elapse(time.Second)
			track := media.NewTrack(c.Codec)
			_, err := h.Alternative(c.Stream, track, AlternativeOptions{For: c})
			return err
		}
		if err := <-readers(h, 1, "cam", 5*time.Second); err != nil {
			t.Error(err)
		}
		if d.asked.Load() != 3 {
			t.Errorf("asked %d times, want for the stream, its video and its audio", d.asked.Load())
		}
	})
}

// What nothing can be made of is left out for who can be given the rest, and is no reason to wait; without a rest he is refused. A
// server that has no time for it is another matter.
func TestWhatCannotBeConverted(t *testing.T) {
	both := []media.Codec{media.VP9, media.AAC}
	cannot := func(k media.Kind) error {
		return fault.New(fault.CodecNotAvailable, "convert/"+string(k), "cannot be decoded")
	}
	for what, c := range map[string]struct {
		published []media.Codec
		fails     map[media.Kind]error
		tracks    string // that are read; "": none
		left      string
		code      fault.Code
	}{
		"sound":           {[]media.Codec{media.H264, media.AAC}, map[media.Kind]error{media.Audio: cannot("audio")}, "h264", "[{audio convert/audio: cannot be decoded}]", ""},
		"picture":         {[]media.Codec{media.VP9, media.Opus}, map[media.Kind]error{media.Video: cannot("video")}, "opus 48000", "[{video convert/video: cannot be decoded}]", ""},
		"picture of both": {both, map[media.Kind]error{media.Video: fault.New(fault.ElementUnavailable, "", "nothing")}, "opus 48000", "[{video nothing}]", ""},
		"both":            {both, map[media.Kind]error{media.Video: cannot("video"), media.Audio: cannot("audio")}, "", "", fault.CodecNotAvailable},
		"all there is":    {[]media.Codec{media.AAC}, map[media.Kind]error{media.Audio: cannot("audio")}, "", "", fault.CodecNotAvailable},
		"no time": {
			[]media.Codec{media.H264, media.AAC}, map[media.Kind]error{media.Audio: fault.New(fault.Overloaded, "", "busy")}, "", "", fault.Overloaded,
		},
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &demand{}
				d.edit("v1")
				h := New(Options{Demand: d})
				defer h.Close()
				d.convert = func(_ context.Context, c0 Conversion) error {
					elapse(time.Second)
					if err := c.fails[c0.Kind]; err != nil {
						return err
					}
					_, err := h.Alternative(c0.Stream, media.NewTrack(c0.Codec), AlternativeOptions{For: c0})
					return err
				}
				p := publish(t, h, "cam", describing(c.published...), PublishOptions{})
				begin := time.Now()
				r, err := h.Read(t.Context(), "cam", browser, newSink(), ReadOptions{Wait: time.Minute})
				if waited := time.Since(begin); waited != time.Second {
					t.Errorf("it waited %v", waited)
				}
				if c.tracks == "" {
					expectCode(t, err, c.code)
					p.Close(nil)
					expectNothingLeft(t, h)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if got := (media.Description{Tracks: r.Tracks()}).String(); got != c.tracks {
					t.Errorf("it reads %s, want %s", got, c.tracks)
				}
				if got := fmt.Sprint(h.Readers("cam")[0].LeftOut); got != c.left {
					t.Errorf("left out is %s, want %s", got, c.left)
				}
				r.Close()
			})
		})
	}
}
