// Package login is how clients of RTSP say who they are: by a token, by name and password, or by Digest. Who may do what is for package
// auth to know.
package login

import (
	"context"
	"encoding/base64"
	"net"
	"net/netip"
	"strings"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"

	"sluice/api/auth"
)

// Authoriser says who may publish and play, as auth.Static does.
type Authoriser interface {
	Authorise(ctx context.Context, q auth.Request) (user string, err error)
}

// Desk is where clients say who they are. Safe for concurrent use.
type Desk struct {
	auth   Authoriser
	nonces nonces
}

// New makes a desk; without an Authoriser it lets everybody do everything.
func New(a Authoriser) *Desk { return &Desk{a, newNonces()} }

// Request is what a request tells of who makes it.
type Request struct {
	request *base.Request
	Remote  netip.Addr
	Conn    string // the same with its port
}

// Of is the request that came over a connection.
func Of(req *base.Request, conn net.Conn) Request {
	return Request{req, Remote(conn), conn.RemoteAddr().String()}
}

// Shown is what an address tells of who uses it, if anything.
type Shown struct {
	Token, Key string
	Query      string // all that stands behind the question mark
}

// Authorise says who the client is; an error if he may not do what he wants with a stream. A token of the address goes before the
// request's own credentials.
func (d *Desk) Authorise(ctx context.Context, action auth.Action, stream string, by Shown, who Request) (string, error) {
	if d.auth == nil {
		return "", nil
	}
	q := auth.Request{
		Action: action, Stream: stream, Token: by.Token, Key: by.Key, Query: by.Query, Remote: who.Remote, Protocol: "rtsp",
	}
	if q.Token == "" {
		d.shown(who, &q)
	}
	return d.auth.Authorise(ctx, q)
}

// shown reads the credentials of a request: a token, a password, or the proof that the client knows one.
func (d *Desk) shown(who Request, q *auth.Request) {
	for _, v := range who.request.Header["Authorization"] {
		scheme, rest, _ := strings.Cut(strings.TrimSpace(v), " ")
		rest = strings.TrimSpace(rest)
		switch strings.ToLower(scheme) {
		case "bearer":
			q.Token = rest
		case "basic":
			text, err := base64.StdEncoding.DecodeString(rest)
			if err != nil {
				continue
			}
			q.User, q.Password, _ = strings.Cut(string(text), ":")
		case "digest":
			var h headers.Authorization
			if h.Unmarshal(base.HeaderValue{"Digest " + rest}) != nil {
				continue
			}
			q.User, q.Proof = h.Username, &proof{desk: d, header: h, who: who}
		default:
			continue
		}
		return
	}
}

// proof is what a client sent for Digest. It implements auth.Proof.
type proof struct {
	desk   *Desk
	header headers.Authorization
	who    Request
}

// Follows implements auth.Proof.
func (p *proof) Follows(ha1 string) bool {
	return p.desk.nonces.good(p.header.Nonce, p.who.Conn) && proves(&p.header, ha1, string(p.who.request.Method), p.who.request.URL)
}

// Challenge asks for credentials in the answer to a request. Digest comes first, since clients take the first that they know. Each
// connection has a nonce of its own, so a client that shows one of another is told that it is stale (RFC 7616 3.3): then it answers
// with the new one, and asks nobody for the password.
func (d *Desk) Challenge(r *base.Response, who Request) {
	var list base.HeaderValue
	if a, ok := d.auth.(interface{ Digests() bool }); ok && a.Digests() {
		one := `Digest realm="` + auth.Realm + `", nonce="` + d.nonces.make(who.Conn) + `"`
		var q auth.Request
		d.shown(who, &q)
		if p, ok := q.Proof.(*proof); ok && !d.nonces.good(p.header.Nonce, who.Conn) {
			one += `, stale="TRUE"`
		}
		list = append(list, one)
	}
	r.Header["WWW-Authenticate"] = append(list, `Basic realm="`+auth.Realm+`"`)
}

// Remote is the address that a connection comes from.
func Remote(conn net.Conn) netip.Addr {
	if at, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return at.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
