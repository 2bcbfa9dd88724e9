package restart

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"sluice/engine/plan"
)

func always(x float64) func() float64 { return func() float64 { return x } }

func policy(least, most time.Duration, tries int, window time.Duration) plan.Restart {
	return plan.Restart{When: Error, Least: plan.Span(least), Most: plan.Span(most), Tries: tries, Window: plan.Span(window)}
}

func TestWaitsGrowToTheMost(t *testing.T) {
	b := New(policy(time.Second, 10*time.Second, 0, 0), always(0.999999))
	now := time.Now()
	want := []time.Duration{1500 * time.Millisecond, 4500 * time.Millisecond, 10 * time.Second, 10 * time.Second}
	for i, w := range want {
		got, again := b.Next(now)
		if !again || got.Round(100*time.Millisecond) != w {
			t.Errorf("wait %d is %s (%v), want %s", i, got, again, w)
		}
	}
	b.Settle()
	if got, _ := b.Next(now); got.Round(100*time.Millisecond) != want[0] {
		t.Errorf("after it ran well it waits %s", got)
	}
}

func TestGivesUp(t *testing.T) {
	b := New(policy(time.Second, time.Minute, 2, 10*time.Minute), always(0))
	now := time.Now()
	for i, step := range []struct {
		after time.Duration
		again bool
	}{
		{0, true}, {time.Minute, true}, {time.Minute, false},
		{8 * time.Minute, true}, // the first is out of the window, the second is not
		{time.Second, false},
		{10 * time.Minute, true},
	} {
		now = now.Add(step.after)
		if _, again := b.Next(now); again != step.again {
			t.Errorf("step %d: %v", i, again)
		}
	}
	b.Settle()
	if _, again := b.Next(now); !again {
		t.Error("the second in the window is refused")
	}
	if _, again := b.Next(now); again {
		t.Error("running well in between made it forget the window")
	}
}

func TestWithoutAWindowTriesAreCountedForEver(t *testing.T) {
	b := New(policy(time.Second, time.Second, 1, 0), nil)
	now := time.Now()
	if _, again := b.Next(now); !again {
		t.Error("the first is refused")
	}
	if _, again := b.Next(now.Add(1000 * time.Hour)); again {
		t.Error("the second is granted")
	}
}

func TestPoliciesThatMakeNoSense(t *testing.T) {
	usual := plan.DefaultPolicy().Restart
	for _, c := range []struct {
		policy      plan.Restart
		least, most plan.Span
	}{
		{plan.Restart{}, usual.Least, usual.Most},
		{policy(time.Hour, time.Second, 0, 0), plan.Span(time.Hour), plan.Span(time.Hour)},
		{policy(-time.Hour, -time.Second, 0, 0), usual.Least, usual.Most},
	} {
		b := New(c.policy, nil)
		if b.policy.Least != c.least || b.policy.Most != c.most {
			t.Errorf("%+v became %+v", c.policy, b.policy)
		}
	}
}

// Whatever the policy and chance: waits lie between the bounds, and no window holds more than the tries.
func TestBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		least := time.Duration(rapid.Int64Range(1, math.MaxInt64/2).Draw(t, "least"))
		most := least + time.Duration(rapid.Int64Range(0, math.MaxInt64/2).Draw(t, "more"))
		tries := rapid.IntRange(1, 5).Draw(t, "tries")
		window := time.Duration(rapid.Int64Range(1, int64(time.Hour)).Draw(t, "window"))
		b := New(policy(least, most, tries, window), func() float64 { return rapid.Float64Range(0, 0.999999999).Draw(t, "chance") })
		now := time.Unix(1e9, 0)
		var given []time.Time
		for range 20 {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(window)).Draw(t, "later")))
			wait, again := b.Next(now)
			if !again {
				continue
			}
			if wait < least || wait > most {
				t.Fatalf("the wait %s is not between %s and %s", wait, least, most)
			}
			given = append(given, now)
			if n := len(given); n > tries && now.Sub(given[n-1-tries]) < window {
				t.Fatalf("%d restarts within %s", tries+1, window)
			}
		}
	})
}
