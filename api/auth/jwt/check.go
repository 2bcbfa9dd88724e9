package jwt

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"sluice/api/auth"
	"sluice/engine/fault"
)

// minSecret is how long a secret is at least, in bytes: as long as what HS256 makes of it (RFC 7518 3.2).
const minSecret = 32

// public are the algorithms with a public key, shared those with a secret. A configuration has those of one sort only: a public key is
// no secret, and who could have it taken for one would sign what he likes.
func public() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
}

func shared() []string { return []string{"HS256", "HS384", "HS512"} }

// algorithms are those that are good.
func algorithms(c auth.JWTConfig) []string {
	switch {
	case len(c.Algorithms) > 0:
		return c.Algorithms
	case c.JWKS != "":
		return public()
	default:
		return shared()[:1]
	}
}

// Check finds what is wrong with a configuration, which is fault.InvalidParams with the key as its place. It reads nothing.
func Check(c auth.JWTConfig) error {
	bad := func(key, format string, args ...any) *fault.Fault {
		return fault.New(fault.InvalidParams, "auth.jwt."+key, format, args...)
	}
	switch {
	case c.JWKS == "" && c.Secret == "":
		return bad("jwks", "there is nothing to check tokens with").Advise("set auth.jwt.jwks, or auth.jwt.secret")
	case c.JWKS != "" && c.Secret != "":
		return bad("secret", "tokens are checked either with a key set or with a secret").Advise("leave out one of them")
	case c.JWKS == "" && len(c.Secret) < minSecret:
		return bad("secret", "the secret is too short").Advise("at least %d bytes, such as of `openssl rand -base64 32`", minSecret)
	case strings.Contains(c.JWKS, "://"):
		if err := checkURL(c.JWKS); err != nil {
			return err
		}
	}
	may := shared()
	if c.JWKS != "" {
		may = public()
	}
	for _, name := range c.Algorithms {
		if !slices.Contains(may, name) || jwt.GetSigningMethod(name) == nil {
			return bad("algorithms", "%q is not for tokens that are checked so", name).Advise("%s", strings.Join(may, ", "))
		}
	}
	return nil
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err == nil && u.User != nil {
		return fault.New(fault.InvalidParams, "auth.jwt.jwks", "the address of the keys has a login").
			Advise("who reads the configuration or the log would see it")
	}
	if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !own(u.Hostname())) {
		return fault.New(fault.InvalidParams, "auth.jwt.jwks", "the address of the keys is none with https").
			Advise("keys that come by http could be anybody's; it is good for the machine itself only")
	}
	return nil
}

// own tells whether a host is this machine.
func own(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback() || strings.EqualFold(host, "localhost")
}
