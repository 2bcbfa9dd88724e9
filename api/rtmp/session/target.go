package session

import (
	"net"
	"net/url"
	"strings"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// Target is where a stream of another server is.
type Target struct {
	Secure     bool
	Host       string // and port
	App        string
	Name       string // with its parameters
	User, Pass string
	Reach      element.Reach // of the addresses that Host leads to
}

// ParseTarget reads an address: rtmp://user:pass@host:port/app/name?parameters. The application is all but the last part; with a
// key, the stream's name is that, and the address is the application's. What it cannot be is fault.InvalidParams.
func ParseTarget(text, key string) (Target, error) {
	wrong := func(why string) (Target, error) {
		return Target{}, fault.New(fault.InvalidParams, "url", "%s", why).Advise("rtmp://host/app/name")
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "rtmp" && u.Scheme != "rtmps" {
		return wrong("it is no address of RTMP")
	}
	t := Target{Secure: u.Scheme == "rtmps", User: u.User.Username(), Name: key}
	t.Pass, _ = u.User.Password()
	port := u.Port()
	if port == "" {
		port = map[bool]string{false: "1935", true: "443"}[t.Secure]
	}
	t.Host = net.JoinHostPort(u.Hostname(), port)
	t.App = strings.TrimPrefix(u.EscapedPath(), "/")
	if key != "" {
		t.App = strings.TrimSuffix(t.App, "/")
	} else {
		at := strings.LastIndexByte(t.App, '/')
		t.App, t.Name = t.App[:max(at, 0)], t.App[at+1:]
	}
	if t.Name == "" {
		return wrong("it names no stream")
	}
	if u.RawQuery != "" {
		if key == "" {
			t.Name += "?" + u.RawQuery
		} else {
			t.App += "?" + u.RawQuery
		}
	}
	return t, nil
}

// url is the address of the application, without who asks.
func (t *Target) url(more string) string {
	scheme := "rtmp"
	if t.Secure {
		scheme = "rtmps"
	}
	return scheme + "://" + t.Host + "/" + t.App + more
}
