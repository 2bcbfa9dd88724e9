package client

import (
	"net"
	"net/url"
	"strings"

	"sluice/engine/fault"
)

// usualPort is that of the API without TLS.
const usualPort = "8081"

// address reads where a server is. People leave out what is usual: "media.example", ":8081", "https://media.example/api".
func address(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		text = Default
	}
	bare := !strings.Contains(text, "://")
	if bare {
		text = "http://" + text
	}
	wrong := fault.New(fault.InvalidRequest, "", "%.200q is not the address of a server", text).Advise("write for example %s", Default)
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, wrong // the parser's words repeat what may be a password
	case u.User != nil:
		return nil, fault.New(fault.InvalidRequest, "", "an address has no user and password in it").Advise("give them apart from it")
	case u.Scheme != "http" && u.Scheme != "https", u.RawQuery != "", u.Fragment != "", u.Opaque != "":
		return nil, wrong
	}
	host, port := u.Hostname(), u.Port()
	if host == "" {
		if port == "" {
			return nil, wrong
		}
		host = "127.0.0.1"
	}
	if port == "" && bare {
		port = usualPort
	}
	switch {
	case port != "":
		u.Host = net.JoinHostPort(host, port)
	case strings.Contains(host, ":"):
		u.Host = "[" + host + "]"
	default:
		u.Host = host
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, nil
}

// Open tells whether what is sent to the server can be read on its way: it is not this machine, and there is no TLS.
func (c *Client) Open() bool {
	if c.base.Scheme == "https" {
		return false
	}
	host := c.base.Hostname()
	ip := net.ParseIP(host)
	return !strings.EqualFold(host, "localhost") && (ip == nil || !ip.IsLoopback())
}
