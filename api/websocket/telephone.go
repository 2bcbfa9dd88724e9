package websocket

import (
	"context"

	"sluice/api/websocket/calls"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine"
)

// calls are the calls of pages; nil if there is no SIP.
func (o Options) calls() *calls.Calls {
	if o.Lines == nil {
		return nil
	}
	return calls.New(calls.Options{
		Lines: o.Lines, Peers: o.CallPeers, Log: o.Log, PerClient: o.PerClient, Stop: o.StopTimeout,
		Raise: func(ctx context.Context, ev engine.Event) (calls.Instance, error) {
			i, err := o.Engine.Raise(ctx, ev)
			if err != nil {
				return nil, err // and no Instance that holds a nil pointer
			}
			return i, nil
		},
	})
}

// plug gives a client its phone, if it said who it is at a SIP server. One that waits for a registration that does not come knows no other
// way to hear of it than to be closed.
func (v *visit) plug(s *session, c wire.Connection) {
	if p := s.phone.Load(); p != nil {
		p.Return()
		return
	}
	if c.SIPLogin == "" {
		return
	}
	if v.door.calls == nil {
		if c.Registers() {
			s.Unregistered("this server has no SIP")
		}
		return
	}
	p := v.door.calls.Phone(s, calls.Identity{
		Node: v.door.node, App: s.app, Session: s.id, Remote: v.proof.Remote, Hook: s.hook,
	})
	s.phone.Store(p)
	err := p.Open(v.door.asking, c)
	switch {
	case err == nil:
	case c.Registers():
		s.Unregistered(err.Error())
	default:
		v.fail("connection", "", err.Error())
	}
}

// Unregistered sends a client away that could not be registered. It implements calls.Client.
func (s *session) Unregistered(info string) {
	s.known.ended.Store(true) // a session without what its page wants is not kept
	s.Send("fail", wire.Fail{APIMethod: "RegistrationStatusEvent", Info: info})
	s.mu.Lock()
	sock := s.sock
	s.mu.Unlock()
	if sock != nil {
		sock.Close(policyViolation)
	}
}

// phone is the client's; nil if it has none. The caller does not hold Door.mu.
func (v *visit) phone() *calls.Phone {
	v.door.mu.Lock()
	s := v.session
	v.door.mu.Unlock()
	if s == nil {
		return nil
	}
	return s.phone.Load()
}

// onCall begins a call. Without a line it ends before it begins: "finish" is where the SDK releases it.
func onCall(v *visit, m wire.Message) error {
	var c wire.Call
	if err := m.Into(&c); err != nil {
		return err
	}
	p := v.session.phone.Load()
	if p == nil {
		v.send("finish", wire.CallStatus{
			CallID: string(c.CallID), Status: wire.CallFailed, Info: string(reason.CallNotCreated),
			Caller: string(c.Caller), Callee: string(c.Callee), VisibleName: string(c.VisibleName),
			HasAudio: bool(c.HasAudio), HasVideo: bool(c.HasVideo), MediaProvider: "WebRTC",
		})
		return nil
	}
	if err := p.Call(c); err != nil {
		v.fail(m.Name, string(c.CallID), err.Error())
	}
	return nil
}

// ofCall makes a handler of what is done with a call that there is.
func ofCall(do func(*calls.Phone, wire.Call) error) func(*visit, wire.Message) error {
	return func(v *visit, m wire.Message) error {
		var c wire.Call
		if err := m.Into(&c); err != nil {
			return err
		}
		p := v.session.phone.Load()
		if p == nil {
			v.fail(m.Name, string(c.CallID), "there is no such call")
			return nil
		}
		if err := do(p, c); err != nil {
			v.fail(m.Name, string(c.CallID), err.Error())
		}
		return nil
	}
}

// ofPhone makes a handler of what is done with a line, outside of calls. id is what of the message a warning names.
func ofPhone[M any](do func(*calls.Phone, M) error, id func(M) string) func(*visit, wire.Message) error {
	return func(v *visit, m wire.Message) error {
		var wish M
		if err := m.Into(&wish); err != nil {
			return err
		}
		p := v.session.phone.Load()
		if p == nil {
			v.fail(m.Name, id(wish), "there is no line")
			return nil
		}
		if err := do(p, wish); err != nil {
			v.fail(m.Name, id(wish), err.Error())
		}
		return nil
	}
}

// Calls are the calls of pages, for operators to look at and to end.
type Calls interface {
	// List tells of all of them, in the order of their ids.
	List() []wire.CallStatus
	// Terminate ends one by its id, and does not wait for that; false if there is none.
	Terminate(callID string) bool
}

// Calls are the calls of pages; nil if there is no SIP.
func (d *Door) Calls() Calls {
	if d.calls == nil {
		return nil
	}
	return d.calls
}
