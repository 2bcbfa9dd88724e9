package websocket

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"sluice/api/websocket/streams/streamstest"
	"sluice/elements/webrtc"
	"sluice/engine/hub"
	"sluice/engine/media"
)

const mseOffer = `m=video 0 RTP/AVP 112\r\nm=audio 0 RTP/AVP 108\r\n`

// watched is a page with something to play by it, and what it needs for sockets of its media.
type watched struct {
	*client
	token string
	pub   *hub.Publication
}

// newWatched opens a door, publishes H.264 and AAC as "cam", and connects a page.
func newWatched(t *testing.T, opt Options) *watched {
	t.Helper()
	k := newKit(t, opt)
	pub, err := k.engine.Hub.Publish(t.Context(), "cam", media.Description{Tracks: []media.Track{
		media.NewTrack(media.H264), {ID: "audio", Kind: media.Audio, Codec: media.AAC, ClockRate: 48000, Channels: 2},
	}}, hub.PublishOptions{Form: hub.Units})
	if err != nil {
		t.Fatal(err)
	}
	c := k.dial("/")
	c.say(`{"message":"connection","data":[{"mediaProviders":["MSE"]}]}`)
	_, token, _ := strings.Cut(c.hears(`"getUserData"`), `"authToken":"`)
	token, _, _ = strings.Cut(token, `"`)
	c.hears(`"getVersion"`)
	return &watched{c, token, pub}
}

// frame publishes a key frame and a frame of sound.
func (w *watched) frame(at time.Duration) {
	w.Helper()
	au := [][]byte{{0x67, 0x42, 0xc0, 0x1f}, {0x68, 1}, {0x65, 1, 2}}
	if err := w.pub.WriteUnits(0, []media.Unit{{PTS: at, DTS: at, Key: true, AU: au}}); err != nil {
		w.Fatal(err)
	}
	if err := w.pub.WriteUnits(1, []media.Unit{{PTS: at, DTS: at, AU: [][]byte{{1, 2, 3}}}}); err != nil {
		w.Fatal(err)
	}
}

// watch asks to play, and hears the answer.
func (w *watched) watch(id string) {
	w.Helper()
	w.say(fmt.Sprintf(`{"message":"playStream","data":[{"mediaSessionId":%q,"name":"cam","mediaProvider":"MSE","sdp":"%s"}]}`, id, mseOffer))
	w.hears(`"setRemoteSDP"`, `"`+id+`"`, `m=video 9 RTP/AVP 112`, `m=audio 9 RTP/AVP 108`)
}

// transport opens a socket for media.
func (w *watched) transport() *client {
	w.Helper()
	m := w.dial("/")
	m.say(`{"message":"connectMediaTransport","data":[{"authToken":"` + w.token + `"}]}`)
	return m
}

// media expects the next message on a socket for media to be of pictures or of sound.
func (c *client) media() {
	c.Helper()
	kind, b, err := c.conn.ReadMessage()
	if err != nil || kind != websocket.BinaryMessage || len(b) < 9 || b[0] != 9 && b[0] != 8 {
		c.Fatalf("got %x of kind %d, %v", b, kind, err)
	}
}

// closes expects a socket to be closed with a code.
func (c *client) closes(code int) {
	c.Helper()
	for {
		if kind, b, err := c.conn.ReadMessage(); err == nil && kind == websocket.BinaryMessage {
			continue
		} else if !websocket.IsCloseError(err, code) {
			c.Fatalf("got %s, %v; want it closed with %d", b, err, code)
		}
		return
	}
}

// TestMediaThroughASecondSocket plays twice, in the order in which the SDK hears of it.
func TestMediaThroughASecondSocket(t *testing.T) {
	w := newWatched(t, Options{})
	for i := range 2 {
		id := fmt.Sprint("Q", i)
		w.watch(id)
		m := w.transport()
		w.frame(time.Duration(i) * time.Second)
		w.hears(`"notifyStreamStatusEvent"`, `"mediaSessionId":"`+id+`"`, `"status":"PLAYING"`, `"mediaProvider":"MSE"`, `"transport":"TCP"`,
			`"videoCodec":"H264"`, `"audioCodec":"mpeg4-generic"`)
		m.media()
		m.media()
		m.say(`{"message":"playStream","data":[{"mediaSessionId":"X","name":"cam"}]}`) // not here: nobody hears it
		w.say(`{"message":"stopStream","data":[{"mediaSessionId":"` + id + `"}]}`)
		w.hears(`"STOPPED"`, `"Stopped by user"`)
		m.closes(1000)
	}
}

// TestProbesOnASocketForMedia holds that they are answered in the SDK's way, without data, and that nobody is kept who does not.
func TestProbesOnASocketForMedia(t *testing.T) {
	w := newWatched(t, Options{Interval: 10 * time.Millisecond, Probes: 2})
	m := w.dial("/")
	go func() { // the page itself answers, too
		for {
			if _, _, err := w.conn.ReadMessage(); err != nil || w.conn.WriteMessage(websocket.TextMessage, []byte(`{"message":"pong","data":[null]}`)) != nil {
				return
			}
		}
	}()
	m.say(`{"message":"connectMediaTransport","data":[{"authToken":"` + w.token + `"}]}`)
	for range 20 {
		m.hears(`"ping"`)
		m.say(`{"message":"pong"}`)
	}
	for range 2 {
		m.hears(`"ping"`)
	}
	if _, b, err := m.conn.ReadMessage(); err == nil {
		t.Errorf("got %s from a server that should have given up", b)
	}
}

