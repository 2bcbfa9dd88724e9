package jwt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// Why there is no key for a token.
var (
	errNoKeys    = errors.New("there are no keys")
	errNoSuchKey = errors.New("there is no such key")
)

// secret is a key that both sides know.
type secret string

func (s secret) of(_ context.Context, _, algorithm string) ([]jwt.VerificationKey, error) {
	if !strings.HasPrefix(algorithm, "HS") {
		return nil, errNoSuchKey
	}
	return []jwt.VerificationKey{[]byte(s)}, nil
}

// maxKeys is how many keys of a set are taken: without an id each may have to be tried.
const maxKeys = 64

// keySet is a set that was read. It is never changed.
type keySet []signer

type signer struct {
	id, algorithm string // "": any
	key           jwt.VerificationKey
}

// readKeys reads a set (RFC 7517 5). Keys that are not for signatures are left out, and so are those that cannot be understood, as the
// RFC wants it. A set without any that can be used is an error.
func readKeys(ctx context.Context, text []byte) (keySet, error) {
	var said struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, errors.New("it is no key set")
	}
	var set keySet
	for _, raw := range said.Keys {
		if s, ok := readKey(ctx, raw); ok && len(set) < maxKeys {
			set = append(set, s)
		}
	}
	if len(set) == 0 {
		return nil, fmt.Errorf("none of %d keys is for signatures with a public key", len(said.Keys))
	}
	return set, nil
}

func readKey(ctx context.Context, raw json.RawMessage) (signer, bool) {
	var said struct {
		Type      string   `json:"kty"`
		Use       string   `json:"use"`
		ID        string   `json:"kid"`
		Algorithm string   `json:"alg"`
		For       []string `json:"key_ops"`
	}
	if json.Unmarshal(raw, &said) != nil || said.Use != "" && said.Use != "sig" || said.Type == "oct" {
		return signer{}, false
	}
	if len(said.For) > 0 && !slices.Contains(said.For, "verify") {
		return signer{}, false
	}
	one, err := keyfunc.NewJWKJSON(raw)
	if err != nil {
		return signer{}, false
	}
	all, err := one.VerificationKeySet(ctx)
	if err != nil || len(all.Keys) != 1 {
		return signer{}, false
	}
	return signer{id: said.ID, algorithm: said.Algorithm, key: all.Keys[0]}, true
}

// find finds the keys that may have signed a token: the one with its id; all if it has none.
func (s keySet) find(id, algorithm string) []jwt.VerificationKey {
	var found []jwt.VerificationKey
	for _, one := range s {
		if (id == "" || one.id == id) && (one.algorithm == "" || one.algorithm == algorithm) {
			found = append(found, one.key)
		}
	}
	return found
}
