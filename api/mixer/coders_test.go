package mixer_test

import (
	"fmt"
	"testing"

	"sluice/engine/media"
	"sluice/engine/run/coders"
	"sluice/engine/run/instance"
)

// A room of ten has one picture encoder, one sound encoder for each who listens, and one for who listens to all: each mix that differs
// is coded once, and none that nobody hears.
func TestTenGuestsAreCodedOnce(t *testing.T) {
	h := auto(t)
	var names []string
	for i := range 10 {
		names = append(names, fmt.Sprintf("g%d#hall", i))
		h.publish(names[i])
	}
	m := h.holds("hall", names...)
	for i := range 10 {
		h.until("what each hears", func() bool { return h.engine.Streams().Has(fmt.Sprintf("hall-g%dhall", i)) })
	}
	room, ok := h.engine.Instances().Get("mixer-hall")
	if !ok {
		t.Fatal("the room does not run")
	}
	coded := func(sounds int) {
		t.Helper()
		var got coders.Counts
		h.until(fmt.Sprintf("%d encoders of sound", sounds), func() bool {
			got = coders.Of([]*instance.Instance{room}, h.specs)
			return got.Encoders[media.Opus] == sounds && got.Decoders[media.Opus] == 10
		})
		if pictures := coders.Sum(got.Encoders) - sounds; pictures != 1 || got.Decoders[media.VP8] != 10 || got.Decoders[media.Opus] != 10 {
			t.Errorf("%d encoders of pictures, and decoders: %v", pictures, got.Decoders)
		}
	}
	coded(0)
	listens := func(node string) {
		t.Helper()
		if err := room.Demand(node); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 {
		listens(fmt.Sprintf("seat[g%d]/own", i))
	}
	coded(3)
	for i := range 10 { // several who hear the same are one
		listens(fmt.Sprintf("seat[g%d]/own", i))
	}
	listens("out")
	coded(11)
	h.away("g9#hall")
	h.holds("hall", names[:9]...)
	if len(m.Guests()) != 9 {
		t.Error(m.Guests())
	}
}
