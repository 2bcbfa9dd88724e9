package jwt

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"sluice/api/auth"
	"sluice/engine/fault"
)

const text32 = "0123456789abcdef0123456789abcdef"

// TestTokens is the table of who gets in by a token and who does not.
func TestTokens(t *testing.T) {
	p := makePairs(t)
	j := judge(t, auth.JWTConfig{Issuer: "https://id.test", Audience: []string{"sluice", "media"}, Leeway: 30 * time.Second}, &shelf{keys: p.public()})
	good := sign(t, "RS256", "r", p.rsa, claims())
	head, rest, _ := strings.Cut(good, ".")
	body, signature, _ := strings.Cut(rest, ".")
	at := func(d time.Duration) int64 { return time.Now().Add(d).Unix() }
	ask := func(token string) auth.Request { return publish(token) }
	for _, c := range []struct {
		name    string
		ask     auth.Request
		outcome auth.Outcome
		reason  auth.Reason
	}{
		{"RS256", ask(good), auth.Allow, auth.Granted},
		{"RS512", ask(sign(t, "RS512", "r", p.rsa, claims())), auth.Allow, auth.Granted},
		{"PS256", ask(sign(t, "PS256", "r", p.rsa, claims())), auth.Allow, auth.Granted},
		{"ES256", ask(sign(t, "ES256", "e", p.ec, claims())), auth.Allow, auth.Granted},
		{"EdDSA", ask(sign(t, "EdDSA", "d", p.ed, claims())), auth.Allow, auth.Granted},
		{"without an id all keys are tried", ask(sign(t, "RS256", "", p.rsa, claims())), auth.Allow, auth.Granted},
		{"as a password", auth.Request{Action: auth.Play, Stream: "a/b", User: "x", Password: good}, auth.Allow, auth.Granted},
		{"expired a moment ago", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"exp": at(-10 * time.Second)}))), auth.Allow, auth.Granted},
		{"the other audience", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"aud": []string{"x", "media"}}))), auth.Allow, auth.Granted},

		{"another stream", auth.Request{Action: auth.Publish, Stream: "cam", Token: good}, auth.Refuse, auth.NotGranted},
		{"no administrator", auth.Request{Action: auth.Admin, Token: good}, auth.Refuse, auth.NotGranted},
		{"no metrics", auth.Request{Action: auth.Metrics, Token: good}, auth.Refuse, auth.NotGranted},
		{"may be here", auth.Request{Action: auth.Enter, Token: good}, auth.Allow, auth.Granted},
		{"without permissions", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"sluice": nil}))), auth.Refuse, auth.NotGranted},
		{"expired", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"exp": at(-time.Minute)}))), auth.Refuse, auth.Expired},
		{"without an end", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"exp": nil}))), auth.Refuse, auth.WrongClaims},
		{"an end that is no number", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"exp": "never"}))), auth.Refuse, auth.WrongClaims},
		{"not yet", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"nbf": at(time.Minute)}))), auth.Refuse, auth.NotYet},
		{"no issuer", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"iss": nil}))), auth.Refuse, auth.WrongClaims},
		{"another issuer is another's", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"iss": "https://x"}))), auth.Pass, ""},
		{"another audience", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"aud": "x"}))), auth.Refuse, auth.WrongClaims},
		{"no audience", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"aud": nil}))), auth.Refuse, auth.WrongClaims},
		{"a subject that is no text", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"sub": 7}))), auth.Refuse, auth.WrongClaims},
		{"permissions that are none", ask(sign(t, "RS256", "r", p.rsa, with(jwt.MapClaims{"sluice": 7}))), auth.Refuse, auth.WrongClaims},

		{"the key of another sort", ask(sign(t, "RS256", "e", p.rsa, claims())), auth.Wrong, auth.BadSignature},
		{"a key that is not there", ask(sign(t, "RS256", "x", p.rsa, claims())), auth.Wrong, auth.UnknownSigner},
		{"another signature", ask(head + "." + body + "." + strings.Repeat("A", len(signature))), auth.Wrong, auth.BadSignature},
		{"other claims", ask(head + "." + part(`{"exp":4102444800,"iss":"https://id.test","sluice":{"admin":true}}`) + "." + signature), auth.Wrong, auth.BadSignature},
		{"no signature", ask(head + "." + body + "."), auth.Wrong, auth.BadSignature},
		{"none", ask(part(`{"alg":"none"}`) + "." + body + "."), auth.Wrong, auth.BadAlgorithm},
		{"None", ask(part(`{"alg":"None"}`) + "." + body + "."), auth.Wrong, auth.BadAlgorithm},
		{"an algorithm that there is not", ask(part(`{"alg":"X"}`) + "." + body + "." + signature), auth.Wrong, auth.BadAlgorithm},
		{"crit", ask(sign(t, "RS256", "r", p.rsa, claims(), "crit", "b64")), auth.Wrong, auth.Malformed},
		{"claims that are none", ask(head + ".AAAA." + signature), auth.Wrong, auth.Malformed},
		{"padding", ask(good + "="), auth.Wrong, auth.Malformed},
		{"too long", ask(head + "." + strings.Repeat("A", maxToken) + "." + signature), auth.Wrong, auth.Malformed},

		{"no token", ask("0123456789"), auth.Pass, ""},
		{"two dots", ask("a.b.c"), auth.Pass, ""},
		{"a header without an algorithm", ask(part(`{}`) + "." + body + "." + signature), auth.Pass, ""},
		{"encrypted", ask(good + ".x.y"), auth.Pass, ""},
		{"nothing", ask(""), auth.Pass, ""},
		{"a token goes before a password", auth.Request{Action: auth.Play, Stream: "a", Token: "x", Password: good}, auth.Pass, ""},
		{"a listed key", auth.Request{Action: auth.Publish, Stream: "live/cam", Key: good}, auth.Pass, ""},
	} {
		v := j.Judge(t.Context(), c.ask)
		if v.Outcome != c.outcome || v.Reason != c.reason {
			t.Errorf("%s: got %+v, want %d, %s", c.name, v, c.outcome, c.reason)
		}
		if v.Outcome == auth.Allow && v.User != "ann" {
			t.Errorf("%s: it is %q", c.name, v.User)
		}
		if v.Outcome != auth.Allow && v.Outcome != auth.Pass && v.Err == nil || strings.Contains(v.Detail, signature) {
			t.Errorf("%s: %+v", c.name, v)
		}
	}
}

