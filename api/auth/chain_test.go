package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/fault"
)

// scripted is a judge that says what it is to say to a token, and passes on all else.
type scripted struct {
	token     string
	says      Verdict
	actions   []Action // nil: all
	passwords bool
	asked     *[]Request
}

func (s scripted) Judge(_ context.Context, q Request) Verdict {
	if s.asked != nil {
		*s.asked = append(*s.asked, q)
	}
	if q.Token == s.token {
		return s.says
	}
	return Verdict{}
}

func (s scripted) Judges(a Action) bool {
	for _, one := range s.actions {
		if one == a {
			return true
		}
	}
	return s.actions == nil
}

func (s scripted) Passwords() bool { return s.passwords }

// studio is office with publish keys.
func studio() Config {
	c := office()
	c.Keys = []KeyConfig{
		{Name: "obs", Key: "old-k3y", Publish: []string{"keyed/a"}},
		{Name: "obs", Key: "sha256:f26e9a32b2ac0c76bf9e11f8a3c49e6d3ef0ebfa9e1dbb85b6f4ee8cd30e2c3c", Publish: []string{"keyed/a"}},
		{Name: "other", Key: "b-k3y", Publish: []string{"keyed/b", "more/**"}},
	}
	c.Anonymous = &AnonymousConfig{Play: []string{"public/*"}, Publish: []string{"keyed/*", "open/*"}}
	return c
}

func TestKeys(t *testing.T) {
	only := Config{Keys: studio().Keys}
	pub := func(stream, key string) Request { return Request{Action: Publish, Stream: stream, Key: key} }
	for _, c := range []struct {
		name   string
		config Config
		ask    Request
		user   string
		code   fault.Code
	}{
		{"the key", studio(), pub("keyed/a", "old-k3y"), "obs", ""},
		{"another key of the stream", studio(), pub("more/x/y", "b-k3y"), "other", ""},
		{"as a Bearer token", studio(), Request{Action: Publish, Stream: "keyed/a", Token: "old-k3y"}, "obs", ""},
		{"the key beside a wrong token", studio(), Request{Action: Publish, Stream: "keyed/a", Key: "old-k3y", Token: "x"}, "obs", ""},
		{"of another stream", studio(), pub("keyed/b", "old-k3y"), "", fault.Unauthorized},
		{"its hash", studio(), pub("keyed/a", "sha256:f26e9a32b2ac0c76bf9e11f8a3c49e6d3ef0ebfa9e1dbb85b6f4ee8cd30e2c3c"), "", fault.Unauthorized},
		{"wrong", studio(), pub("keyed/a", "x"), "", fault.Unauthorized},
		{"wrong, beside a good token", studio(), Request{Action: Publish, Stream: "keyed/a", Key: "x", Token: "t0ken"}, "", fault.Unauthorized},
		{"a key does not play", studio(), Request{Action: Play, Stream: "keyed/a", Token: "old-k3y"}, "", fault.Unauthorized},
		{"nor as ?key=", studio(), Request{Action: Play, Stream: "keyed/a", Key: "old-k3y"}, "", fault.Unauthorized},
		{"nor administers", studio(), Request{Action: Admin, Token: "old-k3y"}, "", fault.Unauthorized},
		{"what everybody may publish ends at keys", studio(), pub("keyed/a", ""), "", fault.Unauthorized},
		{"and goes on elsewhere", studio(), pub("open/a", ""), "", ""},
		{"where a key means nothing", studio(), pub("open/a", "x"), "", ""},
		{"a user who may not", studio(), Request{Action: Publish, Stream: "keyed/a", User: "bob", Password: "password"}, "", fault.Forbidden},
		{"only keys: with one", only, pub("keyed/a", "old-k3y"), "obs", ""},
		{"only keys: without", only, pub("keyed/a", ""), "", fault.Unauthorized},
		{"only keys: other streams", only, pub("a", ""), "", fault.Forbidden},
		{"only keys: playing", only, Request{Action: Play, Stream: "keyed/a"}, "", fault.Forbidden},
		{"only keys: the server's own machine still administers", only, Request{Action: Admin}, "", fault.Forbidden},
	} {
		user, err := made(t, c.config).Authorise(t.Context(), c.ask)
		if user != c.user || fault.CodeOf(err) != c.code {
			t.Errorf("%s: got %q, %v, want %q, %s", c.name, user, err, c.user, c.code)
		}
		if err != nil && strings.Contains(err.Error(), "k3y") {
			t.Errorf("%s: the error tells a secret: %v", c.name, err)
		}
	}
}

