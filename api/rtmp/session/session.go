// Package session speaks RTMP 1.0 over one connection, as a server: the handshake, the commands of NetConnection and NetStream as
// encoders and players use them, the control messages, and the writing of media without waiting. It raises no events and knows
// neither graphs nor the hub: a Handler is told of each stream that a client wants to publish or to play.
package session

import (
	"cmp"
	"context"
	"time"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
)

// Options bound what a client may do. What is zero is usual.
type Options struct {
	Handshake time.Duration // until the client has begun a stream; 0: 10 s
	Idle      time.Duration // how long a publisher may be silent; 0: 60 s
	Write     time.Duration // how long the connection may take none of what is written; 0: 20 s
	Bounds    chunk.Bounds  // zero: chunk.Usual
	Streams   int           // at a time, of one connection; 0: 8
	// Ping is how often the Flash client of a page is asked whether it is there, and Probes how many times without an answer until it is
	// not; 0: 5 s and 10.
	Ping   time.Duration
	Probes int
	// Connect decides about a client that connects: what an error says is told to it, and ends the connection. Nil: all may.
	Connect func(ctx context.Context, c *Client) error
}

func (o Options) filled() Options {
	const handshake, idle, write, streams, ping, probes = 10 * time.Second, time.Minute, 20 * time.Second, 8, 5 * time.Second, 10
	o.Ping, o.Probes = cmp.Or(o.Ping, ping), cmp.Or(o.Probes, probes)
	if o.Handshake == 0 {
		o.Handshake = handshake
	}
	if o.Idle == 0 {
		o.Idle = idle
	}
	if o.Write == 0 {
		o.Write = write
	}
	if o.Bounds == (chunk.Bounds{}) {
		o.Bounds = chunk.Usual()
	}
	if o.Streams == 0 {
		o.Streams = streams
	}
	return o
}

// Handler serves the streams of clients.
type Handler interface {
	// Stream serves a stream until its context is done, which is when the client has ended it or has gone, or until there is
	// nothing more to serve. It is called on a goroutine of its own, which the connection waits for.
	Stream(ctx context.Context, s *Stream)
}

// Chunk streams that we write on. Those of media are any above the two that are fixed by habit.
const (
	onControl = 2
	onCommand = 3
	onAudio   = 4
	onData    = 5
	onVideo   = 6
)

// Events of user control messages (RTMP 1.0, 7.1.7).
const (
	streamBegin  = 0
	streamEOF    = 1
	bufferLength = 3
	isRecorded   = 4
	pingRequest  = 6
	pingResponse = 7
)

// Window is what we tell of acknowledgements, in bytes; ChunkSize is that of what we write. Chunks are as large as Flash takes
// them, so that most frames are one.
const (
	Window    = 2_500_000
	ChunkSize = 65_536
)

// status is the information object of onStatus and of results.
func status(level, code, description string, more ...amf.Pair) amf.Object {
	return append(amf.Object{{Key: "level", Value: level}, {Key: "code", Value: code}, {Key: "description", Value: description}}, more...)
}
