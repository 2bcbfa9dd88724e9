package streams

import (
	"context"
	"strings"
	"sync"

	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine"
)

// pushes begins to push what is published elsewhere, if the client wants that, and gives what ends it and waits for that. Whatever
// becomes of it, the stream goes on: the client is only warned.
func (s *stream) pushes(ctx context.Context, user string) (end func()) {
	if s.req.RTMPURL == "" {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var work sync.WaitGroup
	work.Go(func() {
		if err := s.push(ctx, user); err != nil && ctx.Err() == nil {
			s.all.opt.Log.Warn("not pushed elsewhere", "stream", s.name, "session", s.owner.id.Session, "err", err)
			s.owner.client.Send("fail", wire.Fail{APIMethod: "publishStream", ID: s.id, Info: string(reason.RTMPWriter)})
		}
	})
	return func() { cancel(); work.Wait() }
}

// push has a graph push until ctx is done, or says why it does not.
func (s *stream) push(ctx context.Context, user string) error {
	scheme, _, _ := strings.Cut(string(s.req.RTMPURL), ":")
	inst, err := s.all.opt.Engine.Raise(ctx, engine.Event{Name: "ws.push", Path: "/" + s.name, Vars: map[string]any{
		"scheme": scheme, "url": string(s.req.RTMPURL), "app": s.owner.id.App, "user": user, "custom": s.req.CustomMap(),
	}, Reach: s.all.opt.Reach})
	if err != nil {
		return err
	}
	select {
	case <-ctx.Done():
	case <-inst.Done():
		err = inst.Err()
	}
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.all.opt.Stop)
	defer cancel()
	if halt := inst.Stop(limit); halt != nil {
		s.all.opt.Log.Warn("a graph did not end properly", "stream", s.name, "err", halt)
	}
	return err
}
