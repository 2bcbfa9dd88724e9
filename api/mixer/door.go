package mixer

import (
	"context"
	"errors"
	"sync"
)

// Name implements api.Door. Mixers are a door in that they begin and end with the others; clients come in through those.
func (*Mixers) Name() string { return "mixer" }

// Listen implements api.Door.
func (*Mixers) Listen(context.Context) error { return nil }

// Serve implements api.Door. Publishers join their rooms by the names of their streams while it serves, if they are to.
func (x *Mixers) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var auto sync.WaitGroup
	if x.opt.AutoStart {
		auto.Go(func() { x.follow(ctx) })
	}
	select {
	case <-ctx.Done():
	case <-x.life.Done():
	}
	cancel()
	auto.Wait()
	return nil
}

// Close implements api.Door. It ends all mixers.
func (x *Mixers) Close(ctx context.Context) error {
	x.mu.Lock()
	x.end()
	x.mu.Unlock()
	list := x.List()
	wrong := make([]error, len(list))
	var all sync.WaitGroup
	for i, m := range list {
		all.Go(func() { wrong[i] = m.instance.Stop(ctx) })
	}
	all.Wait()
	x.work.Wait()
	return errors.Join(wrong...)
}