func TestTokenOfNobody(t *testing.T) {
	w := newWatched(t, Options{})
	for _, data := range []string{`[{"authToken":"x"}]`, `[{"authToken":""}]`, `[{}]`, `[null]`, `[]`, `[{"authToken":[1]}]`} {
		m := w.dial("/")
		m.say(`{"message":"connectMediaTransport","data":` + data + `}`)
		m.hears(`"fail"`, `"connectMediaTransport"`)
		m.closes(policyViolation)
	}
	w.say(`{"message":"connectMediaTransport","data":[{"authToken":"` + w.token + `"}]}`)
	w.hears(`"fail"`, `connected already`)
}

func TestTooManySocketsForMedia(t *testing.T) {
	w := newWatched(t, Options{Streams: 2})
	first := w.transport()
	w.transport()
	w.logs("socket for media", 2)
	m := w.transport()
	m.hears(`"fail"`, "too many sockets")
	m.closes(policyViolation)
	first.conn.Close()
}

// TestSocketsOfASessionEndWithIt holds that nothing of a client stays when it goes.
func TestSocketsOfASessionEndWithIt(t *testing.T) {
	w := newWatched(t, Options{})
	w.watch("Q")
	m, idle := w.transport(), w.transport()
	w.logs("socket for media", 2)
	w.frame(0)
	w.hears(`"PLAYING"`)
	w.conn.Close()
	m.closes(1000)
	idle.closes(1000)
}

// TestStreamOfALostSocketFails holds that a page hears of it, if it has not stopped meanwhile.
func TestStreamOfALostSocketFails(t *testing.T) {
	w := newWatched(t, Options{})
	w.watch("Q")
	m := w.transport()
	w.frame(0)
	w.hears(`"PLAYING"`)
	m.conn.Close()
	w.hears(`"notifyStreamStatusEvent"`, `"FAILED"`, `"Failed by error"`)

	w.watch("R")
	m = w.transport()
	w.frame(time.Second)
	w.hears(`"PLAYING"`)
	m.conn.Close()
	w.say(`{"message":"stopStream","data":[{"mediaSessionId":"R"}]}`)
	w.hears(`"notifyStreamStatusEvent"`, `"STOPPED"`, `"Stopped by user"`)
}

func TestPublisherOfViewersStops(t *testing.T) {
	w := newWatched(t, Options{})
	w.watch("Q")
	m := w.transport()
	w.frame(0)
	w.hears(`"PLAYING"`)
	w.pub.Close(nil)
	w.hears(`"FAILED"`, `"Stopped by publisher stop"`)
	m.closes(1000)
}

func TestProvidersThatAreNotThere(t *testing.T) {
	w := newWatched(t, Options{})
	w.say(`{"message":"playStream","data":[{"mediaSessionId":"Q","name":"cam","mediaProvider":"Flash","sdp":"` + mseOffer + `"}]}`)
	w.hears(`"FAILED"`, `"No common codecs"`)
	w.say(`{"message":"publishStream","data":[{"mediaSessionId":"P","name":"x","mediaProvider":"MSE","sdp":"` + mseOffer + `"}]}`)
	w.hears(`"FAILED"`, `"No common codecs"`)
	w.say(`{"message":"playStream","data":[{"mediaSessionId":"Q","name":"cam","mediaProvider":"MSE","sdp":"v=0"}]}`)
	w.hears(`"FAILED"`, `"No common codecs"`)
}

// TestFlash holds who is asked for peers, and that who publishes is answered before there is anything to publish.
func TestFlash(t *testing.T) {
	arrived := make(chan struct{})
	var token string
	var peers *streamstest.Peers
	k := newKit(t, Options{Flash: func(of, id, name, offer string, _ bool) (Peer, error) {
		if of != token || id == "" || name != "flash" {
			t.Errorf("token %q, id %q, name %q", of, id, name)
		}
		if _, err := peers.Player(t.Context(), webrtc.Offer{SDP: offer}); err != nil {
			return nil, err
		}
		return streamstest.Late{Peer: peers.Of(t.Context(), offer), Arrived: arrived}, nil
	}})
	peers = k.peers
	c := k.dial("/")
	c.say(`{"message":"connection","data":[{"mediaProviders":["Flash"]}]}`)
	_, token, _ = strings.Cut(c.hears(`"getUserData"`), `"authToken":"`)
	token, _, _ = strings.Cut(token, `"`)
	c.hears(`"getVersion"`)
	if !k.door.Knows(token) || k.door.Knows("another") {
		t.Error("the token is not known, or any is")
	}
	c.say(`{"message":"publishStream","data":[{"mediaSessionId":"P","name":"flash","mediaProvider":"Flash","sdp":"offer-P"}]}`)
	c.hears(`"setRemoteSDP"`, `"P"`)
	if ev := k.engine.Last(); ev.Name != "" {
		t.Errorf("raised before anything came: %+v", ev)
	}
	close(arrived)
	k.peer("offer-P").Flow()
	c.hears(`"PUBLISHING"`, `"mediaProvider":"Flash"`)
	if ev := k.engine.Last(); ev.Name != "ws.publish" || ev.Vars["provider"] != "Flash" {
		t.Errorf("raised %+v", ev)
	}
	c.say(`{"message":"playStream","data":[{"mediaSessionId":"Q","name":"flash","mediaProvider":"Flash","sdp":"offer-Q"}]}`)
	c.hears(`"setRemoteSDP"`, `"Q"`)
	if ev := k.engine.Last(); ev.Name != "ws.play" || ev.Vars["provider"] != "Flash" {
		t.Errorf("raised %+v", ev)
	}
}
