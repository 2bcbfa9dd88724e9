package websocket

import (
	"encoding/json"
	"maps"

	"sluice/api/websocket/hook"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
)

// Hooks call the back ends of applications.
type Hooks = hook.Hooks

// connectionStatus is the method that tells an application of a client that came, went, or was turned away.
const connectionStatus = "ConnectionStatusEvent"

// introduce asks the application of a client whether it may come in, and gives what it says of itself as the application changed it.
func (s *session) introduce(c wire.Connection) (wire.Connection, error) {
	if s.door.opt.Hooks == nil {
		return c, nil
	}
	asked, err := s.door.opt.Hooks.Session(s.app, s.untold)
	if err != nil {
		return c, err
	}
	if asked == nil {
		s.hook.Use(nil)
		return c, nil
	}
	said := c.Object()
	delete(said, "authToken") // who knows it may go on with a session
	body, err := s.hook.Object(said, nil)
	if err != nil {
		return c, err
	}
	now, err := asked.Connect(s.door.asking, body)
	if err == nil {
		c, err = c.Changed(now)
	}
	if err != nil {
		if !s.hook.Active() { // of a session that was kept, who was asked before is told all the rest, too
			s.hook.Use(asked)
		}
		body["status"] = json.RawMessage(`"FAILED"`)
		s.hook.Tell(connectionStatus, body, nil)
		return c, err
	}
	s.hook.Use(asked)
	return c, nil
}

// untold warns a client that its application was not told something, if the application wants it to know. The SDK takes such a message
// for a status of a stream if the method stands where messages usually have theirs.
func (s *session) untold(method string, _ error) {
	s.Send("fail", wire.Fail{APIMethod: "ErrorEvent", Info: "the application was not told: " + method})
}

// turnAway ends the socket of a client that its application does not let in, and the session if one was kept for it.
func (v *visit) turnAway(s *session, why error) {
	v.door.opt.Log.Info("session refused", "session", s.id, "remote", v.sock.Remote().String(), "app", short(s.app), "err", why)
	v.fail("connection", "", string(reason.Restricted))
	v.sock.Close(policyViolation)
	v.door.mu.Lock()
	kept := s.owner != nil
	delete(v.door.sessions, digestOf(s.token))
	v.door.mu.Unlock()
	if kept {
		s.finish(reason.SessionDisconnect)
		s.gone()
	}
}

// enter tells the application that a client is in, and gives what the client gets to know of that.
func (s *session) enter(echo map[string]any) map[string]any {
	if !s.hook.Active() {
		return echo
	}
	told := maps.Clone(echo)
	delete(told, "authToken")
	s.hook.Tell(connectionStatus, told, nil)
	delete(echo, "restClientConfig") // of whom it is none of its business, wherever it comes from
	hook.Hide(echo, s.hook.Hidden("connect"))
	hook.Hide(echo, s.hook.Hidden(connectionStatus))
	return echo
}

// gone hangs up for a client that is gone for good, and tells the application.
func (s *session) gone() {
	if p := s.phone.Load(); p != nil {
		p.Close()
	}
	s.hook.Tell(connectionStatus, map[string]any{"status": "DISCONNECTED"}, nil)
}

// may asks the application about a message that a client sent, which it may change; the client is told if it is not to be.
func may[V any](v *visit, method string, said *V, more map[string]any) bool {
	err := hook.Ask(v.door.asking, v.session.hook, method, said, more)
	if err != nil {
		v.door.opt.Log.Debug("refused by the application", "session", v.session.id, "method", method, "err", err)
		v.fail(method, "", string(reason.Restricted))
	}
	return err == nil
}

// snapshot asks for a picture of a stream, if the application allows it.
func (v *visit) snapshot(s wire.Stream) {
	err := hook.Ask(v.door.asking, v.session.hook, "snapshot", &s, nil)
	switch {
	case err == nil:
		v.owner.Snapshot(s)
	case v.session.dated: // which would take a status for one of the stream itself
		v.fail("snapshot", string(s.MediaSessionID), string(reason.Restricted))
	default:
		v.session.Send("notifyStreamEvent", wire.StreamEvent{
			MediaSessionID: string(s.MediaSessionID), Type: wire.EventSnapshotFailed, Payload: wire.Reason{Info: string(reason.Restricted)},
		})
	}
}

// pass gives data of a page to its application, and tells both what became of it.
func (v *visit) pass(d wire.SendData) {
	s := v.session
	s.hook.Pass("OnDataEvent", d, func(err error) {
		status := wire.DataStatus{OperationID: string(d.OperationID), Status: wire.Accepted}
		if err != nil {
			status.Status, status.Info = wire.Refused, string(reason.Restricted)
			s.door.opt.Log.Debug("data not passed on", "session", s.id, "err", err)
		}
		s.hook.Tell("DataStatusEvent", status, nil) // before what the page does when it hears of it
		s.Send("DataStatusEvent", status)
	})
}

// onDataStatus passes on what a page says became of data that it was sent. Only old SDKs say so.
func onDataStatus(v *visit, m wire.Message) error {
	var d wire.DataStatus
	if err := m.Into(&d); err != nil {
		return err
	}
	v.session.hook.Tell("DataStatusEvent", d, nil)
	return nil
}
