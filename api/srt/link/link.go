// Package link carries messages over SRT in live mode (draft-sharabayko-srt-01): it listens, calls, shakes hands, encrypts, has
// what was lost sent again, and gives messages at the pace at which they were sent. It knows nothing of what is in them, of who
// may connect, nor of what stream ids mean.
//
// Connections of gosrt (0.11.1) are not used, only its encryption: a listener of it reserves memory that callers name, keeps
// without bound what is to be played in the far future, and forgets to answer who did not hear its answer; a caller says each
// thing once and leaves a goroutine behind whenever nobody answers.
package link

import (
	"cmp"
	"log/slog"
	"sync/atomic"
	"time"

	"sluice/engine/element"
	"sluice/engine/fault"
)

const (
	// version is that of the library whose habits these are: 1.4.1.
	version = 0x010401
	// oldest is the version that peers have at least; before it there were no stream ids.
	oldest = 0x010300
	// mtu is how large datagrams are, with 28 bytes of IP and UDP, and window how many packets may be on their way.
	mtu, window = 1500, 8192
	overhead    = 28 + 16
	// beat is how often connections are looked after, and slow how often an endpoint without any.
	beat = 10 * time.Millisecond
	slow = time.Second
	// MessageSize is how large a message is at most: seven packets of a transport stream. Peers may ask for smaller ones.
	MessageSize = 7 * 188
)

// MaxLatency is the longest latency that peers get who want more. What is kept for them is not older than a quarter more, and is
// 8,192 datagrams at most, 12 MB.
const MaxLatency = 8 * time.Second

// MinPassphrase and MaxPassphrase are how many characters passphrases have.
const (
	MinPassphrase = 10
	MaxPassphrase = 79
)

// Options are those of connections. The zero Options will do for a stream in the clear.
type Options struct {
	// Latency is how long what is lost may take to be sent again, in both directions: 120 ms at 0. If the peer wants more,
	// that counts, up to MaxLatency.
	Latency time.Duration
	// Silence is how long a peer may say nothing at all; 0: 5 s.
	Silence time.Duration

	// Connections is how many there may be, and PerAddress how many from one address, those that ask for one among them; 0: no
	// bound. Of listeners only.
	Connections, PerAddress int

	// StreamID is what callers ask for.
	StreamID string
	// Passphrase encrypts what a caller sends and gets; "" is in the clear. KeyLength is that of the key in bytes: 16, 24 or
	// 32; 0: 16.
	Passphrase string
	KeyLength  int
	// Reach is asked about the address that a caller calls.
	Reach element.Reach

	Log *slog.Logger // nil: nothing is logged
}

func (o Options) filled() Options {
	o.Latency, o.Silence = cmp.Or(o.Latency, 120*time.Millisecond), cmp.Or(o.Silence, 5*time.Second)
	o.KeyLength = cmp.Or(o.KeyLength, 16)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Counts are what a connection, or all of a listener's, did.
type Counts struct {
	Sent, Resent, Received uint64 // packets with media
	Lost                   uint64 // of what should have come, and what came too late
	Dropped                uint64 // that were not sent again, since that was too late
	RTT                    time.Duration
}

type tally struct{ sent, resent, received, lost, dropped atomic.Uint64 }

func (t *tally) counts() Counts {
	return Counts{
		Sent: t.sent.Load(), Resent: t.resent.Load(), Received: t.received.Load(), Lost: t.lost.Load(), Dropped: t.dropped.Load(),
	}
}

var (
	errShut   = fault.New(fault.Closed, "", "the other end has closed the connection")
	errSilent = fault.New(fault.Stalled, "", "the other end says nothing any more")
	errClosed = fault.New(fault.Closed, "", "the connection is closed")
)
