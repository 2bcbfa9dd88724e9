package session

import (
	"context"
	"crypto/tls"
	"net"
	"net/netip"
	"time"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/engine/fault"
)

// command does what a command says.
func (c *Conn) command(ctx context.Context, m *command) error {
	if m.name == "connect" {
		return c.connect(ctx, m)
	}
	if c.client == nil {
		c.fail(m, "NetConnection.Connect.Failed", "connect comes first.")
		return fault.New(fault.ProtocolViolation, "rtmp", "%q before connect", m.name)
	}
	switch m.name {
	case "createStream":
		return c.create(m)
	case "publish", "play", "play2":
		return c.begin(ctx, m)
	case "releaseStream", "FCUnpublish", "FCUnsubscribe", "_checkbw", "checkBandwidth":
		c.result(m, amf.Undefined{})
	case "FCPublish":
		c.fc = true
		c.result(m, amf.Undefined{})
	case "FCSubscribe":
		c.out.call(0, "onFCSubscribe", 0, nil, status("status", "NetStream.Play.Start", "Subscribed."))
	case "getStreamLength":
		c.result(m, 0) // it has none, since it is live
	case "deleteStream":
		c.drop(uint32(m.number(0)))
		c.result(m, amf.Undefined{})
	case "closeStream":
		c.close(m.stream)
	case "pause", "pauseRaw", "seek", "receiveAudio", "receiveVideo":
		c.steer(m)
	case "_result", "_error", "onStatus", "pong":
	default:
		c.fail(m, "NetConnection.Call.Failed", "Method not found ("+m.name+").")
	}
	return nil
}

// result answers a command, if it wants an answer.
func (c *Conn) result(m *command, values ...any) {
	if m.tx != 0 {
		c.out.call(0, append([]any{"_result", m.tx, nil}, values...)...)
	}
}

// fail answers a command that is refused.
func (c *Conn) fail(m *command, code, description string) {
	if m.tx != 0 {
		c.out.call(0, "_error", m.tx, nil, status("error", code, description))
	}
}

// connect greets a client, if it may come in.
func (c *Conn) connect(ctx context.Context, m *command) error {
	if c.client != nil {
		c.fail(m, "NetConnection.Connect.Rejected", "It is connected already.")
		return nil
	}
	object := amf.Members(m.object)
	remote := netip.AddrPort{}
	if a, ok := c.conn.RemoteAddr().(*net.TCPAddr); ok {
		remote = netip.AddrPortFrom(a.AddrPort().Addr().Unmap(), a.AddrPort().Port())
	}
	_, secure := c.conn.(*tls.Conn)
	client := newClient(object, m.args, remote, secure)
	if c.opt.Connect != nil {
		if err := c.opt.Connect(ctx, client); err != nil {
			c.fail(m, "NetConnection.Connect.Rejected", told(err))
			return err
		}
	}
	c.client = client
	c.out.control(chunk.WindowSize, Window)
	const dynamic = 2
	c.out.control(chunk.PeerBandwidth, Window, dynamic)
	c.out.control(chunk.SetChunkSize, ChunkSize)
	info := status("status", "NetConnection.Connect.Success", "Connection succeeded.",
		amf.Pair{Key: "objectEncoding", Value: object.Number("objectEncoding")})
	server := amf.Object{{Key: "fmsVer", Value: "FMS/3,5,7,7009"}, {Key: "capabilities", Value: 31}, {Key: "mode", Value: 1}}
	if c.client.Enhanced() {
		server = append(server, enhanced()...)
	}
	c.out.call(0, "_result", m.tx, server, info)
	if client.Page == "" {
		return nil
	}
	c.work.Go(func() { c.probe(ctx) })
	return c.conn.SetReadDeadline(time.Time{}) // it is there for as long as its page is
}

