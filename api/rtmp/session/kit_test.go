package session

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib/pkg/handshake"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is how long a test waits for what should happen at once.
const patience = 20 * time.Second

// accepts is a handler that accepts all streams and serves them until they end.
type accepts struct{ streams chan *Stream }

// Stream implements Handler.
func (a *accepts) Stream(ctx context.Context, s *Stream) {
	s.Accept()
	a.streams <- s
	<-ctx.Done()
}

// raw is a client that says what the test wants.
type raw struct {
	t    testing.TB
	conn net.Conn
	in   *chunk.Reader
	a    *accepts
	done chan error // Serve's
}

// meet has a client shake hands with a server.
func meet(t *testing.T, opt Options) *raw {
	t.Helper()
	return begin(t, opt).shake()
}

// shake shakes hands.
func (r *raw) shake() *raw {
	t := r.t
	t.Helper()
	if _, _, err := handshake.DoClient(r.conn, false, true); err != nil {
		t.Fatal(err)
	}
	r.in = chunk.NewReader(r.conn, chunk.Usual())
	return r
}

// begin connects, and says nothing.
func begin(t *testing.T, opt Options) *raw {
	t.Helper()
	return beginAt(t, opt, &accepts{make(chan *Stream, 100)})
}

// beginAt connects to a server with a handler.
func beginAt(t *testing.T, opt Options, h Handler) *raw {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r := &raw{t: t, done: make(chan error, 1)}
	r.a, _ = h.(*accepts)
	if r.conn, err = net.Dial("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	theirs, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() { r.done <- Serve(ctx, theirs, h, opt) }()
	t.Cleanup(func() {
		cancel()
		r.conn.Close()
		<-r.done
	})
	if err := r.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return r
}

// over is why the server ended.
func (r *raw) over() error {
	err := <-r.done
	r.done <- err
	return err
}

// send writes a message.
func (r *raw) send(m chunk.Message) {
	r.t.Helper()
	if _, err := r.conn.Write(chunk.Append(nil, onCommand, &m, 128)); err != nil {
		r.t.Fatal(err)
	}
}

// call writes a command.
func (r *raw) call(stream uint32, values ...any) {
	r.t.Helper()
	r.send(chunk.Message{Type: chunk.CommandAMF0, Stream: stream, Body: amf.Append(nil, values...)})
}

// message is the next message of a type that the server sends.
func (r *raw) message(kind uint8) chunk.Message {
	r.t.Helper()
	for {
		m, err := r.in.Next()
		if err != nil {
			r.t.Fatalf("no message of type %d: %v", kind, err)
		}
		if m.Type == chunk.SetChunkSize {
			if err := r.in.SetSize(ChunkSize); err != nil {
				r.t.Fatal(err)
			}
		}
		if m.Type == kind {
			return m
		}
	}
}

// answer is the next command that the server sends, in short: its name, its number and its code.
func (r *raw) answer() (name string, tx float64, code string) {
	r.t.Helper()
	m := r.message(chunk.CommandAMF0)
	values, err := amf.Read(m.Body)
	if err != nil || len(values) < 3 {
		r.t.Fatalf("%v: %v", values, err)
	}
	name, _ = values[0].(string)
	tx, _ = values[1].(float64)
	if len(values) > 3 {
		code = amf.Members(values[3]).Text("code")
	}
	return name, tx, code
}

// expect checks the next command.
func (r *raw) expect(name string, tx float64, code string) {
	r.t.Helper()
	if n, x, c := r.answer(); n != name || x != tx || c != code {
		r.t.Errorf("%s %v %q, not %s %v %q", n, x, c, name, tx, code)
	}
}

// connect greets, and makes stream 1.
func (r *raw) connect() {
	r.t.Helper()
	r.call(0, "connect", 1, amf.Object{{Key: "app", Value: "live"}})
	r.expect("_result", 1, "NetConnection.Connect.Success")
	r.call(0, "createStream", 2, nil)
	r.expect("_result", 2, "")
}
