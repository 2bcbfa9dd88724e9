package websocket

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// normal is the status code (RFC 6455 7.4.1) of sockets that an operator closes.
const normal = 1000

// known is what operators see of a session, and what they want of it.
type known struct {
	said  atomic.Pointer[[]byte] // wire.Client as JSON: smaller than the map that it is made of
	since atomic.Int64           // milliseconds since 1970
	ended atomic.Bool            // by an operator: it is not kept for its client
	loud  atomic.Bool            // its messages are logged for everybody to see
}

// know keeps what a client said of itself, for operators.
func (s *session) know(c wire.Connection) {
	s.known.since.CompareAndSwap(0, time.Now().UnixMilli())
	text, err := json.Marshal(c.Client(map[string]any{
		"nodeId": s.door.node, "sessionId": s.id, "appKey": s.app, "createDate": s.known.since.Load(),
	}))
	if err == nil {
		s.known.said.Store(&text)
	}
}

// Clients are those who are connected, for operators to look at and to talk to. Safe for concurrent use.
type Clients struct{ door *Door }

// Clients are those who are connected.
func (d *Door) Clients() Clients { return Clients{d} }

// List tells of all, in the order in which they came: ESTABLISHED, or DISCONNECTED if their session is kept until they come back.
func (c Clients) List() []wire.Client {
	list := c.door.listed()
	out := make([]wire.Client, 0, len(list))
	for _, s := range list {
		text := s.known.said.Load()
		one := wire.Client{}
		if text == nil || json.Unmarshal(*text, &one) != nil {
			continue
		}
		one["status"] = "ESTABLISHED"
		if s.socket() == nil {
			one["status"] = "DISCONNECTED"
		}
		out = append(out, one)
	}
	return out
}

// listed are all sessions, in the order in which they began.
func (d *Door) listed() []*session {
	d.mu.Lock()
	list := make([]*session, 0, len(d.sessions))
	for _, s := range d.sessions {
		list = append(list, s)
	}
	d.mu.Unlock()
	slices.SortFunc(list, func(a, b *session) int {
		return cmp.Or(cmp.Compare(a.known.since.Load(), b.known.since.Load()), strings.Compare(a.id, b.id))
	})
	return list
}

// find is a session by its id. One that is not there is fault.ResourceNotFound.
func (c Clients) find(id string) (*session, error) {
	c.door.mu.Lock()
	defer c.door.mu.Unlock()
	for _, s := range c.door.sessions {
		if s.id == id {
			return s, nil
		}
	}
	return nil, fault.New(fault.ResourceNotFound, "", "there is no session %.80q", id)
}

// Terminate closes a client's socket, which ends all that it publishes and plays, or ends the session that is kept for it. It does not
// wait for that. One that is not there is fault.ResourceNotFound.
func (c Clients) Terminate(sessionID string) error {
	s, err := c.find(sessionID)
	if err != nil {
		return err
	}
	s.known.ended.Store(true)
	c.door.opt.Log.Info("session terminated", "session", s.id)
	if c.door.unkeep(s) {
		return nil
	}
	if sock := s.socket(); sock != nil {
		sock.Close(normal)
	}
	return nil
}

// unkeep ends a session that is kept; false if it is not.
func (d *Door) unkeep(s *session) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	at := slices.Index(d.away, s)
	if at < 0 || d.closing {
		return false
	}
	d.away = slices.Delete(d.away, at, at+1)
	delete(d.sessions, digestOf(s.token))
	d.work.Go(func() { s.finish(reason.SessionDisconnect); s.gone() })
	return true
}

// SetLogLevel has the messages of a client be logged, at the level of what everybody is to see, or no longer. Levels are those of WCS;
// another is fault.InvalidParams, a client that is not there fault.ResourceNotFound.
func (c Clients) SetLogLevel(sessionID, level string) error {
	loud := false
	switch strings.ToUpper(level) {
	case "ALL", "TRACE", "DEBUG":
		loud = true
	case "INFO", "WARN", "ERROR", "FATAL", "OFF":
	default:
		return fault.New(fault.InvalidParams, "/logLevel", "%.40q is no level", level).Advise("TRACE, DEBUG, INFO, WARN, ERROR or OFF")
	}
	s, err := c.find(sessionID)
	if err != nil {
		return err
	}
	s.known.loud.Store(loud)
	c.door.opt.Log.Info("the log level of a session was set", "session", s.id, "level", level)
	return nil
}

// Send sends data to a page. A client that is not there, or away, is fault.ResourceNotFound.
func (c Clients) Send(sessionID string, data wire.ServerData) error {
	s, err := c.find(sessionID)
	if err != nil {
		return err
	}
	if s.socket() == nil {
		return fault.New(fault.ResourceNotFound, "", "the client of session %.80q is away", sessionID)
	}
	s.Send("OnDataEvent", data)
	return nil
}

// socket is the session's; nil while its client is away.
func (s *session) socket() interface{ Close(code int) } {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sock == nil {
		return nil
	}
	return s.sock
}
