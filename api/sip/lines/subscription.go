package lines

import (
	"context"
	"errors"
	"sync"
	"time"

	"sluice/api/calls"
	"sluice/api/sip/subscribe"
	"sluice/engine/fault"
)

// subscription is one of a line.
type subscription struct {
	*subscribe.Subscription
	line *Line
}

var _ calls.Subscription = (*subscription)(nil)

// Close implements calls.Subscription.
func (s *subscription) Close(ctx context.Context) error {
	s.line.mu.Lock()
	delete(s.line.subscribed, s)
	s.line.mu.Unlock()
	return s.Subscription.Close(ctx)
}

// types are the bodies that are taken for an event; none if nobody can be told of it.
func types(e calls.Event) []string {
	switch e {
	case calls.Dialogs:
		return []string{"application/dialog-info+xml"}
	case calls.Presence:
		return []string{"application/pidf+xml"}
	case calls.Messages:
		return []string{"application/simple-message-summary"}
	}
	return nil
}

// Subscribe implements calls.Line.
func (l *Line) Subscribe(
	ctx context.Context, to string, e calls.Event, expires time.Duration, heard func(calls.Notice),
) (calls.Subscription, error) {
	accept := types(e)
	if accept == nil {
		return nil, fault.New(fault.InvalidParams, "sip", "nobody is told of %.80q", string(e)).
			Advise("%s, %s and %s are what can be subscribed to", calls.Dialogs, calls.Presence, calls.Messages)
	}
	if to == "" {
		to = l.account.Login
	}
	whom, err := l.whom(to)
	if err != nil {
		return nil, err
	}
	const most = 64 // of a line: a receptionist's lamps
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closing:
		return nil, errClosed
	case len(l.subscribed) >= most:
		return nil, fault.New(fault.Overloaded, "sip", "the line has %d subscriptions already", most)
	}
	s := &subscription{line: l}
	s.Subscription = l.lines.notices.Start(ctx, subscribe.Options{
		Log: l.lines.opt.Log, Port: l.port, Auth: l.auth, Agent: l.lines.opt.Agent, From: l.way.self, To: whom.party, Target: whom.uri,
		Routes: l.way.routes, Contact: l.contact, Event: string(e), Accept: accept, Expires: expires, Heard: heard,
	})
	if l.subscribed == nil {
		l.subscribed = map[*subscription]struct{}{}
	}
	l.subscribed[s] = struct{}{}
	return s, nil
}

// unsubscribe ends all subscriptions of a line that is being closed.
func (l *Line) unsubscribe(ctx context.Context) error {
	l.mu.Lock()
	all := make([]*subscription, 0, len(l.subscribed))
	for s := range l.subscribed {
		all = append(all, s)
	}
	l.mu.Unlock()
	var ending sync.WaitGroup
	wrong := make([]error, len(all))
	for i, s := range all {
		ending.Go(func() { wrong[i] = s.Close(ctx) })
	}
	ending.Wait()
	return errors.Join(wrong...)
}
