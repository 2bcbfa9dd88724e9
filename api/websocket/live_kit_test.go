package websocket_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	gorilla "github.com/gorilla/websocket"
	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"

	"sluice/api/doortest"
	"sluice/api/websocket"
	"sluice/elements/webrtc"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/engine/media"
	"sluice/graphs"
)

// patience is how long a test waits for what should happen at once.
const patience = 20 * time.Second

// serve starts the door over a real engine with the shipped graphs of the Web SDK, and real peers on the loopback. It gives the
// address to dial.
func serve(t testing.TB, change ...func(*webrtc.Settings)) string {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	if _, ok := t.(*testing.B); ok { // which would keep all of it
		log = slog.New(slog.DiscardHandler)
	}
	e := newEngine(t, log)
	set := webrtc.Settings{UDP: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}, Loopback: true, Log: log}
	for _, c := range change {
		c(&set)
	}
	peers, err := webrtc.New(set)
	if err != nil {
		t.Fatal(err)
	}
	door, err := websocket.New(websocket.Options{
		Engine: websocket.UseEngine(e), Peers: websocket.UsePeers(peers), Log: log, Interval: time.Hour, Rate: 1_000_000,
	})
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- door.Serve(context.Background()) }()
	web := httptest.NewServer(door.Handler())
	t.Cleanup(func() {
		doortest.Close(t, door.Close)
		if err := enginetest.Await(t, "the end of Serve", served); err != nil {
			t.Error(err)
		}
		web.Close()
		doortest.Stop(t, e)
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := peers.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return "ws" + strings.TrimPrefix(web.URL, "http")
}

func newEngine(t testing.TB, log *slog.Logger) *engine.Engine {
	t.Helper()
	text, err := graphs.FS.ReadFile("web/webrtc.yaml")
	if err != nil {
		t.Fatal(err)
	}
	// Nothing is converted here, for which GStreamer would be needed.
	own, _, _ := strings.Cut(string(text), "name: convert")
	own = own[:strings.LastIndex(own, "---")]
	return doortest.Engine(t, log, doortest.Parts{
		Elements: webrtc.Elements(), Triggers: websocket.Triggers(), Graphs: fstest.MapFS{"web/webrtc.yaml": {Data: []byte(own)}},
	})
}

// page is a page with the Web SDK: one session, and a peer connection for each of its streams.
type page struct {
	t    testing.TB
	conn *gorilla.Conn
}

// message is what the server says.
type message struct {
	Message string            `json:"message"`
	Data    []json.RawMessage `json:"data"`
}

// told is what the server says of a stream.
type told struct {
	MediaSessionID string          `json:"mediaSessionId"`
	Status         string          `json:"status"`
	Info           string          `json:"info"`
	Type           string          `json:"type"`
	VideoCodec     string          `json:"videoCodec"`
	AudioCodec     string          `json:"audioCodec"`
	Transport      string          `json:"transport"`
	AudioState     map[string]bool `json:"audioState"`
	Payload        map[string]any  `json:"payload"`
}

func dial(t testing.TB, addr string) *page {
	t.Helper()
	conn, answer, err := gorilla.DefaultDialer.DialContext(t.Context(), addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	t.Cleanup(func() { conn.Close() })
	p := &page{t, conn}
	p.say("connection", map[string]any{"appKey": "defaultApp"})
	for _, want := range []string{"getUserData", "getVersion"} {
		if m := p.hear(); m.Message != want {
			t.Fatalf("got %s, want %s", m.Message, want)
		}
	}
	return p
}

func (p *page) say(name string, data any) {
	p.t.Helper()
	if err := p.conn.WriteJSON(map[string]any{"message": name, "data": []any{data}}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *page) hear() message {
	p.t.Helper()
	p.conn.SetReadDeadline(time.Now().Add(patience))
	var m message
	if err := p.conn.ReadJSON(&m); err != nil {
		p.t.Fatal(err)
	}
	return m
}

// stream hears the next message, which is of a stream.
func (p *page) stream(name, id string) told {
	p.t.Helper()
	m := p.hear()
	var o told
	if err := json.Unmarshal(m.Data[0], &o); err != nil || m.Message != name || o.MediaSessionID != id {
		p.t.Fatalf("got %s %.300s, %v; want %s of %s", m.Message, m.Data, err, name, id)
	}
	return o
}

// status hears a status.
func (p *page) status(id, want string) told {
	p.t.Helper()
	o := p.stream("notifyStreamStatusEvent", id)
	if o.Status != want {
		p.t.Fatalf("%s is %s: %s; want %s", id, o.Status, o.Info, want)
	}
	return o
}

// answer hears the answer to an offer.
func (p *page) answer() string {
	p.t.Helper()
	m := p.hear()
	if m.Message != "setRemoteSDP" || len(m.Data) != 3 || string(m.Data[2]) != "true" {
		p.t.Fatalf("got %s %.300s", m.Message, m.Data)
	}
	var sdp string
	if err := json.Unmarshal(m.Data[1], &sdp); err != nil {
		p.t.Fatal(err)
	}
	return sdp
}

// peer is a page's peer connection. Like the SDK it sends no candidates.
func peer(t testing.TB, network pion.NetworkType) *pion.PeerConnection {
	t.Helper()
	var set pion.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.LoggerFactory = &logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}
	set.SetNetworkTypes([]pion.NetworkType{network})
	var codecs pion.MediaEngine
	if err := codecs.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	pc, err := pion.NewAPI(pion.WithSettingEngine(set), pion.WithMediaEngine(&codecs), pion.WithInterceptorRegistry(&interceptor.Registry{})).
		NewPeerConnection(pion.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pc.GracefulClose(); err != nil {
			t.Errorf("closing a client: %v", err)
		}
	})
	return pc
}

// offer makes the offer of a peer connection.
func offer(t testing.TB, pc *pion.PeerConnection) string {
	t.Helper()
	o, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := pc.SetLocalDescription(o); err != nil {
		t.Fatal(err)
	}
	return o.SDP
}

func accept(t testing.TB, pc *pion.PeerConnection, sdp string) {
	t.Helper()
	if err := pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: sdp}); err != nil {
		t.Fatalf("the client does not take the answer: %v\n%s", err, sdp)
	}
}

