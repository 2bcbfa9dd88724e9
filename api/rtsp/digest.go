package rtsp

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // which is what cameras and players know
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"

	"sluice/api/auth"
)

// fresh is how long a nonce is good for.
const fresh = 10 * time.Minute

// nonces are the server's part of Digest: a time, and that it is from us, for one client. Nothing has to be remembered.
type nonces struct{ key []byte }

func newNonces() nonces {
	k := make([]byte, sha256.Size)
	_, _ = rand.Read(k) // never fails
	return nonces{k}
}

// make gives a client a nonce.
func (n nonces) make(to netip.Addr) string {
	at := strconv.FormatInt(time.Now().Unix(), 16)
	return at + "-" + n.sum(at, to)
}

// good tells whether a nonce is one that the client was given lately.
func (n nonces) good(text string, from netip.Addr) bool {
	at, sum, _ := strings.Cut(text, "-")
	then, err := strconv.ParseInt(at, 16, 64)
	return err == nil && hmac.Equal([]byte(sum), []byte(n.sum(at, from))) && time.Since(time.Unix(then, 0)) < fresh
}

func (n nonces) sum(at string, client netip.Addr) string {
	h := hmac.New(sha256.New, n.key)
	h.Write([]byte(at + " " + client.String()))
	const enough = 16
	return hex.EncodeToString(h.Sum(nil)[:enough])
}

// proves tells whether a client's answer follows from the password that ha1 is of (RFC 2069 2.1.2, which is RFC 7616 without qop).
// The address that it is for must be the request's, or one that it lies below: some clients always use that of the stream.
func proves(h *headers.Authorization, ha1, method string, u *base.URL) bool {
	if h.Realm != auth.Realm || u == nil || h.Algorithm != nil && *h.Algorithm != headers.AuthAlgorithmMD5 {
		return false
	}
	if !strings.HasPrefix(u.String(), strings.TrimSuffix(h.URI, "/")) && !strings.HasPrefix(u.RequestURI(), strings.TrimSuffix(h.URI, "/")) {
		return false
	}
	want := sum5(ha1 + ":" + h.Nonce + ":" + sum5(method+":"+h.URI))
	return subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(h.Response))) == 1
}

func sum5(text string) string {
	s := md5.Sum([]byte(text)) //nolint:gosec // as above
	return hex.EncodeToString(s[:])
}
