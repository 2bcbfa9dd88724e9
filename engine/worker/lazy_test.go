package worker_test

import (
	"sync"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// eachNew is a host that has another port for a bridge each time that media begins to come over it.
type eachNew struct {
	*fake.Host
	came chan int // the number of the port to which a unit came

	mu    sync.Mutex
	ports int
}

func (h *eachNew) Outlet(bridge string) run.Port {
	if bridge != "seat-own" {
		return h.Host.Outlet(bridge)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ports++
	return numbered{fake.NewPort(), h.ports, h.came}
}

type numbered struct {
	*fake.Port
	number int
	came   chan int
}

func (n numbered) Unit(*media.Unit) bool {
	n.came <- n.number
	return true
}

// What a key has that is lazy goes with the key: one who comes back with the same key is given what is for him alone, and not what is
// left of the one before.
func TestWhatIsLazyGoesWithItsKey(t *testing.T) {
	p, _ := start(t, "serve", nil)
	host := &eachNew{Host: fake.NewHost(), came: make(chan int, 1)}
	rt := opened(t, p)
	_, err := rt.Prepare(within(t, patience), echoing("", "own"), host)
	if err == nil {
		err = rt.Start(within(t, patience))
	}
	if err != nil {
		t.Fatal(err)
	}
	with := echoing("", "own")
	with.Bridges = append(with.Bridges, plan.Bridge{
		Name: "seat-own", Direction: plan.OutOfGst, Branch: "seat[a]/own", Format: element.Format{Kind: media.Audio, Codec: media.Opus},
	})
	with.Pipelines = []plan.Pipeline{{Branches: []plan.Branch{{Name: "seat[a]", Kind: plan.Keyed}}}}
	for round := 1; round <= 3; round++ {
		for _, c := range []run.Change{
			{Verb: run.AddBranch, Branch: "seat[a]", Plan: with}, do("sing"), {Verb: run.RemoveBranch, Branch: "seat[a]", Plan: echoing("", "own")},
		} {
			if _, err := rt.Apply(within(t, patience), c); err != nil {
				t.Fatalf("%s: %v", c.Verb, err)
			}
			if c.Verb == run.Do {
				select {
				case at := <-host.came:
					if at != round {
						t.Fatalf("what came the %d. time went to the port of the %d.", round, at)
					}
				case <-time.After(patience):
					t.Fatal("nothing came")
				}
			}
		}
	}
}
