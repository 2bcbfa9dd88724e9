package login

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // which is what cameras and players know
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"

	"sluice/api/auth"
)

// fresh is how long a nonce is good for.
const fresh = 10 * time.Minute

// nonces are the server's part of Digest: a time, and that it is from us, for one connection, on which nobody else can say again what
// a client said. Nothing has to be remembered.
type nonces struct{ key []byte }

func newNonces() nonces {
	k := make([]byte, sha256.Size)
	_, _ = rand.Read(k) // never fails
	return nonces{k}
}

// make gives a client a nonce, for the connection from its address and port.
func (n nonces) make(to string) string {
	at := strconv.FormatInt(time.Now().Unix(), 16)
	return at + "-" + n.sum(at, to)
}

// good tells whether a nonce is one that the client was given lately.
func (n nonces) good(text, from string) bool {
	at, sum, _ := strings.Cut(text, "-")
	then, err := strconv.ParseInt(at, 16, 64)
	return err == nil && hmac.Equal([]byte(sum), []byte(n.sum(at, from))) && time.Since(time.Unix(then, 0)) < fresh
}

func (n nonces) sum(at, client string) string {
	h := hmac.New(sha256.New, n.key)
	h.Write([]byte(at + " " + client))
	const enough = 16
	return hex.EncodeToString(h.Sum(nil)[:enough])
}

// proves tells whether a client's answer follows from the password that ha1 is of (RFC 2069 2.1.2, which is RFC 7616 without qop).
// The address that it is for must be the request's, or one that it lies below: some clients always use that of the stream.
func proves(h *headers.Authorization, ha1, method string, u *base.URL) bool {
	if h.Realm != auth.Realm || u == nil || h.Algorithm != nil && *h.Algorithm != headers.AuthAlgorithmMD5 {
		return false
	}
	if !covers(h.URI, u) {
		return false
	}
	want := sum5(ha1 + ":" + h.Nonce + ":" + sum5(method+":"+h.URI))
	return subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(h.Response))) == 1
}

// covers tells whether an address, or the path of one, is that of a request, or one that it lies below.
func covers(uri string, u *base.URL) bool {
	path := uri
	if whole := u.String(); strings.HasPrefix(uri, "rtsp") {
		path = strings.TrimPrefix(uri, strings.TrimSuffix(whole, u.RequestURI())) // scheme and host must be the same
	}
	path = strings.TrimSuffix(path, "/")
	if !strings.HasPrefix(path, "/") {
		return strings.Trim(u.Path, "/") == "" && path == ""
	}
	rest, ok := strings.CutPrefix(u.RequestURI(), path)
	return ok && (rest == "" || rest[0] == '/' || rest[0] == '?')
}

func sum5(text string) string {
	s := md5.Sum([]byte(text)) //nolint:gosec // as above
	return hex.EncodeToString(s[:])
}
