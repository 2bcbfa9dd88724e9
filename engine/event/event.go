// Package event carries what happens to whoever wants to hear of it: sessions that ask for something, instances that
// change state, streams and readers that come and go. A slow listener loses events, which are counted; it never holds
// up who raises them. The package decides nothing: which graph an event starts is route's business.
package event

import (
	"maps"
	"strings"
	"time"
)

// SessionID names a session of a door.
type SessionID string

// The roles in which an event brings sessions; graphs name them "$browser" and so on.
const (
	Browser = "browser"
	Phone   = "phone"
	Peer    = "peer"
	Node    = "node"
)

// Event is something that happened. It is immutable once raised: listeners share it.
type Event struct {
	Seq      uint64               `json:"seq"` // from 1, of its bus, without gaps; Raise sets it
	Time     time.Time            `json:"time"`
	Name     string               `json:"name"` // "noun.verb"
	Path     string               `json:"path,omitempty"`
	Vars     map[string]any       `json:"vars,omitempty"`
	Sessions map[string]SessionID `json:"sessions,omitempty"` // by role
	Body     any                  `json:"body,omitempty"`     // one of the structs of this package; nil for events of doors
}

// With returns a copy of the event with one more variable.
func (e Event) With(name string, value any) Event {
	vars := make(map[string]any, len(e.Vars)+1)
	maps.Copy(vars, e.Vars)
	vars[name] = value
	e.Vars = vars
	return e
}

// Bring returns a copy of the event with one more session.
func (e Event) Bring(role string, id SessionID) Event {
	sessions := make(map[string]SessionID, len(e.Sessions)+1)
	maps.Copy(sessions, e.Sessions)
	sessions[role] = id
	e.Sessions = sessions
	return e
}

// ValidName tells whether a name has the form "noun.verb" in lower case; "rtmp.publish", "stream.ended". A lone word
// such as "boot" is one too.
func ValidName(name string) bool {
	noun, verb, two := strings.Cut(name, ".")
	return word(noun) && (!two || word(verb))
}

func word(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z'
		if !letter && (i == 0 || r != '_' && (r < '0' || r > '9')) {
			return false
		}
	}
	return s != ""
}
