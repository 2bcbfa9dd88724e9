package event

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func raise(t *testing.T, b *Bus, name string) Event {
	t.Helper()
	e, err := b.Raise(Event{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// expect reads the next event and checks its number and the loss before it.
func expect(t *testing.T, s *Subscription, seq, lost uint64) {
	t.Helper()
	e, n, err := s.Next(t.Context())
	if err != nil || e.Seq != seq || n != lost {
		t.Errorf("event %d after a loss of %d (%v), want %d after %d", e.Seq, n, err, seq, lost)
	}
}

func TestEventsAreStampedNumberedAndPassedOn(t *testing.T) {
	now := time.Unix(1000, 0)
	b := NewBus(func() time.Time { return now })
	s := b.Subscribe(4, nil)
	if e := raise(t, b, "stream.published"); e.Seq != 1 || !e.Time.Equal(now) {
		t.Errorf("raised as %+v", e)
	}
	raise(t, b, "stream.ended")
	expect(t, s, 1, 0)
	expect(t, s, 2, 0)
}

func TestOnlyWhatIsAskedFor(t *testing.T) {
	b := NewBus(nil)
	s := b.Subscribe(4, func(e Event) bool { return e.Name == "stream.ended" })
	raise(t, b, "stream.published")
	raise(t, b, "stream.ended")
	expect(t, s, 2, 0)
}

func TestSlowListenerLosesTheOldest(t *testing.T) {
	b := NewBus(nil)
	slow, quick := b.Subscribe(3, nil), b.Subscribe(100, nil)
	for range 10 {
		raise(t, b, "reader.joined")
	}
	expect(t, slow, 8, 7)
	expect(t, slow, 9, 0)
	raise(t, b, "reader.left")
	expect(t, slow, 10, 0)
	expect(t, slow, 11, 0)
	for i := range uint64(11) {
		expect(t, quick, i+1, 0)
	}
}

func TestNextWaitsForAnEvent(t *testing.T) {
	b := NewBus(nil)
	s := b.Subscribe(1, nil)
	got := make(chan uint64)
	go func() {
		e, _, _ := s.Next(context.Background())
		got <- e.Seq
	}()
	raise(t, b, "boot")
	if seq := <-got; seq != 1 {
		t.Errorf("got event %d", seq)
	}
}

func TestNextEndsWithItsContext(t *testing.T) {
	s := NewBus(nil).Subscribe(1, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestClosedBusCanBeReadToItsEnd(t *testing.T) {
	b := NewBus(nil)
	s := b.Subscribe(4, nil)
	raise(t, b, "boot")
	raise(t, b, "boot")
	b.Close()
	b.Close()
	expect(t, s, 1, 0)
	expect(t, s, 2, 0)
	if _, _, err := s.Next(t.Context()); !errors.Is(err, fault.Closed) {
		t.Errorf("after the end: %v", err)
	}
	if _, err := b.Raise(Event{Name: "boot"}); !errors.Is(err, fault.Closed) {
		t.Errorf("raising after the end: %v", err)
	}
	if _, _, err := b.Subscribe(1, nil).Next(t.Context()); !errors.Is(err, fault.Closed) {
		t.Errorf("listening after the end: %v", err)
	}
}

func TestCloseReleasesEverybodyWhoWaits(t *testing.T) {
	s := NewBus(nil).Subscribe(1, nil)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if _, _, err := s.Next(context.Background()); !errors.Is(err, fault.Closed) {
				t.Errorf("got %v", err)
			}
		})
	}
	s.Close()
	s.Close()
	wg.Wait()
}

func TestClosedSubscriptionHearsNothing(t *testing.T) {
	b := NewBus(nil)
	s := b.Subscribe(4, nil)
	raise(t, b, "boot")
	s.Close()
	raise(t, b, "boot")
	if e, _, err := s.Next(t.Context()); !errors.Is(err, fault.Closed) {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestBadNameIsRefused(t *testing.T) {
	if _, err := NewBus(nil).Raise(Event{Name: "Stream Ended"}); !errors.Is(err, fault.InvalidRequest) {
		t.Errorf("got %v", err)
	}
}

// TestNothingIsLostUncounted: with many who raise and a slow listener, what was read and what was lost make up the whole.
func TestNothingIsLostUncounted(t *testing.T) {
	const raisers, each = 4, 500
	b := NewBus(nil)
	s := b.Subscribe(8, nil)
	var raised sync.WaitGroup
	for range raisers {
		raised.Go(func() {
			for range each {
				if _, err := b.Raise(Event{Name: "boot"}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	go func() {
		raised.Wait()
		b.Close()
	}()
	var read, lost, last uint64
	for {
		e, n, err := s.Next(t.Context())
		if err != nil {
			break
		}
		if e.Seq != last+n+1 {
			t.Fatalf("event %d after %d with a loss of %d", e.Seq, last, n)
		}
		last, read, lost = e.Seq, read+1, lost+n
	}
	if read+lost != raisers*each {
		t.Errorf("%d read and %d lost of %d", read, lost, raisers*each)
	}
}

func BenchmarkRaise(b *testing.B) {
	bus := NewBus(nil)
	for range 10 {
		bus.Subscribe(64, nil)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bus.Raise(Event{Name: "stream.changed"}); err != nil {
			b.Fatal(err)
		}
	}
}
