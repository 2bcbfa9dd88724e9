package lasting_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sluice/elements/lasting"
	"sluice/engine/element/elementtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWorkLastsUntilStop(t *testing.T) {
	w := lasting.New(t.Context())
	begun, ended := make(chan struct{}), false
	work := func() (func(context.Context), error) {
		return func(ctx context.Context) {
			close(begun)
			<-ctx.Done()
			ended = true
		}, nil
	}
	for range 2 { // the second does nothing
		if err := w.Launch(work); err != nil {
			t.Fatal(err)
		}
	}
	<-begun
	for range 2 {
		if err := w.Stop(t.Context()); err != nil || !ended {
			t.Errorf("%v; ended: %v", err, ended)
		}
	}
	<-w.Halted()
}

func TestWorkThatDoesNotBegin(t *testing.T) {
	bad := errors.New("bad")
	w := lasting.New(t.Context())
	if err := w.Launch(func() (func(context.Context), error) { return nil, bad }); !errors.Is(err, bad) {
		t.Errorf("%v", err)
	}
	never := func() (func(context.Context), error) { t.Error("it is asked"); return nil, bad }
	if err := w.Launch(never); err != nil || w.Stop(t.Context()) != nil {
		t.Errorf("%v", err)
	}
	w = lasting.New(t.Context())
	if err := w.Stop(t.Context()); err != nil || w.Launch(never) != nil {
		t.Errorf("stopped before it began: %v", err)
	}
}

// TestStopIsBounded: who stops does not wait for longer than he wants to.
func TestStopIsBounded(t *testing.T) {
	w := lasting.New(t.Context())
	let := make(chan struct{})
	if err := w.Launch(func() (func(context.Context), error) { return func(context.Context) { <-let }, nil }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := w.Stop(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	close(let)
	if err := w.Stop(t.Context()); err != nil {
		t.Errorf("%v", err)
	}
}

func TestBackoff(t *testing.T) {
	var b lasting.Backoff
	for _, most := range []time.Duration{1, 2, 4, 8, 16, 30, 30} {
		if d := b.Next(); d < most*time.Second/2 || d > most*time.Second {
			t.Errorf("%s, where %d s is the most", d, most)
		}
	}
}

// TestRetry holds how long is waited: later and later, up to half a minute, and less again when it worked for long.
func TestRetry(t *testing.T) {
	clock := elementtest.Env(t).Clock
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var at []time.Duration
		start, last := time.Now(), time.Duration(0)
		lasting.Retry(ctx, clock, func(context.Context) {
			now := time.Since(start)
			at, last = append(at, now-last), now
			switch len(at) {
			case 9: // this one works
				<-time.After(2 * time.Minute)
				last += 2 * time.Minute
			case 10:
				cancel()
			}
		})
		for i, least := range []time.Duration{0, 500, 1000, 2000, 4000, 8000, 15000, 15000, 15000, 500} {
			least *= time.Millisecond
			if most := 3 * least; at[i] < least || at[i] > most {
				t.Errorf("before attempt %d: %s, not %s to %s", i, at[i], least, most)
			}
		}
	})
}
