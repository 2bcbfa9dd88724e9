package lines

import (
	"net"
	"net/url"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	"sluice/api/sip/exchange"
	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// way is how what an account says gets to where it belongs.
type way struct {
	domain    string // of its address, without a port
	network   stack.Network
	registrar sip.Uri        // request URI of REGISTER
	server    sip.Uri        // host of request URIs of calls to users of the domain
	routes    []sip.Uri      // the outbound proxy
	named     []string       // hosts with ports that the account has things sent to
	self      exchange.Party // who it is
}

// route finds the way of an account.
func route(a calls.Account) (way, error) {
	var w way
	domain, err := server("domain", a.Domain)
	if err != nil {
		return w, err
	}
	proxy, err := server("proxy", a.Proxy)
	if err != nil {
		return w, err
	}
	outbound, err := server("outbound proxy", a.Outbound)
	switch {
	case err != nil:
		return w, err
	case domain.Host == "":
		return w, fault.New(fault.InvalidParams, "sip", "an account needs a domain")
	case a.Login == "" || !plain(a.Login):
		return w, fault.New(fault.InvalidParams, "sip", "%.80q is no user of SIP", a.Login)
	case a.Port < 0 || a.Port > 65535:
		return w, fault.New(fault.InvalidParams, "sip", "%d is no port", a.Port)
	}
	w.domain = domain.Host
	w.self = exchange.Party{Display: a.Display, URI: sip.Uri{Scheme: "sip", User: escape(a.Login), Host: domain.Host}}
	if err := w.self.Check(); err != nil {
		return w, err
	}
	if proxy.Host == "" || strings.EqualFold(proxy.Host, domain.Host) {
		proxy = merge(proxy, domain)
	}
	w.registrar, w.server = proxy, proxy
	next := &proxy
	// A proxy that is the registrar itself needs no Route, and many refuse one that they have not made (RFC 3261 16.4 lets them).
	switch {
	case outbound.Host == "":
	case strings.EqualFold(outbound.Host, proxy.Host):
		proxy = merge(outbound, proxy)
	default:
		next = &outbound
	}
	if next.Port == 0 {
		next.Port = a.Port
	}
	w.network = networkOf(*next)
	if next == &outbound {
		outbound.UriParams = append(outbound.UriParams, sip.HeaderKV{K: "lr"})
		w.routes = []sip.Uri{outbound}
	} else {
		w.registrar, w.server = proxy, proxy
	}
	w.named = []string{withPort(*next)}
	return w, nil
}

// merge is a with what only b says.
func merge(a, b sip.Uri) sip.Uri {
	if a.Host == "" {
		return b
	}
	if a.Port == 0 {
		a.Port = b.Port
	}
	if len(a.UriParams) == 0 {
		a.UriParams = b.UriParams
	}
	return a
}

// server reads "host", "host:port" or a SIP address of a host.
func server(what, text string) (sip.Uri, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return sip.Uri{}, nil
	}
	bad := func() (sip.Uri, error) {
		return sip.Uri{}, fault.New(fault.InvalidParams, "sip", "%.80q is no %s", text, what).Advise("write host or host:port")
	}
	scheme, rest := "sip", text
	if s, after, ok := strings.Cut(text, ":"); ok && (strings.EqualFold(s, "sip") || strings.EqualFold(s, "sips")) {
		scheme, rest = strings.ToLower(s), after
	}
	rest, params, _ := strings.Cut(rest, ";")
	u := sip.Uri{Scheme: scheme, Host: strings.Trim(rest, "[]")}
	if host, port, err := net.SplitHostPort(rest); err == nil {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return bad()
		}
		u.Host, u.Port = host, int(n)
	}
	if u.Host == "" || strings.ContainsFunc(u.Host, notHost) {
		return bad()
	}
	for param := range strings.SplitSeq(params, ";") {
		name, transport, _ := strings.Cut(strings.ToLower(strings.TrimSpace(param)), "=")
		switch {
		case name == "" || name == "lr":
		case name == "transport" && (transport == "udp" || transport == "tcp" || transport == "tls"):
			u.UriParams = sip.HeaderParams{{K: "transport", V: transport}}
		default:
			return bad()
		}
	}
	return u, nil
}

func notHost(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:", r)
}

// networkOf is how a server is spoken to.
func networkOf(u sip.Uri) stack.Network {
	if u.Scheme == "sips" {
		return stack.TLS
	}
	transport, _ := u.UriParams.Get("transport")
	switch transport {
	case "tcp":
		return stack.TCP
	case "tls":
		return stack.TLS
	}
	return stack.UDP
}

// withPort is the host of an address with the port that it is spoken to at.
func withPort(u sip.Uri) string {
	const usual, secure = 5060, 5061 // RFC 3261 19.1.2
	port := u.Port
	switch {
	case port != 0:
	case networkOf(u) == stack.TLS:
		port = secure
	default:
		port = usual
	}
	return net.JoinHostPort(u.Host, strconv.Itoa(port))
}

// plain tells whether a text can be a user, or be written as one.
func plain(text string) bool {
	const longest = 256
	return len(text) <= longest && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// escape writes a user as addresses have it (RFC 3261 25.1: user-unreserved).
func escape(user string) string {
	var b strings.Builder
	for i := range len(user) {
		c := user[i]
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', strings.IndexByte("-_.!~*'()&=+$,?/#", c) >= 0 && c != '#':
			b.WriteByte(c)
		default:
			const hex = "0123456789ABCDEF"
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// unescape is the user that an address means.
func unescape(user string) string {
	if plainly, err := url.PathUnescape(user); err == nil {
		return plainly
	}
	return user
}
