package hub

import (
	"testing"

	"sluice/engine/media"
)

// total is what was written and read in all.
func total(c Census) (written, read uint64) {
	for _, f := range c.Written {
		written += f.Units
	}
	for _, f := range c.Read {
		read += f.Units
	}
	return written, read
}

func TestCensusCounts(t *testing.T) {
	h := newHub(t, Options{})
	p := publish(t, h, "cam", describing(media.VP8, media.Opus), PublishOptions{})
	if _, err := p.AddAlternative(media.NewTrack(media.H264), AlternativeOptions{
		For: Conversion{Stream: "cam", Kind: media.Video, Codec: media.H264},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Private(describing(media.VP8), PublishOptions{}); err != nil {
		t.Fatal(err)
	}
	join(t, h, "cam", browser, newSink(), ReadOptions{})
	join(t, h, "cam", browser, newSink(), ReadOptions{Paused: true})
	write(t, p, 0, vp8Packets(true, 1, 3))
	c := h.Census()
	vp8 := Sort{Kind: media.Video, Codec: media.VP8, Form: Packets, How: Exact}
	if c.Published != 1 || c.Readers[Packets] != 2 || c.Paused != 1 || c.Tracks[vp8] != 1 || len(c.Tracks) != 3 {
		t.Errorf("got %+v", c)
	}
	if w := c.Written[vp8]; w.Units != 3 || w.Bytes != 6 || w.Keyframes != 1 {
		t.Errorf("written %+v", w)
	}
	if n := c.Conversions[[2]media.Codec{media.VP8, media.H264}]; n != 1 || len(c.Conversions) != 1 {
		t.Errorf("conversions %v", c.Conversions)
	}
	if len(c.Streams) != 1 || c.Streams[0].Bytes != 6 || c.Streams[0].Readers != 2 || c.Cached == 0 {
		t.Errorf("streams %+v, %d cached", c.Streams, c.Cached)
	}
}

// TestCensusKeepsWhatIsGone ends and takes over streams and readers, in every order, and looks for sums that fall.
func TestCensusKeepsWhatIsGone(t *testing.T) {
	h := newHub(t, Options{})
	var lastWritten, lastRead uint64
	look := func(step string) {
		t.Helper()
		written, read := total(h.Census())
		if written < lastWritten || read < lastRead {
			t.Errorf("%s: %d written after %d, %d read after %d", step, written, lastWritten, read, lastRead)
		}
		lastWritten, lastRead = written, read
	}
	for range 3 {
		first := publish(t, h, "cam", describing(media.VP8), PublishOptions{})
		s := newSink()
		stays, goes := join(t, h, "cam", browser, s, ReadOptions{}), join(t, h, "cam", browser, newSink(), ReadOptions{})
		write(t, first, 0, vp8Packets(true, 1, 5))
		look("written")
		goes.Close()
		look("a reader left")
		second := publish(t, h, "cam", describing(media.VP8), PublishOptions{Policy: Replace})
		look("taken over")
		write(t, second, 0, vp8Packets(true, 1, 5))
		second.Close(nil)
		look("ended")
		stays.Close()
		look("all gone")
	}
	if lastWritten != 30 {
		t.Errorf("%d packets are counted of 30", lastWritten)
	}
	if c := h.Census(); c.Published != 0 || len(c.Streams) != 0 || c.Cached != 0 {
		t.Errorf("left: %+v", c)
	}
}
