package socket

import (
	"encoding"
	"fmt"
	"time"
)

// Algorithm is how it is found out that a client is gone which said nothing.
type Algorithm string

// The algorithms, in the words of the original server's settings.
const (
	HighLevel Algorithm = "HIGH_LEVEL" // messages "ping" of the protocol, answered by "pong"
	Internal  Algorithm = "INTERNAL"   // ping frames of RFC 6455
	None      Algorithm = "NONE"       // clients are not asked
)

var _ encoding.TextUnmarshaler = (*Algorithm)(nil)

// UnmarshalText reads an algorithm.
func (a *Algorithm) UnmarshalText(text []byte) error {
	switch got := Algorithm(text); got {
	case HighLevel, Internal, None:
		*a = got
		return nil
	}
	return fmt.Errorf("%q is not %s, %s or %s", text, HighLevel, Internal, None)
}

// Options are the limits of a socket. Zero members have the defaults that they name.
type Options struct {
	Algorithm Algorithm     // HighLevel
	Every     time.Duration // between two probes; 5 s
	Probes    int           // unanswered ones after which the client is gone; 10
	Probe     []byte        // the message to send with HighLevel

	Message int           // bytes of a message of the client; 1 MiB
	Greet   time.Duration // until Greeted is called, whatever the client says before; 10 s
	Body    time.Duration // from the first byte of a message to its last one; 30 s
	Rate    int           // messages a second that are read over a longer time; 500
	Burst   int           // messages that are read at once; 1000

	Queue      int           // messages that wait to be sent; 1024
	QueueBytes int           // bytes of them; 8 MiB
	MediaBytes int           // bytes of binary messages that wait, which are refused beyond that; 512 KiB
	Write      time.Duration // that sending one message may take; 10 s
	Linger     time.Duration // for the last messages, and then for the client's answer to our Close; 1 s

	// Refuse makes the last message to a client that broke a rule: ErrTooLong, ErrBinary, ErrGreet. nil: it is told nothing.
	Refuse func(why error) []byte
}

// withDefaults fills in what was left open.
func (o Options) withDefaults() Options {
	if o.Algorithm == "" {
		o.Algorithm = HighLevel
	}
	orDuration(&o.Every, 5*time.Second)
	orDuration(&o.Greet, 10*time.Second)
	orDuration(&o.Body, 30*time.Second)
	orDuration(&o.Write, 10*time.Second)
	orDuration(&o.Linger, time.Second)
	orInt(&o.Probes, 10)
	orInt(&o.Message, 1<<20)
	orInt(&o.Rate, 500)
	orInt(&o.Burst, 1000)
	orInt(&o.Queue, 1024)
	orInt(&o.QueueBytes, 8<<20)
	orInt(&o.MediaBytes, 512<<10)
	return o
}

func orDuration(d *time.Duration, def time.Duration) {
	if *d <= 0 {
		*d = def
	}
}

func orInt(n *int, def int) {
	if *n <= 0 {
		*n = def
	}
}
