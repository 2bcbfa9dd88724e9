package link

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	_ "crypto/sha256" // for fingerprints
	_ "crypto/sha512" // for fingerprints
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"

	"sluice/elements/webrtc/sdp"
	"sluice/engine/fault"
)

// Certificate is what the server shows peers. They know it by its fingerprint only, so one that it signs itself will do.
type Certificate struct {
	Fingerprint sdp.Fingerprint
	chain       tls.Certificate
}

// NewCertificate makes a certificate. One takes long enough to have all peers share it.
func NewCertificate() (*Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "WebRTC"},
		NotBefore: time.Now().AddDate(0, 0, -1), NotAfter: time.Now().AddDate(10, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	digest, err := fingerprint.Fingerprint(parsed, crypto.SHA256)
	if err != nil {
		return nil, err
	}
	chain := tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: parsed}
	return &Certificate{sdp.Fingerprint{Hash: "sha-256", Value: digest}, chain}, nil
}

// flightInterval is when an unanswered DTLS flight is sent again for the first time. The 1 s of RFC 9147 5.8.1 would make
// each lost packet a second of black picture; a longer round trip costs a flight sent twice.
const flightInterval = 250 * time.Millisecond

// setup is the server's role: it waits for the client's hello unless the client wants to wait, too.
func (l *Link) setup() string {
	if l.Remote().Setup == "passive" {
		return "active"
	}
	return "passive"
}

// handshake agrees on keys.
func (l *Link) handshake(ctx context.Context) (*dtls.Conn, error) {
	conn, err := l.dtls()
	if err != nil {
		return nil, fault.New(fault.DTLSFailed, "dtls", "cannot begin").Because(err)
	}
	bound, cancel := context.WithTimeout(ctx, l.conf.Connect)
	defer cancel()
	err = conn.HandshakeContext(bound)
	if err == nil {
		return conn, nil
	}
	_ = conn.Close()
	var mismatch *fault.Fault
	switch {
	case errors.As(err, &mismatch):
		return nil, mismatch
	case bound.Err() != nil:
		return nil, fault.New(fault.DTLSFailed, "dtls", "the peer did not finish the handshake within %s", l.conf.Connect)
	}
	return nil, fault.New(fault.DTLSFailed, "dtls", "the handshake failed").Because(err)
}

func (l *Link) dtls() (*dtls.Conn, error) {
	options := []dtls.Option{
		dtls.WithCertificates(l.conf.Certificate.chain),
		// Browsers take the first one that both have, as we do: GCM costs a sixth of HMAC-SHA1 (RFC 7714).
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AEAD_AES_256_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80),
		dtls.WithExtendedMasterSecret(dtls.RequireExtendedMasterSecret),
		dtls.WithInsecureSkipVerify(true), // nobody signs these certificates; the fingerprint says whose they are
		dtls.WithVerifyPeerCertificate(func(raw [][]byte, _ [][]*x509.Certificate) error { return verify(raw, l.Remote().Fingerprints) }),
		dtls.WithFlightInterval(flightInterval),
		dtls.WithLoggerFactory(l.conf.Log),
	}
	if l.setup() == "active" {
		var client []dtls.ClientOption
		for _, o := range options {
			client = append(client, o)
		}
		return dtls.ClientWithOptions(l.pipe, l.pipe.LocalAddr(), client...)
	}
	server := []dtls.ServerOption{
		dtls.WithClientAuth(dtls.RequireAnyClientCert),
		// The cookie keeps forged addresses from making us send much. ICE has shown that the address is the peer's.
		dtls.WithInsecureSkipVerifyHello(true),
	}
	for _, o := range options {
		server = append(server, o)
	}
	return dtls.ServerWithOptions(l.pipe, l.pipe.LocalAddr(), server...)
}

// verify compares the peer's certificate with the fingerprints that it announced (RFC 8122 5).
func verify(raw [][]byte, announced []sdp.Fingerprint) error {
	if len(raw) == 0 {
		return fault.New(fault.DTLSFingerprint, "dtls", "the peer has no certificate")
	}
	cert, err := x509.ParseCertificate(raw[0])
	if err != nil {
		return fault.New(fault.DTLSFailed, "dtls", "the peer's certificate cannot be read").Because(err)
	}
	for _, a := range announced {
		hash, err := fingerprint.HashFromString(a.Hash)
		if err != nil || hash == crypto.MD5 || hash == crypto.SHA1 {
			continue // RFC 8122 5 forbids the weak ones
		}
		if digest, err := fingerprint.Fingerprint(cert, hash); err == nil && digest == a.Value {
			return nil
		}
	}
	return fault.New(fault.DTLSFingerprint, "dtls", "the peer's certificate is not the one that its offer announced")
}

// hangUp says goodbye, if it can still be heard.
func hangUp(conn io.Closer) { _ = conn.Close() }

// drain reads until the peer closes the connection. No application data is agreed on, so what comes is thrown away.
func drain(conn io.Reader) error {
	buf := make([]byte, 2048)
	for {
		if _, err := conn.Read(buf); err != nil {
			return err
		}
	}
}