// enhanced says what we take of Enhanced RTMP v2.
func enhanced() amf.Object {
	const decode, forward = 1, 4
	const multitrack, modex = 2, 4
	codecs := func(names ...string) (list amf.List, info amf.Object) {
		for _, n := range names {
			list = append(list, n)
			info = append(info, amf.Pair{Key: n, Value: decode | forward})
		}
		return list, info
	}
	_, audio := codecs("Opus", "mp4a", ".mp3")
	list, video := codecs("avc1", "hvc1", "av01", "vp09", "vp08")
	return amf.Object{
		{Key: "fourCcList", Value: list}, {Key: "videoFourCcInfoMap", Value: video}, {Key: "audioFourCcInfoMap", Value: audio},
		{Key: "capsEx", Value: multitrack | modex},
	}
}

// create makes a message stream.
func (c *Conn) create(m *command) error {
	const few = 64 // that were made and not used
	if c.last >= few {
		c.fail(m, "NetConnection.Call.Failed", "Too many streams.")
		return fault.New(fault.ProtocolViolation, "rtmp", "more than %d streams in one connection", few)
	}
	c.last++
	c.result(m, int(c.last))
	return nil
}

// begin begins to publish or to play.
func (c *Conn) begin(ctx context.Context, m *command) error {
	publish := m.name == "publish"
	name := m.text(0)
	if m.name == "play2" && len(m.args) > 0 {
		name = amf.Members(m.args[0]).Text("streamName")
	}
	s := &Stream{
		Request: newRequest(c.client, name, publish), id: m.stream, conn: c, out: c.out,
		open: make(chan struct{}), done: make(chan struct{}),
	}
	switch {
	case m.stream == 0 || m.stream > c.last:
		s.Refuse(fault.New(fault.InvalidRequest, "", "there is no stream %d: createStream comes first", m.stream))
		return nil
	case c.streams[m.stream] != nil && m.name == "play2":
		c.close(m.stream)
	case c.streams[m.stream] != nil:
		select {
		case <-c.streams[m.stream].done:
			c.close(m.stream)
		default:
			s.Refuse(fault.New(fault.InvalidRequest, "", "stream %d is in use", m.stream))
			return nil
		}
	}
	if len(c.streams) >= c.opt.Streams {
		s.Refuse(fault.New(fault.Overloaded, "", "more than %d streams at a time", c.opt.Streams))
		return nil
	}
	deadline := time.Time{}
	if publish {
		deadline = time.Now().Add(c.opt.Idle)
	}
	if err := c.begun(deadline); err != nil {
		return err
	}
	ctx, s.cancel = context.WithCancel(ctx)
	c.streams[m.stream] = s
	go c.serve(ctx, s)
	return nil
}

// close ends what is published or played in a message stream, which may be used again.
func (c *Conn) close(id uint32) {
	s := c.streams[id]
	if s == nil {
		return
	}
	s.end()
	delete(c.streams, id)
	c.out.onRoom(id, nil)
	if s.Publish {
		c.out.onStatus(id, "status", "NetStream.Unpublish.Success", s.Name+" is now unpublished.")
	}
}

// drop ends a message stream.
func (c *Conn) drop(id uint32) { c.close(id) }

// steer answers what a player asks for that live streams know only half of.
func (c *Conn) steer(m *command) {
	s := c.streams[m.stream]
	if s == nil || s.Publish {
		return
	}
	switch m.name {
	case "pause", "pauseRaw":
		paused := m.truth(0)
		if f := s.pause.Load(); f != nil {
			(*f)(paused)
		}
		if paused {
			c.out.onStatus(m.stream, "status", "NetStream.Pause.Notify", "Paused "+s.Name+".")
			return
		}
		c.out.onStatus(m.stream, "status", "NetStream.Unpause.Notify", "Unpaused "+s.Name+".")
	case "seek":
		c.out.onStatus(m.stream, "error", "NetStream.Seek.Failed", s.Name+" is live.")
	default:
		c.result(m, amf.Undefined{})
	}
}
