package api

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

// pairOfFiles writes a certificate for a host, and its key.
func pairOfFiles(t *testing.T, dir, host string, now time.Time) (cert, key string) {
	t.Helper()
	s, err := selfSign([]string{host}, now)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	if err := errors.Join(os.WriteFile(cert, []byte(s.certPEM), 0o600), os.WriteFile(key, []byte(s.keyPEM), 0o600)); err != nil {
		t.Fatal(err)
	}
	return cert, key
}

func leaf(t *testing.T, c *Certificates) *x509.Certificate {
	t.Helper()
	pair, err := c.Get(nil)
	if err != nil {
		t.Fatal(err)
	}
	return pair.Leaf
}

func TestSelfSignedIsForThisMachine(t *testing.T) {
	c, err := NewCertificates(CertificateOptions{SelfSigned: true, Hosts: []string{"media.example", "192.0.2.7"}})
	if err != nil {
		t.Fatal(err)
	}
	l := leaf(t, c)
	for _, host := range []string{"localhost", "127.0.0.1", "::1", "media.example", "192.0.2.7"} {
		if err := l.VerifyHostname(host); err != nil {
			t.Error(err)
		}
	}
	roots := x509.NewCertPool()
	roots.AddCert(l)
	if _, err := l.Verify(x509.VerifyOptions{DNSName: "localhost", Roots: roots}); err != nil {
		t.Error(err)
	}
	if got := c.Fingerprint(); !regexp.MustCompile(`^([0-9A-F]{2}:){31}[0-9A-F]{2}$`).MatchString(got) {
		t.Error(got)
	}
	if left := time.Until(c.Expires()); left < 300*24*time.Hour || left > 398*24*time.Hour {
		t.Errorf("valid for %v", left)
	}
	if changed, err := c.Reload(); changed || err != nil {
		t.Errorf("one in memory changed: %v %v", changed, err)
	}
}

func TestSelfSignedIsKept(t *testing.T) {
	o := CertificateOptions{SelfSigned: true, CertFile: filepath.Join(t.TempDir(), "cert.pem"), CertKey: "web.cert", KeyKey: "web.key"}
	o.KeyFile = filepath.Join(filepath.Dir(o.CertFile), "key.pem")
	first, err := NewCertificates(o)
	if err != nil {
		t.Fatal(err)
	}
	second, err := NewCertificates(o)
	if err != nil || second.Fingerprint() != first.Fingerprint() {
		t.Errorf("%v: another one was made", err)
	}
	if info, err := os.Stat(o.KeyFile); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read the key: %v %v", info.Mode(), err)
	}
	// The key without its certificate may belong to something else, and is not replaced.
	if err := os.Remove(o.CertFile); err != nil {
		t.Fatal(err)
	}
	if _, err := NewCertificates(o); !errors.Is(err, fault.ResourceNotFound) {
		t.Errorf("with half of the files: %v", err)
	}
	o.CertFile, o.KeyFile = filepath.Join(t.TempDir(), "none", "c"), filepath.Join(t.TempDir(), "none", "k")
	if _, err := NewCertificates(o); !errors.Is(err, fault.ResourceNotFound) || !strings.Contains(err.Error(), "in memory only") {
		t.Errorf("where nothing can be written: %v", err)
	}
}

func TestCertificatesThatCannotBeUsed(t *testing.T) {
	dir := t.TempDir()
	cert, key := pairOfFiles(t, dir, "a.example", time.Now())
	other := t.TempDir()
	_, strange := pairOfFiles(t, other, "b.example", time.Now())
	empty := filepath.Join(dir, "empty.pem")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		cert, key string
		code      fault.Code
		place     string
	}{
		{filepath.Join(dir, "none.pem"), key, fault.ResourceNotFound, "web.cert"},
		{cert, filepath.Join(dir, "none.pem"), fault.ResourceNotFound, "web.key"},
		{dir, key, fault.ResourceNotFound, "web.cert"},
		{cert, strange, fault.InvalidParams, "web.cert"},
		{empty, key, fault.InvalidParams, "web.cert"},
	} {
		_, err := NewCertificates(CertificateOptions{CertFile: row.cert, KeyFile: row.key, CertKey: "web.cert", KeyKey: "web.key"})
		if f, ok := errors.AsType[*fault.Fault](err); !ok || f.Code != row.code || f.Place != row.place {
			t.Errorf("%s, %s: %v", row.cert, row.key, err)
		}
	}
}

// TestCertificatesAreReadAnew is what happens when they are renewed: the files change, at first into something half written.
func TestCertificatesAreReadAnew(t *testing.T) {
	clock, words := enginetest.NewClock(), &journal{}
	dir := t.TempDir()
	cert, key := pairOfFiles(t, dir, "old.example", clock.Now())
	c, err := NewCertificates(CertificateOptions{CertFile: cert, KeyFile: key, Clock: clock, Log: words.log(), Every: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	watched := make(chan struct{})
	go func() { defer close(watched); c.watch(ctx, nil) }()
	look := func() {
		clock.AwaitAlarms(1)
		clock.Advance(time.Second)
		clock.AwaitAlarms(1)
	}
	first := c.Fingerprint()
	look()
	if err := os.WriteFile(cert, []byte("-----BEGIN CERT"), 0o600); err != nil {
		t.Fatal(err)
	}
	look()
	look()
	if c.Fingerprint() != first {
		t.Error("half a certificate took the place of a whole one")
	}
	if n := strings.Count(words.String(), "cannot be read anew"); n != 1 {
		t.Errorf("it is told %d times", n)
	}
	pairOfFiles(t, dir, "new.example", clock.Now())
	look()
	if !slices.Contains(leaf(t, c).DNSNames, "new.example") {
		t.Errorf("it is still for %v", leaf(t, c).DNSNames)
	}
	if !strings.Contains(words.String(), c.Fingerprint()) {
		t.Error("nobody was told of it")
	}
	stop()
	enginetest.Await(t, "the end of the watching", watched)
}

func TestCertificatesGoOverToOtherFiles(t *testing.T) {
	clock := enginetest.NewClock()
	cert, key := pairOfFiles(t, t.TempDir(), "old.example", clock.Now())
	c, err := NewCertificates(CertificateOptions{CertFile: cert, KeyFile: key, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Use("none", "none"); err == nil {
		t.Error("files that are not there will do")
	}
	if changed, err := c.Reload(); changed || err != nil {
		t.Errorf("the old files are forgotten: %v %v", changed, err)
	}
	cert, key = pairOfFiles(t, t.TempDir(), "new.example", clock.Now())
	if err := c.Use(cert, key); err != nil || !slices.Contains(leaf(t, c).DNSNames, "new.example") {
		t.Errorf("%v: %v", err, leaf(t, c).DNSNames)
	}
}

func TestExpiredCertificateIsTold(t *testing.T) {
	words := &journal{}
	cert, key := pairOfFiles(t, t.TempDir(), "old.example", time.Now().Add(-2*365*24*time.Hour))
	if _, err := NewCertificates(CertificateOptions{CertFile: cert, KeyFile: key, Log: words.log()}); err != nil {
		t.Fatal(err) // clients decide whether they mind
	}
	if !strings.Contains(words.String(), "has expired") {
		t.Error(words.String())
	}
}
