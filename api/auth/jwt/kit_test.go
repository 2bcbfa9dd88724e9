package jwt

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"sluice/api/auth"
)

// shelf is a key set in memory. It implements reader.
type shelf struct {
	mu    sync.Mutex
	keys  map[string]any // public, by id
	down  bool
	reads int
	hold  chan struct{} // nil: nobody waits
}

var errDown = errors.New("it is down")

func (s *shelf) read(ctx context.Context) ([]byte, error) {
	s.mu.Lock()
	hold := s.hold
	s.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reads++
	if s.down {
		return nil, errDown
	}
	return set(s.keys)
}

func (s *shelf) name() string { return "shelf" }
func (s *shelf) close()       {}

func (s *shelf) change(f func(*shelf)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(s)
}

// set writes a key set.
func set(keys map[string]any) ([]byte, error) {
	b64 := base64.RawURLEncoding.EncodeToString
	list := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(keys)) {
		switch k := keys[id].(type) {
		case *rsa.PublicKey:
			list = append(list, map[string]any{"kty": "RSA", "kid": id, "n": b64(k.N.Bytes()), "e": "AQAB"})
		case *ecdsa.PublicKey:
			point, err := k.Bytes()
			if err != nil {
				return nil, err
			}
			half := len(point) / 2
			list = append(list, map[string]any{"kty": "EC", "kid": id, "crv": k.Params().Name, "x": b64(point[1 : 1+half]), "y": b64(point[1+half:])})
		case ed25519.PublicKey:
			list = append(list, map[string]any{"kty": "OKP", "kid": id, "crv": "Ed25519", "x": b64(k)})
		}
	}
	return json.Marshal(map[string]any{"keys": list})
}

// written is a key set that is well.
func written(t testing.TB, keys map[string]any) []byte {
	t.Helper()
	b, err := set(keys)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// pairs are keys of three sorts.
type pairs struct {
	rsa *rsa.PrivateKey
	ec  *ecdsa.PrivateKey
	ed  ed25519.PrivateKey
}

var once = sync.OnceValues(func() (pairs, error) {
	r, wrong := rsa.GenerateKey(rand.Reader, 2048)
	e, bad := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	_, d, err := ed25519.GenerateKey(rand.Reader)
	return pairs{r, e, d}, errors.Join(wrong, bad, err)
})

func makePairs(t testing.TB) pairs {
	t.Helper()
	p, err := once()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p pairs) public() map[string]any {
	return map[string]any{"r": &p.rsa.PublicKey, "e": &p.ec.PublicKey, "d": p.ed.Public()}
}

// claims are those of a good token.
func claims() jwt.MapClaims {
	return jwt.MapClaims{
		"iss": "https://id.test", "aud": "sluice", "sub": "ann", "exp": time.Now().Add(time.Hour).Unix(),
		"sluice": map[string]any{"publish": []string{"live/*"}, "play": []string{"**"}},
	}
}

// with is claims with some others; nil leaves one out.
func with(changes jwt.MapClaims) jwt.MapClaims {
	c := claims()
	for k, v := range changes {
		if c[k] = v; v == nil {
			delete(c, k)
		}
	}
	return c
}

// sign makes a token.
func sign(t testing.TB, algorithm, id string, key crypto.PrivateKey, c jwt.MapClaims, header ...string) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.GetSigningMethod(algorithm), c)
	if id != "" {
		token.Header["kid"] = id
	}
	for i := 0; i+1 < len(header); i += 2 {
		token.Header[header[i]] = header[i+1]
	}
	text, err := token.SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// judge makes a Judge with keys of a shelf.
func judge(t testing.TB, c auth.JWTConfig, from reader) *Judge {
	t.Helper()
	var keys *Keys
	if c.Secret == "" {
		c.JWKS = "shelf"
		keys = newKeys(from, time.Hour, quiet())
		t.Cleanup(keys.Close)
	}
	j, err := New(c, keys)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func publish(token string) auth.Request {
	return auth.Request{Action: auth.Publish, Stream: "live/cam", Token: token}
}
