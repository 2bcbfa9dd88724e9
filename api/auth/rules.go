package auth

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // which is what clients know
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"sluice/engine/fault"
)

// rules are a Config that was checked. They are never changed.
type rules struct {
	users     map[string]*user
	tokens    []token
	keys      []key
	others    bool // there are judges beside these rules
	anonymous Grant
	digests   bool  // somebody can log in by Digest
	salted    bool  // somebody can log in as Adobe's servers ask for it
	decoys    []phc // hashes of all users, in their order
	vain      vain
	secret    []byte // of the sums of passwords that fitted
}

// Grant is what somebody may do. The zero value is nothing.
type Grant struct {
	publish, play []pattern
	admin         bool
	metrics       bool
}

type user struct {
	name  string
	hash  phc
	ha1   string // of Digest; "": none
	adobe string // UserConfig.Adobe
	may   Grant
	known atomic.Pointer[[sha256.Size]byte] // a keyed sum of the password that fitted last, which spares the slow hash
}

type token struct {
	name string
	sum  tokenSum
	may  Grant
}

func compile(c Config) (*rules, error) {
	r := &rules{users: map[string]*user{}, secret: make([]byte, sha256.Size), others: c.JWT != nil || c.HTTP != nil}
	_, _ = rand.Read(r.secret) // never fails, as its documentation says
	for i, u := range c.Users {
		if err := r.addUser(u); err != nil {
			return nil, at(err, "auth.users[%d]", i)
		}
	}
	for i, t := range c.Tokens {
		if err := r.addToken(t); err != nil {
			return nil, at(err, "auth.tokens[%d]", i)
		}
	}
	for i, k := range c.Keys {
		if err := r.addKey(k); err != nil {
			return nil, at(err, "auth.keys[%d]", i)
		}
	}
	open := c.Anonymous
	if open == nil {
		open = &AnonymousConfig{}
		if r.empty() && len(r.keys) == 0 && !r.others {
			open = &AnonymousConfig{Publish: []string{"**"}, Play: []string{"**"}}
		}
	}
	var err error
	if r.anonymous, err = NewGrant(open.Publish, open.Play, false, false); err != nil {
		return nil, at(err, "auth.anonymous")
	}
	return r, nil
}

// at puts the place of a key before the place that a fault has.
func at(err error, format string, args ...any) error {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err
	}
	moved := *f
	moved.Place = fmt.Sprintf(format, args...)
	if f.Place != "" {
		moved.Place += "." + f.Place
	}
	return &moved
}

func (r *rules) addUser(c UserConfig) error {
	if c.Name == "" {
		return fault.New(fault.InvalidParams, "name", "a user needs a name")
	}
	if r.users[c.Name] != nil {
		return fault.New(fault.InvalidParams, "name", "there are two users called %q", c.Name)
	}
	hash, err := parsePHC(c.Password)
	if err != nil {
		return at(err, "password")
	}
	may, err := NewGrant(c.Publish, c.Play, c.Admin, c.Metrics)
	if err != nil {
		return err
	}
	if sum, err := hex.DecodeString(c.Digest); c.Digest != "" && (err != nil || len(sum) != md5.Size) {
		return fault.New(fault.InvalidParams, "digest", "it is no MD5 in hexadecimal").Advise("printf 'NAME:%s:PASSWORD' | md5sum", Realm)
	}
	if sum, err := base64.StdEncoding.DecodeString(c.Adobe); c.Adobe != "" && (err != nil || len(sum) != md5.Size) {
		return fault.New(fault.InvalidParams, "adobe", "it is no MD5 in base64").
			Advise("printf 'NAME%sPASSWORD' | openssl md5 -binary | base64", Realm)
	}
	r.digests, r.salted = r.digests || c.Digest != "", r.salted || c.Adobe != ""
	r.users[c.Name] = &user{name: c.Name, hash: hash, ha1: strings.ToLower(c.Digest), adobe: c.Adobe, may: may}
	r.decoys = append(r.decoys, hash)
	return nil
}

func (r *rules) addToken(c TokenConfig) error {
	if c.Name == "" {
		return fault.New(fault.InvalidParams, "name", "a token needs the name of who shows it")
	}
	if slices.ContainsFunc(r.tokens, func(t token) bool { return t.name == c.Name }) {
		return fault.New(fault.InvalidParams, "name", "there are two tokens called %q", c.Name)
	}
	sum, err := parseToken(c.Token)
	if err != nil {
		return at(err, "token")
	}
	may, err := NewGrant(c.Publish, c.Play, c.Admin, c.Metrics)
	if err != nil {
		return err
	}
	r.tokens = append(r.tokens, token{name: c.Name, sum: sum, may: may})
	return nil
}

// NewGrant lets somebody publish and play what patterns stand for, administer, and read metrics. A bad pattern is fault.InvalidParams,
// at "publish[0]" or the like.
func NewGrant(publish, play []string, admin, metrics bool) (Grant, error) {
	g := Grant{admin: admin, metrics: metrics}
	for _, list := range []struct {
		key  string
		from []string
		to   *[]pattern
	}{{"publish", publish, &g.publish}, {"play", play, &g.play}} {
		for i, text := range list.from {
			p, err := parsePattern(text)
			if err != nil {
				return Grant{}, at(err, "%s[%d]", list.key, i)
			}
			*list.to = append(*list.to, p)
		}
	}
	return g, nil
}

// empty tells whether nobody has a name or a token.
func (r *rules) empty() bool { return len(r.users) == 0 && len(r.tokens) == 0 }

// Allows tells whether he may do that.
func (g Grant) Allows(a Action, stream string) bool {
	fits := func(p pattern) bool { return p.match(stream) }
	switch a {
	case Publish:
		return slices.ContainsFunc(g.publish, fits)
	case Play:
		return slices.ContainsFunc(g.play, fits)
	case Enter:
		return g.admin || len(g.publish) > 0 || len(g.play) > 0
	case Metrics:
		return g.admin || g.metrics
	default:
		return a == Admin && g.admin
	}
}

// keyed is a sum of a password that tells nothing without the key.
func (r *rules) keyed(password string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, r.secret)
	mac.Write([]byte(password))
	return [sha256.Size]byte(mac.Sum(nil))
}
