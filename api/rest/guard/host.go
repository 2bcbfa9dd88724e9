package guard

import (
	"errors"
	"net"
	"net/netip"
	"regexp"
	"strings"
)

// host is one rule about hosts.
type host struct {
	any    bool         // all that are not inside
	inside bool         // all that are
	suffix string       // ".example.org"
	name   string       // "cam.example.org"
	net    netip.Prefix // of addresses; an address is a network of one
	port   string       // "" is any
}

var errHost = errors.New("no host")

// private is the rule that admits what is inside.
const private = "private"

// names are letters, digits, dashes and dots; what else resolvers may take only "private" admits.
var names = regexp.MustCompile(`^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?$`)

var ports = regexp.MustCompile(`^[0-9]{1,5}$`)

func parseHost(text string) (host, error) {
	switch text {
	case "*":
		return host{any: true}, nil
	case private:
		return host{inside: true}, nil
	}
	if p, err := netip.ParsePrefix(text); err == nil {
		return host{net: p.Masked()}, nil
	}
	name, port := split(text)
	h := host{port: port}
	if a, err := netip.ParseAddr(name); err == nil {
		h.net = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
		return h, nil
	}
	if rest, ok := strings.CutPrefix(name, "*."); ok {
		h.suffix, name = "."+rest, rest
	} else {
		h.name = name
	}
	if !names.MatchString(name) || port != "" && !ports.MatchString(port) {
		return host{}, errHost
	}
	return h, nil
}

// split separates a host, in lower case and without the dot that a whole name may end with, from its port.
func split(text string) (name, port string) {
	name = text
	if h, p, err := net.SplitHostPort(text); err == nil {
		name, port = h, p
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	return strings.TrimSuffix(strings.ToLower(name), "."), port
}

// admits tells whether the rule is about a host.
func (h host) admits(text string, in *interior) bool {
	name, port := split(text)
	switch {
	case h.any, h.inside:
		return h.inside == in.leads(name)
	case h.port != "" && h.port != port:
		return false
	}
	if a, err := netip.ParseAddr(name); err == nil {
		return h.net.IsValid() && h.net.Contains(a.Unmap())
	}
	return names.MatchString(name) && (h.name != "" && h.name == name || h.suffix != "" && strings.HasSuffix(name, h.suffix))
}
