package session

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bluenviron/gortmplib/pkg/bytecounter"
	"github.com/bluenviron/gortmplib/pkg/handshake"

	"sluice/api/rtmp/chunk"
	"sluice/engine/fault"
)

// Conn is the connection of one client.
type Conn struct {
	conn    net.Conn
	opt     Options
	handler Handler
	in      *chunk.Reader
	counted *bytecounter.Reader
	out     *Out

	over    context.Context //nolint:containedctx // done when everybody is to go
	window  uint64          // of acknowledgements that the client wants
	acked   uint64
	client  *Client // once it has connected
	streams map[uint32]*Stream
	last    uint32 // message stream
	fc      bool   // it wants to hear onFCPublish
	heard   time.Time

	said atomic.Uint64 // messages of the client
	work sync.WaitGroup

	mu     sync.Mutex
	active int // streams that are served
}

// Serve serves a client until it has gone, broke the protocol, or ctx is done. It returns when nothing of it is left, and closes
// the connection. The error says why; nil if the client ended it.
func Serve(ctx context.Context, conn net.Conn, h Handler, opt Options) error {
	opt = opt.filled()
	c := &Conn{conn: conn, opt: opt, handler: h, out: newOut(conn, opt.Write), streams: map[uint32]*Stream{}}
	c.over = ctx
	stop := context.AfterFunc(ctx, c.hurry)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	err := c.run(ctx)
	cancel()
	c.work.Wait()
	for _, s := range c.streams {
		s.end()
	}
	_ = conn.SetWriteDeadline(time.Now().Add(time.Second)) // for the last words
	c.out.drain()
	_ = conn.Close()
	return err
}

// run shakes hands and reads.
func (c *Conn) run(ctx context.Context) error {
	if err := c.conn.SetDeadline(time.Now().Add(c.opt.Handshake)); err != nil {
		return err
	}
	c.counted = bytecounter.NewReader(c.conn)
	key, _, err := handshake.DoServer(both{c.counted, c.conn}, false)
	if err != nil {
		return c.reason(ctx, err)
	}
	if key != nil {
		return fault.New(fault.ProtocolViolation, "rtmp", "RTMPE is not spoken here").Advise("use RTMPS")
	}
	if err := c.conn.SetWriteDeadline(time.Time{}); err != nil {
		return err
	}
	c.in = chunk.NewReader(c.counted, modest(c.opt.Bounds))
	for {
		err := c.step(ctx)
		if err == nil {
			err = ctx.Err() // a deadline may have been put off just when it was over
		}
		if err != nil {
			return c.reason(ctx, err)
		}
	}
}

// modest are the bounds of a client that does not publish: it has nothing to say but commands, and anybody may say those.
func modest(b chunk.Bounds) chunk.Bounds {
	const most = 2 * maxCommand
	return chunk.Bounds{Message: min(b.Message, most), Held: min(b.Held, most), Streams: b.Streams}
}

// both joins what is read from and what is written to.
type both struct {
	io.Reader
	io.Writer
}

// reason says why a connection ended, by the error of reading.
func (c *Conn) reason(ctx context.Context, err error) error {
	var timeout net.Error
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case fault.CodeOf(err) == fault.ProtocolViolation, fault.CodeOf(err) == fault.Unauthorized, fault.CodeOf(err) == fault.Forbidden:
		return err
	case errors.As(err, &timeout) && timeout.Timeout():
		return fault.New(fault.Stalled, "rtmp", "the client was silent for too long")
	}
	return nil // it has gone: that is how most end
}

// step reads a message and does what it says.
func (c *Conn) step(ctx context.Context) error {
	m, err := c.in.Next()
	if err != nil {
		return err
	}
	c.said.Add(1)
	if n := c.counted.Count(); c.window > 0 && n-c.acked >= c.window/2 {
		c.acked = n
		c.out.control(chunk.Acknowledge, uint32(n))
	}
	switch m.Type {
	case chunk.Audio, chunk.Video, chunk.DataAMF0, chunk.DataAMF3, chunk.Aggregate:
		return c.media(&m)
	case chunk.CommandAMF0, chunk.CommandAMF3:
		cmd, err := parseCommand(&m)
		if err != nil {
			return err
		}
		return c.command(ctx, cmd)
	case chunk.SharedAMF0, chunk.SharedAMF3:
		return nil // shared objects are not kept
	}
	return c.control(&m)
}

// serve has the handler serve a stream, which it has been told of by begun. Once there is none, the client has a moment to begin
// another, and is not kept for nothing after that.
func (c *Conn) serve(ctx context.Context, s *Stream) {
	defer close(s.done)
	c.handler.Stream(ctx, s)
	s.input.Store(nil) // whoever goes on sending is not heard any more, and not kept for it
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.active--; c.active > 0 || c.over.Err() != nil || c.client.Page != "" {
		return
	}
	_ = c.conn.SetReadDeadline(time.Now().Add(c.opt.Handshake)) // it fails if the client has gone
	if c.over.Err() != nil {
		c.hurry()
	}
}

// begun notes that a stream is about to be served, with a deadline for the client to say something; zero for players, who need
// not, since what is written to them tells when they have gone.
func (c *Conn) begun(deadline time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.active++
	return c.conn.SetReadDeadline(deadline)
}

// probe asks the Flash client of a page whether it is there, in the words of the Web SDK, until ctx is done. Whatever it says is an answer.
func (c *Conn) probe(ctx context.Context) {
	tick := time.NewTicker(c.opt.Ping)
	defer tick.Stop()
	silent, said := 0, c.said.Load()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if now := c.said.Load(); now != said {
			silent, said = 0, now
		}
		if silent >= c.opt.Probes {
			c.hurry() // more than once, should somebody put the deadline off just now
		}
		silent++
		c.out.call(0, "ping", 0, nil)
	}
}

// hurry ends the reading.
func (c *Conn) hurry() { _ = c.conn.SetReadDeadline(time.Unix(1, 0)) }

// control does what a control message says.
func (c *Conn) control(m *chunk.Message) error {
	if len(m.Body) < 4 {
		return nil // nothing can be said in less
	}
	n := binary.BigEndian.Uint32(m.Body)
	switch m.Type {
	case chunk.SetChunkSize:
		return c.in.SetSize(n)
	case chunk.Abort:
		c.in.Abort(n)
	case chunk.WindowSize:
		c.window = uint64(n)
	case chunk.UserControl:
		if len(m.Body) >= 6 && binary.BigEndian.Uint16(m.Body) == pingRequest {
			c.out.user(pingResponse, binary.BigEndian.Uint32(m.Body[2:]))
		}
	}
	return nil
}

// media hands a message over to its stream.
func (c *Conn) media(m *chunk.Message) error {
	s := c.streams[m.Stream]
	if s == nil {
		return nil
	}
	if s.Publish && c.client.Page == "" {
		s.begun(c.opt.Idle) // what comes right behind publish has the headers, without which nothing can be decoded
	}
	take := s.input.Load()
	if take == nil {
		return nil // it plays, or is over
	}
	now := time.Now()
	if now.Sub(c.heard) > time.Second {
		c.heard = now
		if err := c.conn.SetReadDeadline(now.Add(c.opt.Idle)); err != nil {
			return err
		}
	}
	(*take)(m, now)
	return nil
}
