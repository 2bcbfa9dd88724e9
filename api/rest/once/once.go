// Package once does what is asked for several times by mistake only once: a client that heard no answer asks again, with the same
// Idempotency-Key, and gets the answer to its first request. It keeps answers in memory, for a while and not many: after a
// restart everything is new.
package once

import (
	"context"
	"sync"
	"time"

	"sluice/engine/fault"
)

// Keeper keeps answers by key. Safe for concurrent use.
type Keeper[T any] struct {
	most int
	keep time.Duration
	now  func() time.Time

	mu    sync.Mutex
	known map[string]*answer[T]
	order []string // of known answers, the oldest first
}

// answer is one that is known, or being found.
type answer[T any] struct {
	sum   string
	done  chan struct{} // closed when value holds, or when there is none
	value T
	until time.Time
}

// New makes a Keeper of so many answers, each for so long. now is the clock; nil means time.Now.
func New[T any](most int, keep time.Duration, now func() time.Time) *Keeper[T] {
	if now == nil {
		now = time.Now
	}
	return &Keeper[T]{most: max(most, 1), keep: keep, now: now, known: map[string]*answer[T]{}}
}

// Do gives the answer that is known for a key, or finds it by do; again says that it was known. Who comes while it is being found waits
// for it until ctx is done. An error is not kept: the next one tries anew. sum stands for all that was asked: a key that comes with
// another sum than before is fault.InvalidRequest. A panic of do goes on, and its key is free again.
func (k *Keeper[T]) Do(ctx context.Context, key, sum string, do func() (T, error)) (v T, again bool, err error) {
	for {
		a, mine := k.take(key, sum)
		if a.sum != sum {
			return v, false, fault.New(fault.InvalidRequest, "", "the key %q was used for another request before", key).
				Advise("use a new Idempotency-Key for each request that is not a repetition")
		}
		if mine {
			v, err = k.find(key, a, do)
			return v, false, err
		}
		select {
		case <-a.done:
		case <-ctx.Done():
			return v, false, ctx.Err()
		}
		if k.holds(key, a) {
			return a.value, true, nil
		}
	}
}

// take finds the answer for a key, or begins one.
func (k *Keeper[T]) take(key, sum string) (a *answer[T], mine bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forget()
	if a := k.known[key]; a != nil {
		return a, false
	}
	a = &answer[T]{sum: sum, done: make(chan struct{})}
	k.known[key] = a
	return a, true
}

// find finds an answer. It settles that in any case: after a panic of do, which goes on, the next one tries anew, as after an error.
func (k *Keeper[T]) find(key string, a *answer[T], do func() (T, error)) (v T, err error) {
	found := false
	defer func() { k.settle(key, a, v, found) }()
	v, err = do()
	found = err == nil
	return v, err
}

// settle keeps what was found.
func (k *Keeper[T]) settle(key string, a *answer[T], v T, found bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if found {
		a.value, a.until = v, k.now().Add(k.keep)
		k.order = append(k.order, key)
	} else {
		delete(k.known, key)
	}
	close(a.done)
}

func (k *Keeper[T]) holds(key string, a *answer[T]) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.known[key] == a
}

// forget lets go of what is too old or too much.
func (k *Keeper[T]) forget() {
	for len(k.order) > 0 && (len(k.order) >= k.most || k.now().After(k.known[k.order[0]].until)) {
		delete(k.known, k.order[0])
		k.order = k.order[1:]
	}
}
