// Package auth decides who may publish, play and administer: by users, tokens and publish keys of the configuration, then by further
// judges, which packages below it are. It slows down whoever guesses, tells the log of each decision and counts them. Doors ask it,
// each through an interface of its own.
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
	Key      string // the publish key, "?key=" of an address
	// Proof is of a client that shows that it knows User's password without saying it (Digest, RFC 7616). Nil: Password is said.
	Proof Proof
	// Salted is the same of a client that logs in as Adobe's servers ask it to; it follows from the MD5 of "USER", Realm and
	// "PASSWORD" together, in base64. Nil: there is none.
	Salted   Proof
	Remote   netip.Addr
	Protocol string // the door's name: "whip", "websocket"
	// Query is what stands behind the question mark of the client's address, for who is asked elsewhere. It may have secrets in it.
	Query string
	// Listing is set where nothing comes of it but a line in a list: there may be many of them, and nobody is asked elsewhere.
	Listing bool
	// Local is set where who asks sits at the machine itself, over HTTP: he may administer as long as nobody else may.
	Local bool
	brake *Brake // of who shows something that may be a guess; nil: he need not be slowed down
}

// Proof tells whether what a client sent follows from what is kept in place of its password: of Digest ha1, the MD5 of
// "USER:Realm:PASSWORD" in hexadecimal.
type Proof interface{ Follows(secret string) bool }

// Realm is what passwords are for, where a protocol says it, and the salt where a protocol has one.
const Realm = "sluice"
