package rtsp

import (
	"net/url"
	"strings"

	"sluice/engine/fault"
)

// maxName is how long a name may be, in bytes.
const maxName = 255

// address is what a client asks for.
type address struct {
	full  string // the whole path: "live/cam"
	name  string // its last part: "cam"
	app   string // what stands before that: "live"
	token string
	query map[string]any // without secrets
}

// parseAddress takes path and query of an RTSP address apart.
func parseAddress(path, query string) (address, error) {
	a := address{full: strings.Trim(path, "/"), query: map[string]any{}}
	switch {
	case a.full == "":
		return a, fault.New(fault.InvalidRequest, "", "the address has no name of a stream").Advise("rtsp://HOST/NAME")
	case len(a.full) > maxName, strings.ContainsFunc(a.full, func(r rune) bool { return r < ' ' || r == 0x7f }), !valid(a.full):
		return a, fault.New(fault.InvalidRequest, "", "%.80q is no name of a stream", a.full)
	}
	a.name = a.full
	if i := strings.LastIndexByte(a.full, '/'); i >= 0 {
		a.app, a.name = a.full[:i], a.full[i+1:]
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return a, fault.New(fault.InvalidRequest, "", "the address's query cannot be understood")
	}
	for key, list := range values {
		switch strings.ToLower(key) {
		case "token":
			a.token = list[0]
		case "password", "pass":
		default:
			a.query[key] = list[0]
		}
	}
	return a, nil
}

// valid tells whether all parts of a path say something.
func valid(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." {
			return false
		}
	}
	return strings.ToValidUTF8(path, "") == path
}
