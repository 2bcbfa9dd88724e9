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
	if err != nil {
		return w, err
	}
	if err := w.name(a, domain); err != nil {
		return w, err
	}
	if proxy.Host == "" || strings.EqualFold(proxy.Host, domain.Host) {
		proxy = merge(proxy, domain)
	}
	w.through(proxy, outbound, a.Port)
	return w, nil
}

// name is who the account is.
func (w *way) name(a calls.Account, domain sip.Uri) error {
	switch {
	case domain.Host == "":
		return fault.New(fault.InvalidParams, "sip", "an account needs a domain")
	case a.Login == "" || !plain(a.Login) || !plain(a.AuthName):
		return fault.New(fault.InvalidParams, "sip", "%.80q is no user of SIP", a.Login)
	case a.Port < 0 || a.Port > 65535:
		return fault.New(fault.InvalidParams, "sip", "%d is no port", a.Port)
	}
	w.domain = domain.Host
	w.self = exchange.Party{Display: a.Display, URI: sip.Uri{Scheme: "sip", User: escape(a.Login), Host: domain.Host}}
	return w.self.Check()
}

// through is where things are sent: to the outbound proxy if there is one, else to the registrar; port is that of whichever it is, where
// its address says none. A proxy that is the registrar itself needs no Route, and many refuse one that they have not made (RFC 3261 16.4
// lets them).
func (w *way) through(proxy, outbound sip.Uri, port int) {
	apart := outbound.Host != "" && !strings.EqualFold(outbound.Host, proxy.Host)
	if !apart && outbound.Host != "" {
		proxy = merge(outbound, proxy)
	}
	next := &proxy
	if apart {
		next = &outbound
	}
	if next.Port == 0 {
		next.Port = port
	}
	w.network, w.named = networkOf(*next), []string{withPort(*next)}
	w.registrar, w.server = proxy, proxy
	if apart {
		outbound.UriParams = append(outbound.UriParams, sip.HeaderKV{K: "lr"})
		w.routes = []sip.Uri{outbound}
	}
}

// hosts are those that may ask for the account's password.
func (w *way) hosts() []string {
	list := []string{w.domain, w.registrar.Host}
	for _, r := range w.routes {
		list = append(list, r.Host)
	}
	return list
}

// own tells whether the domain itself registers, so that who is registered there has proved to it who he is.
func (w *way) own() bool { return len(w.routes) == 0 && strings.EqualFold(w.registrar.Host, w.domain) }

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
	scheme, rest := "sip", text
	if s, after, ok := strings.Cut(text, ":"); ok && (strings.EqualFold(s, "sip") || strings.EqualFold(s, "sips")) {
		scheme, rest = strings.ToLower(s), after
	}
	rest, params, _ := strings.Cut(rest, ";")
	u := sip.Uri{Scheme: scheme}
	var isHost, isParams bool
	u.Host, u.Port, isHost = hostPort(rest)
	u.UriParams, isParams = transport(params)
	if !isHost || !isParams {
		return sip.Uri{}, fault.New(fault.InvalidParams, "sip", "%.80q is no %s", text, what).Advise("write host or host:port")
	}
	return u, nil
}

// hostPort reads a host and its port, which is 0 where there is none; false if it is no host.
func hostPort(text string) (host string, port int, ok bool) {
	host = strings.Trim(text, "[]")
	if before, after, err := net.SplitHostPort(text); err == nil {
		n, err := strconv.ParseUint(after, 10, 16)
		if err != nil || n == 0 {
			return "", 0, false
		}
		host, port = before, int(n)
	}
	return host, port, host != "" && !strings.ContainsFunc(host, notHost)
}

// transport reads the parameters of a server's address; false if there are others than are understood.
func transport(text string) (sip.HeaderParams, bool) {
	var out sip.HeaderParams
	for param := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(strings.ToLower(strings.TrimSpace(param)), "=")
		switch {
		case name == "" || name == "lr":
		case name == "transport" && (value == "udp" || value == "tcp" || value == "tls"):
			out = sip.HeaderParams{{K: "transport", V: value}}
		default:
			return nil, false
		}
	}
	return out, true
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
