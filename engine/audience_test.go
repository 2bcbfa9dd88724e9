package engine_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
)

const showing = `graph: v1
about: Shows to whoever comes.
route:
  - fake.play /{stream...}
nodes:
  in: stream.in name=$stream wait=5s
  to: convert
  show: {element: fake.show, lazy: 10s}
links:
  - in -> to -> show
`

// audience is fake.show: a sink whose own viewers come and go.
type audience struct {
	sink
	viewers chan func(bool)
}

func (a audience) Tell(some func(bool)) { a.viewers <- some }

// fakeShow makes them; the peer is the channel by which the test hears how to tell of viewers.
type fakeShow struct{}

func (fakeShow) Spec() element.Spec {
	s := fakeOut{}.Spec()
	s.Name, s.Demand = "fake.show", true
	return s
}

func (fakeShow) New(_ context.Context, env element.Env, conf element.Conf) (element.Element, error) {
	p, ok := env.Sessions.Session(conf.Text("session"))
	if !ok {
		return nil, fault.New(fault.InvalidRequest, "", "there is no peer")
	}
	a := p.(audience)
	a.over = env.Over
	return a, nil
}

// What is lazy before a sink with viewers of its own runs while there are some, and its instance ends with the last of them.
func TestAudienceComesAndGoes(t *testing.T) {
	for name, codec := range map[string]media.Codec{"in Go alone": media.VP8, "behind a conversion": media.H264} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := start(t, map[string]string{"publish": publish, "show": showing})
				camera := newPeer(media.NewTrack(codec))
				if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
					t.Fatal(err)
				}
				await(t, "the publication", camera.fed)
				a := audience{sink{newPeer()}, make(chan func(bool), 1)}
				ev := engine.Event{Name: "fake.play", Path: "/cam", Sessions: map[string]any{"peer": a}, Wanted: true}
				inst, err := e.Raise(t.Context(), ev)
				if err != nil {
					t.Fatal(err)
				}
				viewers := await(t, "who to tell", a.viewers)
				for range 2 {
					viewers(true)
					viewers(true)
					elapse(20 * time.Second)
					viewers(false)
					elapse(9 * time.Second)
				}
				synctest.Wait()
				select {
				case <-inst.Done():
					t.Fatal("it has ended while somebody may come back")
				default:
				}
				elapse(time.Second)
				synctest.Wait()
				select {
				case <-inst.Done():
				default:
					t.Errorf("nobody has watched for 10 s, and it is %s", inst.Status().State)
				}
			})
		})
	}
}
