package digest

import (
	"crypto/rand"
	"fmt"
	"strings"
	"sync"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/engine/fault"
)

// Bounds of what challengers can have us do.
const (
	tries     = 2  // answers to one realm for one request: a nonce may have run out without anybody saying so
	mostTries = 6  // answers for one request, with all realms on its way
	remember  = 16 // realms of one account
)

// Credentials are who an account is for.
type Credentials struct {
	User     string
	Password string
	// Hosts are the account's domain, registrar and proxies. Nobody else is answered: whoever is called, or takes part in a call, could ask
	// otherwise, and try the answer against guesses. None: everybody is.
	Hosts []string
}

// Client answers challenges for one account. It remembers them, so that requests that follow need not be challenged. Safe for concurrent
// use.
type Client struct {
	who Credentials

	mu    sync.Mutex
	known map[space]*session
	order []space
	home  home
}

// space is what a nonce is good for.
type space struct{ header, realm string }

// session is a challenge that is being answered.
type session struct {
	host      string // of the requests that were challenged
	algorithm string
	nonce     string
	opaque    string
	hasOpaque bool
	qop       bool
	cnonce    string
	count     uint32
	stale     bool
	rank      int
}

// NewClient makes a Client.
func NewClient(c Credentials) *Client {
	return &Client{who: c, known: map[space]*session{}, home: newHome(c.Hosts)}
}

// Answer puts the answers to the challenges of a 401 or 407 into the request that is sent next, which has the headers of the one that was
// answered. attempt counts the challenges of one request from 1. The error is a fault: unauthorized if the password is wrong, if nothing
// that is offered can be answered, or if who asks is none of the account's.
func (c *Client) Answer(next, answered *sip.Request, res *sip.Response, attempt int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	asked := challenges(res, answered.Recipient.Host)
	if len(asked) == 0 {
		return fault.New(fault.Unauthorized, "", "%d offers nothing that can be answered", res.StatusCode).
			Advise("digest with MD5 or SHA-256 and qop auth is needed")
	}
	if asked = c.home.admit(asked, answered, res); len(asked) == 0 {
		return fault.New(fault.Unauthorized, "", "who asks for the password of %s is none of its account's", c.who.User)
	}
	before := given(answered)
	for s, challenge := range asked {
		nonce, again := before[s]
		if again && (nonce == challenge.nonce && !challenge.stale || attempt > tries) || attempt > mostTries {
			c.forget(s)
			return fault.New(fault.Unauthorized, "", "%s does not take the password of %s", s.realm, c.who.User)
		}
		c.learn(s, challenge)
	}
	for s := range before {
		if _, also := asked[s]; !also && c.known[s] != nil {
			asked[s] = c.known[s]
		}
	}
	strip(next)
	for s := range asked {
		c.put(next, s, c.known[s])
	}
	return nil
}

// Prepare puts answers to the challenges that are known into a request, if one of the same host was challenged.
func (c *Client) Prepare(r *sip.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	strip(r)
	if !c.home.next(r) {
		return
	}
	for _, s := range c.order {
		if known := c.known[s]; known != nil && strings.EqualFold(known.host, r.Recipient.Host) {
			c.put(r, s, known)
		}
	}
}

// learn remembers a challenge. One whose nonce is known goes on being counted.
func (c *Client) learn(s space, challenge *session) {
	if known := c.known[s]; known != nil {
		if known.nonce == challenge.nonce && known.algorithm == challenge.algorithm {
			known.host = challenge.host
			return
		}
	} else {
		if len(c.order) >= remember {
			c.forget(c.order[0])
		}
		c.order = append(c.order, s)
	}
	challenge.cnonce = rand.Text()
	c.known[s] = challenge
}

func (c *Client) forget(s space) {
	delete(c.known, s)
	for i, o := range c.order {
		if o == s {
			c.order = append(c.order[:i], c.order[i+1:]...)
			return
		}
	}
}

// put puts credentials into a request.
func (c *Client) put(r *sip.Request, s space, known *session) {
	known.count++
	p := proof{
		algorithm: known.algorithm, user: message.Escape(c.who.User), realm: s.realm, password: c.who.Password, method: string(r.Method),
		uri: r.Recipient.String(), nonce: known.nonce, count: known.count,
	}
	if known.qop {
		p.qop = "auth"
	}
	if _, session, _ := algorithm(known.algorithm); session || known.qop {
		p.cnonce = known.cnonce
	}
	var b strings.Builder
	fmt.Fprintf(&b, `Digest username="%s", realm="%s", nonce="%s", uri="%s", response="%s"`, p.user, p.realm, p.nonce, p.uri, p.response())
	if known.algorithm != "" {
		fmt.Fprintf(&b, ", algorithm=%s", known.algorithm)
	}
	if p.cnonce != "" {
		fmt.Fprintf(&b, `, cnonce="%s"`, p.cnonce)
	}
	if known.qop {
		fmt.Fprintf(&b, ", qop=auth, nc=%08x", p.count)
	}
	if known.hasOpaque {
		fmt.Fprintf(&b, `, opaque="%s"`, known.opaque)
	}
	r.AppendHeader(sip.NewHeader(s.header, b.String()))
}

// challenges are the best one of each realm (RFC 8760 2.4 has the first count; a stronger one that is offered is no worse).
func challenges(res *sip.Response, host string) map[space]*session {
	best := map[space]*session{}
	for _, pair := range [][2]string{{"WWW-Authenticate", "Authorization"}, {"Proxy-Authenticate", "Proxy-Authorization"}} {
		for _, h := range res.GetHeaders(pair[0]) {
			params, ok := parse(h.Value())
			if !ok || params["nonce"] == "" {
				continue
			}
			_, _, rank := algorithm(params["algorithm"])
			auth, some := offersAuth(params["qop"])
			if rank == 0 || some && !auth {
				continue // auth-int would sign bodies that proxies may change
			}
			s := space{pair[1], params["realm"]}
			if before := best[s]; before == nil || rank > before.rank {
				best[s] = newSession(params, host, auth, rank)
			}
		}
	}
	return best
}

func newSession(params map[string]string, host string, qop bool, rank int) *session {
	opaque, has := params["opaque"]
	return &session{
		host: host, algorithm: params["algorithm"], nonce: params["nonce"], opaque: opaque, hasOpaque: has, qop: qop,
		stale: strings.EqualFold(params["stale"], "true"), rank: rank,
	}
}

// given are the nonces that a request answered.
func given(r *sip.Request) map[space]string {
	nonces := map[space]string{}
	for _, header := range []string{"Authorization", "Proxy-Authorization"} {
		for _, h := range r.GetHeaders(header) {
			if params, ok := parse(h.Value()); ok {
				nonces[space{header, params["realm"]}] = params["nonce"]
			}
		}
	}
	return nonces
}

// strip takes all credentials out of a request.
func strip(r *sip.Request) {
	for _, header := range []string{"Authorization", "Proxy-Authorization"} {
		for r.RemoveHeader(header) {
		}
	}
}
