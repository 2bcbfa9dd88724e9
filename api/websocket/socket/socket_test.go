package socket

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served is a server of one socket at a time and a client of it.
type served struct {
	*testing.T
	socket *Socket
	client *websocket.Conn
	heard  chan string // messages that the server got
	ended  chan error  // what Run returned
}

func serve(t *testing.T, opt Options) *served {
	t.Helper()
	s := &served{T: t, heard: make(chan string, 64), ended: make(chan error, 1)}
	up := NewUpgrader(opt)
	made := make(chan *Socket, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		socket, err := up.Upgrade(w, r)
		if err != nil {
			t.Error(err)
			close(made)
			return
		}
		made <- socket
		s.ended <- socket.Run(func(b []byte) {
			if string(b) == "hello" {
				socket.Greeted()
			}
			s.heard <- string(b)
		})
	}))
	t.Cleanup(server.Close)
	client, answer, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	t.Cleanup(func() { client.Close() })
	s.client, s.socket = client, <-made
	return s
}

func (s *served) say(text string) {
	s.Helper()
	if err := s.client.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		s.Fatal(err)
	}
}

// reads expects the next message of the server.
func (s *served) reads(want string) {
	s.Helper()
	_, got, err := s.client.ReadMessage()
	if err != nil || string(got) != want {
		s.Fatalf("got %q, %v; want %q", got, err, want)
	}
}

// closes expects the server's Close with a status code.
func (s *served) closes(code int) {
	s.Helper()
	if _, got, err := s.client.ReadMessage(); !websocket.IsCloseError(err, code) {
		s.Fatalf("got %q, %v; want Close %d", got, err, code)
	}
}

// ends expects the reason with which the socket ends.
func (s *served) ends(want error) {
	s.Helper()
	if err := <-s.ended; !errors.Is(err, want) {
		s.Errorf("ended with %v, want %v", err, want)
	}
}

func TestMessagesBothWays(t *testing.T) {
	s := serve(t, Options{})
	for _, text := range []string{"a", "", strings.Repeat("b", 1<<20)} {
		s.say(text)
		if got := <-s.heard; got != text {
			t.Errorf("heard %d bytes, want %d", len(got), len(text))
		}
	}
	for _, text := range []string{"1", "2", strings.Repeat("3", 1<<20), "4"} {
		s.socket.Send([]byte(text))
	}
	for _, text := range []string{"1", "2", strings.Repeat("3", 1<<20), "4"} {
		s.reads(text)
	}
	if s.socket.Remote().String() != s.client.LocalAddr().String() {
		t.Errorf("remote is %s", s.socket.Remote())
	}
}

// TestCloseOfTheClientIsAnsweredAtOnce holds that TCP is dropped behind the answer: Chromium waits 2 s for it otherwise.
func TestCloseOfTheClientIsAnsweredAtOnce(t *testing.T) {
	s := serve(t, Options{Linger: time.Hour})
	if err := s.client.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "")); err != nil {
		t.Fatal(err)
	}
	s.closes(1000)
	if _, err := s.client.NetConn().Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("the connection is not dropped: %v", err)
	}
	s.ends(ErrClosed)
}

func TestCloseWithoutCode(t *testing.T) {
	s := serve(t, Options{})
	if err := s.client.WriteMessage(websocket.CloseMessage, nil); err != nil {
		t.Fatal(err)
	}
	s.closes(websocket.CloseNoStatusReceived)
	s.ends(ErrClosed)
}

func TestClientIsGone(t *testing.T) {
	s := serve(t, Options{})
	s.client.NetConn().Close()
	if err := <-s.ended; err == nil || errors.Is(err, ErrClosed) {
		t.Errorf("ended with %v", err)
	}
}

func TestCloseSendsWhatWaits(t *testing.T) {
	s := serve(t, Options{})
	s.socket.Send([]byte("last"))
	s.socket.Close(1001)
	s.socket.Send([]byte("too late"))
	s.socket.Close(1011)
	s.reads("last")
	s.closes(1001)
	s.ends(ErrCut)
}

// TestCloseDoesNotWaitForLong holds that a client which never answers Close ends all the same, and is not heard meanwhile.
func TestCloseDoesNotWaitForLong(t *testing.T) {
	s := serve(t, Options{Linger: 30 * time.Millisecond})
	s.socket.Close(1001)
	s.say("more")
	s.ends(ErrCut)
	if len(s.heard) > 0 {
		t.Errorf("heard %q after Close", <-s.heard)
	}
}

func TestCut(t *testing.T) {
	s := serve(t, Options{})
	s.socket.Cut()
	s.ends(ErrCut)
	s.socket.Cut()
	s.socket.Send([]byte("nobody hears this"))
	if _, _, err := s.client.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseAbnormalClosure) {
		t.Errorf("got %v", err)
	}
}

func refuse(why error) []byte { return []byte("fail: " + why.Error()) }

