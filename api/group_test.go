package api

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"sluice/engine/enginetest"
)

// diary is what doors of a test did, in order.
type diary struct {
	mu   sync.Mutex
	list []string
}

func (d *diary) note(what string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = append(d.list, what)
}

func (d *diary) read() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.list)
}

// door is a door to nowhere.
type door struct {
	name                   string
	did                    *diary
	unbound, broken, stuck error
	serving                chan struct{} // closed once it serves
	closed                 chan struct{}
}

func newDoor(name string, did *diary) *door {
	return &door{name: name, did: did, serving: make(chan struct{}), closed: make(chan struct{})}
}

func (d *door) Name() string { return d.name }

func (d *door) Listen(context.Context) error {
	d.did.note("listen " + d.name)
	return d.unbound
}

func (d *door) Serve(ctx context.Context) error {
	close(d.serving)
	if d.broken != nil {
		return d.broken
	}
	select {
	case <-ctx.Done():
		d.did.note("cut " + d.name)
	case <-d.closed:
	}
	return nil
}

func (d *door) Close(ctx context.Context) error {
	d.did.note("close " + d.name)
	if ctx.Err() != nil {
		d.did.note("late " + d.name)
	}
	select {
	case <-d.closed:
	default:
		close(d.closed)
	}
	return d.stuck
}

func TestGroupClosesInReverse(t *testing.T) {
	did := &diary{}
	a, b := newDoor("a", did), newDoor("b", did)
	g := NewGroup(a, b)
	if err := g.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- g.Serve(t.Context()) }()
	enginetest.Await(t, "the serving", a.serving)
	enginetest.Await(t, "the serving", b.serving)
	if err := g.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := enginetest.Await(t, "the end of Serve", served); err != nil {
		t.Error(err)
	}
	if got := strings.Join(did.read(), ", "); got != "listen a, listen b, close b, close a" {
		t.Error(got)
	}
}

func TestGroupTellsAllThatCannotBeBound(t *testing.T) {
	did := &diary{}
	a, b, c := newDoor("a", did), newDoor("b", did), newDoor("c", did)
	a.unbound, c.unbound = errors.New("port 1"), errors.New("port 3")
	err := NewGroup(a, b, c).Listen(t.Context())
	if !errors.Is(err, a.unbound) || !errors.Is(err, c.unbound) {
		t.Error(err)
	}
	if got := did.read(); !slices.Contains(got, "close b") || !slices.Contains(got, "late b") {
		t.Errorf("b stays open: %v", got)
	}
}

func TestGroupEndsWithTheFirstDoorThatFails(t *testing.T) {
	did := &diary{}
	a, b := newDoor("a", did), newDoor("b", did)
	b.broken = errors.New("the socket is gone")
	err := NewGroup(a, b).Serve(t.Context())
	if !errors.Is(err, b.broken) || err.Error() != "b: the socket is gone" {
		t.Error(err)
	}
	if got := did.read(); !slices.Equal(got, []string{"cut a"}) {
		t.Error(got)
	}
}

func TestGroupTellsWhoDidNotClose(t *testing.T) {
	did := &diary{}
	a, b := newDoor("a", did), newDoor("b", did)
	a.stuck, b.stuck = errors.New("one session hangs"), errors.New("two sessions hang")
	if err := NewGroup(a, b).Close(t.Context()); err == nil || err.Error() != "b: two sessions hang\na: one session hangs" {
		t.Error(err)
	}
}
