package engine

import (
	"sync"
	"time"
)

// How long a name is remembered, at least, after somebody published it, and how many are: who may publish must not fill the memory.
// Of more than that the oldest are forgotten first.
const (
	remembered = time.Hour
	namesKept  = 10_000
)

// lately is the names of which there was a publisher not long ago. By that graphs tell a name that somebody will come back to from
// one that a viewer made up. What stands in for a publisher does not count. Safe for concurrent use.
type lately struct {
	mu     sync.Mutex
	now    map[string]struct{}
	before map[string]struct{} // what now was before it was turned
	turned time.Time
}

// note keeps a name.
func (l *lately) note(name string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(at)
	if len(l.now) >= namesKept {
		l.before, l.now, l.turned = l.now, map[string]struct{}{}, at
	}
	l.now[name] = struct{}{}
}

// has tells whether a name is kept.
func (l *lately) has(name string, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.turn(at)
	_, now := l.now[name]
	_, before := l.before[name]
	return now || before
}

// turn forgets what is too old. The caller holds mu.
func (l *lately) turn(at time.Time) {
	switch passed := at.Sub(l.turned); {
	case l.now == nil || passed >= 2*remembered:
		l.before, l.now, l.turned = nil, map[string]struct{}{}, at
	case passed >= remembered:
		l.before, l.now, l.turned = l.now, map[string]struct{}{}, at
	}
}
