package enginetest

import (
	"testing"
	"time"
)

// Patience is how long a test waits for what should happen at once, on a machine that has much else to do.
const Patience = 30 * time.Second

// Await waits for what comes from a channel, or for its end. If neither does, the test ends, and tells what was waited for.
func Await[T any](t testing.TB, what string, from <-chan T) T {
	t.Helper()
	late := time.NewTimer(Patience)
	defer late.Stop()
	select {
	case got := <-from:
		return got
	case <-late.C:
		t.Fatalf("waited %v in vain for %s", Patience, what)
	}
	var none T
	return none
}

// AwaitDone is Await for a function that waits itself, such as that of a sync.WaitGroup. One that never returns keeps a goroutine.
func AwaitDone(t testing.TB, what string, wait func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); wait() }()
	Await(t, what, done)
}
