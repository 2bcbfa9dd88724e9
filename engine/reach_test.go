package engine_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/store"
)

// TestReach: an element may connect to where who started it may, and to where callers may if they wrote the graph, or write it while
// it runs.
func TestReach(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "in.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(publish)
	only := func(allowed string) engine.Reach {
		return func(element string, to netip.AddrPort) error {
			if element != "fake.in" || to.Addr() != netip.MustParseAddr(allowed) {
				return fault.New(fault.Forbidden, "", "%s may not go to %s", element, to)
			}
			return nil
		}
	}
	b := startTuned(t, store.Options{Root: folder}, func(o *engine.Options) { o.Callers = only("192.0.2.1") })
	begin := func(stream string, reach engine.Reach) (element.Reach, func()) {
		t.Helper()
		p := newPeer(media.NewTrack(media.VP8))
		ev := raise("fake.publish", "/"+stream, p)
		ev.Reach = reach
		inst, err := b.Raise(t.Context(), ev)
		if err != nil {
			t.Fatal(err)
		}
		return p.reach, func() {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			if err := inst.Stop(ctx); err != nil {
				t.Error(err)
			}
		}
	}
	says := func(what string, r element.Reach, first, second bool) {
		t.Helper()
		for to, ok := range map[string]bool{"192.0.2.1:80": first, "192.0.2.2:80": second} {
			if err := r.Check(to); (err == nil) != ok || err != nil && !errors.Is(err, fault.Forbidden) {
				t.Errorf("%s: %s: %v", what, to, err)
			}
		}
		if err := r.Check("192.0.2.1"); !errors.Is(err, fault.Forbidden) {
			t.Errorf("%s: what is no address: %v", what, err)
		}
	}
	own, end := begin("a", nil)
	says("a graph put there by hand", own, true, true)
	bounded, halt := begin("b", only("192.0.2.2"))
	says("an event with an address", bounded, false, true)
	halt()
	theirs := publish + "# theirs\n"
	if err := b.store.Mark([]byte(theirs)); err != nil {
		t.Fatal(err)
	}
	write(theirs)
	b.store.Reload()
	says("a graph that callers have written anew", own, true, false)
	end()
	other, stop := begin("c", nil)
	says("a graph of callers", other, true, false)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	b.store.Reload()
	says("a graph of callers that is gone", other, true, false)
	stop()
	if err := element.Reach(nil).Check("anything"); err != nil {
		t.Error(err)
	}
}
