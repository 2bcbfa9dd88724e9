package session

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib/pkg/bytecounter"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
)

// nobody is a connection to nobody.
type nobody struct{ net.Conn }

func (nobody) Write(b []byte) (int, error)      { return len(b), nil }
func (nobody) Close() error                     { return nil }
func (nobody) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 1} }
func (nobody) SetReadDeadline(time.Time) error  { return nil }
func (nobody) SetWriteDeadline(time.Time) error { return nil }

// FuzzServer has a client say anything after the handshake.
func FuzzServer(f *testing.F) {
	talk := func(messages ...chunk.Message) {
		var b []byte
		for i := range messages {
			b = chunk.Append(b, onCommand, &messages[i], 128)
		}
		f.Add(b)
	}
	call := func(stream uint32, values ...any) chunk.Message {
		return chunk.Message{Type: chunk.CommandAMF0, Stream: stream, Body: amf.Append(nil, values...)}
	}
	hello := []chunk.Message{call(0, "connect", 1, amf.Object{{Key: "app", Value: "live"}}), call(0, "createStream", 2, nil)}
	talk(append(hello, call(1, "publish", 3, nil, "cam"), chunk.Message{Type: chunk.Video, Stream: 1, Body: []byte{0x17, 0}}, call(0, "deleteStream", 4, nil, 1))...)
	talk(append(hello, call(1, "play", 3, nil, "cam?x=1"), call(1, "pause", 0, nil, true, 1), call(1, "closeStream", 0, nil))...)
	talk(append(hello, call(1, "play2", 0, nil, amf.Object{{Key: "streamName", Value: "x"}}), call(1, "seek", 0, nil, 5))...)
	talk(chunk.Message{Type: chunk.SetChunkSize, Body: []byte{0, 0, 1, 0}}, chunk.Message{Type: chunk.UserControl, Body: []byte{0, 6, 0, 0, 0, 1}})
	f.Fuzz(func(t *testing.T, in []byte) {
		a := &accepts{make(chan *Stream, 100)}
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		c := &Conn{over: ctx, conn: nobody{}, opt: Options{}.filled(), handler: a, out: newOut(nobody{}, patience), streams: map[uint32]*Stream{}}
		c.counted = bytecounter.NewReader(bytes.NewReader(in))
		c.in = chunk.NewReader(c.counted, chunk.Bounds{Message: 1 << 16, Held: 1 << 17, Streams: 8})
		for c.step(ctx) == nil && len(a.streams) < 90 {
			continue
		}
		if len(c.streams) > c.opt.Streams {
			t.Errorf("%d streams", len(c.streams))
		}
		for _, s := range c.streams {
			s.end()
		}
		c.out.drain()
	})
}

// FuzzLogin reads what clients say to log in. What is cut off, and only that, is away.
func FuzzLogin(f *testing.F) {
	f.Add("live?authmod=adobe&user=me")
	f.Add("live?x=1&authmod=adobe&user=m%2&challenge=a&response=b+/==&opaque=c")
	f.Fuzz(func(t *testing.T, text string) {
		rest, l := cutLogin(text)
		if !strings.HasPrefix(text, rest) || (l == nil) != (rest == text) {
			t.Errorf("%q of %q", rest, text)
		}
		if l != nil && l.Follows("kept") && l.Response != sum("kept"+l.Opaque+l.Challenge) {
			t.Errorf("%+v follows", l)
		}
	})
}

// FuzzChallenge reads the descriptions of errors.
func FuzzChallenge(f *testing.F) {
	f.Add("[ code=403 need auth; authmod=adobe ]")
	f.Add("authmod=adobe : ?reason=needauth&user=me&salt=ab+=&challenge=cd==&opaque=ef")
	f.Fuzz(func(_ *testing.T, about string) {
		if c := parseChallenge(about); c != nil {
			_, _ = c.answer("me", "secret")
		}
	})
}
