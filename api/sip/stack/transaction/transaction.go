// Package transaction is the four state machines of RFC 3261 17 as RFC 6026 corrects them, over whatever sends octets. It reads no
// addresses and knows no sockets.
//
// sipgo has such machines, too. They hand answers over while they hold their lock, keep 2xx of other forks to themselves, have timers in
// global variables, and repeat a 2xx after times that RFC 3261 does not have; so only its messages are used.
package transaction

import (
	"time"

	"github.com/emiago/sipgo/sip"
)

// Out is where the messages of a transaction go. Safe for concurrent use.
type Out interface {
	Send(data []byte) error
	// Reliable tells whether the transport repeats by itself, as TCP does.
	Reliable() bool
}

// Timers are the times of RFC 3261 17.1.1.1, from which all others follow. Those that are 0 are RFC 3261's.
type Timers struct {
	T1 time.Duration // round trip: 500 ms
	T2 time.Duration // longest time between repetitions: 4 s
	T4 time.Duration // how long the network keeps a message: 5 s
}

// Defaulted fills in what is 0.
func (t Timers) Defaulted() Timers {
	if t.T1 == 0 {
		t.T1 = 500 * time.Millisecond
	}
	if t.T2 == 0 {
		t.T2 = 4 * time.Second
	}
	if t.T4 == 0 {
		t.T4 = 5 * time.Second
	}
	return t
}

// Long is 64*T1, after which a transaction is given up (timers B, F, H, J, L, M).
func (t Timers) Long() time.Duration { return 64 * t.T1 }

// trying is after how long an INVITE that nobody answers is answered with 100 (RFC 3261 17.2.1).
const trying = 200 * time.Millisecond

// text is a message as it is sent.
func text(m sip.Message) []byte { return []byte(m.String()) }
