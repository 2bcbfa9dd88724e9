package session

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/bluenviron/gortmplib/pkg/bytecounter"
	"github.com/bluenviron/gortmplib/pkg/handshake"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/engine/fault"
)

// Link is a connection to another server, on which one stream is published or played.
type Link struct {
	target  Target
	conn    net.Conn
	in      *chunk.Reader
	counted *bytecounter.Reader
	out     *Out
	silence time.Duration
	stream  uint32
	window  uint64
	acked   uint64
}

// Dial connects to a server, and begins to publish or to play there. ctx and patience bound the beginning; patience is also how
// long the server may then be silent, or take nothing. What the server refuses is fault.Forbidden or fault.NameInUse, a name that
// nobody publishes fault.StreamNotFound, and one that cannot be reached fault.Unreachable.
func Dial(ctx context.Context, t Target, publish bool, patience time.Duration) (*Link, error) {
	more := ""
	for range 3 { // Adobe's login takes two refusals
		l, err := open(ctx, t, more, publish, patience)
		if err == nil {
			return l, nil
		}
		var refused *challenge
		if !errors.As(err, &refused) {
			return nil, err
		}
		if t.User == "" {
			return nil, fault.New(fault.Unauthorized, "", "%s wants a user and a password", t.Host).Advise("rtmp://user:password@host/app/name")
		}
		if more, err = refused.answer(t.User, t.Pass); err != nil {
			return nil, err
		}
	}
	return nil, fault.New(fault.Unauthorized, "", "%s does not know the user or the password", t.Host)
}

// open makes one attempt.
func open(ctx context.Context, t Target, more string, publish bool, patience time.Duration) (*Link, error) {
	until, cancel := context.WithDeadline(ctx, deadline(ctx, patience))
	defer cancel()
	conn, err := dial(until, &t)
	if err != nil {
		return nil, err
	}
	l := &Link{target: t, conn: conn, out: newOut(conn, patience), silence: patience}
	stop := context.AfterFunc(until, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	err = l.begin(more, publish)
	if !stop() && err == nil {
		err = until.Err()
	}
	if err != nil {
		l.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, l.why(err)
	}
	return l, nil
}

// why makes a fault of what is none.
func (l *Link) why(err error) error {
	var f *fault.Fault
	var refused *challenge
	var timeout net.Error
	switch {
	case errors.As(err, &f) || errors.As(err, &refused):
		return err
	case errors.As(err, &timeout) && timeout.Timeout():
		return fault.New(fault.Stalled, "", "%s does not answer", l.target.Host).Because(err)
	}
	return fault.New(fault.Lost, "", "%s has closed the connection", l.target.Host).Because(err)
}

// begin does what comes before media.
func (l *Link) begin(more string, publish bool) error {
	l.counted = bytecounter.NewReader(l.conn)
	if _, _, err := handshake.DoClient(both{l.counted, l.conn}, false, false); err != nil {
		return err
	}
	l.in = chunk.NewReader(l.counted, chunk.Usual())
	l.out.control(chunk.WindowSize, Window)
	l.out.control(chunk.SetChunkSize, ChunkSize)
	const connect, release, fc, create = 1, 2, 3, 4
	l.out.call(0, "connect", connect, l.greeting(more, publish))
	if _, err := l.await("_result", connect); err != nil {
		return err
	}
	if publish {
		l.out.call(0, "releaseStream", release, nil, l.target.Name)
		l.out.call(0, "FCPublish", fc, nil, l.target.Name)
	}
	l.out.call(0, "createStream", create, nil)
	made, err := l.await("_result", create)
	if err != nil {
		return err
	}
	l.stream = uint32(made.number(0))
	if publish {
		l.out.call(l.stream, "publish", create+1, nil, l.target.Name, "live")
	} else {
		const live = -2000 // live if there is, else recorded (RTMP 1.0, 7.2.2.1)
		l.out.call(l.stream, "play", create+1, nil, l.target.Name, live)
		const milliseconds = 1000
		b := binary.BigEndian.AppendUint16(nil, bufferLength)
		b = binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(b, l.stream), milliseconds)
		l.out.Send(onControl, &chunk.Message{Type: chunk.UserControl, Body: b})
	}
	for {
		m, err := l.await("onStatus", 0)
		if err != nil {
			return err
		}
		switch amf.Members(first(m.args)).Text("code") {
		case "NetStream.Publish.Start", "NetStream.Play.Start":
			return nil
		}
	}
}

func first(args []any) any {
	if len(args) == 0 {
		return nil
	}
	return args[0]
}

// greeting is the object of the connect command.
func (l *Link) greeting(more string, publish bool) amf.Object {
	o := amf.Object{{Key: "app", Value: l.target.App + more}}
	if publish {
		o = append(o, amf.Pair{Key: "type", Value: "nonprivate"})
	}
	const sound, pictures = 0x0fff, 0x00ff // all that Flash had
	o = append(o, amf.Object{
		{Key: "flashVer", Value: "FMLE/3.0 (compatible; sluice)"}, {Key: "tcUrl", Value: l.target.url(more)},
		{Key: "fpad", Value: false}, {Key: "capabilities", Value: 239},
		{Key: "audioCodecs", Value: sound}, {Key: "videoCodecs", Value: pictures}, {Key: "videoFunction", Value: 1},
	}...)
	return append(o, enhanced()...)
}

