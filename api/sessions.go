package api

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strings"
	"sync"
	"time"
)

// Direction says whether a client gives or takes.
type Direction string

// The directions.
const (
	Publishes Direction = "publish"
	Plays     Direction = "play"
)

// Session is one client that publishes or plays one stream, as its door knows it.
type Session struct {
	// ID names it among all. A door gives the name of the pipeline that serves this client and no other, or nothing: then Enter
	// makes one up.
	ID        string
	Pipeline  string // that serves it; "" if none does
	Protocol  string // as in metrics: "rtmp", "websocket"
	Direction Direction
	Stream    string
	Remote    string // address, with its port where the door knows it; it may tell who somebody is
	User      string // "" if nobody asked
	Since     time.Time
}

// Sessions are who publishes and plays now, through whichever door: each door enters its own. Nil takes none. Safe for concurrent
// use.
type Sessions struct {
	mu  sync.Mutex
	all map[string]*present
}

// present is a session, and how its door ends it.
type present struct {
	Session
	end func()
}

// NewSessions makes an empty one.
func NewSessions() *Sessions { return &Sessions{all: map[string]*present{}} }

// Enter adds a session, until leave is called. end has the door say good-bye to the client in the words of its protocol; it returns
// at once and may be called at any time, also after leave and more than once.
func (s *Sessions) Enter(one Session, end func()) (leave func()) {
	if s == nil {
		return func() {}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.all[one.ID]; taken || one.ID == "" {
		one.ID = strings.ToLower(cmp.Or(one.ID, one.Protocol) + "-" + rand.Text())
	}
	p := &present{one, end}
	s.all[one.ID] = p
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.all[one.ID] == p { // and nobody who came later
			delete(s.all, one.ID)
		}
	}
}

// All lists them by ID.
func (s *Sessions) All() []Session {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	out := make([]Session, 0, len(s.all))
	for _, p := range s.all {
		out = append(out, p.Session)
	}
	s.mu.Unlock()
	slices.SortFunc(out, func(a, b Session) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Find gives one by its ID.
func (s *Sessions) Find(id string) (Session, bool) {
	if s == nil {
		return Session{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.all[id]
	if !ok {
		return Session{}, false
	}
	return p.Session, true
}

// Len is how many there are.
func (s *Sessions) Len() int {
	if s == nil {
		return 0
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all)
}

// End has a session's door end it, and does not wait for that; false if there is none of that ID.
func (s *Sessions) End(id string) bool {
	if s == nil {
		return false
	}
	s.mu.Lock()
	p, ok := s.all[id]
	s.mu.Unlock()
	if ok {
		p.end()
	}
	return ok
}
