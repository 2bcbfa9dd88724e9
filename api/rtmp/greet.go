package rtmp

import (
	"cmp"
	"context"
	"net/url"
	"slices"

	"sluice/api/auth"
	"sluice/api/rtmp/login"
	"sluice/api/rtmp/session"
	"sluice/engine/fault"
)

// greet lets a client in, or asks it to log in by Adobe's scheme. What it may do is decided when it says what that is.
func (d *Door) greet(ctx context.Context, c *session.Client) error {
	if c.Page != "" && !d.opt.Pages.knows(c.Page) {
		c.Page = "" // it is a token of another sort, or of nobody
	}
	if a, ok := d.opt.Auth.(interface{ Salted() bool }); !ok || !a.Salted() {
		return nil // nobody could: whoever tries is refused when it wants something
	}
	said := c.Login
	switch {
	case said == nil && d.asks(c):
		return refusal(login.First())
	case said == nil:
		return nil
	case said.Response == "":
		return refusal(d.desk.Second(said.User, auth.Realm, c.Remote.Addr()))
	case !d.desk.Good(said.Opaque, said.User, c.Remote.Addr()):
		return refusal(login.Wrong(said.Opaque))
	}
	_, err := d.opt.Auth.Authorise(ctx, auth.Request{
		Action: auth.Enter, User: said.User, Salted: said, Remote: c.Remote.Addr(), Protocol: d.Name(),
	})
	if fault.CodeOf(err) == fault.Unauthorized || err == nil && !d.desk.Take(said.Opaque) {
		return refusal(login.Wrong(said.Opaque))
	}
	return err
}

// refusal is an error of which the client hears nothing but the text.
func refusal(text string) error { return fault.New(fault.Unauthorized, "", "%s", text) }

// asks tells whether a client is asked to log in: only who shows nothing can be, since what stands in the stream's name comes later.
func (d *Door) asks(c *session.Client) bool {
	if c.User != "" || c.Page != "" || c.Query.Has("token") || c.Query.Has("jwt") || c.Query.Has("user") {
		return false
	}
	return slices.Contains(d.opt.Login, "*") || slices.Contains(d.opt.Login, c.App)
}

// authorise asks whether the client may do what it wants.
func (d *Door) authorise(ctx context.Context, s *session.Stream, name string) (string, error) {
	if d.opt.Auth == nil {
		return "", nil
	}
	q := shown(s.Client, s.Params)
	q.Action, q.Stream, q.Remote, q.Protocol = auth.Play, name, s.Remote.Addr(), d.Name()
	if s.Publish {
		q.Action = auth.Publish
	}
	return d.opt.Auth.Authorise(ctx, q)
}

// shown is what a client says of who it is: by a token, else by Adobe's scheme, else by a password in an address or among the parameters.
func shown(c *session.Client, params url.Values) auth.Request {
	q := auth.Request{
		Token: cmp.Or(params.Get("token"), params.Get("jwt")), Key: params.Get("key"), User: c.User, Password: c.Pass, Query: params.Encode(),
	}
	if c.Login != nil {
		q.User, q.Password, q.Salted = c.Login.User, "", c.Login
		return q
	}
	if q.User == "" {
		q.User, q.Password = params.Get("user"), cmp.Or(params.Get("pass"), params.Get("password"))
	}
	return q
}