func TestBadKeys(t *testing.T) {
	for want, k := range map[string]KeyConfig{
		"auth.keys[0].name: ": {Key: "x", Publish: []string{"a"}}, "auth.keys[0].key: ": {Name: "a", Publish: []string{"a"}},
		"auth.keys[0].publish: ": {Name: "a", Key: "x"}, "auth.keys[0].publish[0]: ": {Name: "a", Key: "x", Publish: []string{"a//b"}},
	} {
		_, err := New(Config{Keys: []KeyConfig{k}})
		if fault.CodeOf(err) != fault.InvalidParams || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// chain makes a chain that logs to a buffer, in JSON.
func chain(t *testing.T, c Config, further ...Judge) (*Chain, *bytes.Buffer) {
	t.Helper()
	var text bytes.Buffer
	return NewChain(made(t, c), slog.New(slog.NewJSONHandler(&text, &slog.HandlerOptions{Level: slog.LevelDebug})), further...), &text
}

func TestOrder(t *testing.T) {
	denied := Verdict{Outcome: Wrong, Rule: ByJWT, Reason: Expired}
	yes := func(by Rule) Verdict { return Verdict{Outcome: Allow, User: "u", Rule: by, Reason: Granted} }
	for _, c := range []struct {
		name    string
		further []Judge
		ask     Request
		rule    Rule
		reason  Reason
	}{
		{"the configuration comes first", []Judge{scripted{token: "t0ken", says: denied}}, Request{Action: Publish, Stream: "live/a", Token: "t0ken"}, ByToken, Granted},
		{"a refusal is the end", []Judge{scripted{token: "t0ken", says: yes(ByJWT)}}, Request{Action: Play, Stream: "a", Token: "t0ken"}, ByToken, NotGranted},
		{"so is a wrong password", []Judge{scripted{says: yes(ByHTTP), passwords: true}}, Request{Action: Play, User: "bob", Password: "x"}, ByUser, WrongPassword},
		{"the first judge", []Judge{scripted{token: "x", says: yes(ByJWT)}, scripted{token: "x", says: denied}}, Request{Action: Play, Token: "x"}, ByJWT, Granted},
		{"the second", []Judge{scripted{token: "y", says: denied}, scripted{token: "x", says: yes(ByHTTP)}}, Request{Action: Play, Token: "x"}, ByHTTP, Granted},
		{"a refusal of the first", []Judge{scripted{token: "x", says: denied}, scripted{token: "x", says: yes(ByHTTP)}}, Request{Action: Play, Token: "x"}, ByJWT, Expired},
		{"nobody knows", []Judge{scripted{token: "y", says: denied}}, Request{Action: Play, Token: "x"}, ByNothing, Unknown},
		{"who is nobody here may be somebody there", []Judge{scripted{says: yes(ByHTTP), passwords: true}}, Request{Action: Play, User: "eve", Password: "x"}, ByHTTP, Granted},
		{"nobody is asked about what everybody may", []Judge{scripted{says: denied}}, Request{Action: Play, Stream: "public/a"}, Anybody, Granted},
		{"but about the rest", []Judge{scripted{says: yes(ByHTTP)}}, Request{Action: Play, Stream: "a"}, ByHTTP, Granted},
		{"and nobody may if nobody says so", []Judge{scripted{token: "x"}}, Request{Action: Play, Stream: "a"}, ByNothing, NoCredentials},
		{"a wrong key is the end", []Judge{scripted{says: yes(ByHTTP)}}, Request{Action: Publish, Stream: "keyed/a", Key: "x"}, ByKey, WrongKey},
		{"without one others decide", []Judge{scripted{says: yes(ByHTTP)}}, Request{Action: Publish, Stream: "keyed/a"}, ByHTTP, Granted},
		{
			"who is known may what everybody may", []Judge{scripted{token: "x", says: Of(ByJWT, "ann", Grant{}, Request{Action: Play})}},
			Request{Action: Play, Stream: "public/a", Token: "x"}, Anybody, Granted,
		},
		{"who shows something wrong may not", []Judge{scripted{token: "x", says: denied}}, Request{Action: Play, Stream: "public/a", Token: "x"}, ByJWT, Expired},
	} {
		a, text := chain(t, studio(), c.further...)
		_, err := a.Authorise(t.Context(), c.ask)
		want := Tally{err == nil, c.rule, c.reason}
		if (err == nil) != (c.reason == Granted) || len(a.Counts()) != 1 || a.Counts()[want] != 1 {
			t.Errorf("%s: %v, %v, want %v", c.name, err, a.Counts(), want)
		}
		if n := strings.Count(text.String(), "\n"); n != 1 {
			t.Errorf("%s: %d lines", c.name, n)
		}
	}
}

// TestAtTheMachine: as long as nobody may administer, who sits at the machine may, and nothing else; once somebody may, he may not.
func TestAtTheMachine(t *testing.T) {
	for _, c := range []struct {
		config Config
		ask    Request
		may    bool
	}{
		{Config{}, Request{Action: Admin, Local: true}, true},
		{Config{}, Request{Action: Metrics, Local: true}, true},
		{Config{}, Request{Action: Admin}, false},
		{Config{}, Request{Action: Admin, Local: true, User: "root", Password: "x"}, false},
		{Config{}, Request{Action: Admin, Local: true, Token: "x"}, false},
		{studio(), Request{Action: Admin, Local: true}, false},
		{Config{Anonymous: &AnonymousConfig{}}, Request{Action: Publish, Stream: "a", Local: true}, false},
	} {
		a, text := chain(t, c.config)
		if _, err := a.Authorise(t.Context(), c.ask); (err == nil) != c.may || strings.Contains(text.String(), "access refused") == c.may {
			t.Errorf("%+v: %v, %s", c.ask, err, text)
		}
	}
}

// TestLog: each decision is one line, which says who, what, whence and why, and no secret.
func TestLog(t *testing.T) {
	secrets := []string{"t0ken", "passw0rd", "k3y", "qu3ry"}
	ask := Request{
		Action: Publish, Stream: "live/a", Remote: netip.MustParseAddr("192.0.2.7"), Protocol: "rtmp", Query: "pin=qu3ry", Password: "passw0rd",
	}
	for _, c := range []struct {
		change func(*Request)
		level  string
		want   map[string]string
	}{
		{func(q *Request) { q.Token = "t0ken" }, "DEBUG", map[string]string{"msg": "access allowed", "user": "encoder", "rule": "token", "reason": "granted"}},
		{func(q *Request) { q.Token, q.Action = "t0ken", Play }, "INFO", map[string]string{"user": "encoder", "reason": "not_granted", "action": "play"}},
		{func(q *Request) { q.User = "bob" }, "WARN", map[string]string{"msg": "access refused", "user": "", "claimed": "bob", "rule": "user", "reason": "wrong_password"}},
		{func(q *Request) { q.Stream, q.Key = "keyed/a", "k3y" }, "WARN", map[string]string{"rule": "key", "reason": "wrong_key"}},
		{func(q *Request) { q.Password = "" }, "INFO", map[string]string{"rule": "none", "reason": "no_credentials"}},
		{func(q *Request) { q.Token, q.Listing = "wrong t0ken", true }, "DEBUG", map[string]string{"reason": "unknown_credentials"}},
		{func(q *Request) { q.Stream, q.Password = strings.Repeat("s", 999), "" }, "INFO", map[string]string{"stream": strings.Repeat("s", 128) + "…"}},
	} {
		a, text := chain(t, studio())
		q := ask
		c.change(&q)
		_, _ = a.Authorise(t.Context(), q)
		var line map[string]any
		if err := json.Unmarshal(text.Bytes(), &line); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if line["level"] != c.level || line["remote"] != "192.0.2.7" || line["protocol"] != "rtmp" {
			t.Errorf("got %v", line)
		}
		for k, want := range c.want {
			if line[k] != want {
				t.Errorf("%s is %v, want %s", k, line[k], want)
			}
		}
		for _, secret := range secrets {
			if strings.Contains(text.String(), secret) {
				t.Errorf("it tells %q: %s", secret, text)
			}
		}
	}
}

// TestEveryWayIsSlowed: whatever is guessed, an address has few answers; what fails by itself is no guess.
func TestEveryWayIsSlowed(t *testing.T) {
	wrong := Verdict{Outcome: Wrong, Rule: ByHTTP, Reason: BackEndNo}
	for name, c := range map[string]struct {
		further []Judge
		ask     Request
		slow    bool
	}{
		"user":      {nil, Request{Action: Play, User: "bob", Password: "x"}, true},
		"nobody":    {nil, Request{Action: Play, User: "eve", Password: "x"}, true},
		"token":     {nil, Request{Action: Play, Token: "x"}, true},
		"key":       {nil, Request{Action: Publish, Stream: "keyed/a", Key: "x"}, true},
		"proof":     {nil, Request{Action: Play, User: "bob", Proof: never{}}, true},
		"salted":    {nil, Request{Action: Enter, User: "bob", Salted: never{}}, true},
		"judge":     {[]Judge{scripted{token: "x", says: wrong}}, Request{Action: Play, Token: "x"}, true},
		"query":     {[]Judge{scripted{says: wrong}}, Request{Action: Publish, Stream: "a", Query: "pin=1"}, true},
		"admin":     {nil, Request{Action: Admin, Token: "x"}, true},
		"metrics":   {nil, Request{Action: Metrics, User: "eve", Password: "x"}, true},
		"nothing":   {nil, Request{Action: Play, Stream: "a"}, false},
		"forbidden": {nil, Request{Action: Play, Stream: "a", Token: "t0ken"}, false},
		"down":      {[]Judge{scripted{token: "x", says: Verdict{Outcome: Fail}}}, Request{Action: Play, Token: "x"}, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, _ := chain(t, studio(), c.further...)
			began := time.Now()
			for i := range 8 {
				q := c.ask
				q.Remote = netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(i)}) // all of one /64
				if _, err := a.Authorise(t.Context(), q); err == nil {
					t.Errorf("%s: attempt %d succeeds", name, i)
				}
			}
			if took := time.Since(began); (took == 1750*time.Millisecond) != c.slow || took == 0 == c.slow {
				t.Errorf("%s: 8 attempts took %s", name, took)
			}
			if !c.slow {
				return
			}
			var wg sync.WaitGroup
			var turned atomic.Int32
			for range 20 {
				wg.Go(func() {
					q := c.ask
					q.Remote = netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: 9})
					if _, err := a.Authorise(t.Context(), q); fault.CodeOf(err) == fault.Overloaded {
						turned.Add(1)
					}
				})
			}
			wg.Wait()
			if n := turned.Load(); n != 20-maxWaiting {
				t.Errorf("%s: %d were turned away", name, n)
			}
		})
	}
}

