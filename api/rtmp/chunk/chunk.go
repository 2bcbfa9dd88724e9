// Package chunk cuts RTMP messages into chunks and puts them together again (RTMP 1.0, 5.3). It is our own because gortmplib's
// (1.0.0) refuses chunk streams above 63, holds up to 10 MiB for each of 62 of them, allocates for every chunk, and believes that
// everybody repeats extended timestamps. It knows what no message means; even of those that change the chunks it is told.
package chunk

import "sluice/engine/fault"

// Message types (RTMP 1.0, 5.4, 6.2 and 7.1).
const (
	SetChunkSize  = 1
	Abort         = 2
	Acknowledge   = 3
	UserControl   = 4
	WindowSize    = 5
	PeerBandwidth = 6
	Audio         = 8
	Video         = 9
	DataAMF3      = 15
	SharedAMF3    = 16
	CommandAMF3   = 17
	DataAMF0      = 18
	SharedAMF0    = 19
	CommandAMF0   = 20
	Aggregate     = 22
)

// Sizes.
const (
	firstSize = 128        // of chunks, until another is agreed on
	extended  = 1<<24 - 1  // in place of a timestamp that stands behind the header
	maxSize   = 0x7fffffff // of chunks; the first bit is to be zero
)

// Message is one message.
type Message struct {
	Type      uint8
	Stream    uint32 // the message stream; 0 is the connection itself
	Timestamp uint32 // in milliseconds; it wraps around
	Body      []byte
}

func bad(format string, args ...any) error {
	return fault.New(fault.ProtocolViolation, "rtmp", format, args...)
}
