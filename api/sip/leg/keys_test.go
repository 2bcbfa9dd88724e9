package leg_test

import (
	"context"
	"testing"
	"time"

	"sluice/api/sip/leg"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// until waits for something to be true of what a watcher heard.
func (w *watcher) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	late := time.After(enginetest.Patience)
	for {
		yes := false
		w.set(func() { yes = is() })
		if yes {
			return
		}
		select {
		case <-ticker.C:
		case <-late:
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// TestKeys: every key is told once, in order, however the far end is protected and while nobody speaks.
func TestKeys(t *testing.T) {
	for name, codec := range map[string]media.Codec{"8 kHz": media.PCMU, "48 kHz": media.Opus} {
		t.Run(name, func(t *testing.T) {
			p := pool(t)
			change := func(o *leg.Options) { o.Codecs = []media.Codec{codec} }
			a, b := newEnd(t, p, change), newEnd(t, p, change)
			call(t, a, b)
			if !a.Presses() || !b.Presses() {
				t.Fatal("no keys were agreed on")
			}
			const all = "0123456789*#ABCD0"
			if err := a.Press(t.Context(), all, 60*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			b.until(t, "all keys", func() bool { return len(b.keys) >= len(all) })
			if b.pressed() != all {
				t.Errorf("heard %s", b.pressed())
			}
			if err := b.Press(t.Context(), "55", 40*time.Millisecond); err != nil {
				t.Fatal(err)
			}
			a.until(t, "both keys", func() bool { return a.keys == "55" })
		})
	}
}

func TestKeysThatAreNone(t *testing.T) {
	p := pool(t)
	a, b := newEnd(t, p), newEnd(t, p)
	if err := a.Press(t.Context(), "1", 0); fault.CodeOf(err) != fault.CodecNotAvailable {
		t.Errorf("before anything is agreed on: %v", err)
	}
	call(t, a, b)
	if err := a.Press(t.Context(), "1X", 0); fault.CodeOf(err) != fault.InvalidParams {
		t.Errorf("X: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Press(ctx, "1234", time.Second); err == nil {
		t.Error("nobody waits any more, and it pressed")
	}
	a.Close(nil)
	if err := a.Press(t.Context(), "1", 0); err == nil {
		t.Error("it pressed after the end")
	}
}
