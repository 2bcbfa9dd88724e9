package access_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"sluice/api/auth"
	"sluice/api/auth/access"
	"sluice/engine/fault"
)

// issuer signs tokens and serves its key.
type issuer struct {
	key   *ecdsa.PrivateKey
	reads atomic.Int32
	url   string
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &issuer{key: key}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	b64 := base64.RawURLEncoding.EncodeToString
	set, err := json.Marshal(map[string]any{"keys": []any{map[string]any{
		"kty": "EC", "crv": "P-256", "kid": "k", "x": b64(point[1:33]), "y": b64(point[33:]),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		i.reads.Add(1)
		_, _ = w.Write(set)
	}))
	t.Cleanup(s.Close)
	i.url = s.URL
	return i
}

func (i *issuer) token(t *testing.T, iss, permissions string, life time.Duration) string {
	t.Helper()
	var may any
	if err := json.Unmarshal([]byte(permissions), &may); err != nil {
		t.Fatal(err)
	}
	c := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{"iss": iss, "sub": "jo", "exp": time.Now().Add(life).Unix(), "sluice": may})
	c.Header["kid"] = "k"
	text, err := c.SignedString(i.key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// backEnd lets in who shows "opensesame", wherever; "down" has it fail.
func backEnd(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct{ User, Password, Token, Path, Query string }
		switch err := json.NewDecoder(r.Body).Decode(&m); {
		case err != nil || m.Path == "down":
			w.WriteHeader(http.StatusBadGateway)
		case !strings.Contains(m.Password+m.Token+m.Query, "opensesame"):
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func open(t *testing.T, c auth.Config) *access.Access {
	t.Helper()
	a, err := access.New(c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	return a
}

// everything is a configuration with every way in, and nothing for everybody but "public".
func everything(keys, back string) auth.Config {
	return auth.Config{
		Users:     []auth.UserConfig{{Name: "bob", Password: hash(), Publish: []string{"bob/*"}}},
		Tokens:    []auth.TokenConfig{{Name: "ops", Token: "0pst0ken", Admin: true}},
		Keys:      []auth.KeyConfig{{Name: "obs", Key: "0bsk3y", Publish: []string{"keyed/*"}}},
		JWT:       &auth.JWTConfig{JWKS: keys, Issuer: "https://id.test"},
		HTTP:      &auth.HTTPConfig{URL: back, Timeout: 30 * time.Second},
		Anonymous: &auth.AnonymousConfig{Play: []string{"public"}},
	}
}

var hash = sync.OnceValue(func() string { return auth.Hash("b0bspassword") })

// TestWhoGetsIn is the table of configurations and requests: nobody gets in who should not.
func TestWhoGetsIn(t *testing.T) {
	i := newIssuer(t)
	back := backEnd(t)
	all := everything(i.url, back)
	const id = "https://id.test"
	good := i.token(t, id, `{"publish":["jo/*"],"play":["**"]}`, time.Hour)
	old := i.token(t, id, `{"publish":["jo/*"],"play":["**"]}`, -time.Hour)
	foreign := i.token(t, "https://else.test", `{"admin":true,"play":["**"]}`, time.Hour)
	boss := i.token(t, id, `{"admin":true}`, time.Hour)
	theirs := i.token(t, id, `[{"action":"publish","path":"~^mtx/"}]`, time.Hour)
	without := func(change func(*auth.Config)) auth.Config { c := all; change(&c); return c }
	type R = auth.Request
	for _, c := range []struct {
		name   string
		config auth.Config
		ask    R
		user   string
		code   fault.Code
	}{
		{"user", all, R{Action: auth.Publish, Stream: "bob/a", User: "bob", Password: "b0bspassword"}, "bob", ""},
		{"user elsewhere", all, R{Action: auth.Publish, Stream: "a", User: "bob", Password: "b0bspassword"}, "", fault.Forbidden},
		{"a user's password is not for the back end", all, R{Action: auth.Publish, Stream: "bob/a", User: "bob", Password: "opensesame"}, "", fault.Unauthorized},
		{"key", all, R{Action: auth.Publish, Stream: "keyed/a", Key: "0bsk3y"}, "obs", ""},
		{"wrong key", all, R{Action: auth.Publish, Stream: "keyed/a", Key: "x", Query: "key=x"}, "", fault.Unauthorized},
		{"wrong key and good token", all, R{Action: auth.Publish, Stream: "keyed/a", Key: "x", Token: good}, "", fault.Unauthorized},
		{"key for another stream", all, R{Action: auth.Publish, Stream: "a", Key: "0bsk3y", Query: "key=0bsk3y"}, "", fault.Unauthorized},
		{"jwt", all, R{Action: auth.Publish, Stream: "jo/a", Token: good}, "jo", ""},
		{"jwt as a password", all, R{Action: auth.Publish, Stream: "jo/a", User: "x", Password: good}, "jo", ""},
		{"jwt elsewhere", all, R{Action: auth.Publish, Stream: "a", Token: good}, "", fault.Forbidden},
		{"jwt is not for the back end", all, R{Action: auth.Publish, Stream: "a", Token: good, Query: "opensesame"}, "", fault.Forbidden},
		{"jwt that is over", all, R{Action: auth.Play, Stream: "a", Token: old}, "", fault.Unauthorized},
		{"jwt that is over, for what everybody may", all, R{Action: auth.Play, Stream: "public", Token: old}, "", fault.Unauthorized},
		{"jwt that is spoilt", all, R{Action: auth.Play, Stream: "a", Token: good[:len(good)-4] + "AAAA", Query: "opensesame"}, "", fault.Unauthorized},
		{"jwt of another issuer", all, R{Action: auth.Play, Stream: "a", Token: foreign}, "", fault.Unauthorized},
		{"jwt of another issuer, which the back end knows", all, R{Action: auth.Play, Stream: "a", Token: foreign, Query: "opensesame"}, "", ""},
		{"jwt of another issuer is no administrator's", all, R{Action: auth.Admin, Token: foreign}, "", fault.Unauthorized},
		{"jwt as MediaMTX has it", all, R{Action: auth.Publish, Stream: "mtx/a", Token: theirs}, "jo", ""},
		{"jwt as MediaMTX has it, elsewhere", all, R{Action: auth.Publish, Stream: "amtx/a", Token: theirs}, "", fault.Forbidden},
		{"jwt of an administrator", all, R{Action: auth.Admin, Token: boss}, "jo", ""},
		{"an administrator's metrics", all, R{Action: auth.Metrics, Token: boss}, "jo", ""},
		{"an administrator does not play", all, R{Action: auth.Play, Stream: "a", Token: boss}, "", fault.Forbidden},
		{"jwt without an administrator's claim", all, R{Action: auth.Admin, Token: good}, "", fault.Forbidden},
		{"back end by token", all, R{Action: auth.Play, Stream: "a", Token: "opensesame"}, "", ""},
		{"back end by password", all, R{Action: auth.Play, Stream: "a", User: "eve", Password: "opensesame"}, "eve", ""},
		{"back end by address", all, R{Action: auth.Publish, Stream: "a", Query: "pin=opensesame"}, "", ""},
		{"back end: no", all, R{Action: auth.Play, Stream: "a", User: "eve", Password: "x"}, "", fault.Unauthorized},
		{"back end: nothing shown", all, R{Action: auth.Play, Stream: "a"}, "", fault.Unauthorized},
		{"back end: down", all, R{Action: auth.Play, Stream: "down", Token: "opensesame"}, "", fault.Overloaded},
		{"back end is not asked for administrators", all, R{Action: auth.Admin, Token: "opensesame"}, "", fault.Unauthorized},
		{"nor about what it cannot see", all, R{Action: auth.Play, Stream: "a", User: "opensesame", Proof: always{}, Query: "opensesame"}, "", fault.Unauthorized},
		{"everybody", all, R{Action: auth.Play, Stream: "public"}, "", ""},
		{"everybody, not publishing", all, R{Action: auth.Publish, Stream: "public"}, "", fault.Unauthorized},
		{"token of the configuration", all, R{Action: auth.Admin, Token: "0pst0ken"}, "ops", ""},
		{
			"no keys to be had", without(func(c *auth.Config) { c.JWT = &auth.JWTConfig{JWKS: "http://127.0.0.1:1/", Timeout: 30 * time.Second} }),
			R{Action: auth.Play, Stream: "a", Token: good}, "", fault.Overloaded,
		},
		{"without jwt the back end sees it", without(func(c *auth.Config) { c.JWT = nil }), R{Action: auth.Play, Stream: "a", Token: good}, "", fault.Unauthorized},
		{"only http: nobody administers but the machine itself", auth.Config{HTTP: all.HTTP}, R{Action: auth.Admin}, "", fault.Forbidden},
		{"only http: playing", auth.Config{HTTP: all.HTTP}, R{Action: auth.Play, Stream: "a"}, "", fault.Unauthorized},
		{"only jwt: nothing shown", auth.Config{JWT: all.JWT}, R{Action: auth.Play, Stream: "a"}, "", fault.Unauthorized},
		{"only jwt: administering needs one", auth.Config{JWT: all.JWT}, R{Action: auth.Admin}, "", fault.Unauthorized},
		{"only jwt: a password", auth.Config{JWT: all.JWT}, R{Action: auth.Play, Stream: "a", User: "bob", Password: "x"}, "", fault.Unauthorized},
		{"nothing configured", auth.Config{}, R{Action: auth.Publish, Stream: "a", Token: old}, "", ""},
	} {
		user, err := open(t, c.config).Authorise(t.Context(), c.ask)
		if user != c.user || fault.CodeOf(err) != c.code {
			t.Errorf("%s: got %q, %v, want %q, %s", c.name, user, err, c.user, c.code)
		}
	}
}

type always struct{}

func (always) Follows(string) bool { return true }

// TestReload: another configuration is in force at once, keys that were read are kept, and a bad one changes nothing.
func TestReload(t *testing.T) {
	i := newIssuer(t)
	c := everything(i.url, backEnd(t))
	a := open(t, c)
	good := i.token(t, "https://id.test", `{"play":["**"]}`, time.Hour)
	may := func(when string, q auth.Request, code fault.Code) {
		t.Helper()
		if _, err := a.Authorise(t.Context(), q); fault.CodeOf(err) != code {
			t.Errorf("%s: got %v, want %q", when, err, code)
		}
	}
	byJWT, byHTTP := auth.Request{Action: auth.Play, Stream: "a", Token: good}, auth.Request{Action: auth.Play, Stream: "a", Token: "opensesame"}
	may("at first", byJWT, "")
	may("at first", byHTTP, "")
	c.JWT = &auth.JWTConfig{JWKS: i.url, Issuer: "https://id.test", Audience: []string{"x"}}
	if err := a.Set(c); err != nil {
		t.Fatal(err)
	}
	may("with an audience", byJWT, fault.Unauthorized)
	if n := i.reads.Load(); n != 1 {
		t.Errorf("the keys were read %d times", n)
	}
	for _, bad := range []auth.Config{
		{JWT: &auth.JWTConfig{}}, {HTTP: &auth.HTTPConfig{}}, {Keys: []auth.KeyConfig{{}}}, {JWT: &auth.JWTConfig{JWKS: "http://example.org/"}},
	} {
		if err := a.Set(bad); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("got %v", err)
		}
		if _, err := access.New(bad, slog.New(slog.DiscardHandler)); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("got %v", err)
		}
	}
	may("as before", byHTTP, "")
	c.HTTP, c.JWT = nil, &auth.JWTConfig{Secret: "0123456789abcdef0123456789abcdef"}
	if err := a.Set(c); err != nil {
		t.Fatal(err)
	}
	may("without a back end", byHTTP, fault.Unauthorized)
	may("with a secret", byJWT, fault.Unauthorized)
	if err := a.Set(auth.Config{}); err != nil {
		t.Fatal(err)
	}
	may("open", byHTTP, "")
}

// TestAtOnce decides and reloads at the same time, for the race detector; a JWT is good throughout.
func TestAtOnce(t *testing.T) {
	i := newIssuer(t)
	c := everything(i.url, backEnd(t))
	a := open(t, c)
	good := i.token(t, "https://id.test", `{"play":["**"]}`, time.Hour)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				if _, err := a.Authorise(t.Context(), auth.Request{Action: auth.Play, Stream: "a", Token: good}); err != nil {
					t.Error(err)
				}
				if _, err := a.Authorise(t.Context(), auth.Request{Action: auth.Publish, Stream: "a"}); err == nil {
					t.Error("nobody got in")
				}
			}
		})
	}
	for n := range 20 {
		c.HTTP = &auth.HTTPConfig{URL: c.HTTP.URL, Most: 10 + n, Timeout: 30 * time.Second}
		if err := a.Set(c); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

// BenchmarkJWT is a decision by a signed token.
func BenchmarkJWT(b *testing.B) {
	a, err := access.New(auth.Config{JWT: &auth.JWTConfig{Secret: "0123456789abcdef0123456789abcdef"}}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	c := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"exp": time.Now().Add(time.Hour).Unix(), "sluice": map[string]any{"play": []string{"**"}}})
	token, err := c.SignedString([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := a.Authorise(b.Context(), auth.Request{Action: auth.Play, Stream: "a", Token: token}); err != nil {
			b.Fatal(err)
		}
	}
}
