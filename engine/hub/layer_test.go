package hub

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
)

// simulcast describes VP8 in three layers, which are not in the order of their size, and Opus.
func simulcast() media.Description {
	var d media.Description
	for _, rid := range []string{"q", "f", "h"} {
		t := media.NewTrack(media.VP8)
		t.ID, t.Layer = "video-"+rid, rid
		d.Tracks = append(d.Tracks, t)
	}
	d.Tracks = append(d.Tracks, describing(media.Opus).Tracks...)
	return d
}

// The layers by their track, and how large they are.
const (
	layerQ, layerF, layerH = 0, 1, 2
	sizeQ, sizeF, sizeH    = 40, 160, 80
)

// putKey writes a key frame of a layer, whose sequence number is n and 1000 for each layer before it.
func putKey(t *testing.T, p *Publication, layer, n int) {
	t.Helper()
	size := []byte{sizeQ, sizeF, sizeH}[layer]
	write(t, p, layer, sized(uint16(1000*layer+n), size, size))
}

func putDelta(t *testing.T, p *Publication, layer, n int) {
	t.Helper()
	write(t, p, layer, vp8Packets(false, uint16(1000*layer+n), uint16(1000*layer+n)))
}

func layerNames(all []Layer) (names []string) {
	for _, l := range all {
		name := l.Track.Layer
		if l.Live {
			name += " live"
		}
		if l.Read {
			name += " read"
		}
		names = append(names, name)
	}
	return names
}

func expectLayers(t *testing.T, r *Reader, want ...string) {
	t.Helper()
	if got := layerNames(r.Layers()); !slices.Equal(got, want) {
		t.Errorf("the layers are %q, want %q", got, want)
	}
}

// ids gives the IDs that the sink was told of.
func ids(s *packetSink) (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.begun {
		all = append(all, d.Tracks[0].ID)
	}
	return all
}

// got gives the video that the sink got.
func got[T any](s *sinkOf[T]) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got[0])
}

// inLayers runs a test beside a publication whose layers have all begun with a key frame, a second ago.
func inLayers(t *testing.T, test func(h *Hub, p *Publication, src *source)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		defer h.Close()
		src := newSource()
		p := publish(t, h, "cam", simulcast(), PublishOptions{Source: src})
		for layer := range 3 {
			putKey(t, p, layer, 0)
		}
		elapse(time.Second)
		test(h, p, src)
	})
}

func TestPreferredLayer(t *testing.T) {
	inLayers(t, func(h *Hub, p *Publication, src *source) {
		s := newSink()
		r := join(t, h, "cam", browser, s, ReadOptions{})
		putDelta(t, p, layerQ, 1)
		synctest.Wait()
		expectLayers(t, r, "f live read", "h live", "q live")
		src.expect(t, "demand 1", "demand 3", "key 1")
		if err := r.Prefer("q"); err != nil {
			t.Fatal(err)
		}
		putDelta(t, p, layerF, 1)
		synctest.Wait()
		expectLayers(t, r, "f live read", "h live", "q live")
		src.expect(t, "demand 0", "key 0")
		if info, _ := h.Stream("cam"); info.Tracks[layerF].Readers != 1 || info.Tracks[layerQ].Readers != 1 {
			t.Errorf("while it goes over the readers are %+v", info.Tracks)
		}
		putKey(t, p, layerQ, 2)
		synctest.Wait()
		putDelta(t, p, layerF, 2)
		putDelta(t, p, layerQ, 3)
		synctest.Wait()
		expectLayers(t, r, "f live", "h live", "q live read")
		src.expect(t, "idle 1")
		if g := got(s); !slices.Equal(g, []int{1000, 1001, 2, 3}) || !slices.Equal(ids(s), []string{"video-f", "video-q"}) {
			t.Errorf("it got %v of %q", g, ids(s))
		}
		if r.Tracks()[0].Width != sizeQ {
			t.Errorf("it reads %v", r.Tracks())
		}
	})
}

func TestBadLayers(t *testing.T) {
	inLayers(t, func(h *Hub, p *Publication, _ *source) {
		r := join(t, h, "cam", browser, newSink(), ReadOptions{})
		expectCode(t, r.Prefer("x"), fault.InvalidRequest)
		audio := join(t, h, "cam", media.Want{Audio: []media.Codec{media.Opus}}, newSink(), ReadOptions{})
		expectCode(t, audio.Prefer("q"), fault.InvalidRequest)
		if audio.Layers() != nil {
			t.Error("audio has layers")
		}
		p.Close(nil)
		expectCode(t, r.Prefer("q"), fault.InvalidRequest)
	})
}

