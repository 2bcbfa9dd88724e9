package rtmp_test

import (
	"net"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib/pkg/handshake"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/api/rtmp/session"
)

// raw is a client that says what the test wants, and reads when the test does.
type raw struct {
	t    testing.TB
	conn net.Conn
	in   *chunk.Reader
}

// rawClient shakes hands, and says nothing.
func rawClient(t testing.TB, host string) *raw {
	t.Helper()
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, _, err := handshake.DoClient(conn, false, false); err != nil {
		t.Fatal(err)
	}
	return &raw{t, conn, chunk.NewReader(conn, chunk.Usual())}
}

// rawPlayer begins to play, and reads nothing.
func rawPlayer(t testing.TB, host, name string) *raw {
	t.Helper()
	r := rawClient(t, host)
	r.call(0, "connect", 1, app("live"))
	r.call(0, "createStream", 2, nil)
	r.call(1, "play", 3, nil, name)
	r.video() // so that it plays
	return r
}

// app is the object of a connect command.
func app(name string, more ...amf.Pair) amf.Object {
	return append(amf.Object{{Key: "app", Value: name}}, more...)
}

// call writes a command.
func (r *raw) call(stream uint32, values ...any) {
	r.t.Helper()
	r.write(chunk.Message{Type: chunk.CommandAMF0, Stream: stream, Body: amf.Append(nil, values...)})
}

// write writes a message.
func (r *raw) write(m chunk.Message) {
	r.t.Helper()
	if _, err := r.conn.Write(chunk.Append(nil, 3, &m, 128)); err != nil {
		r.t.Fatal(err)
	}
}

// next is the next message of a type.
func (r *raw) next(kind uint8) chunk.Message {
	r.t.Helper()
	if err := r.conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	for {
		m, err := r.in.Next()
		if err == nil && m.Type == chunk.SetChunkSize {
			err = r.in.SetSize(session.ChunkSize)
		}
		if err != nil {
			r.t.Fatalf("no message of type %d: %v", kind, err)
		}
		if m.Type == kind {
			return m
		}
	}
}

// video is the next message with pictures.
func (r *raw) video() []byte {
	r.t.Helper()
	return r.next(chunk.Video).Body
}

// command is the next command with a name: what follows its number.
func (r *raw) command(name string) []any {
	r.t.Helper()
	for {
		values, err := amf.Read(r.next(chunk.CommandAMF0).Body)
		if err != nil {
			r.t.Fatal(err)
		}
		if len(values) > 2 && values[0] == name {
			return values[2:]
		}
	}
}

// refusal is why the next answer is an error; "" if it is none.
func (r *raw) refusal() string {
	r.t.Helper()
	values, err := amf.Read(r.next(chunk.CommandAMF0).Body)
	if err != nil || len(values) < 4 {
		r.t.Fatalf("%v: %v", values, err)
	}
	if values[0] != "_error" {
		return ""
	}
	return amf.Members(values[3]).Text("description")
}
