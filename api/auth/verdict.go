package auth

import (
	"context"

	"sluice/engine/fault"
)

// Judge decides about requests with credentials of its own sort. Safe for concurrent use.
type Judge interface {
	// Judge says what it thinks of a request. ctx ends the thinking.
	Judge(ctx context.Context, q Request) Verdict
	// Judges tells whether it ever lets anybody do that.
	Judges(a Action) bool
	// Passwords tells whether it knows names and passwords, and has to be told them for that.
	Passwords() bool
}

// Outcome is how a request is decided.
type Outcome int

// The outcomes.
const (
	// Pass: the credentials, if any, are none of the judge's. The next one is asked.
	Pass Outcome = iota
	// Allow: he may.
	Allow
	// Refuse: he may not. The credentials, if any, are good, or were: it is no guess.
	Refuse
	// Wrong: the credentials are of the judge's sort and no good. It counts as a guess.
	Wrong
	// Fail: it could not be found out, which is not the client's fault. He may not.
	Fail
)

// Rule is what decided.
type Rule string

// The rules.
const (
	ByUser    Rule = "user"      // Config.Users
	ByToken   Rule = "token"     // Config.Tokens
	ByKey     Rule = "key"       // Config.Keys
	ByJWT     Rule = "jwt"       // Config.JWT
	ByHTTP    Rule = "http"      // Config.HTTP
	ByApp     Rule = "app"       // an application's user, where those may
	Anybody   Rule = "anonymous" // Config.Anonymous
	ByBrake   Rule = "brake"     // who guessed before
	ByPlace   Rule = "place"     // who sits at the machine itself, where nobody has credentials
	ByNothing Rule = "none"      // nobody decided, so he may not
)

// Reason is why, in one word: one of those below, so that they can be counted.
type Reason string

// The reasons.
const (
	Granted       Reason = "granted"
	NotGranted    Reason = "not_granted"    // he is known, and may not do that
	NoCredentials Reason = "no_credentials" // he shows none, and not everybody may
	Unknown       Reason = "unknown_credentials"
	WrongPassword Reason = "wrong_password"
	WrongKey      Reason = "wrong_key"
	TooMany       Reason = "too_many_attempts"
	GaveUp        Reason = "not_waited_for" // the client left before it was decided
	Malformed     Reason = "malformed"
	BadAlgorithm  Reason = "bad_algorithm"
	BadSignature  Reason = "bad_signature"
	UnknownSigner Reason = "unknown_signer" // no key of that id
	NoSigners     Reason = "no_signers"     // the keys could not be had
	Expired       Reason = "expired"
	NotYet        Reason = "not_yet_valid"
	WrongClaims   Reason = "wrong_claims" // issuer, audience, or what else a token must have
	BackEndNo     Reason = "back_end_refused"
	BackEndDown   Reason = "back_end_failed"
	BackEndBusy   Reason = "back_end_busy"
)

// Verdict is what was decided about a request.
type Verdict struct {
	Outcome Outcome
	User    string // who it is, as far as that was proven
	Rule    Rule
	Reason  Reason
	// Detail says more to who reads the log. It has no secrets.
	Detail string
	// Err is what the client is told; nil: what Outcome says.
	Err error
}

// allowed is of who may.
func allowed(by Rule, user string) Verdict {
	return Verdict{Outcome: Allow, User: user, Rule: by, Reason: Granted}
}

// Of is the Verdict on somebody who is known and of whom it is known what he may do.
func Of(by Rule, user string, may Grant, q Request) Verdict {
	if may.Allows(q.Action, q.Stream) {
		return allowed(by, user)
	}
	return Verdict{
		Outcome: Refuse, User: user, Rule: by, Reason: NotGranted,
		Err: fault.New(fault.Forbidden, "", "%q may not %s", user, q.deed()),
	}
}

// told is what the client is told.
func (v Verdict) told() error {
	switch {
	case v.Outcome == Allow:
		return nil
	case v.Err != nil:
		return v.Err
	case v.Outcome == Fail:
		return fault.New(fault.Overloaded, "", "who may do this cannot be found out now").Advise("try again later")
	default: // whatever was wrong, whoever guesses is told the same
		return fault.New(fault.Unauthorized, "", "the user, the password or the token is wrong")
	}
}
