package feed

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	"sluice/engine/event"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// raise raises events and waits until the feed has them.
func raise(t *testing.T, b *event.Bus, names ...string) {
	t.Helper()
	for _, n := range names {
		if _, err := b.Raise(event.Event{Name: n}); err != nil {
			t.Fatal(err)
		}
	}
	synctest.Wait()
}

// read reads as many events as there are names, and compares.
func read(t *testing.T, c *Cursor, want string) (last uint64) {
	t.Helper()
	var got []string
	for range strings.Fields(want) {
		e, _, err := c.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, last = append(got, e.Name), e.Seq
	}
	if strings.Join(got, " ") != want {
		t.Errorf("%s, want %s", got, want)
	}
	return last
}

// idle fails if there is something to read.
func idle(t *testing.T, c *Cursor) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if e, _, err := c.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v %v", e, err)
	}
}

func TestFollowsAndRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := event.NewBus(nil)
		f := New(bus, Options{})
		defer f.Close()
		early, _ := f.After("", nil)
		raise(t, bus, "a.x", "b.x")
		seq := read(t, early, "a.x b.x")
		idle(t, early)
		late, whole := f.After("", nil)
		raise(t, bus, "c.x", "d.x")
		read(t, late, "c.x d.x")
		again, known := f.After(f.ID(seq), nil)
		read(t, again, "c.x d.x")
		some, _ := f.After(f.ID(1), func(e event.Event) bool { return e.Name != "c.x" })
		read(t, some, "b.x d.x")
		idle(t, some)
		if !whole || !known {
			t.Error("nothing is missing")
		}
	})
}

func TestWhatIsNotKnownAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := event.NewBus(nil)
		f := New(bus, Options{Keep: 2})
		defer f.Close()
		raise(t, bus, "a.x")
		slow, _ := f.After(f.ID(1), nil)
		raise(t, bus, "b.x", "c.x", "d.x")
		if e, lost, err := slow.Next(t.Context()); e.Name != "c.x" || lost != 1 || err != nil {
			t.Errorf("%v, %d lost, %v", e, lost, err)
		}
		read(t, slow, "d.x")
		for _, id := range []string{"other-3", "nonsense", f.ID(77), "-", f.ID(4) + "x"} {
			c, whole := f.After(id, nil)
			if whole {
				t.Errorf("%s is known", id)
			}
			read(t, c, "c.x d.x")
		}
	})
}

// TestGapsOfTheBus: what the feed itself missed counts as lost.
func TestGapsOfTheBus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := event.NewBus(nil)
		f := New(bus, Options{Queue: 1})
		defer f.Close()
		raise(t, bus, "a.x")
		c, _ := f.After("", nil)
		f.mu.Lock() // holds up what follows the bus
		for _, n := range []string{"b.x", "c.x", "d.x", "e.x"} {
			if _, err := bus.Raise(event.Event{Name: n}); err != nil {
				t.Fatal(err)
			}
		}
		f.mu.Unlock()
		synctest.Wait()
		var got []string
		var lost uint64
		for len(got) == 0 || got[len(got)-1] != "e.x" {
			e, n, err := c.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got, lost = append(got, e.Name), lost+n
		}
		if int(lost)+len(got) != 4 {
			t.Errorf("%s and %d lost, of 4", got, lost)
		}
	})
}

func TestEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bus := event.NewBus(nil)
		f := New(bus, Options{})
		c, _ := f.After("", nil)
		waits := make(chan error)
		go func() {
			_, _, err := c.Next(t.Context())
			waits <- err
		}()
		synctest.Wait()
		bus.Close()
		if err := <-waits; !errors.Is(err, fault.Closed) {
			t.Error(err)
		}
		f.Close()
		f.Close()
		if _, _, err := c.Next(t.Context()); !errors.Is(err, fault.Closed) {
			t.Error(err)
		}
	})
}
