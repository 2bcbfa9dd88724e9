package api

import "net"

// Endpoint is where clients reach a door.
type Endpoint struct {
	Scheme string   // "rtmps"
	Addr   net.Addr // nil: it is on the web server that doors share, whose schemes hold then
	Path   string   // with STREAM for the name of a stream: "/live/STREAM"
}

// Public is a Door that says where clients reach it.
type Public interface {
	Door
	// Endpoints are known once Listen has returned.
	Endpoints() []Endpoint
}

// Endpoints makes those of some addresses: of the first plain ones with a scheme, of the others with the scheme that it has over TLS.
func Endpoints(scheme, secure, path string, plain int, addrs []net.Addr) []Endpoint {
	out := make([]Endpoint, 0, len(addrs))
	for i, a := range addrs {
		if i == plain {
			scheme = secure
		}
		out = append(out, Endpoint{scheme, a, path})
	}
	return out
}
