package streams

import (
	"context"

	"sluice/api/websocket/hook"
	"sluice/api/websocket/wire"
)

// ask asks the client's application whether it may publish or play, and does what it wants in place of what the client wanted; false, and
// the end of the stream, if it may not.
func (s *stream) ask(ctx context.Context) (ending, bool) {
	h := s.owner.id.Hook
	if !h.Active() {
		return ending{}, true
	}
	method := "publishStream"
	if s.plays() {
		method = "playStream"
	}
	req, was := s.req, s.req
	if err := hook.Ask(ctx, h, method, &req, s.members()); err != nil {
		return s.failed(ctx, err), false
	}
	// What makes the client's connection, and what was checked before, is as the client said it.
	req.MediaSessionID, req.SDP, req.RTMPURL, req.MediaProvider = was.MediaSessionID, was.SDP, was.RTMPURL, was.MediaProvider
	s.all.change(s, req)
	if why, ok := s.check(); !ok {
		return ending{status: wire.Failed, why: why}, false
	}
	return ending{}, true
}

// members are those of the stream's object, as applications know it.
func (s *stream) members() map[string]any {
	s.mu.Lock()
	status := s.status
	if status == "" {
		status = wire.Pending
	}
	object := s.object(status, "")
	s.mu.Unlock()
	all, err := s.owner.id.Hook.Object(object, nil)
	if err != nil {
		return nil // it cannot be: a struct of texts and numbers
	}
	out := make(map[string]any, len(all))
	for name, member := range all {
		out[name] = member
	}
	return out
}

// tellStop tells the client's application that it wants no more of the stream. That it cannot refuse: clients go when they like.
func (s *stream) tellStop() {
	if h := s.owner.id.Hook; h.Active() {
		method := "unPublishStream"
		if s.plays() {
			method = "stopStream"
		}
		h.Tell(method, s.members(), nil)
	}
}

// change has a stream be what was asked for in the end. Nothing was made of it yet.
func (a *Streams) change(s *stream, req wire.Stream) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.unlist(s)
	s.mu.Lock()
	s.req, s.name = req, string(req.Name)
	s.mu.Unlock()
	a.list(s)
}
