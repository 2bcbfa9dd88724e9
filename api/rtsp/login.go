package rtsp

import (
	"context"
	"net"
	"net/netip"
	"strings"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"

	"sluice/api/auth"
)

// realm is what passwords are for.
const realm = "sluice"

// login is what a request tells of who makes it.
type login struct {
	request *base.Request
	remote  netip.Addr
}

func whoIs(req *base.Request, conn net.Conn) login { return login{req, remote(conn)} }

// authorise says who the client is; an error if he may not do what he wants with a stream.
func (d *Door) authorise(ctx context.Context, action auth.Action, stream string, a address, who login) (string, error) {
	if d.opt.Auth == nil {
		return "", nil
	}
	q := auth.Request{Action: action, Stream: stream, Token: a.token, Remote: who.remote, Protocol: d.Name()}
	if q.Token == "" {
		shown(who.request, &q)
	}
	return d.opt.Auth.Authorise(ctx, q)
}

// shown reads the credentials of a request.
func shown(req *base.Request, q *auth.Request) {
	for _, v := range req.Header["Authorization"] {
		if scheme, token, ok := strings.Cut(strings.TrimSpace(v), " "); ok && strings.EqualFold(scheme, "Bearer") {
			q.Token = strings.TrimSpace(token)
			return
		}
	}
	var h headers.Authorization
	if h.Unmarshal(req.Header["Authorization"]) == nil && h.Method == headers.AuthMethodBasic {
		q.User, q.Password = h.Username, h.BasicPass
	}
}

// challenge asks for credentials.
func challenge(r *base.Response) {
	r.Header["WWW-Authenticate"] = base.HeaderValue{`Basic realm="` + realm + `"`}
}

// remote is the address that a connection comes from.
func remote(conn net.Conn) netip.Addr {
	if at, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return at.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
