package rtsp

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
		d.shown(who, &q)
	}
	return d.opt.Auth.Authorise(ctx, q)
}

// shown reads the credentials of a request: a token, a password, or the proof that the client knows one.
func (d *Door) shown(who login, q *auth.Request) {
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
			q.User, q.Proof = h.Username, &proof{door: d, header: h, who: who}
		default:
			continue
		}
		return
	}
}

// proof is what a client sent for Digest. It implements auth.Proof.
type proof struct {
	door   *Door
	header headers.Authorization
	who    login
}

// Follows implements auth.Proof.
func (p *proof) Follows(ha1 string) bool {
	return p.door.nonces.good(p.header.Nonce, p.who.remote) && proves(&p.header, ha1, string(p.who.request.Method), p.who.request.URL)
}

// challenge asks for credentials. Digest comes first, since clients take the first that they know.
func (d *Door) challenge(r *base.Response, who netip.Addr) {
	var list base.HeaderValue
	if a, ok := d.opt.Auth.(interface{ Digests() bool }); ok && a.Digests() {
		list = append(list, `Digest realm="`+auth.Realm+`", nonce="`+d.nonces.make(who)+`"`)
	}
	r.Header["WWW-Authenticate"] = append(list, `Basic realm="`+auth.Realm+`"`)
}

// remote is the address that a connection comes from.
func remote(conn net.Conn) netip.Addr {
	if at, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return at.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}
