package worker_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"

	"sluice/engine/run/fake"
	"sluice/engine/worker"
)

func descriptors(t *testing.T, pid string) int {
	t.Helper()
	list, err := os.ReadDir("/proc/" + pid + "/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// A thousand instances in a shared worker, and some with their own, leave nothing behind on either side.
func TestCyclesLeaveNothing(t *testing.T) {
	p, log := start(t, "serve", nil)
	stay := started(t, p, echoing("", "shared"))
	log.await(t, "a worker is ready", 2)
	pid := fmt.Sprint(stay.pid(t))
	cycle := func(kind string) {
		rt, err := p.Open("cycle")
		if err != nil {
			t.Fatal(err)
		}
		ctx, end := context.WithTimeout(context.Background(), patience)
		defer end()
		inlets, err := rt.Prepare(ctx, echoing("", kind), fake.NewHost())
		if err == nil {
			err = rt.Start(ctx)
		}
		if err != nil {
			t.Fatal(err)
		}
		inlets["in"].Unit(unit(1))
		if err := rt.Stop(ctx); err != nil {
			t.Fatal(err)
		}
	}
	count := func() [3]int { return [3]int{runtime.NumGoroutine(), descriptors(t, "self"), descriptors(t, pid)} }
	for range 20 {
		cycle("shared")
	}
	before := count()
	for range 1000 {
		cycle("shared")
	}
	if after := count(); after != before {
		t.Errorf("goroutines, files here, files there: %v, and after 1000 instances %v", before, after)
	}
	ready := strings.Count(log.String(), "a worker is ready")
	const own = 25
	for range own {
		cycle("own")
	}
	log.await(t, "a worker is ready", ready+own)
	if after := count(); after[0] > before[0]+1 || after[1] > before[1] { // the one more may be hatching still
		t.Errorf("goroutines and files: %v, and after %d workers %v", before, own, after)
	}
}

// Many at once, of both kinds.
func TestManyAtOnce(t *testing.T) {
	p, _ := start(t, "serve", func(o *worker.Options) { o.Shared = 4 })
	var all sync.WaitGroup
	for n := range 24 {
		kind := []string{"shared", "own", "shared", "shared"}[n%4]
		all.Go(func() {
			rt, err := p.Open("many")
			if err != nil {
				t.Error(err)
				return
			}
			ctx, end := context.WithTimeout(context.Background(), patience)
			defer end()
			if _, err = rt.Prepare(ctx, echoing("", kind), fake.NewHost()); err == nil {
				err = rt.Start(ctx)
			}
			if err != nil {
				t.Error(err)
			}
			if err := rt.Stop(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if c := p.Counts(); c.Shared != 0 || c.Instances != 0 || c.Died != 0 {
		t.Errorf("%+v", c)
	}
}
