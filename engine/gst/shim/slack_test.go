//go:build cgo && !nogst

package shim_test

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// Threads that Go makes have the slack with which the process began.
func TestSlackOfThreads(t *testing.T) {
	slack := make(chan int)
	for range 5 {
		go func() {
			runtime.LockOSThread() // and ends with it, so that each goroutine has a thread of its own
			ns, err := unix.PrctlRetInt(unix.PR_GET_TIMERSLACK, 0, 0, 0, 0)
			if err != nil {
				t.Error(err)
			}
			slack <- ns
		}()
	}
	for range 5 {
		if ns := <-slack; ns != 1_000_000 {
			t.Errorf("timers of a thread may be %d ns late", ns)
		}
	}
}
