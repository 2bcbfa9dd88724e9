package socket

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"sluice/engine/enginetest"
)

func refuse(why error) []byte { return []byte("fail: " + why.Error()) }

func TestTooLongMessageIsRefusedWithAWord(t *testing.T) {
	s := serve(t, Options{Message: 10, Refuse: refuse})
	s.say("0123456789")
	if got := enginetest.Await(t, "a message", s.heard); got != "0123456789" {
		t.Errorf("heard %q", got)
	}
	s.say(strings.Repeat("x", 1<<20))
	s.reads("fail: a message is too long")
	s.closes(websocket.CloseMessageTooBig)
	s.ends(ErrTooLong)
}

// TestEndlessMessage begins a frame of 2^62 bytes: no more than the limit is kept of it.
func TestEndlessMessage(t *testing.T) {
	s := serve(t, Options{Message: 1000, Refuse: refuse, Linger: 30 * time.Millisecond})
	head := []byte{0x81, 0xff, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0} // FIN, text; masked by zeros
	if _, err := s.client.NetConn().Write(append(head, bytes.Repeat([]byte("x"), 5000)...)); err != nil {
		t.Fatal(err)
	}
	s.reads("fail: a message is too long")
	s.ends(ErrTooLong)
}

func TestBinaryMessageIsRefused(t *testing.T) {
	s := serve(t, Options{Refuse: refuse})
	if err := s.client.WriteMessage(websocket.BinaryMessage, []byte{1}); err != nil {
		t.Fatal(err)
	}
	s.reads("fail: a message is not text")
	s.closes(websocket.CloseUnsupportedData)
	s.ends(ErrBinary)
}

// TestSlowMessage sends half a frame and stops.
func TestSlowMessage(t *testing.T) {
	s := serve(t, Options{Body: 20 * time.Millisecond})
	s.say("hello")
	enginetest.Await(t, "a message", s.heard)
	if _, err := s.client.NetConn().Write([]byte{0x81, 0x85, 0, 0, 0, 0, 'h'}); err != nil {
		t.Fatal(err)
	}
	if err := enginetest.Await(t, "the end", s.ended); !isTimeout(err) {
		t.Errorf("ended with %v", err)
	}
}

// TestWhoDoesNotReadIsCut sends more than fits between the two ends, with either bound.
func TestWhoDoesNotReadIsCut(t *testing.T) {
	for name, opt := range map[string]Options{
		"messages": {Queue: 10, QueueBytes: 1 << 40},
		"bytes":    {Queue: 1 << 30, QueueBytes: 4 << 20},
		"time":     {Queue: 1 << 30, QueueBytes: 1 << 40, Write: 20 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, opt)
			message := bytes.Repeat([]byte("x"), 1<<20)
			for range 64 {
				s.socket.Send(message)
			}
			s.ends(ErrSlow)
		})
	}
}

// TestFloodIsReadSlowly holds that what a client sends beyond its rate waits in its own socket.
func TestPace(t *testing.T) {
	begin := time.Now()
	p := pace{rate: 10, burst: 3, tokens: 3, last: begin}
	for i, want := range []time.Duration{0, 0, 0, 100 * time.Millisecond, 200 * time.Millisecond} {
		if got := p.take(begin).Round(time.Millisecond); got != want {
			t.Errorf("take %d: wait %s, want %s", i, got, want)
		}
	}
	if got := p.take(begin.Add(time.Hour)); got != 0 {
		t.Errorf("after an hour: wait %s", got)
	}
	if p.tokens != 2 {
		t.Errorf("%v tokens are left of a burst of 3", p.tokens)
	}
}

func TestFloodIsReadSlowlyAndEnds(t *testing.T) {
	s := serve(t, Options{Rate: 1, Burst: 2})
	for range 10 {
		s.say("x")
	}
	for range 3 {
		enginetest.Await(t, "a message", s.heard) // two of the burst, and the one that has to wait behind itself
	}
	s.socket.Cut()
	s.ends(ErrCut)
}

// TestTLSClientThatDoesNotRead holds that nobody waits for one who cannot be told that it is over.
func TestTLSClientThatDoesNotRead(t *testing.T) {
	up := NewUpgrader(Options{QueueBytes: 64 << 20, Queue: 1 << 20})
	ended := make(chan error, 1)
	made := make(chan *Socket, 1)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := up.Upgrade(w, r)
		if err != nil {
			t.Error(err)
			return
		}
		made <- socket
		ended <- socket.Run(func([]byte) {})
	}))
	defer server.Close()
	dialer := websocket.Dialer{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, NetDialContext: (&net.Dialer{}).DialContext}
	client, answer, err := dialer.DialContext(t.Context(), "wss"+strings.TrimPrefix(server.URL, "https"), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	defer client.Close()
	socket := enginetest.Await(t, "the connection", made)
	for range 100 {
		socket.Send(bytes.Repeat([]byte("x"), 1<<20))
	}
	if err := enginetest.Await(t, "the end", ended); !errors.Is(err, ErrSlow) {
		t.Errorf("ended with %v", err)
	}
}
