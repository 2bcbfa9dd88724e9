// Package auth decides who may publish, play and administer: by users and tokens of the configuration. It slows down whoever
// guesses. Doors ask it, each through an interface of its own, so that what asks a back end instead can take its place.
//
// It knows no protocol but the Authorization header of HTTP, which several doors share, and keeps no sessions: an answer
// holds for the one request that was asked about.
package auth

import "net/netip"

// Action is what somebody wants to do.
type Action string

// The actions.
const (
	Publish Action = "publish" // give a stream
	Play    Action = "play"    // take a stream
	Admin   Action = "admin"   // see and change the server itself; it concerns no stream
	Metrics Action = "metrics" // read what the server counts; it concerns no stream. Who administers may, too
	Enter   Action = "enter"   // be here, in a room say; it concerns no stream. Who may do anything else may, to whatever stream
)

// Request is who wants to do what. The zero value of every field but Action means that it is not known or not given.
type Request struct {
	Action   Action
	Stream   string // its name, without a leading "/"
	User     string
	Password string
	Token    string // without a prefix such as "Bearer "
	// Proof is of a client that shows that it knows User's password without saying it (Digest, RFC 7616). Nil: Password is said.
	Proof    Proof
	Remote   netip.Addr
	Protocol string // the door's name: "whip", "websocket"
}

// Proof tells whether what a client sent follows from ha1, the MD5 of "USER:Realm:PASSWORD" in hexadecimal.
type Proof interface{ Follows(ha1 string) bool }

// Realm is what passwords are for, where a protocol says it.
const Realm = "sluice"

// anonymous tells whether nobody says who he is.
func (r Request) anonymous() bool { return r.User == "" && r.Password == "" && r.Token == "" }
