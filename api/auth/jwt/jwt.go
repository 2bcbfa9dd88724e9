// Package jwt lets in who shows a token that somebody else signed: a JSON Web Token (RFC 7519) with a public key of a key set
// (RFC 7517) or with a shared secret, and with a claim that says what its bearer may do. It gives nobody a token, and asks nobody
// whether one was taken back: it is good until it expires.
package jwt

import (
	"context"
	"errors"
	"slices"

	"github.com/golang-jwt/jwt/v5"

	"sluice/api/auth"
	"sluice/engine/fault"
)

// maxToken is how long a token may be, in bytes.
const maxToken = 16 << 10

// Claim is the claim that says what the bearer may do, unless the configuration has another.
const Claim = "sluice"

// nobody is who shows a token without a subject: he is known to be somebody.
const nobody = "jwt"

// invalid is what he hears whose token nobody good has signed.
const invalid = "the token is not valid"

// Judge decides about tokens. It implements auth.Judge.
type Judge struct {
	signers    signers
	parser     *jwt.Parser
	algorithms []string
	issuer     string
	claim      string
}

// signers has the keys that tokens are checked with.
type signers interface {
	// of finds those that may have signed a token.
	of(ctx context.Context, id, algorithm string) ([]jwt.VerificationKey, error)
}

// New makes a Judge. The Keys are those of c.JWKS, if it is set; they are the caller's to close. A bad configuration is
// fault.InvalidParams, with the key as its place.
func New(c auth.JWTConfig, keys *Keys) (*Judge, error) {
	if err := Check(c); err != nil {
		return nil, err
	}
	good := algorithms(c)
	o := []jwt.ParserOption{jwt.WithValidMethods(good), jwt.WithLeeway(c.Leeway), jwt.WithStrictDecoding()}
	if !c.Endless {
		o = append(o, jwt.WithExpirationRequired())
	}
	if len(c.Audience) > 0 {
		o = append(o, jwt.WithAudience(c.Audience...))
	}
	j := &Judge{signers: keys, parser: jwt.NewParser(o...), algorithms: good, issuer: c.Issuer, claim: c.Claim}
	if c.JWKS == "" {
		j.signers = secret(c.Secret)
	}
	if j.claim == "" {
		j.claim = Claim
	}
	return j, nil
}

// Judges implements auth.Judge: a token may let its bearer do anything.
func (j *Judge) Judges(auth.Action) bool { return true }

// Passwords implements auth.Judge: there is a place for tokens everywhere.
func (j *Judge) Passwords() bool { return false }

// Judge implements auth.Judge. What is shown as a token is looked at, and what is shown as a password, since some clients have a field
// for nothing else. What is no token of this sort, or is of another issuer, is left to others.
func (j *Judge) Judge(ctx context.Context, q auth.Request) auth.Verdict {
	text := q.Token
	if text == "" && q.Proof == nil && q.Salted == nil {
		text = q.Password
	}
	header := peek(text)
	if header == nil {
		return auth.Verdict{}
	}
	if len(text) > maxToken {
		return refused(auth.Wrong, auth.Malformed, "it is too long", invalid)
	}
	if j.foreign(text) {
		return auth.Verdict{}
	}
	if _, critical := header["crit"]; critical { // RFC 7515 4.1.11: whatever it is, it is not understood
		return refused(auth.Wrong, auth.Malformed, `its header has "crit"`, invalid)
	}
	if algorithm, _ := header["alg"].(string); !slices.Contains(j.algorithms, algorithm) {
		return refused(auth.Wrong, auth.BadAlgorithm, "", invalid)
	}
	claims := jwt.MapClaims{}
	_, err := j.parser.ParseWithClaims(text, claims, func(t *jwt.Token) (any, error) {
		id, _ := t.Header["kid"].(string)
		found, err := j.signers.of(ctx, id, t.Method.Alg())
		return jwt.VerificationKeySet{Keys: found}, err
	})
	if err != nil {
		return j.wrong(ctx, err)
	}
	return j.grant(q, claims)
}

// foreign tells whether a token says that it is of another issuer. Nobody has vouched for that, but all that follows is that somebody else
// looks at it.
func (j *Judge) foreign(text string) bool {
	claims := jwt.MapClaims{}
	if j.issuer == "" {
		return false
	}
	if _, _, err := j.parser.ParseUnverified(text, claims); err != nil {
		return false
	}
	by, err := claims.GetIssuer()
	return err == nil && by != "" && by != j.issuer
}

// grant decides by what a token says that is good.
func (j *Judge) grant(q auth.Request, claims jwt.MapClaims) auth.Verdict {
	if by, err := claims.GetIssuer(); j.issuer != "" && (err != nil || by != j.issuer) {
		return refused(auth.Refuse, auth.WrongClaims, "it has no issuer", "the token is not valid here")
	}
	subject, err := claims.GetSubject()
	if err != nil {
		return refused(auth.Refuse, auth.WrongClaims, "its subject is no text", "the token is not valid here")
	}
	if subject == "" {
		subject = nobody
	}
	may, err := permissions(claims[j.claim], claims[mediamtxClaim])
	if err != nil {
		return refused(auth.Refuse, auth.WrongClaims, err.Error(), "what the token permits cannot be understood")
	}
	if !may.allow(q.Action, q.Stream) {
		return auth.Of(auth.ByJWT, subject, auth.Grant{}, q)
	}
	return auth.Verdict{Outcome: auth.Allow, User: subject, Rule: auth.ByJWT, Reason: auth.Granted}
}

// wrong says why a token is refused. What was signed well is no guess, whatever else is wrong with it.
func (j *Judge) wrong(ctx context.Context, err error) auth.Verdict {
	switch {
	case errors.Is(err, errNoKeys):
		return auth.Verdict{Outcome: auth.Fail, Rule: auth.ByJWT, Reason: auth.NoSigners}
	case ctx.Err() != nil:
		return auth.Verdict{Outcome: auth.Fail, Rule: auth.ByJWT, Reason: auth.GaveUp}
	case errors.Is(err, errNoSuchKey):
		return refused(auth.Wrong, auth.UnknownSigner, "", invalid)
	case errors.Is(err, jwt.ErrTokenMalformed):
		return refused(auth.Wrong, auth.Malformed, "", invalid)
	case errors.Is(err, jwt.ErrTokenUnverifiable), errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return refused(auth.Wrong, auth.BadSignature, "", invalid)
	case errors.Is(err, jwt.ErrTokenExpired):
		return refused(auth.Refuse, auth.Expired, "", "the token has expired")
	case errors.Is(err, jwt.ErrTokenNotValidYet):
		return refused(auth.Refuse, auth.NotYet, "", "the token is not valid yet")
	default:
		return refused(auth.Refuse, auth.WrongClaims, err.Error(), "the token is not valid here")
	}
}

func refused(o auth.Outcome, why auth.Reason, detail, text string) auth.Verdict {
	return auth.Verdict{Outcome: o, Rule: auth.ByJWT, Reason: why, Detail: detail, Err: fault.New(fault.Unauthorized, "", "%s", text)}
}
