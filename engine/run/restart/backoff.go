// Package restart decides when something that failed begins again. It waits for nothing itself and starts nothing: who
// restarts asks it and sets the alarm.
package restart

import (
	"math/rand/v2"
	"time"

	"sluice/engine/plan"
)

// Words of plan.Restart.When.
const (
	Never  = "never"
	Error  = "error"
	Always = "always"
)

// Backoff spaces out the restarts of one thing by a policy. Waits grow from Least to Most, each drawn at random between
// Least and three times the one before: what failed together does not come back together. Not safe for concurrent use.
type Backoff struct {
	policy plan.Restart
	random func() float64
	last   time.Duration
	given  []time.Time // when restarts were granted, within the window
}

// New makes a Backoff. random gives numbers from 0 up to 1; nil means the usual source. A policy that says nothing about
// waits or has them the wrong way round gets the default's.
func New(p plan.Restart, random func() float64) *Backoff {
	usual := plan.DefaultPolicy().Restart
	if p.Least <= 0 {
		p.Least = usual.Least
	}
	if p.Most < p.Least {
		p.Most = max(usual.Most, p.Least)
	}
	if random == nil {
		random = rand.Float64
	}
	return &Backoff{policy: p, random: random}
}

// Next grants a restart and says how long to wait for it, or gives up: false means that there were as many in the
// window as the policy allows.
func (b *Backoff) Next(now time.Time) (time.Duration, bool) {
	if b.policy.Tries > 0 {
		b.forget(now)
		if len(b.given) >= b.policy.Tries {
			return 0, false
		}
		b.given = append(b.given, now)
	}
	least, most := time.Duration(b.policy.Least), time.Duration(b.policy.Most)
	upper := min(most, least+least/2)
	if b.last > 0 {
		upper = max(least, min(b.last, most/3)*3) // without overflow
	}
	b.last = least + time.Duration(b.random()*float64(upper-least))
	return b.last, true
}

// Settle says that it ran well: the next wait is the shortest again. What was granted still counts in its window.
func (b *Backoff) Settle() { b.last = 0 }

// Calm is how long it has to run to count as running well.
func (b *Backoff) Calm() time.Duration { return time.Duration(b.policy.Most) }

// forget removes what was granted before the window. A window of no length remembers everything.
func (b *Backoff) forget(now time.Time) {
	if b.policy.Window <= 0 {
		return
	}
	since := now.Add(-time.Duration(b.policy.Window))
	for len(b.given) > 0 && !b.given[0].After(since) {
		b.given = b.given[1:]
	}
}
