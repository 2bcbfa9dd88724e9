package api

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"slices"
	"strings"
	"time"
)

// signed is a self-signed certificate with its key.
type signed struct {
	pair            *tls.Certificate
	certPEM, keyPEM string
}

// selfSign makes a certificate for the names and addresses of this machine, and for hosts.
func selfSign(hosts []string, now time.Time) (*signed, error) {
	const (
		valid      = 397 * 24 * time.Hour // browsers believe none that is valid for longer than 398 days
		serialBits = 120
	)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), serialBits))
	if err != nil {
		return nil, err
	}
	like := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "sluice, self-signed"},
		NotBefore:             now.Add(-time.Hour), // clocks of clients are a little wrong
		NotAfter:              now.Add(valid),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, h := range slices.Concat([]string{"localhost", "127.0.0.1", "::1"}, own(), hosts) {
		if ip := net.ParseIP(h); ip != nil {
			like.IPAddresses = append(like.IPAddresses, ip)
		} else {
			like.DNSNames = append(like.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, like, like, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	s := &signed{
		certPEM: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		keyPEM:  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})),
	}
	pair, err := tls.X509KeyPair([]byte(s.certPEM), []byte(s.keyPEM))
	s.pair = &pair
	return s, err
}

// own lists what this machine is called, and its addresses: what people type into browsers beside it.
func own() []string {
	var out []string
	if name, err := os.Hostname(); err == nil && name != "localhost" && ascii(name) {
		out = append(out, name)
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return out // it is for convenience only
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && n.IP.IsGlobalUnicast() {
			out = append(out, n.IP.String())
		}
	}
	return out
}

// ascii tells whether a name can stand in a certificate as it is.
func ascii(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r > '~' })
}
