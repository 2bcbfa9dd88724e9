package engine_test

import (
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
)

const pattern = `graph: v1
about: A pattern.
params:
  name: {type: string}
policy:
  restart: {when: error, backoff: 1ms..2ms, give_up: 5 in 1m}
route:
  - rest.start
nodes:
  in: videotestsrc is-live=true
  enc: vp8enc
  out: stream.out name=$name
links:
  - in -> enc -> out
`

func named(name string) engine.Start {
	return engine.Start{Graph: "pattern", Params: map[string]any{"name": name}}
}

// Of many who start under one name at once, one gets it, and the others hear so and leave nothing behind.
func TestOneNameForMany(t *testing.T) {
	b := start(t, map[string]string{"pattern": pattern})
	const many = 20
	errs := make([]error, many)
	gate := make(chan struct{})
	var all sync.WaitGroup
	for i := range many {
		all.Go(func() {
			<-gate
			s := named("cam")
			s.ID = "p" + strconv.Itoa(i)
			_, errs[i] = b.Run(t.Context(), s)
		})
	}
	close(gate)
	all.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case fault.CodeOf(err) != fault.NameInUse:
			t.Errorf("who loses hears %v", err)
		default:
			if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Place != "out" {
				t.Errorf("the place is not in %v", err)
			}
		}
	}
	if run := len(b.Instances().Instances()); won != 1 || run != 1 {
		t.Fatalf("%d have the name, %d run", won, run)
	}
	inst := b.running(t, "pattern")
	rt := await(t, "the Runtime", b.begun)
	published := b.await(t, "stream.published")
	rt.prepared(t).Outlet(bridge(inst, plan.OutOfGst)).Codec(media.NewTrack(media.VP8))
	published()
	if err := inst.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Run(t.Context(), named("cam")); err != nil {
		t.Errorf("when it has gone, its name is not free: %v", err)
	}
}

// A name is free again when who was to publish it failed, or left before.
func TestNameOfWhoNeverPublished(t *testing.T) {
	b := start(t, map[string]string{"pattern": pattern})
	for range 3 {
		inst, err := b.Run(t.Context(), named("cam"))
		if err != nil {
			t.Fatal(err)
		}
		if err := inst.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// Who loses his name to one who replaces fails, and publishes when a restart finds it free: he is never live without.
func TestNameThatIsTakenMeanwhile(t *testing.T) {
	b := start(t, map[string]string{"pattern": pattern, "publish": strings.Replace(publish, "name=$stream", "name=$stream publish=replace", 1)})
	inst, err := b.Run(t.Context(), named("cam"))
	if err != nil {
		t.Fatal(err)
	}
	taken, err := b.Raise(t.Context(), raise("fake.publish", "/cam", newPeer(media.NewTrack(media.VP8))))
	if err != nil {
		t.Fatal(err)
	}
	outlet := bridge(inst, plan.OutOfGst)
	for range 2 {
		await(t, "a Runtime", b.begun).prepared(t).Outlet(outlet).Codec(media.NewTrack(media.VP8))
	}
	rt := await(t, "one more Runtime", b.begun)
	host := rt.prepared(t)
	if f := inst.Status().Fault; f == nil || f.Code != fault.NameInUse || !strings.HasSuffix(f.Place, "/out") {
		t.Errorf("it failed with %+v", f)
	}
	if err := taken.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	published := b.await(t, "stream.published")
	host.Outlet(outlet).Codec(media.NewTrack(media.VP8))
	published()
	host.Tell(run.Notice{Kind: run.FirstMedia, Node: "in"})
	if err := inst.Ready(t.Context()); err != nil {
		t.Error(err)
	}
}

// A name that no stream can have is refused before anything is started.
func TestBadNamesOfStreams(t *testing.T) {
	b := start(t, map[string]string{"pattern": pattern})
	for _, name := range []string{"a//b", "a\x1b[31m", "../a", "/a", "a/", `a\b`} {
		_, err := b.Run(t.Context(), named(name))
		wantCode(t, name, err, fault.InvalidRequest)
		if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Place != "out" {
			t.Errorf("the place is not in %v", err)
		}
	}
	if len(b.begun) > 0 || len(b.Instances().Instances()) > 0 {
		t.Error("something was started")
	}
}

// Who is live can be read: the name is published then, whichever comes first, and what publishes late is live all the same.
func TestLiveIsPublished(t *testing.T) {
	for name, late := range map[string]bool{"when it is known": false, "when the time to start is over": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := start(t, map[string]string{"pattern": strings.Replace(pattern, "policy:", "policy:\n  start: 7s", 1)})
				inst, err := b.Run(t.Context(), named("cam"))
				if err != nil {
					t.Fatal(err)
				}
				host := await(t, "the Runtime", b.begun).prepared(t)
				synctest.Wait()
				host.Tell(run.Notice{Kind: run.FirstMedia, Node: "in"})
				elapse(6 * time.Second)
				if s := inst.Status().State; s != run.Starting {
					t.Errorf("it is %s, and publishes nothing", s)
				}
				if late {
					elapse(2 * time.Second)
				} else {
					host.Outlet(bridge(inst, plan.OutOfGst)).Codec(media.NewTrack(media.VP8))
					synctest.Wait()
				}
				if s := inst.Status(); s.State != run.Live || s.Restarts > 0 || b.Streams().Has("cam") == late {
					t.Errorf("it is %s, and published: %v", s.State, b.Streams().Has("cam"))
				}
			})
		})
	}
}
