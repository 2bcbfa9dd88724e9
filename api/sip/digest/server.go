package digest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
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

// ErrGuess is the cause of the fault of Check for credentials that are wrong, and not late or repeated: who has many of them guesses.
// He has got a challenge where he asks from, so that nobody guesses in the name of somebody else's address.
var ErrGuess = errors.New("the user or the password is wrong")

// Server challenges callers. A nonce says itself when it was made, and for whom; what is kept is how often one was answered, so that what
// somebody has overheard is refused. Safe for concurrent use.
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
		if why == nil {
			return user, nil, nil
		}
		return "", s.challenge(stale, origin(r)), fault.New(fault.Unauthorized, "", "the credentials are not taken").Because(why)
	}
	return "", s.challenge(false, origin(r)), fault.New(fault.Unauthorized, "", "nobody is named in the request")
}

// origin is the address that a request came from; "" if nobody knows.
func origin(r *sip.Request) string {
	from, err := netip.ParseAddrPort(r.Source())
	if err != nil {
		return ""
	}
	return from.Addr().Unmap().String()
}

// Why credentials are not taken, beside ErrGuess.
var (
	errOther = errors.New("they are none of what was asked for, or for another request")
	errStale = errors.New("the nonce was used already, is old, or is somebody else's")
)

// verify tells what is wrong with credentials; nil if nothing is.
func (s *Server) verify(r *sip.Request, params map[string]string) (user string, stale bool, why error) {
	n, err := strconv.ParseUint(params["nc"], 16, 32)
	if err != nil || params["cnonce"] == "" || params["qop"] != "auth" || !s.offers(params["algorithm"]) {
		return "", false, errOther
	}
	var uri sip.Uri
	if sip.ParseUri(params["uri"], &uri) != nil || uri.User != r.Recipient.User || !strings.EqualFold(uri.Host, r.Recipient.Host) {
		return "", false, errOther
	}
	made, fresh := s.made(params["nonce"], origin(r))
	if !fresh {
		return "", true, errStale
	}
	user = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(params["username"])
	password, known := s.opt.Password(user)
	p := proof{
		algorithm: params["algorithm"], user: params["username"], realm: message.Escape(s.opt.Realm), password: password,
		method: string(r.Method), uri: params["uri"], nonce: params["nonce"], cnonce: params["cnonce"], qop: "auth", count: uint32(n),
	}
	right := subtle.ConstantTimeCompare([]byte(p.response()), []byte(strings.ToLower(params["response"]))) == 1
	if !known || !right {
		return "", false, ErrGuess
	}
	if !s.use(params["nonce"], made, uint32(n)) {
		return "", true, errStale
	}
	return user, false, nil
}

// offers tells whether an algorithm was asked for; one that is not named is MD5 (RFC 7616 3.4).
func (s *Server) offers(name string) bool {
	if name == "" {
		name = "MD5"
	}
	return slices.ContainsFunc(s.opt.Algorithms, func(a string) bool { return strings.EqualFold(a, name) })
}

// use counts an answer to a nonce, which is one of ours, and refuses one that was there before.
func (s *Server) use(nonce string, made time.Time, n uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Clock()
	if made.Before(s.since) || n <= s.counts[nonce].last {
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
func (s *Server) challenge(stale bool, origin string) []sip.Header {
	var headers []sip.Header
	for _, algorithm := range s.opt.Algorithms {
		value := fmt.Sprintf(`Digest realm="%s", nonce="%s", algorithm=%s, qop="auth"`, message.Escape(s.opt.Realm), s.nonce(origin), algorithm)
		if stale {
			value += ", stale=true"
		}
		headers = append(headers, sip.NewHeader("WWW-Authenticate", value))
	}
	return headers
}

// nonce makes one: its time, something random, and the seal of both and of the address that it is for.
func (s *Server) nonce(origin string) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(s.opt.Clock().UnixNano()))
	_, _ = rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b[:], s.seal(b[:], origin)...))
}

func (s *Server) seal(b []byte, origin string) []byte {
	m := hmac.New(sha256.New, s.secret)
	m.Write(b)
	m.Write([]byte(origin))
	return m.Sum(nil)[:16]
}

// made is when a nonce was made; not fresh if this server did not, or for somebody else, or too long ago.
func (s *Server) made(nonce, origin string) (at time.Time, fresh bool) {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != 32 || !hmac.Equal(s.seal(b[:16], origin), b[16:]) {
		return time.Time{}, false
	}
	at, now := time.Unix(0, int64(binary.BigEndian.Uint64(b[:8]))), s.opt.Clock()
	return at, now.Sub(at) <= s.opt.Life && !at.After(now)
}
