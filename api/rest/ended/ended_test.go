package ended

import (
	"context"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench has a list, and says on its bus what becomes of pipelines.
func bench(t *testing.T, test func(l *List, is func(id, state string))) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		bus := event.NewBus(nil)
		l := New(bus)
		defer l.Close()
		test(l, func(id, state string) {
			t.Helper()
			if _, err := bus.Raise(event.Event{Name: event.InstanceChanged, Body: event.Instance{ID: id, To: state}}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		})
	})
}

func want(t *testing.T, l *List, id, state string) {
	t.Helper()
	now, cancel := context.WithCancel(context.Background())
	cancel()
	if got, ok := l.Await(now, id); ok != (state != "") || got.To != state {
		t.Errorf("%s: %v %q, want %q", id, ok, got.To, state)
	}
}

func TestRemembers(t *testing.T) {
	bench(t, func(l *List, is func(id, state string)) {
		is("session", "stopped") // nobody began it here
		if !l.Begun("job") || l.Begun("job") {
			t.Error("it begins once")
		}
		is("job", "live")
		want(t, l, "job", "")
		is("job", "failed")
		want(t, l, "job", "failed")
		is("job", "planned") // it is begun anew
		want(t, l, "job", "")
		is("job", "lost")
		want(t, l, "job", "lost")
		want(t, l, "session", "")
		if !l.Begun("job") {
			t.Error("its name is free")
		}
		want(t, l, "job", "")
		l.Forget("job")
		is("job", "stopped")
		want(t, l, "job", "")
	})
}

func TestForgetsTheOldest(t *testing.T) {
	bench(t, func(l *List, is func(id, state string)) {
		for i := range most + 10 {
			id := strconv.Itoa(i)
			l.Begun(id)
			is(id, "stopped")
		}
		want(t, l, "9", "")
		want(t, l, "10", "stopped")
		if len(l.begun) != most || len(l.order) != most {
			t.Errorf("%d and %d are kept", len(l.begun), len(l.order))
		}
	})
}

// Who has ended is out of the list of those who run before everybody has heard of it.
func TestAwait(t *testing.T) {
	bench(t, func(l *List, is func(id, state string)) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, ok := l.Await(ctx, "stranger"); ok || ctx.Err() != nil {
			t.Error("nobody is waited for who was not begun")
		}
		l.Begun("job")
		got := make(chan string)
		go func() {
			i, _ := l.Await(context.Background(), "job")
			got <- i.To
		}()
		is("job", "live")
		is("job", "failed")
		if to := <-got; to != "failed" {
			t.Errorf("it is %q", to)
		}
		l.Begun("job")
		if _, ok := l.Await(ctx, "job"); ok || ctx.Err() == nil {
			t.Error("it goes on, which is waited for no longer than was asked")
		}
	})
}
