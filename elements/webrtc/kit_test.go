package webrtc_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math/big"
	"strings"
	"testing"
	"time"

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

// heads are the beginnings of payloads that are key frames.
var heads = map[string][]byte{
	pion.MimeTypeVP8:  {0x10, 0x50, 0x9d, 0x01, 0x2a, 0x00, 0x05, 0xd0, 0x02},
	pion.MimeTypeVP9:  {0x0c, 0x82, 0x49, 0x83, 0x42},
	pion.MimeTypeH264: {0x65, 0x88, 0x80},
	pion.MimeTypeH265: {19 << 1, 0x01, 0x80},
	pion.MimeTypeAV1:  {0x18, 0x0a, 0x0b, 0x00, 0x00, 0x00, 0x04, 0x3c, 0xff, 0xbc, 0xff, 0x98, 0x00, 0x80, 0x10},
	pion.MimeTypeOpus: {0xfc}, pion.MimeTypePCMU: {0xff}, pion.MimeTypePCMA: {0xd5}, pion.MimeTypeG722: {0x00},
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
