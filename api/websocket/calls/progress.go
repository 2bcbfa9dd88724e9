package calls

import (
	"cmp"
	"context"
	"errors"

	"sluice/api/calls"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// note keeps what is known of the call now.
func (c *call) note(a calls.About) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.about = a
}

// progress takes what the far end did; true if the call is over.
func (c *call) progress(ctx context.Context, a calls.About) (ending, bool) {
	c.note(a)
	var err error
	switch {
	case a.State.Over():
		return hang(a), true
	case c.incoming && !c.established: // it is the page that makes these happen
	case a.State == calls.Ringing && c.inst == nil:
		c.send("ring", wire.CallRing, "")
	case a.State == calls.Early:
		if err = c.join(ctx, "ws.call"); err == nil && c.inst != nil {
			c.send("ring", wire.CallRingMedia, "")
		}
	case a.State == calls.Established:
		if err = c.join(ctx, "ws.call"); err == nil {
			err = c.talk()
		}
	case a.State == calls.OnHold && c.established:
		c.send("hold", wire.CallHold, "")
	}
	if err != nil {
		return c.leave(ctx, err), true
	}
	return ending{}, false
}

// talk tells that the two talk, if the page does not know. Without media they cannot.
func (c *call) talk() error {
	if c.inst == nil {
		return fault.New(fault.CodecNotAvailable, "", "the far end has no media")
	}
	c.established = true
	if c.sent != wire.CallEstablished {
		c.send("talk", wire.CallEstablished, "")
	}
	return nil
}

// hang says how a call ended that the far end or SIP ended. A busy callee is FINISH and not BUSY, which the SDK knows but none of its pages
// listens to.
func hang(a calls.About) ending {
	end := ending{status: wire.CallFinish, code: a.Code, info: ended(a)}
	if a.State == calls.Failed {
		end.status = wire.CallFailed
	}
	return end
}

// ended words the reason of an end: that of SIP if SIP refused.
func ended(a calls.About) string {
	switch a.Cause {
	case calls.Normal:
		return string(reason.CallCleared)
	case calls.NoMedia:
		return string(reason.RTPActivity)
	case calls.NoCodecs:
		return string(reason.NoCommonCodecs)
	case calls.TimedOut:
		return string(reason.CallTimeout)
	case calls.SessionFailed:
		return string(reason.CallNotCreated)
	case calls.Refused:
		return cmp.Or(a.Reason, string(reason.Error))
	}
	if a.State == calls.Ended {
		return cmp.Or(a.Reason, string(reason.CallCleared))
	}
	return cmp.Or(a.Reason, string(reason.Error))
}

// object is the call as it is told now.
func (c *call) object() wire.CallStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := &c.phone.id
	o := wire.CallStatus{
		NodeID: id.Node, AppKey: id.App, SessionID: id.Session,
		CallID: c.id, ParentCallID: c.about.Parent, Incoming: c.incoming, Status: c.status, SIPStatus: c.about.Code,
		Caller: c.about.From, Callee: c.about.To, VisibleName: cmp.Or(c.about.Display, c.about.From),
		HasAudio: c.about.Audio, HasVideo: c.about.Video, MediaProvider: provider, Custom: c.req.Custom, SIPMessageRaw: c.about.Message,
	}
	if !c.incoming { // in the page's own words
		o.Caller, o.Callee = string(c.req.Caller), string(c.req.Callee)
		o.VisibleName = cmp.Or(string(c.req.VisibleName), string(c.req.Caller))
		o.HasAudio, o.HasVideo = bool(c.req.HasAudio), bool(c.req.HasVideo)
	}
	return o
}

// provider is the only one by which pages call.
const provider = "WebRTC"

// send tells the page a status, and its application.
func (c *call) send(message, status, info string) {
	o := c.become(status, info)
	if !c.incoming || c.offered > 0 { // of what it never heard of, nobody needs to hear the end
		c.phone.client.Send(message, o)
	}
	c.phone.id.Hook.Tell("CallStatusEvent", o, nil)
}

// become gives the call a status, and what is told of that.
func (c *call) become(status, info string) wire.CallStatus {
	c.sent = status
	c.mu.Lock()
	c.status = status
	c.mu.Unlock()
	o := c.object()
	o.Info = info
	return o
}

// remind tells a page that is back how the call is. The page knows it if it only lost its socket; the SDK ignores those that it does not.
func (c *call) remind() {
	message, ok := map[string]string{wire.CallEstablished: "talk", wire.CallHold: "hold"}[c.sent]
	if !ok && !c.incoming {
		message, ok = map[string]string{wire.CallTrying: "notifyTryingResponse", wire.CallRing: "ring", wire.CallRingMedia: "ring"}[c.sent]
	}
	if ok {
		c.phone.client.Send(message, c.object())
	}
}

// tellTransfer tells how a transfer goes. The page hears of success only: with any other status the SDK gives this call's connection to
// the next call that has none, and never takes it back.
func (c *call) tellTransfer(t transferred) {
	o := c.object()
	o.SIPStatus, o.Info = t.code, t.reason
	switch {
	case t.code < 180:
		o.Status = wire.CallTrying
	case t.code < 200:
		o.Status = wire.CallRing
	case t.code < 300:
		o.Status = "COMPLETED"
		c.phone.client.Send("notifyTransferEvent", o)
	default:
		o.Status = wire.CallFailed
		c.phone.client.Send("fail", wire.Fail{APIMethod: "transfer", ID: c.id, Info: described(t.code, t.reason)})
	}
	c.phone.id.Hook.Tell("TransferStatusEvent", o, nil)
}

// worded is what a page hears of an error.
func worded(err error) string {
	if errors.Is(err, refused{}) {
		return string(reason.Restricted)
	}
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Error()
	}
	return string(reason.Error)
}
