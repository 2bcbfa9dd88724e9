package auth

import (
	"net/http"
	"net/netip"
	"strings"
)

// OfHTTP reads what a request over HTTP tells of who makes it: a Bearer token (RFC 6750 2.1) or, without one, the parameter
// "token" of its address; else a name and a password (Basic, RFC 7617); and the parameter "key". Action, Stream and Protocol are
// left to the caller.
//
// A word "Bearer" that is there twice, because somebody typed it into a field that adds it, is taken for one.
func OfHTTP(r *http.Request) Request {
	query := r.URL.Query()
	q := Request{Key: query.Get("key"), Query: r.URL.RawQuery}
	if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		q.Remote = at.Addr().Unmap()
	}
	q.Token = bearer(r.Header.Get("Authorization"))
	if q.Token == "" {
		q.Token = bearer("Bearer " + query.Get("token"))
	}
	if q.Token == "" {
		q.User, q.Password, _ = r.BasicAuth()
	}
	return q
}

// bearer cuts "Bearer " off, in any case and as often as it is there; "" if it is not.
func bearer(header string) string {
	found := false
	for {
		header = strings.TrimSpace(header)
		scheme, rest, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			break
		}
		header, found = rest, true
	}
	if !found {
		return ""
	}
	return header
}