func part(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

// TestAlgorithmConfusion: nobody signs with what everybody can read.
func TestAlgorithmConfusion(t *testing.T) {
	p := makePairs(t)
	der, err := x509.MarshalPKIXPublicKey(&p.rsa.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	readable := [][]byte{
		pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), der, written(t, p.public()), p.rsa.N.Bytes(), p.ed.Public().(ed25519.PublicKey), {},
	}
	j := judge(t, auth.JWTConfig{}, &shelf{keys: p.public()})
	for i, secret := range readable {
		for _, algorithm := range shared() {
			for _, id := range []string{"r", "e", "d", ""} {
				if v := j.Judge(t.Context(), publish(sign(t, algorithm, id, secret, claims()))); v.Outcome != auth.Wrong || v.Reason != auth.BadAlgorithm {
					t.Errorf("%d, %s, %q: %+v", i, algorithm, id, v)
				}
			}
		}
	}
	// The other way round: where a secret is shared, no key that a token brings along is good.
	j = judge(t, auth.JWTConfig{Secret: text32}, nil)
	if v := j.Judge(t.Context(), publish(sign(t, "HS256", "any", []byte(text32), claims()))); v.Outcome != auth.Allow {
		t.Errorf("HS256: %+v", v)
	}
	for _, token := range []string{
		sign(t, "RS256", "r", p.rsa, claims()), sign(t, "EdDSA", "d", p.ed, claims()), sign(t, "HS512", "", []byte(text32), claims()),
		sign(t, "HS256", "", []byte(text32+"x"), claims()), sign(t, "HS256", "", []byte{}, claims()),
	} {
		if v := j.Judge(t.Context(), publish(token)); v.Outcome != auth.Wrong {
			t.Errorf("got %+v", v)
		}
	}
}

// TestOthersSign reads tokens that other implementations made.
func TestOthersSign(t *testing.T) {
	n := 0
	for _, file := range []string{"node", "python", "openssl"} {
		text, err := os.ReadFile("testdata/" + file + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var said struct {
			JWKS   json.RawMessage   `json:"jwks"`
			Secret string            `json:"secret"`
			Tokens map[string]string `json:"tokens"`
		}
		if err := json.Unmarshal(text, &said); err != nil {
			t.Fatal(err)
		}
		path := t.TempDir() + "/jwks.json"
		if err := os.WriteFile(path, said.JWKS, 0o600); err != nil {
			t.Fatal(err)
		}
		keys := NewKeys(path, 0, 0, quiet())
		t.Cleanup(keys.Close)
		for algorithm, token := range said.Tokens {
			c := auth.JWTConfig{JWKS: path, Issuer: "https://id.test", Audience: []string{"sluice"}}
			if strings.HasPrefix(algorithm, "HS") {
				c.JWKS, c.Secret, c.Algorithms = "", said.Secret, []string{algorithm}
			}
			j, err := New(c, keys)
			if err != nil {
				t.Fatal(err)
			}
			if v := j.Judge(t.Context(), publish(token)); v.Outcome != auth.Allow || v.User != "ann" {
				t.Errorf("%s, %s: %+v", file, algorithm, v)
			}
			spoilt := token[:len(token)-20] + "AAAAAAAAAAAAAAAAAAAA"
			if v := j.Judge(t.Context(), publish(spoilt)); v.Outcome != auth.Wrong {
				t.Errorf("%s, %s, spoilt: %+v", file, algorithm, v)
			}
			n++
		}
	}
	if n != 16 {
		t.Errorf("%d tokens", n)
	}
}

func TestEndless(t *testing.T) {
	p := makePairs(t)
	j := judge(t, auth.JWTConfig{Endless: true, Claim: "may"}, &shelf{keys: p.public()})
	c := with(jwt.MapClaims{"exp": nil, "sub": nil, "may": map[string]any{"admin": true}})
	v := j.Judge(t.Context(), auth.Request{Action: auth.Admin, Token: sign(t, "ES256", "e", p.ec, c)})
	if v.Outcome != auth.Allow || v.User != nobody {
		t.Errorf("got %+v", v)
	}
	c["exp"] = 1
	if v = j.Judge(t.Context(), auth.Request{Action: auth.Admin, Token: sign(t, "ES256", "e", p.ec, c)}); v.Reason != auth.Expired {
		t.Errorf("got %+v", v)
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		config auth.JWTConfig
		want   string
	}{
		{auth.JWTConfig{}, "auth.jwt.jwks"},
		{auth.JWTConfig{JWKS: "f", Secret: text32}, "auth.jwt.secret"},
		{auth.JWTConfig{Secret: text32[1:]}, "auth.jwt.secret"},
		{auth.JWTConfig{JWKS: "http://id.example.org/jwks"}, "auth.jwt.jwks"},
		{auth.JWTConfig{JWKS: "ftp://127.0.0.1/jwks"}, "auth.jwt.jwks"},
		{auth.JWTConfig{JWKS: "https://"}, "auth.jwt.jwks"},
		{auth.JWTConfig{JWKS: "https://me:" + text32 + "@id.example.org/jwks"}, "auth.jwt.jwks"},
		{auth.JWTConfig{JWKS: "https://me:" + text32 + "%zz@id.example.org/jwks"}, "auth.jwt.jwks"},
		{auth.JWTConfig{JWKS: "f", Algorithms: []string{"RS256", "HS256"}}, "auth.jwt.algorithms"},
		{auth.JWTConfig{JWKS: "f", Algorithms: []string{"none"}}, "auth.jwt.algorithms"},
		{auth.JWTConfig{Secret: text32, Algorithms: []string{"RS256"}}, "auth.jwt.algorithms"},
		{auth.JWTConfig{JWKS: "https://id.example.org/jwks"}, ""},
		{auth.JWTConfig{JWKS: "http://127.0.0.1:8080/jwks", Algorithms: []string{"ES256"}}, ""},
		{auth.JWTConfig{JWKS: "http://localhost/jwks"}, ""},
		{auth.JWTConfig{JWKS: "/etc/keys.json"}, ""},
		{auth.JWTConfig{Secret: text32, Algorithms: []string{"HS512"}}, ""},
	} {
		err := Check(c.config)
		if c.want == "" && err != nil || c.want != "" && (fault.CodeOf(err) != fault.InvalidParams || !strings.HasPrefix(err.Error(), c.want)) {
			t.Errorf("%+v: %v", c.config, err)
		}
		if err != nil && strings.Contains(err.Error(), text32[1:]) {
			t.Errorf("the error tells the secret: %v", err)
		}
	}
}
