package callback

import (
	"context"
	"net/netip"
	"testing"
)

// TestSlotsBoundBytes: clients who say much cannot have the server hold any amount of it while a back end hangs.
func TestSlotsBoundBytes(t *testing.T) {
	s := newSlots(64)
	one, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	const half = maxBytes / share / 2
	first, ok := s.take(t.Context(), one, half)
	if !ok {
		t.Fatal("the first is refused")
	}
	second, ok := s.take(t.Context(), one, half)
	if !ok {
		t.Fatal("the second is refused")
	}
	if _, ok := s.take(t.Context(), one, 1); ok {
		t.Error("more than the share of one address")
	}
	third, ok := s.take(t.Context(), other, half)
	if !ok {
		t.Error("another address is refused")
	}
	first()
	if again, ok := s.take(t.Context(), one, half); !ok {
		t.Error("what was given back is not free")
	} else {
		again()
	}
	second()
	third()
	if _, ok := s.take(t.Context(), one, maxBytes+1); ok || len(s.of) != 0 || s.held != 0 {
		t.Errorf("%d addresses and %d bytes are left", len(s.of), s.held)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	full := newSlots(1)
	leave, _ := full.take(t.Context(), one, 1)
	if _, ok := full.take(gone, other, 7); ok || full.held != 1 {
		t.Errorf("%d bytes are held", full.held)
	}
	leave()
}
