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

	"sluice/api/websocket/streams"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeEngine answers ws.publish and ws.play as the shipped graphs do, over a real hub and a real bus, with fake peers.
type fakeEngine struct {
	hub *hub.Hub
	bus *event.Bus

	mu     sync.Mutex
	raised []engine.Event
	refuse map[string]error // by path
	stuck  chan struct{}    // Stop of instances waits for it, if it is not nil
}

func newFakeEngine(t testing.TB) *fakeEngine {
	e := &fakeEngine{bus: event.NewBus(nil), refuse: map[string]error{}}
	e.hub = hub.New(hub.Options{Notify: func(h hub.Event) {
		ev := event.Event{Name: string(h.What), Path: "/" + h.Stream}
		switch h.What {
		case hub.StreamMuted:
			ev.Body = event.Mute{Name: h.Stream, Publication: h.Publication, Kind: string(h.Kind), Muted: h.Muted}
		case hub.StreamData:
			ev.Body = event.Data{Name: h.Stream, Publication: h.Publication, Payload: h.Payload}
		case hub.StreamPublished, hub.StreamChanged, hub.StreamEnded:
			ev.Body = event.Stream{Name: h.Stream, Publication: h.Publication}
		}
		e.bus.Raise(ev)
	}})
	t.Cleanup(func() { e.hub.Close(); e.bus.Close() })
	return e
}

func (e *fakeEngine) Streams() engine.Streams { return e.hub }
func (e *fakeEngine) Bus() *event.Bus         { return e.bus }

func (e *fakeEngine) Raise(ctx context.Context, ev engine.Event) (streams.Instance, error) {
	e.mu.Lock()
	e.raised = append(e.raised, ev)
	err, stuck := e.refuse[ev.Path], e.stuck
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	p := ev.Sessions["browser"].(*fakePeer)
	name := strings.TrimPrefix(ev.Path, "/")
	if ev.Name == "ws.publish" {
		err = p.publish(ctx, e.hub, name)
	} else {
		err = p.play(ctx, e.hub, name)
	}
	if err != nil {
		return nil, err
	}
	return &fakeInstance{peer: p, done: make(chan struct{}), stuck: stuck}, nil
}

// last is the newest event that was raised.
func (e *fakeEngine) last() engine.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.raised[len(e.raised)-1]
}

// fakeInstance is a graph of two nodes that ends with its peer.
type fakeInstance struct {
	peer  *fakePeer
	once  sync.Once
	done  chan struct{}
	err   error
	stuck chan struct{}
}

func (i *fakeInstance) end(err error) {
	i.once.Do(func() { i.err = err; close(i.done) })
}

func (i *fakeInstance) Done() <-chan struct{} { return i.done }
func (i *fakeInstance) Err() error {
	select {
	case <-i.done:
		return i.err
	default:
		return nil
	}
}

