package calls

import (
	"context"

	"sluice/api/calls"
	"sluice/api/websocket/hook"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/elements/webrtc"
	"sluice/engine/fault"
)

// Call begins a call that the page wants. Whatever becomes of it, the page hears a last status, but for one whose callId cannot be used:
// that is the error.
func (p *Phone) Call(req wire.Call) error {
	if err := wire.CheckID("callId", string(req.CallID)); err != nil {
		return err
	}
	c := newCall(p, string(req.CallID), false)
	c.req = req
	if p.find(c.id) != nil {
		return fault.New(fault.NameInUse, "", "there is a call with this callId")
	}
	if err := c.check(); err != nil {
		c.refuse(err)
		return nil
	}
	if err := p.begin(c, c.dial); err != nil {
		c.refuse(err)
	}
	return nil
}

// check looks at a request before anything is made for it.
func (c *call) check() error {
	switch {
	case c.phone.open() == nil:
		return fault.New(fault.Forbidden, "", "the session has no line").Advise("connect with sipLogin and what belongs to it")
	case c.req.MediaProvider != "" && c.req.MediaProvider != provider:
		return fault.New(fault.CodecNotAvailable, "", "calls are by WebRTC only")
	case c.req.SDP == "" || len(c.req.SDP) > wire.MaxSDP || len(c.req.Custom) > wire.MaxCustom:
		return fault.New(fault.InvalidRequest, "", "the offer is missing, or too large")
	}
	return checkNumber("callee", string(c.req.Callee), wire.MaxNumber)
}

// refuse answers a request that is not even tried.
func (c *call) refuse(err error) {
	c.phone.all.opt.Log.Debug("call refused", "session", c.phone.id.Session, "err", err)
	why := reason.CallNotCreated
	if fault.CodeOf(err) == fault.CodecNotAvailable {
		why = reason.NoCommonCodecs
	}
	c.send("finish", wire.CallFailed, string(why))
}

// dial makes the call.
func (c *call) dial(ctx context.Context) ending {
	// At once: the SDK does not hang up a call of which it has heard nothing.
	trying := c.become(wire.CallTrying, "")
	c.phone.client.Send("notifyTryingResponse", trying)
	req := c.req
	if err := hook.Ask(ctx, c.phone.id.Hook, "call", &req, map[string]any{"status": wire.CallTrying, "incoming": false}); err != nil {
		if ctx.Err() != nil {
			return c.leave(ctx, context.Cause(ctx))
		}
		return c.leave(ctx, refused{})
	}
	c.phone.id.Hook.Tell("CallStatusEvent", trying, nil)
	req.CallID, req.SDP = c.req.CallID, c.req.SDP // of these no application knows better
	c.mu.Lock()
	c.req = req
	c.mu.Unlock()
	if err := c.check(); err != nil {
		return c.leave(ctx, err)
	}
	var err error
	c.peer, err = c.phone.all.opt.Peers.Callee(ctx, webrtc.Offer{SDP: string(req.SDP), Client: c.phone.id.Remote})
	if err != nil {
		return c.leave(ctx, err)
	}
	far, err := c.phone.open().Call(ctx, calls.Outgoing{
		ID: c.id, To: string(req.Callee), Display: string(req.VisibleName), Audio: true, Video: bool(req.HasVideo),
		Prefer: named(c.peer.Codecs()), Headers: req.Headers(), SDP: req.Lines(),
	}, c)
	if err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return c.leave(ctx, err)
	}
	c.mu.Lock()
	c.far = far
	c.mu.Unlock()
	return c.stay(ctx)
}
