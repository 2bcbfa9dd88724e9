// Package digest is digest access authentication as SIP has it (RFC 3261 22, RFC 7616, RFC 8760): answers to challenges, and challenges to
// those who call. It keeps no passwords but those that it was given.
package digest

import (
	"crypto/md5" //nolint:gosec // what most of SIP has
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"strings"
)

// sum is a hash as digests have it, in hexadecimal.
type sum func(parts ...string) string

// algorithms are those that are understood, the best last.
func algorithm(name string) (h sum, session bool, rank int) {
	name, session = strings.CutSuffix(strings.ToUpper(name), "-SESS")
	switch name {
	case "", "MD5":
		return func(p ...string) string {
			s := md5.Sum([]byte(strings.Join(p, ":"))) //nolint:gosec // what most of SIP has
			return hex.EncodeToString(s[:])
		}, session, 1
	case "SHA-256":
		return func(p ...string) string {
			s := sha256.Sum256([]byte(strings.Join(p, ":")))
			return hex.EncodeToString(s[:])
		}, session, 2
	case "SHA-512-256":
		return func(p ...string) string {
			s := sha512.Sum512_256([]byte(strings.Join(p, ":")))
			return hex.EncodeToString(s[:])
		}, session, 3
	}
	return nil, false, 0
}

// proof is what a response is computed of. Texts are as they stand within quotes, escapes included (unq of RFC 7616 1.3).
type proof struct {
	algorithm             string
	user, realm, password string
	method, uri           string
	nonce, cnonce, qop    string
	count                 uint32
}

// response computes it (RFC 7616 3.4.1); "" if the algorithm is not understood.
func (p *proof) response() string {
	h, session, rank := algorithm(p.algorithm)
	if rank == 0 {
		return ""
	}
	one := h(p.user, p.realm, p.password)
	if session {
		one = h(one, p.nonce, p.cnonce)
	}
	two := h(p.method, p.uri)
	if p.qop == "" {
		return h(one, p.nonce, two)
	}
	return h(one, p.nonce, fmt.Sprintf("%08x", p.count), p.cnonce, p.qop, two)
}
