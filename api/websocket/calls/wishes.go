package calls

import (
	"context"

	"sluice/api/calls"
	"sluice/api/websocket/hook"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// ask has something done with a call in its own turn, when the application has allowed it. What the call is called nobody changes.
func (p *Phone) ask(method string, req wire.Call, do func(ctx context.Context, c *call, req wire.Call) error) error {
	c := p.find(string(req.CallID))
	if c == nil {
		return errNoCall()
	}
	wish := func(ctx context.Context) error {
		now := req
		if err := hook.Ask(ctx, p.id.Hook, method, &now, c.members()); err != nil {
			return refused{}
		}
		now.CallID, now.SDP = req.CallID, req.SDP
		return do(ctx, c, now)
	}
	if !c.post(item{do: wish, method: method}) {
		return fault.New(fault.Overloaded, "", "too much is wanted of this call at once")
	}
	return nil
}

func errNoCall() error { return fault.New(fault.InvalidRequest, "", "there is no such call") }

// members are what of a call its application is told beside what the page wants.
func (c *call) members() map[string]any {
	o := c.object()
	return map[string]any{"status": o.Status, "incoming": o.Incoming, "caller": o.Caller, "callee": o.Callee}
}

// Hangup ends a call. It does not wait in line: what is under way for the call may take long.
func (p *Phone) Hangup(req wire.Call) error {
	c := p.find(string(req.CallID))
	if c == nil {
		return errNoCall()
	}
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.all.work.Add(1)
	p.mu.Unlock()
	go func() {
		defer p.all.work.Done()
		if err := hook.Ask(p.stopped, p.id.Hook, "hangup", &req, c.members()); err != nil {
			p.client.Send("fail", wire.Fail{APIMethod: "hangup", ID: c.id, Info: worded(refused{})})
			return
		}
		c.cancel(hungUp{})
	}()
	return nil
}

// Hold puts the far end on hold, or takes it back.
func (p *Phone) Hold(req wire.Call, held bool) error {
	method := "hold"
	if !held {
		method = "unhold"
	}
	return p.ask(method, req, func(ctx context.Context, c *call, _ wire.Call) error {
		return c.talking(func(far calls.Call) error { return far.Hold(ctx, held) })
	})
}

// Transfer sends the far end to somebody else: to the far end of another call of the page, if that is what the target names.
func (p *Phone) Transfer(req wire.Call) error {
	return p.ask("transfer", req, func(ctx context.Context, c *call, req wire.Call) error {
		target := string(req.Target)
		if err := checkNumber("target", target, wire.MaxNumber); err != nil {
			return err
		}
		return c.talking(func(far calls.Call) error {
			if other := p.find(target); other != nil && other != c {
				if other.remote() == nil {
					return fault.New(fault.InvalidRequest, "", "the other call has not been answered")
				}
				return far.Attend(ctx, other.remote())
			}
			return far.Transfer(ctx, target)
		})
	})
}

// SendDTMF presses keys.
func (p *Phone) SendDTMF(req wire.Call) error {
	return p.ask("sendDtmf", req, func(ctx context.Context, c *call, req wire.Call) error {
		how := calls.Keys(req.Type)
		switch how {
		case calls.Automatic, calls.RTPEvents, calls.Info, calls.InfoRelay:
		default:
			return fault.New(fault.InvalidRequest, "", "there is no type %q", string(req.Type)).Advise("RFC2833, INFO or INFO_RELAY")
		}
		far := c.remote()
		if far == nil {
			return errNoCall()
		}
		return far.Press(ctx, string(req.DTMF), how)
	})
}

// talking does something with a call that two talk in.
func (c *call) talking(do func(calls.Call) error) error {
	if !c.established {
		return fault.New(fault.InvalidRequest, "", "the call has not been answered")
	}
	return do(c.remote())
}
