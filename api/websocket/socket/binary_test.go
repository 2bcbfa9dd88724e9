package socket

import (
	"bytes"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"sluice/engine/enginetest"
)

// gets expects the next message of the server to be binary.
func (s *served) gets(want []byte) {
	s.Helper()
	kind, got, err := s.client.ReadMessage()
	if err != nil || kind != websocket.BinaryMessage || !bytes.Equal(got, want) {
		s.Fatalf("got %d bytes of kind %d, %v; want %d", len(got), kind, err, len(want))
	}
}

// TestBinaryMessages holds that each is one frame, in its place among texts, whatever its size and its pieces.
func TestBinaryMessages(t *testing.T) {
	s := serve(t, Options{})
	for _, size := range []int{0, 1, 125, 126, 1<<16 - 1, 1 << 16, 1 << 20} {
		whole := bytes.Repeat([]byte{byte(size)}, size)
		s.socket.Send([]byte("before"))
		s.socket.SendBinary([][]byte{whole[:size/3], nil, whole[size/3:]})
		s.socket.SendBinary([][]byte{{1}, {2, 3}})
		s.socket.Send([]byte("behind"))
		s.reads("before")
		s.gets(whole)
		s.gets([]byte{1, 2, 3})
		s.reads("behind")
	}
}

// TestFrameBytes holds what is on the wire (RFC 6455 5.2).
func TestFrameBytes(t *testing.T) {
	var f frames
	f.lay([]message{{pieces: [][]byte{{7, 8}, {9}}, size: 3}, {pieces: [][]byte{}, size: 126}, {pieces: [][]byte{}, size: 1 << 16}})
	want := "\x82\x03\x07\x08\x09" + "\x82\x7e\x00\x7e" + "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"
	if got := string(bytes.Join(f.list, nil)); got != want {
		t.Errorf("got %x, want %x", got, want)
	}
	f.forget()
	for _, piece := range f.list {
		if piece != nil {
			t.Error("what was sent is kept")
		}
	}
}

func TestTogether(t *testing.T) {
	media := func(size int) message { return message{pieces: [][]byte{nil}, size: size} }
	for name, c := range map[string]struct {
		batch []message
		want  int
	}{
		"up to a text":   {[]message{media(1), media(1), {text: []byte("x")}, media(1)}, 2},
		"a large one":    {[]message{media(2 * mostBytes), media(1)}, 1},
		"up to a limit":  {[]message{media(mostBytes - 1), media(1), media(1)}, 2},
		"many small":     {make100(media(1)), mostTogether},
		"all there are":  {[]message{media(1), media(0)}, 2},
		"only the first": {[]message{media(1)}, 1},
	} {
		if got := together(c.batch); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func make100(m message) []message {
	out := make([]message, 100)
	for i := range out {
		out[i] = m
	}
	return out
}

// TestBinaryOverTLS holds that frames are whole where they cannot be written in pieces.
func TestBinaryOverTLS(t *testing.T) {
	up := NewUpgrader(Options{})
	var visits sync.WaitGroup
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		visits.Add(1)
		defer visits.Done()
		socket, err := up.Upgrade(w, r)
		if err != nil {
			t.Error(err)
			return
		}
		socket.SendBinary([][]byte{{1}, bytes.Repeat([]byte{2}, 100_000)})
		socket.SendBinary([][]byte{{3}})
		_ = socket.Run(func([]byte) {})
	}))
	defer server.Close()
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	client, answer, err := dialer.DialContext(t.Context(), "wss"+strings.TrimPrefix(server.URL, "https"), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	s := &served{T: t, client: client}
	s.gets(append([]byte{1}, bytes.Repeat([]byte{2}, 100_000)...))
	s.gets([]byte{3})
	client.Close()
	visits.Wait()
}

// TestPingsBetweenBinaryMessages holds that frames of the WebSocket's own do not come into the middle of others.
func TestPingsBetweenBinaryMessages(t *testing.T) {
	s := serve(t, Options{})
	const count = 300
	piece := bytes.Repeat([]byte{5}, 50_000)
	pongs := 0
	s.client.SetPongHandler(func(string) error { pongs++; return nil })
	var asking sync.WaitGroup
	asking.Go(func() {
		for range count {
			if err := s.client.WriteControl(websocket.PingMessage, nil, time.Now().Add(time.Minute)); err != nil {
				t.Error(err)
				return
			}
		}
		s.say("done")
	})
	for range count {
		s.socket.SendBinary([][]byte{piece, piece})
	}
	for range count {
		s.gets(append(piece[:len(piece):len(piece)], piece...))
	}
	asking.Wait()
	enginetest.Await(t, "a message", s.heard)
	s.socket.Send([]byte("end"))
	s.reads("end")
	if pongs == 0 {
		t.Error("no ping was answered")
	}
}

// TestRoom holds that a client who does not read is no burden, and that it is told when it has read.
func TestRoom(t *testing.T) {
	s := serve(t, Options{MediaBytes: 1000})
	room := make(chan struct{}, 100)
	s.socket.OnRoom(func() { room <- struct{}{} })
	piece := make([]byte, 1<<20)
	sent := 0
	for !s.socket.Full() {
		s.socket.SendBinary([][]byte{piece})
		sent++
	}
	for range sent {
		s.gets(piece)
	}
	enginetest.Await(t, "room to write", room)
	if s.socket.Full() {
		t.Error("it is full although all was read")
	}
}

// TestSlowReaderOfMediaEnds holds that it is not waited for forever.
func TestSlowReaderOfMediaEnds(t *testing.T) {
	s := serve(t, Options{Write: 50 * time.Millisecond})
	piece := make([]byte, 1<<20)
	for range 64 {
		s.socket.SendBinary([][]byte{piece})
	}
	s.ends(ErrSlow)
	if s.socket.Full() {
		t.Error("it is full after its end")
	}
	s.socket.SendBinary([][]byte{piece}) // goes nowhere
}
