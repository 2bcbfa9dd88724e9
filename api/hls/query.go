package hls

import (
	"net/url"
	"strings"

	"sluice/engine/fault"
)

// query is what follows the ? of an address, in order. Players of low latency ask ten times a second with a handful of values: for so few
// a list is found through as fast as a map, and made in one piece.
type query []parameter

type parameter struct{ name, value string }

// parseQuery reads as url.ParseQuery does, but takes nothing that it would leave out.
func parseQuery(raw string) (query, error) {
	const most = 4096
	if len(raw) > most {
		return nil, fault.New(fault.InvalidRequest, "", "what follows the ? of the address is too long").Advise("at most %d bytes", most)
	}
	if raw == "" {
		return nil, nil
	}
	q := make(query, 0, strings.Count(raw, "&")+1)
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, wrong := url.QueryUnescape(name)
		value, wrongToo := url.QueryUnescape(value)
		if wrong != nil || wrongToo != nil || strings.Contains(pair, ";") {
			return nil, fault.New(fault.InvalidRequest, "", "what follows the ? of the address cannot be read")
		}
		q = append(q, parameter{name, value})
	}
	return q, nil
}

// Has tells whether there is a parameter.
func (q query) Has(name string) bool {
	for i := range q {
		if q[i].name == name {
			return true
		}
	}
	return false
}

// Get is the first value of a parameter; "" if there is none.
func (q query) Get(name string) string {
	for i := range q {
		if q[i].name == name {
			return q[i].value
		}
	}
	return ""
}
