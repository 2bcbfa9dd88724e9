package whip

import (
	"net/url"
	"strings"

	"sluice/engine/hub"
)

// protocol is which way the media goes.
type protocol string

const (
	whip protocol = "whip" // from the client
	whep protocol = "whep" // to the client
)

// address is what the URL of an endpoint says.
type address struct {
	proto  protocol
	stream string // "live/cam"
	path   string // that of the endpoint as it was written, without a "/" at the end: sessions are below it
}

// parseAddress reads the URL of an endpoint; false if it is none. All these are cam/hd:
//
//	/cam/hd/whip                          ours and MediaMTX's
//	/whip/cam/hd
//	/rtc/v1/whip/?app=cam&stream=hd       SRS's
//	/cam/hd?direction=whip                OvenMediaEngine's
//
// An address of more than one form is of the first. A name that would harm addresses or files is fault.InvalidRequest.
func parseAddress(u *url.URL) (address, bool, error) {
	path := strings.TrimSuffix(u.Path, "/")
	a := address{path: strings.TrimSuffix(u.EscapedPath(), "/")}
	query := u.Query()
	for _, p := range []protocol{whip, whep} {
		if path == "/rtc/v1/"+string(p) && query.Get("stream") != "" {
			a.proto, a.stream = p, strings.TrimPrefix(query.Get("app")+"/"+query.Get("stream"), "/")
			return a, true, hub.CheckName(a.stream)
		}
	}
	for _, p := range []protocol{whip, whep} {
		if name, ok := strings.CutSuffix(path, "/"+string(p)); ok && len(name) > 1 {
			a.proto, a.stream = p, name[1:]
			return a, true, hub.CheckName(a.stream)
		}
	}
	for _, p := range []protocol{whip, whep} {
		if name, ok := strings.CutPrefix(path, "/"+string(p)+"/"); ok {
			a.proto, a.stream = p, name
			return a, true, hub.CheckName(a.stream)
		}
	}
	p := protocol(query.Get("direction"))
	if (p != whip && p != whep) || len(path) < 2 {
		return address{}, false, nil
	}
	a.proto, a.stream = p, path[1:]
	return a, true, hub.CheckName(a.stream)
}

// sessionID finds the id that a session's path ends with; "" if it ends with nothing of the kind.
func sessionID(path string) string {
	path = strings.TrimSuffix(path, "/")
	id := path[strings.LastIndexByte(path, '/')+1:]
	// What crypto/rand.Text gives, 26 letters and digits of base32 (RFC 4648 6) now and never less.
	if len(id) < 26 || strings.ContainsFunc(id, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '2' || r > '7') }) {
		return ""
	}
	return id
}
