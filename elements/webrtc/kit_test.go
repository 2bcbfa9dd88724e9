package webrtc_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"io"
	"log/slog"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/logging"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	pion "github.com/pion/webrtc/v4"

	"sluice/elements/webrtc"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/enginetest"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is how long a test waits for what should happen at once.
const patience = 20 * time.Second

// stage is a hub and the peers before it, without graphs.
type stage struct {
	t      testing.TB
	hub    *hub.Hub
	peers  *webrtc.Peers
	policy hub.Policy
}

func loopback() webrtc.Settings {
	return webrtc.Settings{UDP: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}, Loopback: true}
}

func newStage(t testing.TB, change ...func(*webrtc.Settings)) *stage {
	t.Helper()
	set := loopback()
	set.Log = slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))
	for _, c := range change {
		c(&set)
	}
	peers, err := webrtc.New(set)
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, hub: hub.New(hub.Options{}), peers: peers}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := peers.Close(ctx); err != nil {
			t.Errorf("closing the peers: %v", err)
		}
		s.hub.Close()
	})
	return s
}

func (s *stage) env(p *webrtc.Peer) element.Env {
	env := elementtest.Env(s.t)
	env.Sessions = elementtest.Sessions{"": p}
	return env
}

// publish does with an offer what a graph of webrtc.in and stream.out does.
func (s *stage) publish(name string, o webrtc.Offer, conf element.Conf) (*webrtc.Peer, string, error) {
	s.t.Helper()
	p, _, answer, err := s.source(name, o, conf)
	return p, answer, err
}

// source is publish that gives the element, too.
func (s *stage) source(name string, o webrtc.Offer, conf element.Conf) (*webrtc.Peer, node.Source, string, error) {
	s.t.Helper()
	ctx := s.t.Context()
	p, err := s.peers.Publisher(ctx, o)
	if err != nil {
		return nil, nil, "", err
	}
	e, err := webrtc.In{}.New(ctx, s.env(p), conf)
	if err != nil {
		p.Stop(nil)
		return p, nil, "", err
	}
	source := e.(node.Source)
	if err := source.Start(ctx); err != nil {
		p.Stop(nil)
		return p, source, "", err
	}
	d, err := source.Describe(ctx)
	if err != nil {
		s.t.Fatal(err)
	}
	pub, err := s.hub.Publish(ctx, name, d, hub.PublishOptions{Form: source.Form(), Source: source, Policy: s.policy})
	if err != nil {
		s.t.Fatal(err)
	}
	source.Feed(pub)
	go func() {
		<-p.Done()
		pub.Close(p.Err())
	}()
	answer, err := p.Answer(ctx)
	return p, source, answer, err
}

// play does with an offer what a graph of stream.in and webrtc.out does.
func (s *stage) play(name string, o webrtc.Offer, conf element.Conf) (*webrtc.Peer, string, error) {
	s.t.Helper()
	ctx := s.t.Context()
	p, err := s.peers.Player(ctx, o)
	if err != nil {
		return nil, "", err
	}
	e, err := webrtc.Out{}.New(ctx, s.env(p), conf)
	if err != nil {
		p.Stop(nil)
		return p, "", err
	}
	sink := e.(node.Sink)
	want := sink.Want()
	if err := sink.Start(ctx); err != nil {
		s.t.Fatal(err)
	}
	r, err := s.hub.Read(ctx, name, want, sink, hub.ReadOptions{Paused: true})
	if err != nil {
		p.Stop(err)
		return p, "", err
	}
	sink.Begin(r.Tracks())
	sink.Attach(r)
	go func() {
		<-p.Done()
		r.Close()
	}()
	answer, err := p.Answer(ctx)
	return p, answer, err
}

// client is the other side: pion's peer connection.
type client struct {
	t  testing.TB
	pc *pion.PeerConnection
}

// clientOptions say how a client is.
type clientOptions struct {
	tcp    bool // the client connects over TCP only
	rids   bool // the client can do simulcast
	engine func(*pion.SettingEngine)
}

