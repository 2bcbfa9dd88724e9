package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"

	"sluice/api/apps"
	"sluice/api/auth"
	"sluice/api/auth/access"
	"sluice/api/auth/admin"
	"sluice/cmd/sluice/serve"
)

// callers lets in who may call the API of WCS: administrators and, if the configuration says so, the users of applications.
func callers(p *serve.Parts, entry *admin.Entry) *admin.Entry {
	if !p.Config.Apps.Callers || p.Apps == nil {
		return entry
	}
	return admin.New(withUsers{p.Auth, appUsers{p.Apps}}, "rest")
}

// withUsers decides as the other doors do, and by the users of applications.
type withUsers struct {
	*access.Access

	users appUsers
}

// Authorise implements admin.Authoriser.
func (w withUsers) Authorise(ctx context.Context, q auth.Request) (string, error) {
	return w.AuthoriseBy(ctx, q, w.users)
}

// appUsers are the users of applications, as a judge. WCS has these for its REST API.
type appUsers struct{ apps *apps.Apps }

// Judges implements auth.Judge.
func (u appUsers) Judges(a auth.Action) bool {
	if a != auth.Admin {
		return false
	}
	for _, one := range u.apps.All() {
		if one.Username != "" && one.Password != "" {
			return true
		}
	}
	return false
}

// Passwords implements auth.Judge.
func (appUsers) Passwords() bool { return true }

// Judge implements auth.Judge. Several applications may have one user, each with a password of its own.
func (u appUsers) Judge(_ context.Context, q auth.Request) auth.Verdict {
	if q.Action != auth.Admin || q.User == "" || q.Token != "" {
		return auth.Verdict{}
	}
	v := auth.Verdict{}
	shown := sha256.Sum256([]byte(q.Password))
	for _, one := range u.apps.All() {
		if one.Username != q.User || one.Password == "" {
			continue
		}
		if sum := sha256.Sum256([]byte(one.Password)); subtle.ConstantTimeCompare(sum[:], shown[:]) == 1 {
			return auth.Verdict{Outcome: auth.Allow, User: q.User, Rule: auth.ByApp, Reason: auth.Granted, Detail: one.Key}
		}
		v = auth.Verdict{Outcome: auth.Wrong, Rule: auth.ByApp, Reason: auth.WrongPassword}
	}
	return v
}
