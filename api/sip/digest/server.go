package digest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/engine/fault"
)

// counted is how many nonces of callers are remembered at a time.
const counted = 16384

// ServerOptions set up a Server. Realm and Password are required.
type ServerOptions struct {
	Realm string
	// Password is that of a user; not ok if there is none of that name.
	Password func(user string) (password string, ok bool)
	// Algorithms are those that are offered, each in a challenge of its own, the best first (RFC 8760 2.3); without, MD5 alone. No order
	// of several serves everybody: Baresip 1.0.0 and SIPp 3.6 give up where any challenge names one that they do not know.
	Algorithms []string
	// Life is how long a nonce may be answered; without, 5 min.
	Life time.Duration
	// Clock tells the time; without, time.Now.
	Clock func() time.Time
}

// Server challenges callers. A nonce says itself when it was made; what is kept is how often one was answered, so that what somebody has
// overheard is refused. Safe for concurrent use.
type Server struct {
	opt    ServerOptions
	secret []byte

	mu     sync.Mutex
	counts map[string]count // by nonce, of those that were answered rightly
	since  time.Time        // nonces from before are old: their counts were dropped
}

// count is how often a nonce was answered.
type count struct {
	last uint32
	made time.Time
}

// NewServer makes a Server with a secret of its own: what another one, or one before, has asked is stale.
func NewServer(opt ServerOptions) *Server {
	if opt.Life == 0 {
		opt.Life = 5 * time.Minute
	}
	if len(opt.Algorithms) == 0 {
		opt.Algorithms = []string{"MD5"}
	}
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	return &Server{opt: opt, secret: []byte(rand.Text()), counts: map[string]count{}}
}

// Check tells whose request it is. If that cannot be told the error is a fault (unauthorized), and the challenges are for a 401.
func (s *Server) Check(r *sip.Request) (user string, challenges []sip.Header, err error) {
	for _, h := range r.GetHeaders("Authorization") {
		params, ok := parse(h.Value())
		if !ok || params["realm"] != message.Escape(s.opt.Realm) {
			continue
		}
		user, stale, why := s.verify(r, params)
		if why == "" {
			return user, nil, nil
		}
		return "", s.challenge(stale), fault.New(fault.Unauthorized, "", "%s", why)
	}
	return "", s.challenge(false), fault.New(fault.Unauthorized, "", "nobody is named in the request")
}

// verify tells what is wrong with credentials; "" if nothing is.
func (s *Server) verify(r *sip.Request, params map[string]string) (user string, stale bool, why string) {
	n, err := strconv.ParseUint(params["nc"], 16, 32)
	if err != nil || params["cnonce"] == "" || params["qop"] != "auth" || !s.offers(params["algorithm"]) {
		return "", false, "the credentials are none of what was asked for"
	}
	var uri sip.Uri
	if sip.ParseUri(params["uri"], &uri) != nil || uri.User != r.Recipient.User || !strings.EqualFold(uri.Host, r.Recipient.Host) {
		return "", false, "the credentials are for another request"
	}
	user = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(params["username"])
	password, known := s.opt.Password(user)
	p := proof{
		algorithm: params["algorithm"], user: params["username"], realm: message.Escape(s.opt.Realm), password: password, method: string(r.Method),
		uri: params["uri"], nonce: params["nonce"], cnonce: params["cnonce"], qop: "auth", count: uint32(n),
	}
	right := subtle.ConstantTimeCompare([]byte(p.response()), []byte(strings.ToLower(params["response"]))) == 1
	if !known || !right {
		return "", false, "the user or the password is wrong"
	}
	made, ours := s.made(params["nonce"])
	if !ours || !s.use(params["nonce"], made, uint32(n)) {
		return "", true, "the nonce was used already, or is old"
	}
	return user, false, ""
}

// offers tells whether an algorithm was asked for; one that is not named is MD5 (RFC 7616 3.4).
func (s *Server) offers(name string) bool {
	if name == "" {
		name = "MD5"
	}
	return slices.ContainsFunc(s.opt.Algorithms, func(a string) bool { return strings.EqualFold(a, name) })
}

// use counts an answer to a nonce, and refuses one that was there before, or that comes too late.
func (s *Server) use(nonce string, made time.Time, n uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Clock()
	if now.Sub(made) > s.opt.Life || made.After(now) || made.Before(s.since) || n <= s.counts[nonce].last {
		return false
	}
	if _, known := s.counts[nonce]; !known && len(s.counts) >= counted {
		s.sweep(now)
	}
	s.counts[nonce] = count{n, made}
	return true
}

// sweep makes room: for nonces that have run out, and if there are none, by declaring all that there are old.
func (s *Server) sweep(now time.Time) {
	for nonce, c := range s.counts {
		if now.Sub(c.made) > s.opt.Life {
			delete(s.counts, nonce)
		}
	}
	if len(s.counts) >= counted {
		clear(s.counts)
		s.since = now
	}
}

// challenge are the headers that ask for credentials.
func (s *Server) challenge(stale bool) []sip.Header {
	var headers []sip.Header
	for _, algorithm := range s.opt.Algorithms {
		value := fmt.Sprintf(`Digest realm="%s", nonce="%s", algorithm=%s, qop="auth"`, message.Escape(s.opt.Realm), s.nonce(), algorithm)
		if stale {
			value += ", stale=true"
		}
		headers = append(headers, sip.NewHeader("WWW-Authenticate", value))
	}
	return headers
}

// nonce makes one: its time, something random, and the seal of both.
func (s *Server) nonce() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(s.opt.Clock().UnixNano()))
	_, _ = rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b[:], s.seal(b[:])...))
}

func (s *Server) seal(b []byte) []byte {
	m := hmac.New(sha256.New, s.secret)
	m.Write(b)
	return m.Sum(nil)[:16]
}

// made is when a nonce was made; not ours if this server did not.
func (s *Server) made(nonce string) (at time.Time, ours bool) {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != 32 || !hmac.Equal(s.seal(b[:16]), b[16:]) {
		return time.Time{}, false
	}
	return time.Unix(0, int64(binary.BigEndian.Uint64(b[:8]))), true
}
