package link

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"
	"github.com/pion/ice/v4"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/pion/transport/v5/stdnet"
	"go.uber.org/goleak"

	"sluice/elements/webrtc/mux"
	"sluice/elements/webrtc/sdp"
	"sluice/engine/enginetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 20 * time.Second

// handler keeps what arrives.
type handler struct {
	up, ended chan struct{}
	reason    error

	mu      sync.Mutex
	changed chan struct{}
	rtp     []rtp.Packet
	rtcp    [][]byte
	reads   int
}

func newHandler() *handler {
	return &handler{up: make(chan struct{}), ended: make(chan struct{}), changed: make(chan struct{}, 1)}
}

func (h *handler) Up()                { close(h.up) }
func (h *handler) Ended(reason error) { h.reason = reason; close(h.ended) }
func (h *handler) RTP(header *rtp.Header, payload []byte, _ time.Time) {
	h.note(func() { h.rtp = append(h.rtp, rtp.Packet{Header: header.Clone(), Payload: payload}) })
}
func (h *handler) RTCP(compound []byte, _ time.Time) {
	h.note(func() { h.rtcp = append(h.rtcp, slices.Clone(compound)) })
}
func (h *handler) Read() { h.note(func() { h.reads++ }) }

func (h *handler) note(f func()) {
	h.mu.Lock()
	f()
	h.mu.Unlock()
	select {
	case h.changed <- struct{}{}:
	default:
	}
}

// until waits until what has arrived is as it should be.
func (h *handler) until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	for {
		h.mu.Lock()
		done := ok()
		h.mu.Unlock()
		if done {
			return
		}
		select {
		case <-h.changed:
		case <-deadline:
			t.Fatalf("waited in vain: %s", what)
		}
	}
}

func within(t testing.TB, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(patience):
		t.Fatalf("waited in vain: %s", what)
	}
}

// near makes a link with ports of its own.
func near(t testing.TB, change func(*Config)) (*Link, *handler) {
	t.Helper()
	ports, err := mux.Listen(t.Context(), mux.Options{UDP: []string{"127.0.0.1:0"}, TCP: []string{"127.0.0.1:0"}, Loopback: true})
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	interfaces, err := stdnet.NewNet()
	if err != nil {
		t.Fatal(err)
	}
	conf := Config{
		Mux: ports, Net: interfaces, Log: Logs{slog.New(slog.NewTextHandler(t.Output(), nil))}, Certificate: certificate, Loopback: true,
		Connect: 10 * time.Second, Consent: 10 * time.Second,
	}
	if change != nil {
		change(&conf)
	}
	h := newHandler()
	l, err := New(t.Context(), conf, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		l.Close(nil)
		within(t, "the link ends", h.ended)
		if err := ports.Close(); err != nil {
			t.Errorf("closing the ports: %v", err)
		}
	})
	return l, h
}

// far is the other side: an agent, DTLS and SRTP as a browser has them.
type far struct {
	agent       *ice.Agent
	certificate tls.Certificate
	conn        *ice.Conn
	dtls        *dtls.Conn
	in, out     *srtp.Context
	received    chan []byte
}

func newFar(t testing.TB) (*far, sdp.Remote) {
	t.Helper()
	agent, err := ice.NewAgentWithOptions(ice.WithIncludeLoopback(), ice.WithNetworkTypes([]ice.NetworkType{ice.NetworkTypeUDP4}),
		ice.WithMulticastDNSMode(ice.MulticastDNSModeDisabled), ice.WithCandidateTypes([]ice.CandidateType{ice.CandidateTypeHost}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { agent.GracefulClose() })
	own, err := NewCertificate()
	if err != nil {
		t.Fatal(err)
	}
	ufrag, pwd, err := agent.GetLocalUserCredentials()
	if err != nil {
		t.Fatal(err)
	}
	return &far{agent: agent, certificate: own.chain, received: make(chan []byte, 1024)},
		sdp.Remote{Ufrag: ufrag, Pwd: pwd, Setup: "actpass", Fingerprints: []sdp.Fingerprint{own.Fingerprint}}
}

// connect does ICE.
func (f *far) connect(t testing.TB, l *Link) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	local, err := l.Local(ctx)
	if err != nil {
		t.Fatal(err)
	}
	gathered := make(chan struct{})
	f.agent.OnCandidate(func(c ice.Candidate) {
		if c == nil {
			close(gathered)
		}
	})
	if err := f.agent.GatherCandidates(); err != nil {
		t.Fatal(err)
	}
	enginetest.Await(t, "the client's addresses", gathered)
	for _, value := range local.Candidates {
		c, err := ice.UnmarshalCandidate(value)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.agent.AddRemoteCandidate(c); err != nil {
			t.Fatal(err)
		}
	}
	if f.conn, err = f.agent.Dial(ctx, local.Ufrag, local.Pwd); err != nil {
		t.Fatal(err)
	}
}

