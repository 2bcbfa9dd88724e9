package socket

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"sluice/engine/enginetest"
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
	s.client, s.socket = client, enginetest.Await(t, "the connection", made)
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
	if err := enginetest.Await(s, "the end", s.ended); !errors.Is(err, want) {
		s.Errorf("ended with %v, want %v", err, want)
	}
}

func TestMessagesBothWays(t *testing.T) {
	s := serve(t, Options{})
	for _, text := range []string{"a", "", strings.Repeat("b", 1<<20)} {
		s.say(text)
		if got := enginetest.Await(t, "a message", s.heard); got != text {
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
	if err := enginetest.Await(t, "the end", s.ended); err == nil || errors.Is(err, ErrClosed) {
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