func newClient(t testing.TB, o clientOptions) *client {
	t.Helper()
	var set pion.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetIPFilter(func(ip net.IP) bool { return ip.IsLoopback() })
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.LoggerFactory = logging.NewDefaultLoggerFactory()
	set.LoggerFactory.(*logging.DefaultLoggerFactory).Writer = io.Discard
	set.SetNetworkTypes([]pion.NetworkType{pion.NetworkTypeUDP4})
	if o.tcp {
		set.SetNetworkTypes([]pion.NetworkType{pion.NetworkTypeTCP4})
	}
	if o.engine != nil {
		o.engine(&set)
	}
	var engine pion.MediaEngine
	if err := engine.RegisterDefaultCodecs(); err != nil {
		t.Fatal(err)
	}
	uris := []string{"urn:ietf:params:rtp-hdrext:sdes:mid", "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"}
	if o.rids {
		uris = append(uris, "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id")
	}
	for _, uri := range uris {
		for _, kind := range []pion.RTPCodecType{pion.RTPCodecTypeAudio, pion.RTPCodecTypeVideo} {
			if err := engine.RegisterHeaderExtension(pion.RTPHeaderExtensionCapability{URI: uri}, kind); err != nil {
				t.Fatal(err)
			}
		}
	}
	registry := &interceptor.Registry{}
	if err := pion.ConfigureNack(&engine, registry); err != nil {
		t.Fatal(err)
	}
	if err := pion.ConfigureRTCPReports(registry); err != nil {
		t.Fatal(err)
	}
	if err := pion.ConfigureTWCCSender(&engine, registry); err != nil {
		t.Fatal(err)
	}
	pc, err := pion.NewAPI(pion.WithSettingEngine(set), pion.WithMediaEngine(&engine), pion.WithInterceptorRegistry(registry)).
		NewPeerConnection(pion.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pc.GracefulClose(); err != nil {
			t.Errorf("closing the client: %v", err)
		}
	})
	return &client{t, pc}
}

// offer makes the client's offer, without candidates unless it is to have them.
func (c *client) offer(candidates bool) string {
	c.t.Helper()
	offer, err := c.pc.CreateOffer(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	gathered := pion.GatheringCompletePromise(c.pc)
	if err := c.pc.SetLocalDescription(offer); err != nil {
		c.t.Fatal(err)
	}
	<-gathered
	text := c.pc.LocalDescription().SDP
	if candidates {
		return text
	}
	return bare(text)
}

// bare is an offer without candidates, as browsers have it that do not wait for them.
func bare(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "a=candidate") && !strings.HasPrefix(line, "a=end-of-candidates") {
			out.WriteString(line)
		}
	}
	return out.String()
}

func (c *client) accept(answer string) {
	c.t.Helper()
	if err := c.pc.SetRemoteDescription(pion.SessionDescription{Type: pion.SDPTypeAnswer, SDP: answer}); err != nil {
		c.t.Fatalf("the client does not take the answer: %v\n%s", err, answer)
	}
}

// feed is a track that a client sends: frames of one packet, each of which could begin the decoding, with a number.
type feed struct {
	track  *pion.TrackLocalStaticRTP
	sender *pion.RTPSender
	head   []byte
	step   uint32
	next   uint32
	label  func(*rtp.Header) // adds extensions; nil: none are
	keys   chan struct{}     // PLIs and FIRs
	limits chan float32      // bits a second of REMBs
	reader sync.WaitGroup
}

// heads are the beginnings of payloads that are key frames.
var heads = map[string][]byte{
	pion.MimeTypeVP8:  {0x10, 0x50, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02},
	pion.MimeTypeVP9:  {0x0c, 0x82, 0x49, 0x83, 0x42},
	pion.MimeTypeH264: {0x65, 0x88, 0x80},
	pion.MimeTypeH265: {19 << 1, 0x01, 0x80},
	pion.MimeTypeAV1:  {0x18, 0x0a, 0x0b, 0x00, 0x00, 0x00, 0x04, 0x3c, 0xff, 0xbc, 0xff, 0x98, 0x00, 0x80, 0x10},
	pion.MimeTypeOpus: {0xfc}, pion.MimeTypePCMU: {0xff}, pion.MimeTypePCMA: {0xd5}, pion.MimeTypeG722: {0x00},
}

