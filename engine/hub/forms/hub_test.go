package forms

import (
	"slices"
	"sync"
	"testing"

	"sluice/engine/hub"
	"sluice/engine/media"
)

// collector keeps what it gets.
type collector[T any] struct {
	mu    sync.Mutex
	items []*T
	first chan struct{}
	ended chan error
}

func newCollector[T any]() *collector[T] {
	return &collector[T]{first: make(chan struct{}), ended: make(chan error, 1)}
}

func (*collector[T]) Begin([]media.Track) {}
func (c *collector[T]) End(reason error)  { c.ended <- reason }

func (c *collector[T]) Push(_ int, items []*T) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.items == nil {
		close(c.first)
	}
	c.items = append(c.items, items...)
	return len(items)
}

// TestPacketsThroughTheHub: packets are published; units are read of them, published under another name, and read as
// packets again.
func TestPacketsThroughTheHub(t *testing.T) {
	h := hub.New(hub.Options{Forms: New(Options{})})
	defer h.Close()
	d := media.Description{Tracks: []media.Track{h264()}}
	in, err := h.Publish(t.Context(), "in", d, hub.PublishOptions{})
	if err != nil {
		t.Fatal(err)
	}
	units := newCollector[media.Unit]()
	if _, err = h.ReadUnits(t.Context(), "in", media.Everything(), units, hub.ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	sent := load(t, "bframes.rtp")
	frame := slices.IndexFunc(sent, func(p *media.Packet) bool { return p.Header.Marker })
	for i, p := range sent {
		if err = in.Write(0, []media.Packet{{Header: p.Header, Payload: p.Payload}}); err != nil {
			t.Fatal(err)
		}
		if i == frame {
			<-units.first // or it would begin with the second key frame, if that is there before it looks
		}
	}
	in.Close(nil)
	<-units.ended
	if len(units.items) != pictures {
		t.Fatalf("%d units", len(units.items))
	}

	out, err := h.Publish(t.Context(), "out", d, hub.PublishOptions{Form: hub.Units})
	if err != nil {
		t.Fatal(err)
	}
	packets := newCollector[media.Packet]()
	if _, err = h.Read(t.Context(), "out", media.Everything(), packets, hub.ReadOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, u := range units.items {
		if err = out.WriteUnits(0, []media.Unit{*u}); err != nil {
			t.Fatal(err)
		}
		<-packets.first
	}
	out.Close(nil)
	<-packets.ended
	frames := 0
	for _, p := range packets.items {
		if p.Header.Marker {
			frames++
		}
		if p.Arrival.IsZero() {
			t.Fatal("a packet never arrived")
		}
	}
	if frames != pictures {
		t.Errorf("%d frames in %d packets", frames, len(packets.items))
	}
}
