package flight

import (
	"context"
	"errors"
	"sync"
	"testing"

	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// group is a group whose lock is taken for each step.
type group struct {
	sync.Mutex
	*Group
	calls chan context.Context
	end   chan error // of the call that is under way
}

func newGroup(t *testing.T) *group {
	g := &group{calls: make(chan context.Context, 10), end: make(chan error)}
	ctx, cancel := context.WithCancel(t.Context())
	g.Group = NewGroup(ctx, &g.Mutex)
	t.Cleanup(func() { cancel(); g.Wait() })
	return g
}

func (g *group) join(failed chan error) *Flight {
	g.Lock()
	defer g.Unlock()
	return g.Join("cam", func(ctx context.Context) error {
		g.calls <- ctx
		select {
		case err := <-g.end:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}, failed)
}

func (g *group) leave(f *Flight, failed chan error, met bool) int {
	g.Lock()
	defer g.Unlock()
	g.Leave(f, failed, met)
	return g.Len()
}

func TestAllShareOneCall(t *testing.T) {
	g := newGroup(t)
	one, two := make(chan error, 1), make(chan error, 1)
	f := g.join(one)
	if g.join(two) != f {
		t.Fatal("there are two calls")
	}
	ctx := <-g.calls
	if left := g.leave(f, one, false); left != 1 || ctx.Err() != nil {
		t.Errorf("the call ended with the first who left: %d, %v", left, ctx.Err())
	}
	if left := g.leave(f, two, false); left != 0 {
		t.Errorf("%d calls are left", left)
	}
	<-ctx.Done()
	if next := g.join(one); next == f {
		t.Error("a call that was cancelled is shared")
	}
	<-g.calls
}

func TestACallThatWasMetIsNotCancelled(t *testing.T) {
	g := newGroup(t)
	failed := make(chan error, 1)
	f := g.join(failed)
	ctx := <-g.calls
	if left := g.leave(f, failed, true); left != 1 || ctx.Err() != nil {
		t.Errorf("it ended: %d, %v", left, ctx.Err())
	}
	g.end <- nil
	<-ctx.Done() // it returned
}

func TestFailuresReachAllWhoWait(t *testing.T) {
	g := newGroup(t)
	one, two := make(chan error, 1), make(chan error, 1)
	f := g.join(one)
	g.join(two)
	<-g.calls
	broken := errors.New("broken")
	two <- errors.New("of another call") // it has heard enough
	g.end <- broken
	if err := <-one; !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	g.leave(f, one, false)
	if left := g.leave(f, two, false); left != 0 {
		t.Errorf("%d calls are left", left)
	}
}

func TestGo(t *testing.T) {
	g := newGroup(t)
	done := make(chan struct{})
	stop := g.Go(func(ctx context.Context) { <-ctx.Done(); close(done) })
	stop()
	<-done
}
