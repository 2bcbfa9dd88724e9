package websocket

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sluice/api/websocket/allowance"
	"sluice/api/websocket/calls"
	"sluice/api/websocket/hook"
	"sluice/api/websocket/reason"
	"sluice/api/websocket/socket"
	"sluice/api/websocket/streams"
	"sluice/api/websocket/transport"
	"sluice/api/websocket/wire"
)

// session is a client that said who it is. It outlives its socket if the client wants that.
type session struct {
	door  *Door
	id    string
	token string
	app   string
	login string // in rooms
	dated bool   // see wire.Connection.Dated
	keep  bool   // it is kept when the socket is lost

	letters allowance.Allowance // of the goroutine that reads the socket

	phone    atomic.Pointer[calls.Phone] // nil if it has none
	hook     *hook.Client                // its application
	known    known
	notes    atomic.Int32 // messages that are still logged, in a debug session
	reported atomic.Bool  // a bug was

	mu   sync.Mutex
	sock *socket.Socket // nil while the client is away

	// Guarded by Door.mu.
	visit *visit // the one that it has, or had last
	owner *streams.Owner
	media *transport.Pool // sockets for what the owner plays without WebRTC
	left  time.Time       // when the client went away
}

// finish ends what the client publishes and plays, and the sockets for that.
func (s *session) finish(why reason.Reason) {
	s.owner.Close(why)
	s.owner.Wait()
	s.media.Close()
}

// Send sends a message, if the client is there. It implements streams.Client.
func (s *session) Send(name string, args ...any) {
	b, err := wire.Encode(name, args...)
	if err != nil {
		s.door.opt.Log.Error("message not sent", "session", s.id, "message", name, "err", err)
		return
	}
	s.put(s.hook.Sent(name, b))
}

// SendEncoded sends a message that is encoded already. It implements streams.Client.
func (s *session) SendEncoded(b []byte) { s.put(s.hook.Sent("", b)) }

// put has a message sent, if the client is there.
func (s *session) put(b []byte) {
	s.note("out", b)
	s.mu.Lock()
	sock := s.sock
	s.mu.Unlock()
	if sock != nil {
		sock.Send(b)
	}
}

// Changed tells the room that a publication belongs to. It implements streams.Client.
func (s *session) Changed(p streams.Publication) {
	switch {
	case p.Room == "" || !s.inRooms():
	case p.Status == wire.Publishing:
		s.door.rooms.Published(p.Room, s, p.Name)
	default:
		s.door.rooms.Unpublished(p.Room, s, p.Name, p.Status == wire.Failed)
	}
}

// Tell sends what happens in a room. It implements room.Member.
func (s *session) Tell(payload any) {
	s.Send("OnDataEvent", wire.AppData{Payload: payload})
}

// inRooms tells whether pages of this application use rooms.
func (s *session) inRooms() bool { return slices.Contains(s.door.opt.RoomApps, s.app) }

// use gives the session a socket, or takes it away.
func (s *session) use(sock *socket.Socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sock = sock
}
