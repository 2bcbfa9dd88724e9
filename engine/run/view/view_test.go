package view

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBoard(t *testing.T) {
	var b Board[int]
	b.Write(1, true)
	got, news := b.Look()
	b.Write(2, false)
	select {
	case <-news:
		t.Error("that was no news")
	default:
	}
	if again, same := b.Look(); got != 1 || again != 2 || same != news {
		t.Errorf("%d, then %d", got, again)
	}
	b.Write(3, true)
	<-news
	if last, next := b.Look(); last != 3 || next == news {
		t.Errorf("at last %d", last)
	}
}

func TestReporter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r Reporter
		ask := func() run.Report { return r.Ask(context.Background(), time.Second) }
		if got := ask(); !got.Stale || got.Memory != 0 {
			t.Errorf("without a Runtime: %+v", got)
		}
		rt := fake.New()
		rt.Inspected(func(x *run.Report) { x.Memory = 42 })
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if _, err := rt.Prepare(ctx, &plan.Plan{Hash: "h"}, fake.NewHost()); err != nil {
			t.Fatal(err)
		}
		r.Use(rt)
		if got := ask(); got.Stale || got.Memory != 42 || got.Plan != "h" {
			t.Errorf("%+v", got)
		}
		gone, leave := context.WithCancel(context.Background())
		leave()
		if got := r.Ask(gone, time.Second); !got.Stale || got.Memory != 42 {
			t.Errorf("without an answer: %+v", got)
		}
		r.Use(nil)
		if got := ask(); !got.Stale || got.Memory != 42 {
			t.Errorf("afterwards: %+v", got)
		}
		_ = rt.Stop(ctx)
	})
}
