package leg

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/srtp/v3"
	"github.com/pion/transport/v5/packetio"

	"sluice/api/sip/sdp"
	"sluice/engine/fault"
)

const (
	// handshakeTime is how long keys may take to be agreed on, from the answer on.
	handshakeTime = 20 * time.Second
	// flightInterval is when an unanswered flight is sent again first; the 1 s of RFC 9147 5.8.1 would be a second of silence for each
	// packet that is lost.
	flightInterval = 250 * time.Millisecond
	maxFlight      = 64 << 10 // bytes of DTLS that may wait to be read
)

// peer is the DTLS association of a lane with one certificate of the far end. It is the net.PacketConn below it, too.
type peer struct {
	lane   *lane
	prints []sdp.Fingerprint
	active bool // we begin
	in     *packetio.Buffer
	from   atomic.Pointer[netip.AddrPort]
	keys   atomic.Pointer[keys]
	over   atomic.Bool // we have ended it
}

// certificate is what we show: who we are follows from its fingerprint in the description.
func (s *secrets) certificate() (tls.Certificate, sdp.Fingerprint, error) {
	if s.shown == nil {
		c, err := selfsign.GenerateSelfSigned()
		if err != nil {
			return c, sdp.Fingerprint{}, errKeys(err)
		}
		s.shown = &c
	}
	c := *s.shown
	parsed, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		return c, sdp.Fingerprint{}, errKeys(err)
	}
	digest, err := fingerprint.Fingerprint(parsed, crypto.SHA256)
	if err != nil {
		return c, sdp.Fingerprint{}, errKeys(err)
	}
	return c, sdp.Fingerprint{Hash: "sha-256", Value: strings.ToUpper(digest)}, nil
}

// addFingerprint says in an m-line of ours who we are and who begins (RFC 5763 5).
func (s *secrets) addFingerprint(m *sdp.Media, theirs *sdp.Line) error {
	_, shown, err := s.certificate()
	if err != nil {
		return err
	}
	m.Print, m.Setup = shown, "actpass"
	if theirs == nil {
		return nil
	}
	m.Setup = "active"
	switch p := s.peer; {
	case p != nil && slices.Equal(p.prints, theirs.Prints):
		if !p.active {
			m.Setup = "passive"
		}
	case theirs.Setup == "active":
		m.Setup = "passive"
	}
	return nil
}

// associate finds the association of a way: the one there is, if the far end shows the same certificate as before.
func (a *lane) associate(t *talk, w *way, theirs *sdp.Line, ours *sdp.Media) {
	if p := t.secrets[a.kind].peer; p != nil && slices.Equal(p.prints, theirs.Prints) {
		w.dtls = p
		return
	}
	active := ours.Setup == "active" || ours.Setup == "actpass" && theirs.Setup == "passive"
	in := packetio.NewBuffer()
	in.SetLimitSize(maxFlight)
	w.dtls = &peer{lane: a, prints: theirs.Prints, active: active, in: in} // of the talk from use on: something else may be wrong
}

// follow has the association of a way take the place of the one before, and begins it. The caller holds the leg's lock, and the leg is not
// closed.
func (a *lane) follow(w *way) {
	p, s := w.dtls, a.leg.talk.secrets[a.kind]
	if p == nil || p == s.peer {
		return
	}
	if s.peer != nil {
		s.peer.close()
	}
	s.peer = p
	certificate := *s.shown // it was told of
	a.leg.work.Go(func() { a.handshake(w, certificate) })
}

// handshake agrees on keys, and stays until the association ends.
func (a *lane) handshake(w *way, certificate tls.Certificate) {
	p := w.dtls
	ctx, cancel := context.WithTimeout(a.leg.ctx, handshakeTime)
	defer cancel()
	conn, err := p.dial(ctx, certificate)
	if err == nil {
		err = p.agree(conn)
	}
	switch {
	case p.over.Load():
	case err != nil:
		a.leg.log.Info("no keys were agreed on", "kind", a.kind, "err", err)
		a.leg.herald.Post(func() { a.leg.opt.Watch.Broken(err) })
	}
	if conn != nil {
		buf := make([]byte, 2048)
		for err == nil {
			_, err = conn.Read(buf) // nothing is agreed on that could come
		}
		_ = conn.Close()
	}
}

func (p *peer) dial(ctx context.Context, certificate tls.Certificate) (*dtls.Conn, error) {
	options := []dtls.Option{
		dtls.WithCertificates(certificate),
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80, dtls.SRTP_AES128_CM_HMAC_SHA1_32),
		dtls.WithExtendedMasterSecret(dtls.RequestExtendedMasterSecret),
		dtls.WithInsecureSkipVerify(true), // nobody signs these certificates; the fingerprint says whose they are
		dtls.WithVerifyPeerCertificate(func(raw [][]byte, _ [][]*x509.Certificate) error { return p.verify(raw) }),
		dtls.WithFlightInterval(flightInterval),
	}
	conn, err := p.begin(options)
	if err == nil {
		err = conn.HandshakeContext(ctx)
	}
	if err != nil {
		if conn != nil {
			_ = conn.Close()
		}
		return nil, fault.New(fault.DTLSFailed, "sip", "the keys for the media could not be agreed on").Because(err)
	}
	return conn, nil
}

