package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"sluice/engine/fault"
)

// wrong is what is wrong with a text, and what to write instead.
func wrong(hint, format string, args ...any) error {
	return fault.New(fault.InvalidParams, "", format, args...).Advise("%s", hint)
}

// listens checks an address to listen on.
func listens(text string) error {
	const hint = `write "host:port", or ":port" for every interface`
	h, p, err := net.SplitHostPort(text)
	if err != nil {
		if port(text) {
			return wrong(fmt.Sprintf("write %q", ":"+text), "%q is a port without its colon", text)
		}
		return wrong(hint, "%q is no address to listen on", text)
	}
	if !port(p) {
		return wrong("ports are 0 to 65535; 0 is any that is free", "%q is no port", p)
	}
	if h != "" && !named(h) {
		return wrong(hint, "%q is no host", h)
	}
	return nil
}

// hostPort checks the address of a server.
func hostPort(text string) error {
	h, p, err := net.SplitHostPort(text)
	if err != nil || !port(p) || !named(h) {
		return wrong(`write "host:port"`, "%q is no address of a server", text)
	}
	return nil
}

// address checks an IP address.
func address(text string) error {
	if _, err := netip.ParseAddr(text); err != nil {
		return wrong("write for example 203.0.113.7", "%q is no IP address", text)
	}
	return nil
}

// host checks an IP address or a name.
func host(text string) error {
	if !named(text) {
		return wrong("leave out the port", "%q is neither an address nor a name", text)
	}
	return nil
}

// turnURL checks the address of a TURN server, RFC 7065.
func turnURL(text string) error {
	const hint = "write for example turn:turn.example.org:3478?transport=udp"
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "turn" && u.Scheme != "turns" {
		return wrong(hint, "%q is no address of a TURN server", text)
	}
	h, p, err := net.SplitHostPort(u.Opaque)
	if err != nil {
		h, p = u.Opaque, "3478"
	}
	if !named(h) || !port(p) {
		return wrong(hint, "%q names no host and port", text)
	}
	if t := u.Query().Get("transport"); !slices.Contains([]string{"", "udp", "tcp"}, t) {
		return wrong("write udp or tcp", "%q is no transport of a TURN server", t)
	}
	return nil
}

// iceURL checks the address of a STUN or TURN server, RFC 7064 and RFC 7065.
func iceURL(text string) error {
	if rest, ok := strings.CutPrefix(text, "stun:"); ok {
		if hostPort(rest) != nil && host(rest) != nil {
			return wrong("write for example stun:stun.example.org:3478", "%q names no host and port", text)
		}
		return nil
	}
	return turnURL(text)
}

// portRange checks a range of ports.
func portRange(text string) error {
	if _, ok := ParsePorts(text); !ok && text != "" {
		return wrong("write the first and the last port, such as 31000-31999", "%q is no range of ports", text)
	}
	return nil
}

// ParsePorts reads "31000-31999".
func ParsePorts(text string) (ports [2]uint16, ok bool) {
	const bits = 16
	first, last, _ := strings.Cut(text, "-")
	for i, one := range []string{first, last} {
		n, err := strconv.ParseUint(strings.TrimSpace(one), 10, bits)
		if err != nil || n == 0 {
			return [2]uint16{}, false
		}
		ports[i] = uint16(n)
	}
	return ports, ports[0] <= ports[1]
}

func port(text string) bool {
	const bits = 16
	_, err := strconv.ParseUint(text, 10, bits)
	return err == nil
}

// named tells whether a text can be an IP address, with a zone perhaps, or a name of DNS.
func named(text string) bool {
	if _, err := netip.ParseAddr(text); err == nil {
		return true
	}
	const longest = 253 // RFC 1035 2.3.4, without the root
	return text != "" && len(text) <= longest && !strings.ContainsFunc(text, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._", r)
	})
}
