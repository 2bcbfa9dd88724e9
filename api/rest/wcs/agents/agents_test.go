package agents_test

import (
	"context"
	"testing"

	"go.uber.org/goleak"

	"sluice/api/rest/wcs/agents"
	"sluice/engine/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type one struct {
	agents.Place

	name string
}

// TestPlaces: a place is kept until it is forgotten, by as many as there may be, and by none that clash.
func TestPlaces(t *testing.T) {
	run := 0
	x := agents.New[*one](agents.Options{Running: func() int { return run }, Pipelines: 2})
	enter := func(name string) (*one, error) {
		a := &one{name: name}
		return a, x.Enter(a, func(other *one) error {
			if other.name == name {
				return fault.New(fault.NameInUse, "", "%q is there", name)
			}
			return nil
		})
	}
	a, err := enter("a")
	if err != nil || a.Life.Err() != nil || len(x.All()) != 1 {
		t.Fatal(err)
	}
	if _, err := enter("a"); fault.CodeOf(err) != fault.NameInUse {
		t.Error(err)
	}
	run = 2
	if _, err := enter("b"); fault.CodeOf(err) != fault.Overloaded || len(x.All()) != 1 {
		t.Error(err)
	}
	run = 1
	b, err := enter("b")
	if err != nil || len(x.All()) != 2 {
		t.Error(err)
	}
	// One that does not end in time is asked to all the same.
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Terminate(late, "a"); fault.CodeOf(err) != fault.Stalled || a.Life.Err() == nil || b.Life.Err() != nil {
		t.Error(err)
	}
	x.Forget(func(o *one) bool { return o == a })
	a.Done()
	if err := a.Terminate(t.Context(), "a"); err != nil || len(x.All()) != 1 || x.Closing() {
		t.Error(err)
	}
	if _, err := enter("a"); err != nil {
		t.Error(err)
	}
	// The end of all is waited for, and nobody enters after that.
	for _, o := range x.All() {
		go func() {
			<-o.Life.Done()
			o.Done()
		}()
	}
	x.Close()
	if !x.Closing() {
		t.Error("it is not closed")
	}
	if _, err := enter("c"); fault.CodeOf(err) != fault.Closed {
		t.Error(err)
	}
}
