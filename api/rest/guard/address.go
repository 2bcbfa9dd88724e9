package guard

import (
	"net"
	"net/url"

	"sluice/engine/fault"
)

// Address tells whether the host of an address ("rtsp://cam.example.org/main") is one that the rules have. If not, it is
// fault.Forbidden.
func (g *Guard) Address(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return fault.New(fault.InvalidRequest, "", "%.80q is no address with a host", text)
	}
	if u.Scheme == "vod" || u.Scheme == "vod-live" { // files of a folder, and no hosts
		return nil
	}
	at := u.Host
	if u.Port() == "" {
		at = net.JoinHostPort(u.Hostname(), usual(u.Scheme))
	}
	for _, h := range g.hosts {
		if h.admits(at, g.interior) {
			return nil
		}
	}
	return fault.New(fault.Forbidden, "", "nothing is played from %q", u.Host).
		Advise("the configuration's hub.hosts says which hosts viewers may play from")
}

// usual is the port of an address that has none.
func usual(scheme string) string {
	switch scheme {
	case "rtsp":
		return "554"
	case "rtsps":
		return "322"
	case "rtmp":
		return "1935"
	case "rtmps", "https":
		return "443"
	case "srt":
		return "8890"
	case "http":
		return "80"
	}
	return ""
}
