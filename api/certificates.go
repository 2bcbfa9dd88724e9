package api

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"sluice/engine/fault"
)

// Clock tells time, so that tests can.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// CertificateOptions say where certificates come from.
type CertificateOptions struct {
	// CertFile and KeyFile are PEM: the certificate with those above it, and its private key. They are read again when they
	// change. CertKey and KeyKey name the keys of the configuration that they are from.
	CertFile, KeyFile string
	CertKey, KeyKey   string
	// SelfSigned makes a certificate that nobody vouches for, for development. If there are file names, it is kept there and
	// used again; what is there already is left alone.
	SelfSigned bool
	Hosts      []string      // names and addresses in a self-signed certificate, beside those of this machine
	Every      time.Duration // how often files are looked at; 0: 5 s
	Clock      Clock         // nil: the time there is
	Log        *slog.Logger  // nil: nothing is told
}

// Certificates are what TLS proves itself with. Safe for concurrent use.
type Certificates struct {
	opt     CertificateOptions
	current atomic.Pointer[tls.Certificate]

	mu        sync.Mutex
	cert, key string // the files
	seen      string // their state when they were last read, or tried
}

// NewCertificates reads, or makes, a certificate. A file that is missing is fault.ResourceNotFound, one that cannot be used
// fault.InvalidParams; the place is the key of the configuration.
func NewCertificates(o CertificateOptions) (*Certificates, error) {
	const often = 5 * time.Second
	o.Every = cmp.Or(o.Every, often)
	if o.Clock == nil {
		o.Clock = wall{}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Certificates{opt: o, cert: o.CertFile, key: o.KeyFile}
	if o.SelfSigned && (o.CertFile == "" || absent(o.CertFile) && absent(o.KeyFile)) {
		return c, c.sign()
	}
	_, err := c.Reload()
	return c, err
}

// sign makes a self-signed certificate, and keeps it if there are files for it.
func (c *Certificates) sign() error {
	made, err := selfSign(c.opt.Hosts, c.opt.Clock.Now())
	if err != nil {
		return fault.New(fault.Internal, c.opt.CertKey, "no certificate can be made").Because(err)
	}
	if c.cert == "" {
		c.current.Store(made.pair)
		return nil
	}
	// The key comes first: a certificate without its key would be taken for somebody else's.
	for _, f := range []struct{ name, key, text string }{{c.key, c.opt.KeyKey, made.keyPEM}, {c.cert, c.opt.CertKey, made.certPEM}} {
		const private = 0o600
		if err := os.WriteFile(f.name, []byte(f.text), private); err != nil {
			return fault.New(fault.ResourceNotFound, f.key, "the self-signed certificate cannot be kept").
				Advise("leave %s and %s out to have it in memory only", c.opt.CertKey, c.opt.KeyKey).Because(err)
		}
	}
	_, err = c.Reload()
	return err
}

// Get is for tls.Config.GetCertificate.
func (c *Certificates) Get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return c.current.Load(), nil
}

// Fingerprint is the SHA-256 of the certificate as browsers show it, "AB:CD:…".
func (c *Certificates) Fingerprint() string {
	var parts []string
	for _, b := range sha256.Sum256(c.current.Load().Certificate[0]) {
		parts = append(parts, fmt.Sprintf("%02X", b))
	}
	return strings.Join(parts, ":")
}

// Expires is when the certificate does.
func (c *Certificates) Expires() time.Time { return c.current.Load().Leaf.NotAfter }

// Use goes over to other files. If they cannot be used, the certificate in use stays, and so do its files.
func (c *Certificates) Use(cert, key string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	oldCert, oldKey, seen := c.cert, c.key, c.seen
	c.cert, c.key, c.seen = cert, key, ""
	_, err := c.reload()
	if err != nil {
		c.cert, c.key, c.seen = oldCert, oldKey, seen
	}
	return err
}

// Reload reads the files again if they changed, and tells whether there is another certificate now. With an error the one in use
// stays. A certificate that lives in memory does not change.
func (c *Certificates) Reload() (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cert == "" {
		return false, nil
	}
	return c.reload()
}

func (c *Certificates) reload() (bool, error) {
	state := look(c.cert) + look(c.key)
	if state == c.seen {
		return false, nil
	}
	pair, err := c.load()
	if err != nil {
		return false, err
	}
	c.seen = state
	c.current.Store(pair)
	return true, nil
}

// load reads the files.
func (c *Certificates) load() (*tls.Certificate, error) {
	var text [2][]byte
	for i, f := range []struct{ name, key string }{{c.cert, c.opt.CertKey}, {c.key, c.opt.KeyKey}} {
		data, err := os.ReadFile(f.name)
		if err != nil {
			return nil, unreadable(f.key, f.name, err)
		}
		text[i] = data
	}
	pair, err := tls.X509KeyPair(text[0], text[1])
	if err != nil {
		return nil, fault.New(fault.InvalidParams, c.opt.CertKey, "%q and %q cannot be used together", c.cert, c.key).
			Advise("they must be PEM: a certificate, followed by those above it, and its private key").Because(err)
	}
	if now := c.opt.Clock.Now(); now.After(pair.Leaf.NotAfter) {
		c.opt.Log.Warn("the certificate has expired", "file", c.cert, "on", pair.Leaf.NotAfter)
	}
	return &pair, nil
}

func unreadable(key, file string, err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return fault.New(fault.ResourceNotFound, key, "%q cannot be read", file).Because(err)
}

// watch looks at the files now and then until ctx is done or over is closed. It polls: certificates are renewed every few weeks,
// and what renews them writes files, renames them, or swaps links of whole folders, which a poll sees all alike.
func (c *Certificates) watch(ctx context.Context, over <-chan struct{}) {
	failed := "" // what was told already
	for {
		select {
		case <-ctx.Done():
			return
		case <-over:
			return
		case <-c.opt.Clock.After(c.opt.Every):
		}
		changed, err := c.Reload()
		switch {
		case err != nil && err.Error() != failed: // it may be half written: the next look will tell
			c.opt.Log.Warn("the certificate cannot be read anew; the one in use stays", "err", err)
			failed = err.Error()
		case changed:
			c.opt.Log.Info("the certificate was read anew", "fingerprint", c.Fingerprint(), "expires", c.Expires())
			failed = ""
		}
	}
}

// look describes the state of a file: another text is another state, mostly. Times alone would not do: a kernel counts them in
// steps of some milliseconds.
func look(file string) string {
	info, err := os.Stat(file)
	if err != nil {
		return "absent;"
	}
	state := fmt.Sprintf("%d %d;", info.Size(), info.ModTime().UnixNano())
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		state += strconv.FormatUint(s.Ino, 10) + ";"
	}
	return state
}

func absent(file string) bool {
	_, err := os.Stat(file)
	return errors.Is(err, fs.ErrNotExist)
}

// wall is the time there is.
type wall struct{}

// Now is the time.
func (wall) Now() time.Time { return time.Now() }

// After is time.After.
func (wall) After(d time.Duration) <-chan time.Time { return time.After(d) }
