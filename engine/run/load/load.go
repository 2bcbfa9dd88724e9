// Package load measures what instances cost: the processors that their workers keep busy, beside what the compiler estimated. What one
// instance of a graph cost is expected of the next. It reads no clock and no counter itself, refuses nobody, and knows no Runtime.
package load

import (
	"maps"
	"slices"
	"time"
)

const (
	// windows is of how many measurements the highest counts: what is quiet now may be busy again soon.
	windows = 6
	// sure is how many there must be before an instance may cost more than was thought; it starts in the first, which is left out.
	sure = 2
	// least is how much of what was thought is kept for an instance at least: with other media it may cost more.
	least = 0.5
	// kinds is how many kinds of instances are remembered.
	kinds = 512
)

// Used is what one instance has used so far.
type Used struct {
	ID       string
	Kind     string        // of instances that cost about the same
	Estimate float64       // CPUs
	PID      int           // of its worker, which others may share
	CPU      time.Duration // that the worker has used in all
	Waits    bool          // a part of it does not run now and may at any time
}

// Meter makes rates of what was used. The zero Meter has measured nothing. It is for one goroutine.
type Meter struct {
	at        time.Time
	processes map[int]time.Duration // what workers had used when they were looked at last
	instances map[string]instance
	kinds     map[string]float64
	own       recent
	ownUsed   time.Duration
}

// instance is what one has cost.
type instance struct {
	cost  recent
	waits bool
}

// recent are the latest rates, in CPUs. All but the first count, in which something only began.
type recent struct {
	rates [windows]float64
	seen  int
}

func (r *recent) add(rate float64) {
	if r.seen++; r.seen > 1 {
		r.rates[r.seen%windows] = rate
	}
}

func (r *recent) most() float64 { return slices.Max(r.rates[:]) }

// Take takes what instances and this process itself have used until now. Those that are not in the list are forgotten.
func (m *Meter) Take(now time.Time, own time.Duration, list []Used) {
	passed := now.Sub(m.at)
	first := m.at.IsZero()
	before, known := m.processes, m.instances
	m.at, m.processes, m.instances = now, map[int]time.Duration{}, map[string]instance{}
	if !first && passed > 0 {
		m.own.add(rate(own-m.ownUsed, passed))
	}
	m.ownUsed = own
	shares := map[int]float64{}
	for _, u := range list {
		m.processes[u.PID] = u.CPU
		shares[u.PID] += share(u)
	}
	for _, u := range list {
		i := known[u.ID]
		if was, ok := before[u.PID]; ok && !first && passed > 0 {
			i.cost.add(rate(u.CPU-was, passed) * share(u) / shares[u.PID])
		}
		i.waits = u.Waits
		m.instances[u.ID] = i
		if i.cost.seen > windows && !u.Waits {
			m.learn(u.Kind, i.cost.most())
		}
	}
}

// share is by how much of what a worker uses is an instance's: as it was estimated, which is all that is known of those in one process.
func share(u Used) float64 { return max(u.Estimate, 0.001) }

func rate(used, passed time.Duration) float64 { return max(used.Seconds()/passed.Seconds(), 0) }

// learn remembers what an instance of a kind costs. Where there are too many, some are forgotten.
func (m *Meter) learn(kind string, cost float64) {
	if m.kinds == nil {
		m.kinds = map[string]float64{}
	}
	if _, ok := m.kinds[kind]; !ok && len(m.kinds) >= kinds {
		for other := range maps.Keys(m.kinds) {
			delete(m.kinds, other)
			break
		}
	}
	m.kinds[kind] = cost
}

// Own is how many CPUs this process itself keeps busy, at the most lately.
func (m *Meter) Own() float64 { return m.own.most() }

// Measured is how many CPUs an instance keeps busy, at the most lately; false before that is known.
func (m *Meter) Measured(id string) (float64, bool) {
	i, ok := m.instances[id]
	return i.cost.most(), ok && i.cost.seen > sure
}

// Changed says that an instance is another from now on: what it has cost says nothing any more.
func (m *Meter) Changed(id string) { delete(m.instances, id) }

// Holds is how many CPUs have to be kept for an instance that was thought to cost so much: more if it costs more, and less only if
// all of it has run for a while.
func (m *Meter) Holds(id string, thought float64) float64 {
	measured, ok := m.Measured(id)
	switch i := m.instances[id]; {
	case !ok:
		return thought
	case i.cost.seen > windows && !i.waits:
		return max(least*thought, measured)
	}
	return max(thought, measured)
}

// Expected is what an instance of a kind will cost: what the last one did, or else the estimate.
func (m *Meter) Expected(kind string, estimate float64) float64 {
	if cost, ok := m.kinds[kind]; ok {
		return max(least*estimate, cost)
	}
	return estimate
}
