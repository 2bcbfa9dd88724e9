package mixer_test

import (
	"slices"
	"strings"
	"testing"

	"sluice/api/mixer"
	"sluice/engine/fault"
	"sluice/engine/run"
)

// strict has a broken guest stay away at once; as shipped, he is tried again for a while.
func strict(graph string) string {
	return strings.ReplaceAll(graph, "on_error: restart", "on_error: drop")
}

// breaks has what a guest sends break his part of the mixer that was opened last.
func (h *house) breaks(key string) {
	h.t.Helper()
	h.mu.Lock()
	r := h.opened[len(h.opened)-1]
	h.mu.Unlock()
	if !r.Tell(run.Notice{Kind: run.BranchGone, Branch: "seat[" + key + "]", Err: fault.New(fault.GstElement, "", "garbage")}) {
		h.t.Fatal("nothing runs")
	}
}

// Who cannot be mixed is in the mixer no longer, and may be let in again.
func TestBroken(t *testing.T) {
	h := openWith(t, mixer.Options{}, strict)
	m := h.begun("studio", usual())
	for _, name := range []string{"ann", "bob"} {
		h.publish(name)
		if err := m.Add(t.Context(), name, joining()); err != nil {
			t.Fatal(err)
		}
	}
	h.breaks("bob")
	h.until("bob is out", func() bool { return slices.Equal(in(m), []string{"ann"}) })
	h.until("what bob heard is gone", func() bool { return !h.engine.Streams().Has("studio-out-bobstudio-out") })
	if err := m.Add(t.Context(), "bob", joining()); err != nil {
		t.Error(err)
	}
	h.breaks("nobody")
	h.breaks("ann")
	h.until("ann is out", func() bool { return slices.Equal(in(m), []string{"bob"}) })
}

// Who was thrown out of the room that his stream names is in it again when he publishes anew, also at once.
func TestBrokenComesAgain(t *testing.T) {
	h := openWith(t, mixer.Options{AutoStart: true, Idle: idle, Usual: usual()}, strict)
	h.publish("ann#hall")
	h.holds("hall", "ann#hall")
	h.publish("bob#hall")
	m := h.holds("hall", "ann#hall", "bob#hall")
	h.until("what bob hears", func() bool { return h.engine.Streams().Has("hall-bobhall") })
	h.breaks("bob")
	h.holds("hall", "ann#hall")
	h.unpublish("bob#hall")
	h.publish("bob#hall")
	if again := h.holds("hall", "ann#hall", "bob#hall"); again != m {
		t.Error("the room is another")
	}
}
