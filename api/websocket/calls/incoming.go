package calls

import (
	"context"

	"sluice/api/websocket/hook"
	"sluice/api/websocket/wire"
	"sluice/elements/webrtc"
	"sluice/engine/fault"
)

// receive takes a call that comes in.
func (c *call) receive(ctx context.Context) ending {
	o := c.object()
	o.Status = wire.CallRing
	if err := hook.Ask(ctx, c.phone.id.Hook, "OnCallEvent", &o, nil); err != nil {
		if ctx.Err() != nil {
			return c.leave(ctx, context.Cause(ctx))
		}
		return c.leave(ctx, refused{})
	}
	if err := c.offer(ctx); err != nil {
		return c.leave(ctx, err)
	}
	return c.stay(ctx)
}

// offer tells the page of a call, in the order that the SDK needs: first the offer, which it keeps for the call; a second status after the
// first, without which it does not say that the call is rejected. Nobody else has been offered this connection: a page that comes back
// is another one. While no page is there the far end hears that it rings.
func (c *call) offer(ctx context.Context) error {
	if c.peer != nil {
		c.peer.Stop(nil)
		c.peer = nil
	}
	if visits, there := c.phone.present(); there {
		c.offered = visits + 1
		if err := c.propose(ctx); err != nil {
			return err
		}
	}
	return c.remote().Ring(false)
}

func (c *call) propose(ctx context.Context) error {
	peer, err := c.phone.all.opt.Peers.Caller(ctx, proposal(c.now(), webrtc.Proposal{Client: c.phone.id.Remote}))
	if err != nil {
		return err
	}
	c.peer = peer
	text, err := peer.Offer(ctx)
	if err != nil {
		return err
	}
	c.phone.client.Send("setRemoteSDP", c.id, text, false)
	o := c.object()
	o.Status = wire.CallRing
	c.phone.client.Send("notifyIncomingCall", o)
	c.send("ring", wire.CallRing, "")
	return nil
}

// Answer takes a call for the page. The error is for what cannot be tried.
func (p *Phone) Answer(req wire.Call) error {
	if len(req.SDP) > wire.MaxSDP || len(req.Custom) > wire.MaxCustom {
		return fault.New(fault.InvalidRequest, "", "the answer is too large")
	}
	return p.ask("answer", req, func(ctx context.Context, c *call, req wire.Call) error {
		if !c.incoming || c.inst != nil || c.peer == nil {
			return fault.New(fault.InvalidRequest, "", "the call does not wait for an answer")
		}
		c.mu.Lock()
		c.req = req
		c.mu.Unlock()
		if err := c.connect(ctx, string(req.SDP)); err != nil {
			c.cancel(err)
		}
		return nil
	})
}

// connect connects both sides, the page's first.
func (c *call) connect(ctx context.Context, sdp string) error {
	if err := c.peer.Accept(sdp); err != nil {
		return err
	}
	if err := c.remote().Answer(ctx, named(c.peer.Codecs())); err != nil {
		return err
	}
	c.note(c.remote().About())
	if err := c.join(ctx, "sip.invite"); err != nil {
		return err
	}
	return c.talk()
}