func (i *fakeInstance) Stop(ctx context.Context) error {
	i.peer.Stop(nil)
	defer i.end(nil)
	if i.stuck != nil {
		select {
		case <-i.stuck:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// fakePeers makes peers that are found by their offers.
type fakePeers struct {
	mu    sync.Mutex
	peers map[string]*fakePeer
	made  chan struct{} // closed and made anew for every peer
	count int
}

func newFakePeers() *fakePeers {
	return &fakePeers{peers: map[string]*fakePeer{}, made: make(chan struct{})}
}

func (f *fakePeers) Publisher(_ context.Context, o webrtc.Offer) (streams.Peer, error) {
	return f.make(o)
}
func (f *fakePeers) Player(_ context.Context, o webrtc.Offer) (streams.Peer, error) { return f.make(o) }

func (f *fakePeers) make(o webrtc.Offer) (streams.Peer, error) {
	switch o.SDP {
	case "nonsense":
		return nil, fault.New(fault.InvalidRequest, "", "not an SDP")
	case "panic":
		_ = (*fakePeer)(nil).offer // an offer that nobody thought of
	}
	p := &fakePeer{offer: o, live: make(chan struct{}), done: make(chan struct{}), tracks: tracks(640, 480)}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.peers[o.SDP] = p
	f.count++
	close(f.made)
	f.made = make(chan struct{})
	return p, nil
}

// of finds the peer of an offer, and waits for it.
func (f *fakePeers) of(t testing.TB, sdp string) *fakePeer {
	t.Helper()
	for {
		f.mu.Lock()
		p, made := f.peers[sdp], f.made
		f.mu.Unlock()
		if p != nil {
			return p
		}
		select {
		case <-made:
		case <-t.Context().Done():
			t.Fatalf("no peer for %q", sdp)
		}
	}
}

func tracks(width, height int) []media.Track {
	audio, video := media.NewTrack(media.Opus), media.NewTrack(media.VP8)
	video.Width, video.Height = width, height
	return []media.Track{audio, video}
}

// fakePeer is a client's media: a publication or a reader of the hub.
type fakePeer struct {
	offer  webrtc.Offer
	tracks []media.Track
	live   chan struct{}
	done   chan struct{}

	mu     sync.Mutex
	ended  bool
	err    error
	pub    *hub.Publication
	reader *hub.Reader
	counts webrtc.Counts
}

func (p *fakePeer) publish(ctx context.Context, h *hub.Hub, name string) error {
	pub, err := h.Publish(ctx, name, media.Description{Tracks: p.tracks}, hub.PublishOptions{Source: p})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pub = pub
	return err
}

func (p *fakePeer) play(ctx context.Context, h *hub.Hub, name string) error {
	want := media.Want{Audio: []media.Codec{media.Opus}, Video: []media.Codec{media.VP8}}
	reader, err := h.Read(ctx, name, want, p, hub.ReadOptions{Paused: true})
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reader = reader
	return err
}

// The peer as hub.Source and hub.Sink.

func (p *fakePeer) RequestKey(int)                        {}
func (p *fakePeer) Demand(int)                            {}
func (p *fakePeer) Idle(int)                              {}
func (p *fakePeer) Ended(reason error)                    { p.Stop(reason) }
func (p *fakePeer) Begin([]media.Track)                   {}
func (p *fakePeer) Push(_ int, items []*media.Packet) int { return len(items) }
func (p *fakePeer) End(reason error)                      { p.finish(reason) }

func (p *fakePeer) Answer(context.Context) (string, error) {
	if p.offer.SDP == "offer-unanswered" {
		return "", fault.New(fault.CodecNotAvailable, "", "nothing in common")
	}
	return "answer to " + p.offer.SDP, nil
}
func (p *fakePeer) Live() <-chan struct{} { return p.live }
func (p *fakePeer) Done() <-chan struct{} { return p.done }
func (p *fakePeer) Tracks() []media.Track { return p.tracks }
func (p *fakePeer) Transport() string     { return strings.ToUpper(p.offer.Transport) }
func (p *fakePeer) flows()                { close(p.live) }

func (p *fakePeer) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

func (p *fakePeer) Publication() *hub.Publication {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pub
}

func (p *fakePeer) Counts() webrtc.Counts {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.counts
}

// finish notes the end, once.
func (p *fakePeer) finish(reason error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return false
	}
	p.ended, p.err = true, reason
	close(p.done)
	return true
}

func (p *fakePeer) Stop(reason error) {
	p.finish(reason)
	p.mu.Lock()
	pub, reader := p.pub, p.reader
	p.mu.Unlock()
	if pub != nil {
		pub.Close(reason)
	}
	if reader != nil {
		reader.Close()
	}
}

// picture has the publisher send a key frame of a size: RFC 7741 4.2 and RFC 6386 9.1.
func (p *fakePeer) picture(width, height int) error {
	payload := []byte{0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, byte(width), byte(width >> 8), byte(height), byte(height >> 8), 0}
	return p.Publication().Write(1, []media.Packet{{Header: rtp.Header{Version: 2, Marker: true}, Payload: payload}})
}

// kit is a door with everything around it.
type kit struct {
	testing.TB
	engine *fakeEngine
	peers  *fakePeers
	door   *Door
	server *httptest.Server
	events *event.Subscription
	log    *logged
}

// newKit opens a door. Nobody is probed unless the options say so.
func newKit(t testing.TB, opt Options) *kit {
	t.Helper()
	k := &kit{TB: t, engine: newFakeEngine(t), peers: newFakePeers(), log: &logged{}}
	opt.Engine, opt.Peers = k.engine, k.peers
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
	k.events = k.engine.bus.Subscribe(10_000, nil)
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- door.Serve(ctx) }()
	k.server = httptest.NewServer(door.Handler())
	t.Cleanup(func() {
		cancel()
		if err := <-served; err != nil {
			t.Error(err)
		}
		k.server.Close()
		if n := len(door.sessions) + len(door.visits) + len(door.away) + door.streams.Len(); n != 0 {
			t.Errorf("the door still knows %d things", n)
		}
	})
	return k
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
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
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
	c.peers.of(c, "offer-"+id).flows()
	c.hears(`"notifyStreamStatusEvent"`, `"mediaSessionId":"`+id+`"`, `"status":"`+status+`"`)
}
