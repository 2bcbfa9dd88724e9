package once

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAnswersAgain(t *testing.T) {
	k := New[int](10, time.Hour, nil)
	calls := 0
	do := func() (int, error) { calls++; return calls, nil }
	for i := range 3 {
		if v, again, err := k.Do(t.Context(), "key", "sum", do); v != 1 || again != (i > 0) || err != nil {
			t.Errorf("%d: %d %v %v", i, v, again, err)
		}
	}
	if v, _, err := k.Do(t.Context(), "other", "sum", do); v != 2 || err != nil {
		t.Error(v, err)
	}
	if _, _, err := k.Do(t.Context(), "key", "another", do); !errors.Is(err, fault.InvalidRequest) {
		t.Error(err)
	}
}

func TestErrorsAreNotKept(t *testing.T) {
	k := New[int](10, time.Hour, nil)
	wrong := errors.New("wrong")
	if _, _, err := k.Do(t.Context(), "key", "", func() (int, error) { return 0, wrong }); !errors.Is(err, wrong) {
		t.Error(err)
	}
	if v, again, err := k.Do(t.Context(), "key", "", func() (int, error) { return 7, nil }); v != 7 || again || err != nil {
		t.Error(v, again, err)
	}
}

func TestOneOfManyDoesIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := New[int32](10, time.Hour, nil)
		var calls atomic.Int32
		gate := make(chan struct{})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				v, _, err := k.Do(t.Context(), "key", "", func() (int32, error) { <-gate; return calls.Add(1), nil })
				if v != 1 || err != nil {
					t.Error(v, err)
				}
			})
		}
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := k.Do(ctx, "key", "", nil); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		close(gate)
		all.Wait()
	})
}

// TestTheNextTriesAfterAnError: those who waited do not get the first one's error, which may have been of its connection.
func TestTheNextTriesAfterAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := New[string](10, time.Hour, nil)
		gate := make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			_, _, err := k.Do(t.Context(), "key", "", func() (string, error) { <-gate; return "", errors.New("gone") })
			if err == nil {
				t.Error("no error")
			}
		})
		synctest.Wait()
		all.Go(func() {
			v, again, err := k.Do(t.Context(), "key", "", func() (string, error) { return "second", nil })
			if v != "second" || again || err != nil {
				t.Error(v, again, err)
			}
		})
		synctest.Wait()
		close(gate)
		all.Wait()
	})
}

// TestAPanicFreesItsKey: who waited, and who comes after it, tries anew.
func TestAPanicFreesItsKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := New[string](10, time.Hour, nil)
		gate := make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			defer func() {
				if got := recover(); got != "broken" {
					t.Errorf("the panic became %v", got)
				}
			}()
			_, _, _ = k.Do(t.Context(), "key", "", func() (string, error) { <-gate; panic("broken") }) //nolint:forbidigo // what is tested
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for range 2 {
			all.Go(func() {
				if v, _, err := k.Do(ctx, "key", "", func() (string, error) { return "second", nil }); v != "second" || err != nil {
					t.Error(v, err)
				}
			})
		}
		synctest.Wait()
		close(gate)
		all.Wait()
	})
}

func TestForgets(t *testing.T) {
	now := time.Unix(0, 0)
	k := New[int](3, time.Minute, func() time.Time { return now })
	calls := 0
	ask := func(key string) bool {
		_, again, err := k.Do(t.Context(), key, "", func() (int, error) { calls++; return calls, nil })
		if err != nil {
			t.Fatal(err)
		}
		return again
	}
	ask("old")
	now = now.Add(2 * time.Minute)
	if ask("old") {
		t.Error("kept for too long")
	}
	for i := range 10 {
		ask(fmt.Sprint(i))
	}
	if ask("old") || len(k.known) > 3 || len(k.order) > 3 {
		t.Errorf("%d are kept", len(k.known))
	}
	if !ask("9") {
		t.Error("the newest is forgotten")
	}
}