func (p *peer) begin(options []dtls.Option) (*dtls.Conn, error) {
	if p.active {
		var client []dtls.ClientOption
		for _, o := range options {
			client = append(client, o)
		}
		return dtls.ClientWithOptions(p, p.LocalAddr(), client...)
	}
	server := []dtls.ServerOption{dtls.WithClientAuth(dtls.RequireAnyClientCert)}
	for _, o := range options {
		server = append(server, o)
	}
	return dtls.ServerWithOptions(p, p.LocalAddr(), server...)
}

// verify compares the far end's certificate with the fingerprints of its description (RFC 8122 5).
func (p *peer) verify(raw [][]byte) error {
	if len(raw) == 0 {
		return fault.New(fault.DTLSFingerprint, "sip", "the far end has no certificate")
	}
	cert, err := x509.ParseCertificate(raw[0])
	if err != nil {
		return fault.New(fault.DTLSFailed, "sip", "the far end's certificate cannot be read").Because(err)
	}
	for _, told := range p.prints {
		hash, err := fingerprint.HashFromString(told.Hash)
		if err != nil || hash == crypto.MD5 || hash == crypto.SHA1 {
			continue // RFC 8122 5 forbids the weak ones
		}
		if digest, err := fingerprint.Fingerprint(cert, hash); err == nil && strings.ToUpper(digest) == told.Value {
			return nil
		}
	}
	return fault.New(fault.DTLSFingerprint, "sip", "the far end's certificate is not the one of its description")
}

// agree makes the contexts of what DTLS exported.
func (p *peer) agree(conn *dtls.Conn) error {
	profile, ok := conn.SelectedSRTPProtectionProfile()
	state, complete := conn.ConnectionState()
	if !ok || !complete {
		return fault.New(fault.DTLSFailed, "sip", "no way to protect media was agreed on")
	}
	conf := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := conf.ExtractSessionKeysFromDTLS(&state, p.active); err != nil {
		return errKeys(err)
	}
	k := &keys{}
	var err error
	if k.local, err = srtp.CreateContext(conf.Keys.LocalMasterKey, conf.Keys.LocalMasterSalt, conf.Profile); err != nil {
		return errKeys(err)
	}
	k.remote, err = srtp.CreateContext(conf.Keys.RemoteMasterKey, conf.Keys.RemoteMasterSalt, conf.Profile,
		srtp.SRTPReplayProtection(replay), srtp.SRTCPReplayProtection(64))
	if err != nil {
		return errKeys(err)
	}
	if from := p.from.Load(); from != nil {
		p.lane.media.learn(*from, time.Now())
	}
	p.keys.Store(k)
	return nil
}

// put takes a datagram.
func (p *peer) put(b []byte, from netip.AddrPort) {
	p.from.Store(&from)
	_, _ = p.in.Write(b, nil) // what does not fit is repeated
}

func (p *peer) close() {
	p.over.Store(true)
	_ = p.in.Close()
}

// ReadFrom implements net.PacketConn.
func (p *peer) ReadFrom(b []byte) (int, net.Addr, error) {
	n, _, err := p.in.Read(b, nil)
	return n, p.LocalAddr(), err
}

// WriteTo implements net.PacketConn: it sends to where the far end was heard of, or else where its description says.
func (p *peer) WriteTo(b []byte, _ net.Addr) (int, error) {
	to := p.lane.media.at()
	if from := p.from.Load(); from != nil {
		to = *from
	}
	if !to.IsValid() {
		return len(b), nil // it is sent again when it may be known
	}
	return p.lane.pair.RTP.WriteToUDPAddrPort(b, to)
}

// Close implements net.PacketConn.
func (p *peer) Close() error { return p.in.Close() }

// LocalAddr implements net.PacketConn, with an address that means nothing.
func (p *peer) LocalAddr() net.Addr { return &net.UDPAddr{} }

// SetDeadline implements net.PacketConn; writes never wait.
func (p *peer) SetDeadline(t time.Time) error { return p.in.SetReadDeadline(t) }

// SetReadDeadline implements net.PacketConn.
func (p *peer) SetReadDeadline(t time.Time) error { return p.in.SetReadDeadline(t) }

// SetWriteDeadline implements net.PacketConn.
func (p *peer) SetWriteDeadline(time.Time) error { return nil }
