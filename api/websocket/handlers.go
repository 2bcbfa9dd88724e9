package websocket

import (
	"strings"

	"sluice/api/websocket/calls"
	"sluice/api/websocket/hook"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// handler takes one kind of message. The error is what the page is warned of.
type handler struct {
	first bool // also of a client that has not said who it is
	take  func(v *visit, m wire.Message) error
}

// handlers are those of all messages that clients send, by name.
func handlers() map[string]handler {
	later := func(take func(*visit, wire.Message) error) handler { return handler{take: take} }
	nothing := handler{first: true, take: func(*visit, wire.Message) error { return nil }}
	return map[string]handler{
		"connection": {first: true, take: connect},
		// The socket noted that the client is there. Nobody answers its "ping": the SDK has no use for a "pong".
		"ping": nothing,
		"pong": nothing,

		"publishStream":   later(onStream(func(v *visit, s wire.Stream) { v.publish(s) })),
		"playStream":      later(onStream(func(v *visit, s wire.Stream) { v.owner.Start(reason.Play, s) })),
		"unPublishStream": later(onStream(func(v *visit, s wire.Stream) { v.owner.Stop(reason.Publish, s) })),
		"stopStream":      later(onStream(func(v *visit, s wire.Stream) { v.owner.Stop(reason.Play, s) })),
		"availableStream": later(onStream(func(v *visit, s wire.Stream) { v.owner.Available(s) })),
		"snapshot":        later(onStream(func(v *visit, s wire.Stream) { v.snapshot(s) })),
		"sendStreamEvent": later(onEvent),

		"webRTCMetricsClientDescription": later(onMetricsDescription),
		"webRTCMetricsBatch":             later(onMetricsBatch),

		"sendData":        later(onData),
		"DataStatusEvent": later(onDataStatus),
		"pushLogs":        later(onLogs),
		"submitBugReport": later(onBugReport),
		"sessionDebug":    later(onDebug),

		"connectMediaTransport": {first: true, take: connectMedia},
		"call":                  later(onCall),
		"answer":                later(ofCall((*calls.Phone).Answer)),
		"hangup":                later(ofCall((*calls.Phone).Hangup)),
		"hold":                  later(ofCall(func(p *calls.Phone, c wire.Call) error { return p.Hold(c, true) })),
		"unhold":                later(ofCall(func(p *calls.Phone, c wire.Call) error { return p.Hold(c, false) })),
		"transfer":              later(ofCall((*calls.Phone).Transfer)),
		"sendDtmf":              later(ofCall((*calls.Phone).SendDTMF)),
		"sendMessage":           later(ofPhone((*calls.Phone).SendMessage, func(m wire.PhoneMessage) string { return string(m.ID) })),
		"subscribe":             later(ofPhone((*calls.Phone).Subscribe, func(s wire.PhoneSubscription) string { return string(s.To) })),
	}
}

// onStream makes a handler of what is done with a stream. Without a usable id no status could find its way.
func onStream(do func(*visit, wire.Stream)) func(*visit, wire.Message) error {
	return func(v *visit, m wire.Message) error {
		var s wire.Stream
		if err := m.Into(&s); err != nil {
			return err
		}
		if s.MediaSessionID == "" {
			v.send("fail", wire.Fail{APIMethod: m.Name, Status: string(wire.Failed), Info: string(reason.IDNull)})
			return nil
		}
		if err := wire.CheckID("mediaSessionId", string(s.MediaSessionID)); err != nil {
			return err
		}
		do(v, s)
		return nil
	}
}

// publish begins to publish. What the client wants beside it and does not get, it is warned of.
func (v *visit) publish(s wire.Stream) {
	if refused := v.mayPush(string(s.RTMPURL)); refused != nil {
		s.RTMPURL = ""
		v.door.opt.Log.Info("not pushed elsewhere", "stream", short(string(s.Name)), "err", refused)
		v.fail("publishStream", string(s.MediaSessionID), string(reason.RTMPWriter))
	}
	v.owner.Start(reason.Publish, s)
}

// mayPush says why nothing may be pushed to an address; "" is none.
func (v *visit) mayPush(address string) error {
	switch {
	case address == "":
		return nil
	case v.door.opt.Push == nil:
		return fault.New(fault.Forbidden, "", "nothing is pushed elsewhere")
	case !strings.HasPrefix(address, "rtmp://") && !strings.HasPrefix(address, "rtmps://"):
		return fault.New(fault.InvalidParams, "rtmpUrl", "it is no address of RTMP")
	}
	return v.door.opt.Push(address)
}

func onEvent(v *visit, m wire.Message) error {
	var e wire.SentEvent
	if err := m.Into(&e); err != nil {
		return err
	}
	id := string(e.MediaSessionID)
	if err := hook.Ask(v.door.asking, v.session.hook, m.Name, &e, nil); err != nil {
		v.door.opt.Log.Debug("refused by the application", "session", v.session.id, "method", m.Name, "err", err)
		v.fail(m.Name, id, string(reason.Restricted))
		return nil
	}
	e.MediaSessionID = wire.Text(id) // of whose stream it is, no application changes
	if err := v.owner.Event(e); err != nil {
		v.fail(m.Name, string(e.MediaSessionID), err.Error())
	}
	return nil
}

func onMetricsDescription(v *visit, m wire.Message) error {
	var d wire.MetricsDescription
	if err := m.Into(&d); err != nil {
		return err
	}
	return v.owner.Describe(d)
}

func onMetricsBatch(v *visit, m wire.Message) error {
	var b wire.MetricsBatch
	if err := m.Into(&b); err != nil {
		return err
	}
	return v.owner.Measure(b)
}
