package websocket_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"
	pion "github.com/pion/webrtc/v4"

	"sluice/api/websocket/client"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// element makes an element with settings.
func made(t testing.TB, f element.Factory, env element.Env, settings map[string]any) (element.Element, error) {
	t.Helper()
	conf := elementtest.Defaults(f.Spec())
	conf["timeout"] = 5 * time.Second
	for name, v := range settings {
		conf[name] = v
	}
	return f.New(t.Context(), env, conf)
}

// stops has an element stopped in the end, before what it is connected to.
func stops(t testing.TB, e element.Element) {
	t.Cleanup(func() {
		if err := e.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

// pulled plays a stream of a server into a hub.
func pulled(t testing.TB, h *hub.Hub, addr, stream string) *hub.Publication {
	t.Helper()
	e, err := made(t, client.Pull{}, elementtest.Env(t), map[string]any{"url": addr, "name": stream, "id": "there"})
	if err != nil {
		t.Fatal(err)
	}
	in := e.(node.Source)
	stops(t, in)
	if err := in.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	d, err := in.Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Tracks) != 2 || d.Tracks[0].Codec != media.Opus || d.Tracks[1].Codec != media.VP8 {
		t.Fatalf("it is of %v", d.Tracks)
	}
	pub, err := h.Publish(t.Context(), stream, d, hub.PublishOptions{Source: in, Form: in.Form()})
	if err != nil {
		t.Fatal(err)
	}
	in.Feed(pub)
	return pub
}

// pushed publishes a stream of a hub on a server.
func pushed(t testing.TB, h *hub.Hub, stream string, settings map[string]any) {
	t.Helper()
	e, err := made(t, client.Push{}, elementtest.Env(t), settings)
	if err != nil {
		t.Fatal(err)
	}
	out := e.(node.Sink)
	stops(t, out)
	if err := out.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := h.Read(t.Context(), stream, out.Want(), out, hub.ReadOptions{Paused: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	out.Begin(r.Tracks())
	out.Attach(r)
}

// eye is a reader that says when pictures come.
type eye struct{ came chan struct{} }

func (e *eye) Begin([]media.Track) {}
func (e *eye) End(error)           {}
func (e *eye) Push(track int, items []*media.Packet) int {
	if track == 0 {
		select {
		case e.came <- struct{}{}:
		default:
		}
	}
	return len(items)
}

// TestServersPullAndPush: what a page publishes on one server is pulled from there and pushed to another, where a page plays it; and it is
// pulled again when its publisher has gone and come back.
func TestServersPullAndPush(t *testing.T) {
	a, b := serve(t), serve(t)
	h := hub.New(hub.Options{})
	t.Cleanup(h.Close)
	page := dial(t, a)
	page.publish("P", "cam", pion.NetworkTypeUDP4, nil)
	pulled(t, h, a, "cam")
	pushed(t, h, "cam", map[string]any{"url": b, "name": "there"})

	e := &eye{came: make(chan struct{}, 1)}
	r, err := h.Read(t.Context(), "cam", media.Want{Video: []media.Codec{media.VP8}}, e, hub.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	enginetest.Await(t, "pictures between the servers", e.came)
	sub := dial(t, b)
	deadline := time.Now().Add(patience)
	for sub.available("there") != "true" {
		if time.Now().After(deadline) {
			t.Fatal("it is not published there")
		}
	}
	_, came := sub.play("Q", "there", pion.NetworkTypeUDP4, nil)
	comes(t, "pictures", came[pion.RTPCodecTypeVideo], 20)
	comes(t, "sound", came[pion.RTPCodecTypeAudio], 20)

	page.stop("unPublishStream", "P")
	page.status("P", "UNPUBLISHED")
	for len(came[pion.RTPCodecTypeVideo]) > 0 {
		<-came[pion.RTPCodecTypeVideo]
	}
	page.publish("P2", "cam", pion.NetworkTypeUDP4, nil)
	comes(t, "pictures, after the publisher came back", came[pion.RTPCodecTypeVideo], 20)
}

// available asks whether there is a stream.
func (p *page) available(name string) string {
	p.t.Helper()
	p.say("availableStream", map[string]any{"mediaSessionId": "A", "name": name})
	for {
		m := p.hear()
		if m.Message != "availableStream" {
			continue
		}
		if strings.Contains(string(m.Data[0]), `"true"`) || strings.Contains(string(m.Data[0]), `:true`) {
			return "true"
		}
		return "false"
	}
}

// TestPullRefused: who asks for the stream hears why it does not come.
func TestPullRefused(t *testing.T) {
	a := serve(t)
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	for name, c := range map[string]struct {
		settings map[string]any
		reach    element.Reach
		want     fault.Code
	}{
		"no such stream":  {map[string]any{"url": a, "name": "cam"}, nil, fault.StreamNotFound},
		"out of reach":    {map[string]any{"url": a, "name": "cam"}, func(netip.AddrPort) error { return fault.New(fault.Forbidden, "", "not there") }, fault.Forbidden},
		"no WebSocket":    {map[string]any{"url": "ws" + strings.TrimPrefix(plain.URL, "http"), "name": "cam"}, nil, fault.Unreachable},
		"nobody":          {map[string]any{"url": "ws://127.0.0.1:1", "name": "cam"}, nil, fault.Unreachable},
		"not of a socket": {map[string]any{"url": "http://example.org", "name": "cam"}, nil, fault.InvalidParams},
		"half a login":    {map[string]any{"url": a, "name": "cam", "login": "me"}, nil, fault.InvalidParams},
	} {
		t.Run(name, func(t *testing.T) {
			env := elementtest.Env(t)
			env.Reach = c.reach
			e, err := made(t, client.Pull{}, env, c.settings)
			if err == nil {
				stops(t, e)
				err = e.Start(t.Context())
			}
			if !errors.Is(err, c.want) {
				t.Errorf("%v, and not %s", err, c.want)
			}
		})
	}
}

// fake is a server that says what a test wants.
func fake(t *testing.T, do func(c *gorilla.Conn)) string {
	t.Helper()
	up := gorilla.Upgrader{}
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/websocket" {
			t.Errorf("it asks for %s", r.URL.Path)
		}
		c, err := up.Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		do(c)
		for { // until the other side goes
			if _, _, err := c.ReadMessage(); err != nil {
				return
			}
		}
	}))
	t.Cleanup(web.Close)
	return "ws" + strings.TrimPrefix(web.URL, "http")
}

// TestPullFromOthers: servers that answer wrongly, and what is said to them.
func TestPullFromOthers(t *testing.T) {
	say := func(c *gorilla.Conn, text string) { _ = c.WriteMessage(gorilla.TextMessage, []byte(text)) }
	known := `{"message":"getUserData","data":[{"authToken":"x"}]}`
	for name, c := range map[string]struct {
		do   func(c *gorilla.Conn)
		want fault.Code
	}{
		"turns us away": {func(c *gorilla.Conn) { say(c, `{"message":"fail","data":[{"info":"no"}]}`) }, fault.Forbidden},
		"nonsense":      {func(c *gorilla.Conn) { say(c, `[`) }, fault.ProtocolViolation},
		"closes":        {func(c *gorilla.Conn) { _ = c.WriteControl(gorilla.CloseMessage, nil, time.Now().Add(time.Second)) }, fault.Closed},
		"breaks":        {func(c *gorilla.Conn) { _ = c.NetConn().(*net.TCPConn).SetLinger(0); c.Close() }, fault.Unreachable},
		"silent":        {func(*gorilla.Conn) {}, fault.StartTimeout},
		"no answer":     {func(c *gorilla.Conn) { say(c, known) }, fault.StartTimeout},
		"an answer that is none": {func(c *gorilla.Conn) {
			say(c, known)
			say(c, `{"message":"setRemoteSDP","data":["other","v=0",true]}`)
			say(c, `{"message":"setRemoteSDP","data":["mine","v=0",true]}`)
		}, fault.ProtocolViolation},
		"restricted": {func(c *gorilla.Conn) {
			say(c, known)
			say(c, `{"message":"ping","data":[null]}`)
			say(c, `{"message":"notifyStreamStatusEvent","data":[{"mediaSessionId":"mine","status":"FAILED","info":"Restricted access"}]}`)
		}, fault.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, err := made(t, client.Pull{}, elementtest.Env(t), map[string]any{
				"url": fake(t, c.do), "name": "cam", "id": "mine", "timeout": time.Second, "token": "secret",
			})
			if err != nil {
				t.Fatal(err)
			}
			stops(t, e)
			err = e.Start(t.Context())
			if !errors.Is(err, c.want) {
				t.Errorf("%v, and not %s", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("it tells the token: %v", err)
			}
		})
	}
}