func (c *client) send(mime string) *feed {
	c.t.Helper()
	id, rate := "video", uint32(90000)
	switch mime {
	case pion.MimeTypeOpus:
		id, rate = "audio", 48000
	case pion.MimeTypePCMU, pion.MimeTypePCMA, pion.MimeTypeG722:
		id, rate = "audio", 8000
	}
	track, err := pion.NewTrackLocalStaticRTP(pion.RTPCodecCapability{MimeType: mime, ClockRate: rate}, id, "client")
	if err != nil {
		c.t.Fatal(err)
	}
	t, err := c.pc.AddTransceiverFromTrack(track, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionSendonly})
	if err != nil {
		c.t.Fatal(err)
	}
	f := &feed{track: track, sender: t.Sender(), head: heads[mime], step: rate / 50, keys: make(chan struct{}, 64), limits: make(chan float32, 64)}
	go func() {
		for {
			list, _, err := f.sender.ReadRTCP()
			if err != nil {
				return
			}
			for _, p := range list {
				switch p := p.(type) {
				case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
					select {
					case f.keys <- struct{}{}:
					default:
					}
				case *rtcp.ReceiverEstimatedMaximumBitrate:
					select {
					case f.limits <- p.Bitrate:
					default:
					}
				}
			}
		}
	}()
	return f
}

// write sends the next frame.
func (f *feed) write() error {
	payload := make([]byte, len(f.head)+300)
	copy(payload, f.head)
	binary.BigEndian.PutUint32(payload[len(f.head):], f.next)
	p := &rtp.Packet{
		Header:  rtp.Header{Version: 2, Marker: true, SequenceNumber: uint16(f.next), Timestamp: f.next * f.step},
		Payload: payload,
	}
	if f.label != nil {
		f.label(&p.Header)
	}
	f.next++
	return f.track.WriteRTP(p)
}

// run sends 50 frames a second until the test is over or stop is called.
func (f *feed) run(t testing.TB) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	f.reader.Go(func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if f.write() != nil {
					return
				}
			}
		}
	})
	stop = func() { cancel(); f.reader.Wait() }
	t.Cleanup(stop)
	return stop
}

// receive has the client take a kind, and gives the numbers of the frames that come, and their codec.
func (c *client) receive(kind pion.RTPCodecType) {
	c.t.Helper()
	_, err := c.pc.AddTransceiverFromKind(kind, pion.RTPTransceiverInit{Direction: pion.RTPTransceiverDirectionRecvonly})
	if err != nil {
		c.t.Fatal(err)
	}
}

// arrival is a packet that came to a client.
type arrival struct {
	mime   string
	number uint32
	header rtp.Header
}

// arrivals gives what comes, of all tracks.
func (c *client) arrivals() <-chan arrival {
	out := make(chan arrival, 4096)
	c.pc.OnTrack(func(t *pion.TrackRemote, _ *pion.RTPReceiver) {
		for {
			p, _, err := t.ReadRTP()
			if err != nil {
				return
			}
			mime := t.Codec().MimeType
			head := len(heads[mime])
			if len(p.Payload) < head+4 {
				continue
			}
			select {
			case out <- arrival{mime, binary.BigEndian.Uint32(p.Payload[head:]), p.Header}:
			default:
			}
		}
	})
	return out
}

// next waits for a packet of a codec.
func next(t testing.TB, from <-chan arrival, mime string) arrival {
	t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case a := <-from:
			if strings.EqualFold(a.mime, mime) {
				return a
			}
		case <-deadline:
			t.Fatalf("no packet of %s came", mime)
		}
	}
}

// within waits for a channel to be closed.
func within(t testing.TB, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("waited in vain: %s", what)
	}
}

func codecOf(mime string) media.Codec {
	_, name, _ := strings.Cut(mime, "/")
	return media.Codec(strings.ToLower(name))
}

func selfSigned(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
