package hooks

import (
	"context"
	"log/slog"
	"slices"
	"sync/atomic"

	"sluice/api/apps"
)

// Session is what the back end of an application is asked and told of one client. Its methods may be called from several goroutines;
// what one of them asks and tells comes in that order. Only Ask waits.
type Session struct {
	hooks    *Hooks
	app      apps.App
	back     *back
	line     *line
	failed   func(method string, err error)
	policies atomic.Pointer[policies]
}

// Of gives a session of a client without a connection to an application; false if the application has no back end. failed is told which
// events could not be told of whose back end wants the client to know; nil: nobody is. It must not wait.
func (h *Hooks) Of(app string, failed func(method string, err error)) (*Session, bool) {
	a, ok := h.opt.Apps.Find(app)
	if !ok || a.URL == "" {
		return nil, false
	}
	if failed == nil {
		failed = func(string, error) {}
	}
	return &Session{hooks: h, app: a, back: h.back(a.Key), line: newLine(), failed: failed}, true
}

// Knows tells whether clients of an application are let in.
func (h *Hooks) Knows(app string) bool {
	_, ok := h.opt.Apps.Find(app)
	return ok || !h.opt.Strict
}

// Connect asks the back end whether a client may connect, and gives its object as the back end changed it, without what is for the
// server only. Whatever goes wrong, the client is not let in: how errors are to be taken is for the answer to say, which there is not.
// It is fault.Forbidden if the back end says so.
func (s *Session) Connect(ctx context.Context, body Object) (Object, error) {
	if !s.app.Has(Connect) {
		return body, nil
	}
	answer, err := s.wait(ctx, Connect, body, true, nil)
	if err != nil {
		return nil, err
	}
	all, wrong := readPolicies(answer["restClientConfig"])
	if len(wrong) > 0 {
		s.hooks.opt.Log.Warn("the back end says what cannot be understood", "app", s.app.Key, "methods", wrong)
	}
	s.policies.Store(&all)
	p := all[Connect]
	if !p.overwrite {
		return body, nil
	}
	if body, err = overwrite(body, answer, p.fields); err != nil {
		s.hooks.opt.Log.Warn("the answer of a back end cannot be used", "app", s.app.Key, "method", Connect, "err", err)
		return nil, err
	}
	return body, nil
}

// policy is how a method is called.
func (s *Session) policy(method string) policy {
	if all := s.policies.Load(); all != nil {
		if p, ok := (*all)[method]; ok {
			return p
		}
	}
	return policy{fail: slices.Contains(s.app.Fail, method)}
}

// Hidden are the fields of a method's object that the client does not get.
func (s *Session) Hidden(method string) []string { return s.policy(method).hidden }

// Ask asks the back end about what a client wants, and gives its object as the back end changed it. If nothing depends on the answer it
// does not wait for it. The error ends what the client wants: the back end said no (fault.Forbidden), or could not be asked.
func (s *Session) Ask(ctx context.Context, method string, body Object) (Object, error) {
	p := s.policy(method)
	if !s.app.Has(method) || p.off {
		return body, nil
	}
	if !p.waits() {
		s.tell(method, body, p) //nolint:contextcheck // it is told also when the client has gone
		return body, nil
	}
	answer, err := s.wait(ctx, method, body, p.overwrite, p.withheld)
	if err == nil && p.overwrite {
		var changed Object
		if changed, err = overwrite(body, answer, p.fields); err == nil {
			return changed, nil
		}
		s.hooks.opt.Log.Warn("the answer of a back end cannot be used", "app", s.app.Key, "method", method, "err", err)
	}
	if err != nil && p.fail {
		return nil, err
	}
	return body, nil
}

// wait makes a call and waits for its answer.
func (s *Session) wait(ctx context.Context, method string, body Object, read bool, without []string) (Object, error) {
	const patience = 2 // times the limit of a call: one for what the session has to tell before
	ctx, cancel := context.WithTimeout(ctx, patience*s.hooks.opt.Timeout)
	defer cancel()
	type result struct {
		answer Object
		err    error
	}
	done := make(chan result, 1)
	one := &item{method: method, read: read, ctx: ctx, then: func(answer Object, err error) { done <- result{answer, err} }}
	s.call(one, body, without) //nolint:contextcheck // it has it
	select {
	case r := <-done:
		return r.answer, r.err
	case <-ctx.Done():
		return nil, lost(s.app.Key+"/"+method, ctx.Err())
	}
}

// Pass passes something on whose receiver the back end is, and then says what became of it: an error if the back end did not take it.
// It does not wait. then is called from another goroutine, or from this one if nothing is passed on.
func (s *Session) Pass(method string, body Object, then func(error)) {
	p := s.policy(method)
	if !s.app.Has(method) || p.off {
		then(nil)
		return
	}
	s.call(&item{method: method, ctx: s.hooks.ctx, then: func(_ Object, err error) { then(err) }}, body, p.withheld)
}

// Tell tells the back end what happened. It does not wait: if too much waits already, the oldest is not told.
func (s *Session) Tell(method string, body Object) {
	if p := s.policy(method); s.app.Has(method) && !p.off {
		s.tell(method, body, p)
	}
}

func (s *Session) tell(method string, body Object, p policy) {
	s.call(&item{method: method, then: func(_ Object, err error) {
		if err != nil && p.fail {
			s.failed(method, err)
		}
	}}, body, p.withheld)
}

// call has a call made, with a body without some of its fields.
func (s *Session) call(i *item, body Object, without []string) {
	text, err := encode(body, without)
	if err != nil {
		s.hooks.opt.Log.Error("a back end is not called", "app", s.app.Key, "method", i.method, "err", err)
		i.refuse(err)
		return
	}
	i.app, i.line, i.body = s.app, s.line, text
	s.back.put(i)
}

// LogValue implements slog.LogValuer.
func (s *Session) LogValue() slog.Value { return s.app.LogValue() }
