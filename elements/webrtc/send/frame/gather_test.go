package frame

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
	"pgregory.net/rapid"

	"sluice/engine/media"
)

func packet(seq uint16, frame uint32, marker bool, at time.Duration) *media.Packet {
	return &media.Packet{
		Header:  rtp.Header{SequenceNumber: seq, Timestamp: frame, Marker: marker},
		Arrival: time.Unix(0, 0).Add(at),
	}
}

// TestNothingIsLost: whatever comes is given once, in its order, and what is given at a time never ends in the middle of
// a frame but for a reason.
func TestNothingIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var g Gatherer
		var in, out []*media.Packet
		var seq uint16
		var frame uint32
		var at time.Duration
		for range rapid.IntRange(1, 60).Draw(t, "pushes") {
			var push []*media.Packet
			for range rapid.IntRange(1, 20).Draw(t, "packets") {
				marker := rapid.IntRange(0, 5).Draw(t, "marker") == 0
				p := packet(seq-uint16(rapid.SampledFrom([]int{0, 0, 0, 0, 5}).Draw(t, "late")), frame, marker, at)
				push = append(push, p)
				seq++
				if marker {
					frame++
				}
				at += rapid.SampledFrom([]time.Duration{0, time.Millisecond, 30 * time.Millisecond}).Draw(t, "time")
			}
			in = append(in, push...)
			out = append(out, g.Offer(push)...)
			g.Release()
			if held := len(in) - len(out); held >= maxHeld {
				t.Fatalf("%d packets are held", held)
			}
		}
		out = append(out, g.Rest()...)
		g.Release()
		if !slices.Equal(in, out) {
			t.Fatalf("%d packets came, %d went, or in another order", len(in), len(out))
		}
		if rest := g.Rest(); len(rest) != 0 {
			t.Fatalf("%d packets are given twice", len(rest))
		}
	})
}

// TestNotHeldLonger: the packet that shows how late it is takes the others along.
func TestNotHeldLonger(t *testing.T) {
	var g Gatherer
	if out := g.Offer([]*media.Packet{packet(1, 0, false, 0)}); len(out) != 0 {
		t.Fatalf("%d packets of an unfinished frame", len(out))
	}
	if out := g.Offer([]*media.Packet{packet(2, 0, false, maxAge)}); len(out) != 0 {
		t.Fatalf("%d packets after %s", len(out), maxAge)
	}
	if out := g.Offer([]*media.Packet{packet(3, 0, false, maxAge+1)}); len(out) != 3 {
		t.Fatalf("%d packets after more than %s", len(out), maxAge)
	}
}

// TestPacketsAreLetGo: what was given is not kept from being forgotten.
func TestPacketsAreLetGo(t *testing.T) {
	var g Gatherer
	g.Offer([]*media.Packet{packet(1, 0, false, 0)})
	g.Offer([]*media.Packet{packet(2, 0, true, 0), packet(3, 1, false, 0)})
	g.Release()
	for _, p := range g.spare[:cap(g.spare)] {
		if p != nil {
			t.Errorf("packet %d is kept", p.Header.SequenceNumber)
		}
	}
	if rest := g.Rest(); len(rest) != 1 || rest[0].Header.SequenceNumber != 3 {
		t.Errorf("%d packets are left", len(rest))
	}
}
