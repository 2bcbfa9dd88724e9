// Package room keeps the rooms of the room API (application "roomApp"): who is in a room, what each publishes there, and what
// the others are told of it. Media of a room are ordinary streams, which it knows by name only; sessions are members with one
// method.
//
// No login is special. The original server's test application fails on purpose for the user "throw_join_exception" and for
// messages from and to "throw_message_exception", so that the SDK's own tests see both answers; here these would be two names
// that real users could not have, and the ordinary ways to fail (a login that is taken, a message to nobody) show the same.
package room

import (
	"slices"
	"sync"

	"sluice/engine/fault"
)

// Limits of one server's rooms.
const (
	MaxSeats  = 1000     // members of a room
	MaxRooms  = 32       // rooms that one member is in
	MaxStream = 32       // streams that one member publishes in a room
	MaxText   = 64 << 10 // bytes of a message
)

// Member is who can be in rooms. Members are compared, so they have to be pointers.
type Member interface {
	// Tell sends the payload of an OnDataEvent. It must not wait, nor use the rooms.
	Tell(payload any)
}

// Rooms are all rooms of a server. Events reach each member in the order in which things happened. Safe for concurrent use.
type Rooms struct {
	mu    sync.Mutex
	rooms map[string][]*seat // in the order in which they came
	of    map[Member][]string
}

// seat is a member in a room.
type seat struct {
	login   string
	member  Member
	streams []string
}

// New makes rooms, none at first.
func New() *Rooms {
	return &Rooms{rooms: map[string][]*seat{}, of: map[Member][]string{}}
}

// Join brings a member into a room under a login. Once it is in, accepted is called, then it is told who is there, and the
// others that it came. A login that is in the room already is fault.NameInUse, too many members or rooms fault.Overloaded.
func (r *Rooms) Join(name, login string, m Member, accepted func()) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	there := r.rooms[name]
	switch {
	case slices.ContainsFunc(there, func(s *seat) bool { return s.login == login }):
		return fault.New(fault.NameInUse, "", "%q is in the room %q already", login, name)
	case r.seat(name, m) != nil:
		return fault.New(fault.NameInUse, "", "this session is in the room %q already", name)
	case len(there) >= MaxSeats:
		return fault.New(fault.Overloaded, "", "the room %q is full", name)
	case len(r.of[m]) >= MaxRooms:
		return fault.New(fault.Overloaded, "", "a session cannot be in more than %d rooms", MaxRooms)
	}
	accepted()
	m.Tell(event{RoomName: name, Name: state, Info: stateOf(there)})
	tell(there, event{RoomName: name, Name: joined, Info: login})
	r.rooms[name] = append(there, &seat{login: login, member: m})
	r.of[m] = append(r.of[m], name)
	return nil
}

// Leave takes a member out of a room; accepted is called before the others are told. Who is not there is
// fault.ResourceNotFound.
func (r *Rooms) Leave(name string, m Member, accepted func()) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seat(name, m) == nil {
		return absent(name)
	}
	accepted()
	r.leave(name, m)
	return nil
}

// Gone takes a member out of all rooms.
func (r *Rooms) Gone(m Member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range slices.Clone(r.of[m]) {
		r.leave(name, m)
	}
}

// Say passes a text on to one login of a room; accepted is called before. Who is not there himself, and nobody of that login,
// is fault.ResourceNotFound.
func (r *Rooms) Say(name string, from Member, to, text string, accepted func()) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.seat(name, from)
	if s == nil {
		return absent(name)
	}
	i := slices.IndexFunc(r.rooms[name], func(s *seat) bool { return s.login == to })
	if i < 0 {
		return fault.New(fault.ResourceNotFound, "", "%q is not in the room %q", to, name)
	}
	accepted()
	r.rooms[name][i].member.Tell(event{RoomName: name, Name: message, Info: letter{From: s.login, Text: text}})
	return nil
}

// Published tells the others in a room that a member publishes a stream. Who is not in the room publishes for himself.
func (r *Rooms) Published(name string, m Member, stream string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.seat(name, m)
	if s == nil || slices.Contains(s.streams, stream) || len(s.streams) >= MaxStream {
		return
	}
	s.streams = append(s.streams, stream)
	r.others(name, m, event{RoomName: name, Name: published, Info: publication{Login: s.login, Name: stream}})
}

// Unpublished tells the others that a stream which was Published ended, or failed.
func (r *Rooms) Unpublished(name string, m Member, stream string, broke bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.seat(name, m)
	if s == nil || !slices.Contains(s.streams, stream) {
		return
	}
	s.streams = slices.DeleteFunc(s.streams, func(x string) bool { return x == stream })
	what := unpublished
	if broke {
		what = failed
	}
	r.others(name, m, event{RoomName: name, Name: what, Info: publication{Login: s.login, Name: stream}})
}

// seat finds a member's seat in a room; nil if it has none.
func (r *Rooms) seat(name string, m Member) *seat {
	for _, s := range r.rooms[name] {
		if s.member == m {
			return s
		}
	}
	return nil
}

// leave takes out a member who is there.
func (r *Rooms) leave(name string, m Member) {
	s := r.seat(name, m)
	for _, stream := range s.streams {
		r.others(name, m, event{RoomName: name, Name: unpublished, Info: publication{Login: s.login, Name: stream}})
	}
	r.rooms[name] = slices.DeleteFunc(r.rooms[name], func(s *seat) bool { return s.member == m })
	if len(r.rooms[name]) == 0 {
		delete(r.rooms, name)
	}
	r.of[m] = slices.DeleteFunc(r.of[m], func(x string) bool { return x == name })
	if len(r.of[m]) == 0 {
		delete(r.of, m)
	}
	tell(r.rooms[name], event{RoomName: name, Name: left, Info: s.login})
}

// others tells all members of a room but one.
func (r *Rooms) others(name string, but Member, e event) {
	for _, s := range r.rooms[name] {
		if s.member != but {
			s.member.Tell(e)
		}
	}
}

func tell(seats []*seat, e event) {
	for _, s := range seats {
		s.member.Tell(e)
	}
}

func absent(room string) error {
	return fault.New(fault.ResourceNotFound, "", "this session is not in the room %q", room).Advise("join it first")
}