type never struct{}

func (never) Follows(string) bool { return false }

// TestLeft: who leaves is not taken for a failure of who was asked.
func TestLeft(t *testing.T) {
	a, _ := chain(t, Config{JWT: &JWTConfig{}}, scripted{token: "x", says: Verdict{Outcome: Fail, Rule: ByHTTP, Reason: BackEndDown}})
	ctx, cancel := context.WithCancel(t.Context())
	q := Request{Action: Play, Token: "x"}
	if _, err := a.Authorise(ctx, q); fault.CodeOf(err) != fault.Overloaded {
		t.Errorf("got %v", err)
	}
	cancel()
	_, _ = a.Authorise(ctx, q)
	if n := a.Counts(); n[Tally{false, ByHTTP, GaveUp}] != 1 || n[Tally{false, ByHTTP, BackEndDown}] != 1 {
		t.Errorf("got %v", n)
	}
}

// TestAsked: clients are asked for what somebody can check.
func TestAsked(t *testing.T) {
	c := office()
	c.Users[0].Digest, c.Users[0].Adobe = "0123456789abcdef0123456789abcdef", "ASNFZ4mrze8BI0VniavN7w=="
	for _, row := range []struct {
		further []Judge
		digests bool
	}{{nil, true}, {[]Judge{scripted{}}, true}, {[]Judge{scripted{}, scripted{passwords: true}}, false}} {
		if a, _ := chain(t, c, row.further...); a.Digests() != row.digests || !a.Salted() {
			t.Errorf("%v: %v, %v", row.further, a.Digests(), a.Salted())
		}
	}
}

// TestNobodyByDefault: as soon as anything decides, nobody gets in by himself.
func TestNobodyByDefault(t *testing.T) {
	for name, c := range map[string]Config{
		"users": {Users: office().Users}, "tokens": {Tokens: office().Tokens}, "keys": {Keys: studio().Keys}, "jwt": {JWT: &JWTConfig{}}, "http": {HTTP: &HTTPConfig{}},
	} {
		for _, a := range []Action{Publish, Play, Enter, Admin, Metrics} {
			s := made(t, c)
			if _, err := s.Authorise(t.Context(), Request{Action: a, Stream: "a"}); err == nil {
				t.Errorf("%s: anybody may %s", name, a)
			}
			if _, err := s.Authorise(t.Context(), Request{Action: a, Stream: "a", Token: "x", User: "y", Password: "z", Key: "k", Query: "q"}); err == nil {
				t.Errorf("%s: whoever may %s", name, a)
			}
		}
	}
}