// camera adds sound and pictures, sent until the test is over.
func camera(t testing.TB, pc *pion.PeerConnection) {
	t.Helper()
	video, audio := &enginetest.Video{Start: time.Now(), KeySize: 900, Size: 900}, &enginetest.Audio{Start: time.Now()}
	pictures, sound := track(t, pc, pion.MimeTypeVP8, "video", 90000), track(t, pc, pion.MimeTypeOpus, "audio", 48000)
	stop := make(chan struct{})
	var work sync.WaitGroup
	work.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			write(pictures, sized(video.Frame()))
			write(sound, audio.Frame())
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	})
	t.Cleanup(func() { close(stop); work.Wait() })
}

// sized has key frames say that they are 640x480: RFC 7741 4.2, RFC 6386 9.1.
func sized(packets []media.Packet) []media.Packet {
	head := packets[0].Payload
	at := 3 // behind a descriptor with a picture ID of 7 bits
	if head[2]&0x80 != 0 {
		at = 4
	}
	if head[at]&1 == 0 {
		copy(head[at+3:], []byte{0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01})
	}
	return packets
}

func write(to *pion.TrackLocalStaticRTP, packets []media.Packet) {
	for _, p := range packets {
		_ = to.WriteRTP(&rtp.Packet{Header: p.Header, Payload: p.Payload}) // until it is connected there is nowhere to write to
	}
}

func track(t testing.TB, pc *pion.PeerConnection, mime, id string, rate uint32) *pion.TrackLocalStaticRTP {
	t.Helper()
	local, err := pion.NewTrackLocalStaticRTP(pion.RTPCodecCapability{MimeType: mime, ClockRate: rate}, id, "client")
	if err != nil {
		t.Fatal(err)
	}
	_, err = pc.AddTransceiverFromTrack(local, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionSendonly})
	if err != nil {
		t.Fatal(err)
	}
	return local
}

// screen asks for sound and pictures, and counts the packets that come of each.
func screen(t testing.TB, pc *pion.PeerConnection) map[pion.RTPCodecType]chan struct{} {
	t.Helper()
	came := map[pion.RTPCodecType]chan struct{}{}
	for _, kind := range []pion.RTPCodecType{pion.RTPCodecTypeAudio, pion.RTPCodecTypeVideo} {
		came[kind] = make(chan struct{}, 8192)
		_, err := pc.AddTransceiverFromKind(kind, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionRecvonly})
		if err != nil {
			t.Fatal(err)
		}
	}
	pc.OnTrack(func(t *pion.TrackRemote, _ *pion.RTPReceiver) {
		for {
			if _, _, err := t.ReadRTP(); err != nil {
				return
			}
			select {
			case came[t.Kind()] <- struct{}{}:
			default: // nobody looks any more
			}
		}
	})
	return came
}

// comes waits for so many packets.
func comes(t testing.TB, what string, from <-chan struct{}, count int) {
	t.Helper()
	deadline := time.After(patience)
	for i := range count {
		select {
		case <-from:
		case <-deadline:
			t.Fatalf("%s: %d packets of %d came", what, i, count)
		}
	}
}

// publish publishes, until PUBLISHING.
func (p *page) publish(id, name string, network pion.NetworkType, more map[string]any) told {
	p.t.Helper()
	pc := peer(p.t, network)
	camera(p.t, pc)
	p.request("publishStream", id, name, offer(p.t, pc), more)
	accept(p.t, pc, p.answer())
	return p.status(id, "PUBLISHING")
}

// play plays, until PLAYING.
func (p *page) play(id, name string, network pion.NetworkType, more map[string]any) (told, map[pion.RTPCodecType]chan struct{}) {
	p.t.Helper()
	pc := peer(p.t, network)
	came := screen(p.t, pc)
	p.request("playStream", id, name, offer(p.t, pc), more)
	accept(p.t, pc, p.answer())
	return p.status(id, "PLAYING"), came
}

func (p *page) request(what, id, name, sdp string, more map[string]any) {
	p.t.Helper()
	data := map[string]any{"mediaSessionId": id, "name": name, "sdp": sdp, "mediaProvider": "WebRTC", "hasAudio": true, "hasVideo": true}
	for k, v := range more {
		data[k] = v
	}
	p.say(what, data)
}

func (p *page) stop(what, id string) { p.say(what, map[string]any{"mediaSessionId": id}) }
