package websocket

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"sluice/api/auth"
	"sluice/api/websocket/hook"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/room"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// onData takes what a page sends to its application. Pages of rooms send commands; what others send is passed on to the back end, or
// accepted if there is none, as the original server's built-in application does.
func onData(v *visit, m wire.Message) error {
	var d wire.SendData
	if err := m.Into(&d); err != nil {
		return err
	}
	if err := wire.CheckID("operationId", string(d.OperationID)); err != nil {
		return err
	}
	answer := func(status, info string) {
		v.send("DataStatusEvent", wire.DataStatus{OperationID: string(d.OperationID), Status: status, Info: info})
	}
	if err := v.owner.May(auth.Enter, "", nil); err != nil {
		v.door.opt.Log.Debug("data refused", "session", v.session.id, "err", err)
		answer(wire.Refused, string(reason.Of(err, reason.Play, "")))
		return nil
	}
	if !v.session.inRooms() {
		v.pass(d)
		return nil
	}
	if err := hook.Ask(v.door.asking, v.session.hook, "OnDataEvent", &d, nil); err != nil {
		v.door.opt.Log.Debug("refused by the application", "session", v.session.id, "method", m.Name, "err", err)
		answer(wire.Refused, string(reason.Restricted))
		return nil
	}
	accepted := func() { answer(wire.Accepted, "") }
	if err := v.command(d.Payload, accepted); err != nil {
		answer(wire.Refused, err.Error())
	}
	return nil
}

// command does what a page of a room wants, and calls accepted before anybody hears of it.
func (v *visit) command(payload json.RawMessage, accepted func()) error {
	var c wire.Command
	if err := json.Unmarshal(payload, &c); err != nil {
		return fault.New(fault.InvalidRequest, "", "the payload is not a command").Because(err)
	}
	name := string(c.Options.Name)
	if c.Command == "sendMessage" {
		name = string(c.Options.RoomConfig.Name)
	}
	if err := wire.CheckID("the room's name", name); err != nil {
		return err
	}
	s, rooms := v.session, v.door.rooms
	switch c.Command {
	case "join":
		if err := wire.CheckID("the login", s.login); err != nil {
			return err
		}
		return rooms.Join(name, s.login, s, accepted)
	case "leave":
		return rooms.Leave(name, s, accepted)
	case "sendMessage":
		text := string(c.Options.Text)
		if len(text) > room.MaxText {
			return fault.New(fault.InvalidRequest, "", "the message is too long: %d bytes", len(text)).Advise("at most %d", room.MaxText)
		}
		if err := s.letters.Take(len(text), time.Now()); err != nil {
			return err
		}
		return rooms.Say(name, s, string(c.Options.To), text, accepted)
	}
	return fault.New(fault.InvalidRequest, "", "%q is not a command", c.Command).Advise("join, leave or sendMessage")
}

// Bounds on what of a page's words gets into the log.
const (
	maxLines = 50   // of one message
	maxLine  = 2048 // bytes
	maxNotes = 1000 // messages of a debug session
)

// onLogs logs what a page logged.
func onLogs(v *visit, m wire.Message) error {
	var p wire.PushLogs
	if err := m.Into(&p); err != nil {
		return err
	}
	if !may(v, m.Name, &p, nil) {
		return nil
	}
	for i, line := range strings.Split(string(p.Logs), "\n") {
		if i == maxLines {
			break
		}
		if line != "" {
			v.door.opt.Log.Debug("page", "session", v.session.id, "line", v.door.veil.text(line))
		}
	}
	return nil
}

// onBugReport logs what somebody reports who sees no picture, say; what the same session reports after it is for who looks
// closer only. The SDK expects no answer.
func onBugReport(v *visit, m wire.Message) error {
	if len(m.Args) == 0 {
		return fault.New(fault.InvalidRequest, "", "a report is missing")
	}
	report := m.Args[0]
	if json.Valid(report) && len(report) > 0 && report[0] == '{' {
		if !may(v, m.Name, &report, nil) {
			return nil
		}
		v.session.hook.Tell("BugReportStatusEvent", report, map[string]any{"status": "ACCEPTED"})
	}
	level := slog.LevelDebug
	if v.session.reported.CompareAndSwap(false, true) {
		level = slog.LevelInfo
	}
	v.door.opt.Log.Log(context.Background(), level, "bug report", "session", v.session.id, "report", v.door.veil.text(string(report)))
	return nil
}

// onDebug starts or stops logging the messages of a session, without its secrets. The status is for people to read.
func onDebug(v *visit, m wire.Message) error {
	var d wire.Debug
	if err := m.Into(&d); err != nil {
		return err
	}
	if !may(v, m.Name, &d, nil) {
		return nil
	}
	status := "STOPPED"
	v.session.notes.Store(0)
	if d.Command == "start" {
		status = "STARTED"
		v.session.notes.Store(maxNotes)
	}
	v.send("notifySessionDebugEvent", wire.DebugStatus{Status: status})
	v.session.hook.Tell("SessionDebugStatusEvent", wire.DebugStatus{Status: status}, nil)
	return nil
}

// note logs a message of a debug session, at the debug level: a page may begin as many as it likes. Where an operator asked for it, it is
// at the level of what everybody is to see.
func (s *session) note(way string, message []byte) {
	level := slog.LevelDebug
	switch {
	case s.known.loud.Load():
		level = slog.LevelInfo
	case s.notes.Load() <= 0 || s.notes.Add(-1) < 0:
		return
	}
	s.door.opt.Log.Log(context.Background(), level, "debug session",
		"session", s.id, "way", way, "bytes", len(message), "message", s.door.veil.text(string(message)))
}
