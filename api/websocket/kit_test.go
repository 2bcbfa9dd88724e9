package websocket

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/rtp"
	"go.uber.org/goleak"

	"sluice/api/websocket/calls/callstest"
	"sluice/api/websocket/streams/streamstest"
	"sluice/engine/enginetest"
	"sluice/engine/event"
	"sluice/engine/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kit is a door with everything around it.
type kit struct {
	testing.TB
	engine *streamstest.Engine
	peers  *streamstest.Peers
	door   *Door
	server *httptest.Server
	events *event.Subscription
	lines  *callstest.Lines
	log    *logged
}

// newKit opens a door. Nobody is probed unless the options say so.
func newKit(t testing.TB, opt Options) *kit {
	t.Helper()
	return newKitOf(t, opt, nil)
}

// newKitOf opens a door with telephone lines; nil is none.
func newKitOf(t testing.TB, opt Options, lines *callstest.Lines) *kit {
	t.Helper()
	k := &kit{TB: t, engine: streamstest.NewEngine(), peers: streamstest.NewPeers(), log: &logged{}, lines: lines}
	t.Cleanup(k.engine.Close)
	opt.Engine, opt.Peers = k.engine, k.peers
	if k.lines != nil {
		opt.Lines, opt.CallPeers = k.lines, callstest.Peers{}
	}
	opt.Log = slog.New(slog.NewTextHandler(k.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	opt.Node = "node-1"
	if opt.Interval == 0 {
		opt.Interval = time.Hour
	}
	door, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	k.door = door
	k.events = k.engine.Bus().Subscribe(10_000, nil)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- door.Serve(ctx) }()
	k.server = httptest.NewServer(door.Handler())
	t.Cleanup(func() {
		cancel()
		if err := enginetest.Await(t, "the end of Serve", served); err != nil {
			t.Error(err)
		}
		k.server.Close()
		if n := len(door.sessions) + len(door.visits) + len(door.away) + door.streams.Len(); n != 0 {
			t.Errorf("the door still knows %d things", n)
		}
	})
	return k
}

// peer finds the peer that was made for an offer, and waits for it.
func (k *kit) peer(sdp string) *streamstest.Peer {
	k.Helper()
	p := k.peers.Of(k.Context(), sdp)
	if p == nil {
		k.Fatalf("no peer for %q", sdp)
	}
	return p
}

// picture has a publisher send a key frame of a size: RFC 7741 4.2 and RFC 6386 9.1.
func (k *kit) picture(sdp string, width, height int) error {
	payload := []byte{0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, byte(width), byte(width >> 8), byte(height), byte(height >> 8), 0}
	packet := media.Packet{Header: rtp.Header{Version: 2, Marker: true}, Payload: payload}
	return k.peer(sdp).Publication().Write(1, []media.Packet{packet})
}

// happens waits for an event.
func (k *kit) happens(name, path string) {
	k.Helper()
	for {
		e, _, err := k.events.Next(k.Context())
		if err != nil {
			k.Fatalf("%s %s did not happen: %v", name, path, err)
		}
		if e.Name == name && e.Path == path {
			return
		}
	}
}

// logged keeps what was logged.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
	off  bool
	more chan struct{} // closed and made anew with every line
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	if l.off {
		return len(p), nil
	}
	return l.text.Write(p)
}

// logs waits until something was logged a number of times.
func (k *kit) logs(text string, times int) {
	k.Helper()
	for {
		k.log.mu.Lock()
		if k.log.more == nil {
			k.log.more = make(chan struct{})
		}
		more, have := k.log.more, strings.Count(k.log.text.String(), text)
		k.log.mu.Unlock()
		if have >= times {
			return
		}
		select {
		case <-more:
		case <-k.Context().Done():
			k.Fatalf("%q was logged %d times, not %d", text, have, times)
		}
	}
}

func (l *logged) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Reset()
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// client is a page.
type client struct {
	*kit
	conn *websocket.Conn
}

func (k *kit) dial(path string) *client {
	k.Helper()
	conn, answer, err := websocket.DefaultDialer.DialContext(k.Context(), "ws"+strings.TrimPrefix(k.server.URL, "http")+path, nil)
	if err != nil {
		k.Fatal(err)
	}
	answer.Body.Close()
	k.Cleanup(func() { conn.Close() })
	return &client{k, conn}
}

// connect dials and says who it is.
func (k *kit) connect(object string) *client {
	k.Helper()
	c := k.dial("/")
	c.say(`{"message":"connection","data":[` + object + `]}`)
	c.hears(`"getUserData"`)
	c.hears(`"getVersion"`)
	return c
}

func (c *client) say(text string) {
	c.Helper()
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.Fatal(err)
	}
}

// next is the next message.
func (c *client) next() string {
	c.Helper()
	c.conn.SetReadDeadline(time.Now().Add(20 * time.Second)) // only so that a failing test ends
	_, b, err := c.conn.ReadMessage()
	if err != nil {
		c.Fatal(err)
	}
	return string(b)
}

// hears expects the next message to hold each of some texts.
func (c *client) hears(parts ...string) string {
	c.Helper()
	got := c.next()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			c.Fatalf("got %s\nwithout %s", got, p)
		}
	}
	return got
}

func (c *client) publish(id, name string) {
	c.Helper()
	c.say(fmt.Sprintf(`{"message":"publishStream","data":[{"mediaSessionId":%q,"name":%q,"sdp":"offer-%s","hasAudio":true,"hasVideo":true}]}`, id, name, id))
}

func (c *client) play(id, name string) {
	c.Helper()
	c.say(fmt.Sprintf(`{"message":"playStream","data":[{"mediaSessionId":%q,"name":%q,"sdp":"offer-%s"}]}`, id, name, id))
}

// begins expects a stream to be answered, has its media flow, and expects its status.
func (c *client) begins(id, status string) {
	c.Helper()
	c.hears(`"setRemoteSDP"`, fmt.Sprintf(`[%q,"answer to offer-%s",true]`, id, id))
	c.peer("offer-" + id).Flow()
	c.hears(`"notifyStreamStatusEvent"`, `"mediaSessionId":"`+id+`"`, `"status":"`+status+`"`)
}