// shake does DTLS, as a client or server, and makes the SRTP contexts.
func (f *far) shake(t testing.TB, client bool, profiles ...dtls.SRTPProtectionProfile) {
	t.Helper()
	base := []dtls.Option{
		dtls.WithCertificates(f.certificate), dtls.WithInsecureSkipVerify(true), dtls.WithSRTPProtectionProfiles(profiles...),
	}
	below := &split{Conn: f.conn, dtls: newPipe(nil), media: f.received}
	go below.run()
	var err error
	if client {
		var options []dtls.ClientOption
		for _, o := range base {
			options = append(options, o)
		}
		f.dtls, err = dtls.ClientWithOptions(below, f.conn.RemoteAddr(), options...)
	} else {
		options := []dtls.ServerOption{dtls.WithClientAuth(dtls.RequireAnyClientCert)}
		for _, o := range base {
			options = append(options, o)
		}
		f.dtls, err = dtls.ServerWithOptions(below, f.conn.RemoteAddr(), options...)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.dtls.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := f.dtls.HandshakeContext(ctx); err != nil {
		t.Fatal(err)
	}
	profile, _ := f.dtls.SelectedSRTPProtectionProfile()
	state, _ := f.dtls.ConnectionState()
	conf := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := conf.ExtractSessionKeysFromDTLS(&state, client); err != nil {
		t.Fatal(err)
	}
	if f.out, err = srtp.CreateContext(conf.Keys.LocalMasterKey, conf.Keys.LocalMasterSalt, conf.Profile); err != nil {
		t.Fatal(err)
	}
	if f.in, err = srtp.CreateContext(conf.Keys.RemoteMasterKey, conf.Keys.RemoteMasterSalt, conf.Profile); err != nil {
		t.Fatal(err)
	}
}

// split tells DTLS from media.
type split struct {
	*ice.Conn
	dtls  *pipe
	media chan []byte
}

func (s *split) run() {
	buf := make([]byte, 1<<14)
	for {
		n, err := s.Read(buf)
		switch {
		case err != nil:
			s.dtls.close()
			close(s.media)
			return
		case buf[0] < 64:
			s.dtls.put(buf[:n])
		default:
			s.media <- slices.Clone(buf[:n])
		}
	}
}
func (s *split) ReadFrom(b []byte) (int, net.Addr, error)  { return s.dtls.ReadFrom(b) }
func (s *split) WriteTo(b []byte, _ net.Addr) (int, error) { return s.Write(b) }
func (s *split) SetDeadline(t time.Time) error             { return s.dtls.SetDeadline(t) }
func (s *split) SetReadDeadline(t time.Time) error         { return s.dtls.SetReadDeadline(t) }
func (s *split) SetWriteDeadline(time.Time) error          { return nil }
func (s *split) Close() error                              { return nil }

// send sends a packet, encrypted.
func (f *far) send(t testing.TB, p *rtp.Packet) []byte {
	t.Helper()
	plain, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := f.out.EncryptRTP(nil, plain, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.write(t, sealed)
	return sealed
}

func (f *far) write(t testing.TB, p []byte) {
	t.Helper()
	if _, err := f.conn.Write(p); err != nil {
		t.Fatal(err)
	}
}

func (f *far) sendControl(t testing.TB, p rtcp.Packet) {
	t.Helper()
	plain, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := f.out.EncryptRTCP(nil, plain, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.write(t, sealed)
}

func (f *far) next(t testing.TB) []byte {
	t.Helper()
	select {
	case p := <-f.received:
		return p
	case <-time.After(patience):
		t.Fatal("nothing came")
		return nil
	}
}

// joined is a link with the other side connected to it.
func joined(t testing.TB, change func(*Config)) (*Link, *handler, *far) {
	t.Helper()
	l, h := near(t, change)
	f, remote := newFar(t)
	if err := l.Start(remote); err != nil {
		t.Fatal(err)
	}
	f.connect(t, l)
	f.shake(t, true, dtls.SRTP_AES128_CM_HMAC_SHA1_80, dtls.SRTP_AEAD_AES_128_GCM)
	within(t, "the keys are there", h.up)
	return l, h, f
}

func parsed(t testing.TB, c tls.Certificate) *x509.Certificate {
	t.Helper()
	cert, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func digest(t testing.TB, c tls.Certificate, hash crypto.Hash) string {
	t.Helper()
	text, err := fingerprint.Fingerprint(parsed(t, c), hash)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

var _ io.Closer = (*split)(nil)
var errTest = errors.New("a reason")
