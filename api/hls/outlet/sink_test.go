package outlet_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/hls/catalog"
	"sluice/api/hls/outlet"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// bench is an element that reads a publication of the test's.
type bench struct {
	catalog *catalog.Catalog
	sink    node.UnitSink
	pub     *hub.Publication
	keys    chan int
	over    chan error
}

// The publisher.
func (b *bench) RequestKey(track int) { b.keys <- track }
func (*bench) Demand(int)             {}
func (*bench) Idle(int)               {}
func (*bench) Ended(error)            {}

// begin has an hls.out with some settings read what a test publishes, and runs the test in a bubble.
func begin(t *testing.T, set element.Conf, track media.Track, test func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		out := outlet.Elements()[0].(outlet.Out)
		b := &bench{catalog: out.Catalog(), keys: make(chan int, 64), over: make(chan error, 1)}
		if err := b.catalog.Open(catalog.Options{Grace: time.Second}); err != nil {
			t.Fatal(err)
		}
		conf := elementtest.Defaults(out.Spec())
		for name, v := range set {
			conf[name] = v
		}
		env := elementtest.Env(t)
		env.Over = func(err error) { b.over <- err }
		e, err := out.New(t.Context(), env, conf)
		if err != nil {
			t.Fatal(err)
		}
		b.sink = e.(node.UnitSink)
		if err := e.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		h := hub.New(hub.Options{})
		if b.pub, err = h.Private(media.Description{Tracks: []media.Track{track}}, hub.PublishOptions{Form: hub.Units, Source: b}); err != nil {
			t.Fatal(err)
		}
		r, err := b.pub.ReadUnits(b.sink.Want(), b.sink, hub.ReadOptions{Paused: true})
		if err != nil {
			t.Fatal(err)
		}
		b.sink.Begin(r.Tracks())
		b.sink.Attach(r)
		defer func() {
			r.Close()
			if err := e.Stop(context.Background()); err != nil {
				t.Error(err)
			}
			h.Close()
			if err := b.catalog.Close(); err != nil {
				t.Error(err)
			}
		}()
		test(t, b)
	})
}

// TestAsksForKeyFrames: of a publisher who sends none by himself one is asked for where a segment should end; of a rendition among
// several only if it is clearly late.
func TestAsksForKeyFrames(t *testing.T) {
	for rung, want := range map[string]time.Duration{"": 2 * time.Second, "720p": 3 * time.Second} {
		begin(t, element.Conf{"rung": rung}, media.NewTrack(media.H264), func(t *testing.T, b *bench) {
			const frame = 40 * time.Millisecond
			for at := time.Duration(0); at <= 4*time.Second; at += frame {
				time.Sleep(frame) //nolint:forbidigo // it is the bubble's time
				u := media.Unit{PTS: at, DTS: at, Key: at == 0, AU: [][]byte{{0x41, 1, 2, 3}}}
				if err := b.pub.WriteUnits(0, []media.Unit{u}); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
				for at == 0 && len(b.keys) > 0 {
					<-b.keys // the hub asks for one, for who comes first
				}
				if asked := len(b.keys) > 0; asked != (at >= want) {
					t.Fatalf("rung %q: at %s asked is %t", rung, at, asked)
				}
			}
			if n := len(b.keys); n > int((4*time.Second-want)/(500*time.Millisecond))+1 {
				t.Errorf("rung %q: it was asked %d times", rung, n)
			}
		})
	}
}

// TestCannotBeCut: who waits for a stream of which no segments can be made hears why.
func TestCannotBeCut(t *testing.T) {
	track := media.NewTrack(media.AAC)
	track.Extra = [][]byte{{0xff}}
	begin(t, nil, track, func(t *testing.T, b *bench) {
		if err := <-b.over; err == nil {
			t.Fatal("it is not over")
		}
		s, leave := b.catalog.Wait("/lobby")
		defer leave()
		if err := b.sink.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Ready(t.Context()); fault.CodeOf(err) != fault.StreamNotFound && !errors.Is(err, fault.MediaCorrupt) {
			t.Errorf("who waits hears %v", err)
		}
	})
}

func TestRefusesSettings(t *testing.T) {
	out := outlet.Elements()[0].(outlet.Out)
	if err := out.Catalog().Open(catalog.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, part := range []time.Duration{99 * time.Millisecond, 2 * time.Second} {
		conf := elementtest.Defaults(out.Spec())
		conf["segment"], conf["part"] = time.Second, part
		if _, err := out.New(t.Context(), elementtest.Env(t), conf); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("parts of %s: %v", part, err)
		}
		conf["segments"] = "ts" // which has none
		if _, err := out.New(t.Context(), elementtest.Env(t), conf); err != nil {
			t.Error(err)
		}
	}
	if err := out.Catalog().Close(); err != nil {
		t.Error(err)
	}
}

// TestWants: what players do not know is converted before.
func TestWants(t *testing.T) {
	for _, c := range []struct {
		set  element.Conf
		want string
	}{
		{element.Conf{}, "video: h264 or h265 or av1; audio: aac or opus"},
		{element.Conf{"opus": false}, "video: h264 or h265 or av1; audio: aac"},
		{element.Conf{"segments": "ts"}, "video: h264 or h265; audio: aac or mp3 or ac3"},
	} {
		begin(t, c.set, aac(), func(t *testing.T, b *bench) {
			if got := b.sink.Want().String(); got != c.want {
				t.Errorf("%v: %s", c.set, got)
			}
		})
	}
}

func aac() media.Track {
	t := media.NewTrack(media.AAC)
	t.ClockRate, t.Channels, t.Extra = 48_000, 2, [][]byte{{0x11, 0x90}}
	return t
}
