package main

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"sluice/api/apps"
	"sluice/api/auth"
	"sluice/api/auth/access"
	"sluice/api/hooks"
	"sluice/cmd/sluice/serve"
	"sluice/engine/fault"
)

// asked decides who may do what as the server does, and then asks the application of who may: for doors whose clients do not connect to
// one as pages do. Nobody is asked where no application has a back end.
type asked struct {
	*access.Access
	hooks *hooks.Hooks
	node  string
}

// alsoAsked is the Authoriser of a door of which applications are asked, too.
func alsoAsked(p *serve.Parts) asked { return asked{p.Auth, p.Hooks, p.Config.WebSocket.Node} }

// Asks tells whether there may be somebody to ask, who looks at all parameters of an address.
func (a asked) Asks() bool { return a.hooks != nil }

// Authorise implements the doors' Authoriser. What the application does not allow is fault.Forbidden.
func (a asked) Authorise(ctx context.Context, q auth.Request) (string, error) {
	user, err := a.Access.Authorise(ctx, q)
	method := methodOf(q)
	if err != nil || a.hooks == nil || method == "" || q.Listing {
		return user, err
	}
	said, _ := url.ParseQuery(q.Query) // what of it cannot be read is left out
	app := said.Get("appKey")
	if app != "" && app != q.Token && !a.hooks.Knows(app) { // pages for WCS may have their token under this name
		return "", fault.New(fault.Forbidden, "", "there is no application %.80q", app)
	}
	s, ok := a.hooks.Of(app, nil)
	if !ok {
		app = apps.Default
		if s, ok = a.hooks.Of(app, nil); !ok {
			return user, nil
		}
	}
	token := tokenOf(q, said)
	body, err := hooks.ToObject(map[string]any{
		"nodeId": a.node, "appKey": app, "sessionId": "", "name": q.Stream, "published": q.Action == auth.Publish, "status": "PENDING",
		"mediaProvider": q.Protocol, "aclAuth": token, "token": token, "login": user, "remote": q.Remote.String(), "custom": first(said),
	}, nil)
	if err != nil {
		return "", err
	}
	if _, err := s.Ask(ctx, method, body); err != nil {
		return "", fault.New(fault.Forbidden, "", "the application does not allow it").Because(err)
	}
	return user, nil
}

// methodOf is the method that a client's wish is asked by; "" if none is.
func methodOf(q auth.Request) string {
	switch {
	case !slices.Contains([]string{"hls", "rtmp", "rtsp", "srt", "whep", "whip"}, q.Protocol):
		return ""
	case q.Action == auth.Publish:
		return hooks.PublishStream
	case q.Action != auth.Play:
		return ""
	case q.Protocol == "hls":
		return hooks.PlayHLS
	case q.Protocol == "rtsp":
		return hooks.PlayRTSP
	}
	return hooks.PlayStream
}

// tokenOf is what a client shows for the application to look at. Where nobody here looked at it, it is in the address alone.
func tokenOf(q auth.Request, said url.Values) string {
	if q.Protocol == "hls" { // pages for WCS have it as "key", which opens nothing else there
		return cmp.Or(q.Token, said.Get("jwt"), said.Get("key"))
	}
	return cmp.Or(q.Token, said.Get("jwt"))
}

// first are the parameters of an address, each as it was said first, without those that open this server and are none of an application's
// business.
func first(said url.Values) map[string]string {
	out := make(map[string]string, len(said))
	for name := range said {
		switch strings.ToLower(name) {
		case "key", "pass", "password", "jwt":
		default:
			out[name] = said.Get(name)
		}
	}
	return out
}