func TestTooLongMessageIsRefusedWithAWord(t *testing.T) {
	s := serve(t, Options{Message: 10, Refuse: refuse})
	s.say("0123456789")
	if got := <-s.heard; got != "0123456789" {
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

func TestWhoSaysNothingIsSentAway(t *testing.T) {
	s := serve(t, Options{Greet: 20 * time.Millisecond, Refuse: refuse})
	s.reads("fail: the client did not say who it is")
	s.closes(websocket.ClosePolicyViolation)
	s.ends(ErrGreet)
}

// TestTalkIsNoGreeting holds that whatever else a client says does not lengthen its time, a message that it is in the middle of
// included; and that it may be silent once it has said who it is.
func TestTalkIsNoGreeting(t *testing.T) {
	s := serve(t, Options{Greet: 50 * time.Millisecond, Body: time.Hour, Refuse: refuse})
	s.say("pong")
	<-s.heard
	if _, err := s.client.NetConn().Write([]byte{0x81, 0x85, 0, 0, 0, 0, 'h'}); err != nil {
		t.Fatal(err)
	}
	s.reads("fail: the client did not say who it is")
	s.ends(ErrGreet)

	s = serve(t, Options{Greet: 50 * time.Millisecond, Every: 10 * time.Millisecond, Probe: []byte("ping"), Probes: 20})
	s.say("hello")
	<-s.heard
	s.ends(ErrSilent) // and not ErrGreet, long before
}

// TestSlowMessage sends half a frame and stops.
func TestSlowMessage(t *testing.T) {
	s := serve(t, Options{Body: 20 * time.Millisecond})
	s.say("hello")
	<-s.heard
	if _, err := s.client.NetConn().Write([]byte{0x81, 0x85, 0, 0, 0, 0, 'h'}); err != nil {
		t.Fatal(err)
	}
	if err := <-s.ended; !isTimeout(err) {
		t.Errorf("ended with %v", err)
	}
}

func TestProbes(t *testing.T) {
	s := serve(t, Options{Every: 5 * time.Millisecond, Probes: 3, Probe: []byte("ping")})
	s.say("hello")
	<-s.heard
	for range 20 {
		s.reads("ping")
		s.say("pong")
		<-s.heard
	}
	s.ends(ErrSilent)
}

func TestProbeFrames(t *testing.T) {
	s := serve(t, Options{Algorithm: Internal, Every: 5 * time.Millisecond, Probes: 3})
	s.say("hello")
	<-s.heard
	pings := make(chan struct{}, 1000)
	answers := 20
	s.client.SetPingHandler(func(string) error {
		pings <- struct{}{}
		if answers--; answers < 0 {
			return nil
		}
		return s.client.WriteControl(websocket.PongMessage, nil, time.Now().Add(time.Second))
	})
	if _, _, err := s.client.ReadMessage(); err == nil {
		t.Error("a message came")
	}
	if len(pings) < 20 {
		t.Errorf("%d pings", len(pings))
	}
	s.ends(ErrSilent)
}

// TestPingsOfTheClient holds that a client which pings by itself is answered, and is there.
func TestPingsOfTheClient(t *testing.T) {
	s := serve(t, Options{Every: 5 * time.Millisecond, Probes: 3, Probe: []byte("probe")})
	s.say("hello")
	<-s.heard
	pongs := 0
	s.client.SetPongHandler(func(string) error {
		pongs++
		return nil
	})
	for range 20 {
		if err := s.client.WriteControl(websocket.PingMessage, []byte("there?"), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		s.reads("probe")
	}
	if pongs == 0 {
		t.Error("no pong came")
	}
	s.ends(ErrSilent)
}

func TestNoProbes(t *testing.T) {
	s := serve(t, Options{Algorithm: None, Every: time.Nanosecond, Probes: 1})
	s.say("hello")
	<-s.heard
	s.socket.Send([]byte("only this"))
	s.reads("only this")
}

func TestAlgorithms(t *testing.T) {
	for _, text := range []string{"HIGH_LEVEL", "INTERNAL", "NONE"} {
		var a Algorithm
		if err := a.UnmarshalText([]byte(text)); err != nil || string(a) != text {
			t.Errorf("%s: %q, %v", text, a, err)
		}
	}
	if err := new(Algorithm).UnmarshalText([]byte("none")); err == nil {
		t.Error("none is taken")
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
		<-s.heard // two of the burst, and the one that has to wait behind itself
	}
	s.socket.Cut()
	s.ends(ErrCut)
}

func TestRequestThatIsNoWebSocket(t *testing.T) {
	up := NewUpgrader(Options{})
	for _, header := range []http.Header{{}, {"Upgrade": {"websocket"}, "Connection": {"upgrade"}}} {
		w := httptest.NewRecorder()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/any/path", nil)
		r.Header = header
		if _, err := up.Upgrade(w, r); err == nil || w.Code != http.StatusBadRequest {
			t.Errorf("%v: %d, %v", header, w.Code, err)
		}
	}
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
	socket := <-made
	for range 100 {
		socket.Send(bytes.Repeat([]byte("x"), 1<<20))
	}
	if err := <-ended; !errors.Is(err, ErrSlow) {
		t.Errorf("ended with %v", err)
	}
}
