package siptest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Ping asks somebody for OPTIONS over UDP (RFC 3261 11). Any answer within half a second is good.
func Ping(ctx context.Context, to string) error {
	c, err := dial(ctx, "udp4", to)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	_, err = fmt.Fprintf(c, strings.ReplaceAll(`OPTIONS sip:%[1]s SIP/2.0
Via: SIP/2.0/UDP %[2]s;rport;branch=z9hG4bKping%[3]d
Max-Forwards: 70
From: <sip:ping@%[2]s>;tag=ping
To: <sip:%[1]s>
Call-ID: ping-%[3]d
CSeq: 1 OPTIONS
Content-Length: 0

`, "\n", "\r\n"), to, c.LocalAddr(), time.Now().UnixNano())
	if err != nil {
		return err
	}
	if err := c.SetReadDeadline(time.Now().Add(500 * time.Millisecond)); err != nil {
		return err
	}
	answer := make([]byte, 1<<12)
	n, err := c.Read(answer)
	if err == nil && !strings.HasPrefix(string(answer[:n]), "SIP/2.0 ") {
		return fmt.Errorf("that is no answer: %q", answer[:n])
	}
	return err
}

// dial connects, within a second.
func dial(ctx context.Context, network, to string) (net.Conn, error) {
	return (&net.Dialer{Timeout: time.Second}).DialContext(ctx, network, to)
}

// certificate makes one for the loopback, and gives the files of it and of its key.
func certificate(t testing.TB, folder string) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: host}, IPAddresses: []net.IP{net.ParseIP(host)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, form, form, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, data []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return write("certificate.pem", "CERTIFICATE", signed), write("key.pem", "PRIVATE KEY", secret)
}
