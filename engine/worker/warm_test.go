package worker_test

import (
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/worker"
)

// A worker warms up once, when the one before it has had time to start its instance, and not at all if it is to end before.
func TestWorkersWarmUp(t *testing.T) {
	for _, c := range []struct {
		name  string
		lives time.Duration
		times int
	}{{"left alone", time.Minute, 1}, {"ended at once", 10 * time.Millisecond, 0}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ours, theirs := net.Pipe()
				times := 0
				served := make(chan error, 1)
				go func() {
					served <- worker.Serve(context.Background(), theirs, worker.ServeOptions{
						Open: func(string) (run.Runtime, error) { return fake.New(), nil }, Warm: func() { times++ },
					})
				}()
				go func() { _, _ = io.Copy(io.Discard, ours) }() // what it says is not of interest
				time.Sleep(c.lives)                              //nolint:forbidigo // the bubble's time
				_ = ours.Close()
				if err := <-served; err != nil {
					t.Error(err)
				}
				if times != c.times {
					t.Errorf("it warmed up %d times, not %d", times, c.times)
				}
			})
		})
	}
}
