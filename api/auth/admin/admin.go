// Package admin lets administrators in over HTTP: those who show credentials with that right, and, as long as nobody has any, whoever
// sits at the machine itself. Pages of other sites, which browsers would let use an administrator's machine or password, stay
// outside. The package serves nothing.
package admin

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strings"

	"sluice/api/auth"
	"sluice/engine/fault"
)

// Authoriser says who may administer, as auth.Static does.
type Authoriser interface {
	Authorise(ctx context.Context, q auth.Request) (user string, err error)
}

// Entry lets administrators in. Safe for concurrent use.
type Entry struct {
	auth     Authoriser
	action   auth.Action
	protocol string
	cross    *http.CrossOriginProtection
}

// New makes an Entry for a door, whose name the authoriser is told.
func New(a Authoriser, protocol string) *Entry { return For(auth.Admin, a, protocol) }

// For is New for those who may do something of what administrators may.
func For(action auth.Action, a Authoriser, protocol string) *Entry {
	return &Entry{auth: a, action: action, protocol: protocol, cross: http.NewCrossOriginProtection()}
}

// Admit says who makes a request, "" for somebody at the machine itself. Who may not administer is refused as fault.Unauthorized or
// fault.Forbidden.
func (e *Entry) Admit(r *http.Request) (string, error) {
	if e.cross.Check(r) != nil {
		return "", fault.New(fault.Forbidden, "", "a page of another site may not do this")
	}
	q := auth.OfHTTP(r)
	q.Action, q.Protocol, q.Local = e.action, e.protocol, local(r)
	user, err := e.auth.Authorise(r.Context(), q)
	if !errors.Is(err, fault.Forbidden) || q.User != "" || q.Token != "" {
		return user, err
	}
	if e.action == auth.Metrics {
		return "", fault.New(fault.Forbidden, "", "without credentials the metrics are read from the server's own machine").
			Advise("add a user or a token with metrics: true to the configuration's section auth")
	}
	return "", fault.New(fault.Forbidden, "", "without credentials the server is administered from its own machine").
		Advise("add a user or a token with admin: true to the configuration's section auth")
}

// local tells whether somebody at this machine makes a request, and not a proxy for somebody else, nor a page that a browser shows
// there: such a page reaches the machine by a name of its own (DNS rebinding), or says where it is from.
func local(r *http.Request) bool {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !at.Addr().Unmap().IsLoopback() || !localName(r.Host) {
		return false
	}
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" && site != "same-origin" && site != "none" {
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		_, host, _ := strings.Cut(origin, "://")
		return strings.EqualFold(host, r.Host)
	}
	return true
}

// localName tells whether a request's host can only be this machine.
func localName(host string) bool {
	name := host
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		name = host[:i]
	}
	name = strings.Trim(name, "[]")
	if a, err := netip.ParseAddr(name); err == nil {
		return a.Unmap().IsLoopback()
	}
	return strings.EqualFold(strings.TrimSuffix(name, "."), "localhost")
}