// await reads until a command has come, and does what else is said.
func (l *Link) await(name string, tx float64) (*command, error) {
	for {
		m, err := l.next()
		if err != nil {
			return nil, err
		}
		if m.Type != chunk.CommandAMF0 && m.Type != chunk.CommandAMF3 {
			continue
		}
		c, err := parseCommand(&m)
		if err != nil {
			return nil, err
		}
		if err := l.refusal(c, tx); err != nil {
			return nil, err
		}
		if c.name == name && (tx == 0 || c.tx == tx) {
			return c, nil
		}
	}
}

// refusal is what a command says that ends the link; nil if it is another.
func (l *Link) refusal(c *command, tx float64) error {
	info := amf.Members(first(c.args))
	code, about := info.Text("code"), info.Text("description")
	switch {
	case c.name == "_error" && c.tx == tx:
		if refused := parseChallenge(about); refused != nil {
			return refused
		}
		return fault.New(fault.Forbidden, "", "%s refuses: %s %s", l.target.Host, code, about)
	case c.name == "close":
		return fault.New(fault.Closed, "", "%s has ended the connection", l.target.Host)
	case c.name != "onStatus":
		return nil
	}
	switch code {
	case "NetStream.Play.StreamNotFound":
		return fault.New(fault.StreamNotFound, "", "%s has no stream of that name", l.target.Host)
	case "NetStream.Publish.BadName":
		return fault.New(fault.NameInUse, "", "%s refuses the name: %s", l.target.Host, about)
	case "NetStream.Play.UnpublishNotify", "NetStream.Play.Stop", "NetStream.Play.Complete", "NetStream.Unpublish.Success":
		return fault.New(fault.Closed, "", "the stream has ended")
	}
	if info.Text("level") == "error" || strings.HasSuffix(code, ".Failed") {
		return fault.New(fault.Forbidden, "", "%s refuses: %s %s", l.target.Host, code, about)
	}
	return nil
}

// next reads a message, and does what control messages say.
func (l *Link) next() (chunk.Message, error) {
	m, err := l.in.Next()
	if err != nil {
		return m, err
	}
	if n := l.counted.Count(); l.window > 0 && n-l.acked >= l.window/2 {
		l.acked = n
		l.out.control(chunk.Acknowledge, uint32(n))
	}
	if len(m.Body) < 4 {
		return m, nil
	}
	n := binary.BigEndian.Uint32(m.Body)
	switch m.Type {
	case chunk.SetChunkSize:
		return m, l.in.SetSize(n)
	case chunk.Abort:
		l.in.Abort(n)
	case chunk.WindowSize:
		l.window = uint64(n)
	case chunk.UserControl:
		if len(m.Body) >= 6 && binary.BigEndian.Uint16(m.Body) == pingRequest {
			l.out.user(pingResponse, binary.BigEndian.Uint32(m.Body[2:]))
		}
	}
	return m, nil
}

// Run reads until the link has ended, and says why. take, which may be nil, is called with each message of media; a server that
// is to send some must not be silent.
func (l *Link) Run(take func(m *chunk.Message, at time.Time)) error {
	for {
		if take != nil {
			if err := l.conn.SetReadDeadline(time.Now().Add(l.silence)); err != nil {
				return l.why(err)
			}
		}
		m, err := l.next()
		if err != nil {
			return l.why(err)
		}
		switch m.Type {
		case chunk.Audio, chunk.Video, chunk.DataAMF0, chunk.DataAMF3, chunk.Aggregate:
			if take != nil {
				take(&m, time.Now())
			}
		case chunk.CommandAMF0, chunk.CommandAMF3:
			c, err := parseCommand(&m)
			if err == nil {
				err = l.refusal(c, 0)
			}
			if err != nil {
				return err
			}
		}
	}
}

// Media writes messages and does not wait; false if none of them was taken.
func (l *Link) Media(frames []Frame) bool { return l.out.Media(l.stream, frames) }

// OnRoom has f called when Media can be called again after it refused something. f must not wait.
func (l *Link) OnRoom(f func()) { l.out.onRoom(l.stream, f) }

// LocalPort is the port that the connection comes from.
func (l *Link) LocalPort() int {
	a, _ := l.conn.LocalAddr().(*net.TCPAddr)
	if a == nil {
		return 0
	}
	return a.Port
}

// End says that the stream is over, as far as there is still somebody to hear it.
func (l *Link) End() {
	l.out.call(0, "FCUnpublish", 0, nil, l.target.Name)
	l.out.call(0, "deleteStream", 0, nil, int(l.stream))
}

// Close ends the connection and waits until nothing is written any more. It may be called again.
func (l *Link) Close() {
	_ = l.conn.SetWriteDeadline(time.Now().Add(time.Second))
	l.out.drain()
	_ = l.conn.Close()
}
