package auth

import (
	"crypto/hmac"
	"crypto/md5" //nolint:gosec // which is what clients know
	"crypto/rand"
	"crypto/sha256"
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
	anonymous grant
	digests   bool   // somebody can log in by Digest
	stranger  *user  // whose password is checked for names that there are not, so that these take as long
	key       []byte // of the sums of passwords that fitted
}

// grant is what somebody may do.
type grant struct {
	publish, play []pattern
	admin         bool
	metrics       bool
}

type user struct {
	name  string
	hash  phc
	ha1   string // of Digest; "": none
	may   grant
	known atomic.Pointer[[sha256.Size]byte] // a keyed sum of the password that fitted last, which spares the slow hash
}

type token struct {
	name string
	sum  tokenSum
	may  grant
}

func compile(c Config) (*rules, error) {
	r := &rules{users: map[string]*user{}, key: make([]byte, sha256.Size)}
	_, _ = rand.Read(r.key) // never fails, as its documentation says
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
	open := c.Anonymous
	if open == nil {
		open = &AnonymousConfig{}
		if r.empty() {
			open = &AnonymousConfig{Publish: []string{"**"}, Play: []string{"**"}}
		}
	}
	var err error
	if r.anonymous, err = newGrant(open.Publish, open.Play); err != nil {
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
	may, err := newGrant(c.Publish, c.Play)
	if err != nil {
		return err
	}
	may.admin, may.metrics = c.Admin, c.Metrics
	if sum, err := hex.DecodeString(c.Digest); c.Digest != "" && (err != nil || len(sum) != md5.Size) {
		return fault.New(fault.InvalidParams, "digest", "it is no MD5 in hexadecimal").Advise("printf 'NAME:%s:PASSWORD' | md5sum", Realm)
	}
	r.digests = r.digests || c.Digest != ""
	r.users[c.Name] = &user{name: c.Name, hash: hash, ha1: strings.ToLower(c.Digest), may: may}
	if r.stranger == nil {
		r.stranger = &user{hash: hash}
	}
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
	may, err := newGrant(c.Publish, c.Play)
	if err != nil {
		return err
	}
	may.admin, may.metrics = c.Admin, c.Metrics
	r.tokens = append(r.tokens, token{name: c.Name, sum: sum, may: may})
	return nil
}

func newGrant(publish, play []string) (grant, error) {
	var g grant
	for _, list := range []struct {
		key  string
		from []string
		to   *[]pattern
	}{{"publish", publish, &g.publish}, {"play", play, &g.play}} {
		for i, text := range list.from {
			p, err := parsePattern(text)
			if err != nil {
				return grant{}, at(err, "%s[%d]", list.key, i)
			}
			*list.to = append(*list.to, p)
		}
	}
	return g, nil
}

// empty tells whether nobody can be known.
func (r *rules) empty() bool { return len(r.users) == 0 && len(r.tokens) == 0 }

func (g grant) allows(a Action, stream string) bool {
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
	mac := hmac.New(sha256.New, r.key)
	mac.Write([]byte(password))
	return [sha256.Size]byte(mac.Sum(nil))
}