func TestAnotherMind(t *testing.T) {
	inLayers(t, func(h *Hub, p *Publication, _ *source) {
		s := newSink()
		r := join(t, h, "cam", browser, s, ReadOptions{Layer: "q"})
		for _, layer := range []string{"f", "h", "h", "q", "f"} {
			if err := r.Prefer(layer); err != nil {
				t.Fatal(err)
			}
		}
		r.Pause() // and have it at once when it goes on
		synctest.Wait()
		expectLayers(t, r, "f live read", "h live", "q live")
		if err := r.Prefer("h"); err != nil {
			t.Fatal(err)
		}
		r.Resume()
		putKey(t, p, layerF, 1)
		putKey(t, p, layerH, 1)
		synctest.Wait()
		if g := got(s); g[len(g)-1] != 2001 || slices.Contains(g, 1001) {
			t.Errorf("it got %v", g)
		}
		r.Close()
		synctest.Wait()
		if info, _ := h.Stream("cam"); slices.ContainsFunc(info.Tracks, func(i TrackInfo) bool { return i.Readers != 0 }) {
			t.Errorf("readers are left: %+v", info.Tracks)
		}
	})
}

func TestThoseWhoGoOverAreLetGo(t *testing.T) {
	inLayers(t, func(h *Hub, _ *Publication, _ *source) {
		s := newSink()
		closed := join(t, h, "cam", browser, newSink(), ReadOptions{})
		moved := join(t, h, "cam", browser, s, ReadOptions{})
		for _, r := range []*Reader{closed, moved} {
			if err := r.Prefer("q"); err != nil {
				t.Fatal(err)
			}
		}
		closed.Close()
		next := publish(t, h, "cam", simulcast(), PublishOptions{Policy: Replace})
		putKey(t, next, layerQ, 7)
		synctest.Wait()
		expectLayers(t, moved, "q live read", "f", "h")
		if g := got(s); g[len(g)-1] != 7 {
			t.Errorf("it got %v", g)
		}
	})
}

func TestWithoutAPreferenceTheLargestThatComesIsRead(t *testing.T) {
	inLayers(t, func(h *Hub, p *Publication, _ *source) {
		s, fixed := newSink(), newSink()
		r := join(t, h, "cam", browser, s, ReadOptions{})
		stays := join(t, h, "cam", browser, fixed, ReadOptions{Layer: "f"})
		for n := 1; n <= 50; n++ { // the largest is stopped for a while
			putKey(t, p, layerQ, n)
			putKey(t, p, layerH, n)
			if n > 30 {
				putKey(t, p, layerF, n)
			}
			elapse(100 * time.Millisecond)
		}
		if want := []string{"video-f", "video-h", "video-f"}; !slices.Equal(ids(s), want) {
			t.Errorf("it read %q, want %q", ids(s), want)
		}
		expectLayers(t, r, "f live read", "h live", "q live")
		expectLayers(t, stays, "f live read", "h live", "q live")
		if len(ids(fixed)) != 1 {
			t.Errorf("the other one read %q", ids(fixed))
		}
		rate := r.Layers()[0].Bitrate // 12 bytes, ten times a second
		if rate < 900 || rate > 1000 {
			t.Errorf("%d bit/s", rate)
		}
	})
}

func TestLayersOfUnits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{Forms: &forms{}})
		defer h.Close()
		p := publish(t, h, "cam", simulcast(), PublishOptions{Forms: []Form{Units, Units}})
		s := newUnitSink()
		r, err := h.ReadUnits(t.Context(), "cam", browser, s, ReadOptions{Layer: "q"})
		if err != nil {
			t.Fatal(err)
		}
		put := func(layer, n int) {
			if err := p.WriteUnits(layer, []media.Unit{unit(true, n)}); err != nil {
				t.Fatal(err)
			}
		}
		put(layerQ, 1)
		synctest.Wait()
		if err := r.Prefer("h"); err != nil { // which is written in packets
			t.Fatal(err)
		}
		write(t, p, layerH, vp8Packets(true, 2, 3)) // the last one is held back
		synctest.Wait()
		if err := r.Prefer("f"); err != nil {
			t.Fatal(err)
		}
		put(layerF, 4)
		synctest.Wait()
		if g := got(s); !slices.Equal(g, []int{1, 2, 4}) {
			t.Errorf("it got %v", g)
		}
	})
}
