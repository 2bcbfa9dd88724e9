// Package login asks clients of RTMP who they are by the scheme of Adobe's Flash Media Server, which encoders know by the name
// "adobe": a client is refused, and told in the description of the error what to come back with. It knows neither users nor
// passwords, and reads nothing from a connection; what is compared is package session's.
package login

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// fresh is how long a challenge is good for: a client comes back at once.
const fresh = time.Minute

// Desk makes challenges and takes each back once. A challenge is a time and a number, and shows that it is from us and for whom, so that
// only those are remembered that were answered well. Safe for concurrent use.
type Desk struct {
	key []byte
	now func() time.Time

	number atomic.Uint32 // of the last challenge

	mu   sync.Mutex
	used map[string]time.Time // those that were taken back, until they would be too old anyway
}

// New makes a desk.
func New() *Desk {
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // never fails, as its documentation says
	return &Desk{key: key, now: time.Now, used: map[string]time.Time{}}
}

// First is said to a client that has not said who it is.
func First() string { return "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : " }

// Second is said to a client that has said its name: what its answer has to be made with.
func (d *Desk) Second(user, salt string, to netip.Addr) string {
	c := d.challenge(user, to)
	return "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=needauth&user=" + printable(user) + "&salt=" + salt +
		"&challenge=" + c + "&opaque=" + c
}

// Wrong is said to a client whose answer does not do.
func Wrong(opaque string) string {
	return "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=authfailed&opaque=" + printable(opaque)
}

// printable leaves out of what a client said itself whatever would mean something else in a description.
func printable(text string) string {
	const most = 256
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' || strings.ContainsRune("&?[]:", r) {
			return -1
		}
		return r
	}, text[:min(len(text), most)])
}

// sizes of a challenge, in bytes: a time in seconds, a number, and that they are from us.
const (
	clock  = 4
	signed = clock + 3
	whole  = signed + 8
)

// challenge makes one of 20 letters, since encoders keep it in buffers that were made for those of Adobe's server, which have 8.
func (d *Desk) challenge(user string, to netip.Addr) string {
	b := binary.BigEndian.AppendUint32(make([]byte, 0, whole), uint32(d.now().Unix()))
	n := d.number.Add(1)
	b = append(b, byte(n>>16), byte(n>>8), byte(n))
	return base64.RawURLEncoding.EncodeToString(append(b, d.sign(b, user, to)...))
}

func (d *Desk) sign(b []byte, user string, to netip.Addr) []byte {
	h := hmac.New(sha256.New, d.key)
	h.Write(b)
	h.Write([]byte(to.String() + " " + user))
	return h.Sum(nil)[:whole-signed]
}

// Good tells whether a challenge was given to this user at this address a moment ago, and has not been taken back.
func (d *Desk) Good(challenge, user string, from netip.Addr) bool {
	b, err := base64.RawURLEncoding.DecodeString(challenge)
	if err != nil || len(b) != whole || !hmac.Equal(b[signed:], d.sign(b[:signed], user, from)) {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	_, used := d.used[challenge]
	return !used && d.now().Before(expires(b))
}

// Take takes a challenge that is good back: it is good for nobody any more. It is false if somebody else was quicker.
func (d *Desk) Take(challenge string) bool {
	b, err := base64.RawURLEncoding.DecodeString(challenge)
	if err != nil || len(b) != whole {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	for text, until := range d.used {
		if now.After(until) {
			delete(d.used, text)
		}
	}
	if _, used := d.used[challenge]; used {
		return false
	}
	d.used[challenge] = expires(b)
	return true
}

// expires is when a challenge of ours stops being good.
func expires(b []byte) time.Time {
	return time.Unix(int64(binary.BigEndian.Uint32(b)), 0).Add(fresh)
}
