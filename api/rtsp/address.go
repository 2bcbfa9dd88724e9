package rtsp

import (
	"net/url"
	"strings"

	"sluice/api/rtsp/login"
	"sluice/engine/fault"
	"sluice/engine/hub"
)

// address is what a client asks for.
type address struct {
	full  string // the whole path: "live/cam"
	name  string // its last part, "cam"; all of it if it is an address itself
	app   string // what stands before that: "live"
	shown login.Shown
	query map[string]any // without secrets
}

// parseAddress takes path and query of an RTSP address apart.
func parseAddress(path, query string) (address, error) {
	a := address{full: strings.Trim(path, "/"), query: map[string]any{}, shown: login.Shown{Query: query}}
	if a.full == "" {
		return a, fault.New(fault.InvalidRequest, "", "the address has no name of a stream").Advise("rtsp://HOST/NAME")
	}
	if err := hub.CheckName(a.full); err != nil {
		return a, err
	}
	a.name = a.full
	if i := strings.LastIndexByte(a.full, '/'); i >= 0 && !strings.Contains(a.full, "://") {
		a.app, a.name = a.full[:i], a.full[i+1:]
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return a, fault.New(fault.InvalidRequest, "", "the address's query cannot be understood")
	}
	for key, list := range values {
		switch strings.ToLower(key) {
		case "token", "jwt":
			a.shown.Token = list[0]
		case "key":
			a.shown.Key = list[0]
		case "password", "pass":
		default:
			a.query[key] = list[0]
		}
	}
	return a, nil
}
