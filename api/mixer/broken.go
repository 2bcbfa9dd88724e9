package mixer

import (
	"context"
	"slices"
	"strings"
	"time"

	"sluice/engine/event"
	"sluice/engine/fault"
)

// broken listens for guests whose parts of the graph failed and stay away.
func (m *Mixer) broken() *event.Subscription {
	const several = 64
	return m.mixers.opt.Engine.Bus().Subscribe(several, func(e event.Event) bool {
		b, ok := e.Body.(event.Branch)
		return ok && b.ID == m.instance.ID() && b.State == event.BranchDropped && keyIn(b.Branch) != ""
	})
}

// keyIn is the key in the name of a guest's branch, "seat[ann]"; "" of others.
func keyIn(branch string) string {
	key, _ := strings.CutPrefix(branch, seats+"[")
	if key, ok := strings.CutSuffix(key, "]"); ok && key != branch && !strings.Contains(key, "]") {
		return key
	}
	return ""
}

// attend takes guests out who stay away since what they send cannot be mixed, until the mixer has ended. They may be let in again.
func (m *Mixer) attend(sub *event.Subscription) {
	defer sub.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() { // until the mixer has ended, as this one
		<-m.instance.Done()
		cancel()
	}()
	for {
		e, _, err := sub.Next(ctx)
		if err != nil {
			return
		}
		if b, ok := e.Body.(event.Branch); ok {
			m.throwOut(ctx, b)
		}
	}
}

// throwOut takes the guest of a branch out.
func (m *Mixer) throwOut(ctx context.Context, b event.Branch) {
	const limit = 30 * time.Second
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	guests := m.Guests()
	at := slices.IndexFunc(guests, func(g Guest) bool {
		now, err := m.guest(g.Stream)
		return err == nil && now.key == keyIn(b.Branch)
	})
	if at < 0 {
		return
	}
	stream, why := guests[at].Stream, ""
	if b.Cause != nil {
		why = b.Cause.Text
	}
	m.mixers.opt.Log.Warn("stream cannot be mixed", "mixer", m.Name, "stream", stream, "err", why)
	err := m.Remove(ctx, stream)
	if code := fault.CodeOf(err); err != nil && ctx.Err() == nil && code != fault.StreamNotFound && code != fault.ResourceNotFound {
		m.mixers.opt.Log.Warn("stream that cannot be mixed could not be taken out", "mixer", m.Name, "stream", stream, "err", err)
	}
}
