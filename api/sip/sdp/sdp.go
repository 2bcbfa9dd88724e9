// Package sdp reads and writes the descriptions of sessions that phones and trunks exchange (RFC 8866, RFC 3264), and finds what two sides
// have in common. It opens no socket and keeps no state of a call.
//
// The lines are parsed here: pion/sdp (3.0.20) refuses whole descriptions for m=image, which every gateway with T.38 offers, for a c=
// behind the t=, and for a last line without an end, all of which phones send. What is not understood is left out; only what cannot be
// a description is an error.
package sdp

import (
	"net/netip"
	"time"

	"sluice/engine/media"
)

// Bounds of what is read. A description with more is no phone's.
const (
	MaxSize    = 64 << 10 // bytes
	maxMedia   = 16       // m-lines
	maxFormats = 64       // of one
	maxValues  = 256      // attributes of one
)

// Direction is who sends, as who wrote the description sees it (RFC 8866 6.7).
type Direction string

// Directions.
const (
	SendRecv Direction = "sendrecv"
	SendOnly Direction = "sendonly"
	RecvOnly Direction = "recvonly"
	Inactive Direction = "inactive"
)

// Sends tells whether who wrote it sends.
func (d Direction) Sends() bool { return d == SendRecv || d == SendOnly }

// Receives tells whether who wrote it receives.
func (d Direction) Receives() bool { return d == SendRecv || d == RecvOnly }

// Reverse is the same as the other side sees it.
func (d Direction) Reverse() Direction { return Flow(d.Receives(), d.Sends()) }

// And is what is left of both.
func (d Direction) And(o Direction) Direction {
	return Flow(d.Sends() && o.Sends(), d.Receives() && o.Receives())
}

// Flow is the direction of who sends and receives, or does not.
func Flow(sends, receives bool) Direction {
	switch {
	case sends && receives:
		return SendRecv
	case sends:
		return SendOnly
	case receives:
		return RecvOnly
	}
	return Inactive
}

// Security is how media is kept secret.
type Security string

// Ways to keep it so.
const (
	Plain     Security = ""          // it is not
	SDES      Security = "sdes"      // SRTP with keys in the description (RFC 4568), RTP/SAVP
	SDESMaybe Security = "sdesmaybe" // keys are offered under RTP/AVP, for who knows them: against the letter of RFC 4568 and widespread
	DTLS      Security = "dtls"      // SRTP with keys agreed on over DTLS (RFC 5763)
)

// Session is a description.
type Session struct {
	Lines []Line
}

// Line is an m-line with what belongs to it.
type Line struct {
	Kind      media.Kind     // "" for one that is neither sound nor pictures
	RTP       netip.AddrPort // where media goes; port 0 if the line is refused, the zero address if none was told that can be used
	RTCP      netip.AddrPort
	Mux       bool // RTP and RTCP may share a port (RFC 5761)
	Direction Direction
	Codecs    []Codec // that we know, in their order
	Events    []Event
	Noise     []uint8       // payload types of comfort noise (RFC 3389)
	PTime     time.Duration // that is wanted of a packet; 0 if nothing is said
	MaxPTime  time.Duration
	Cryptos   []Crypto
	Setup     string // DTLS role: actpass, active, passive
	Prints    []Fingerprint

	media, proto string
	formats      []string
	mid          string
}

// Event is a payload type of telephone-event (RFC 4733).
type Event struct {
	Payload uint8
	Rate    uint32
}

// Fingerprint is that of a certificate (RFC 8122): a hash function and colon-separated upper-case hexadecimal digits.
type Fingerprint struct{ Hash, Value string }

// Refused tells whether the line is not wanted: its port is 0.
func (l *Line) Refused() bool { return l.RTP.Port() == 0 }

// Secured tells how media of the line may be protected; Plain if it is not.
func (l *Line) Secured() Security {
	switch {
	case l.dtls():
		return DTLS
	case l.savp() && len(l.Cryptos) > 0:
		return SDES
	case l.savp() && len(l.Prints) > 0:
		return DTLS // as old WebRTC gateways write it
	case len(l.Cryptos) > 0:
		return SDESMaybe
	}
	return Plain
}
