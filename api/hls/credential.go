package hls

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/http"
	"net/url"

	"sluice/api/auth"
	"sluice/engine/fault"
)

// credential is the one thing of a request that says who makes it: a parameter of its address, or its header Authorization. Whatever else
// the request brings opens nothing. The zero value is of who shows nothing.
type credential struct {
	param, secret string // name and value
	header        string
	// rest are the other parameters that are none of ours, as an address has them, where somebody is asked who may look at them.
	rest string
}

// maxHeader is how long a header Authorization may be, in bytes: tokens that list groups have some thousand.
const maxHeader = 8 << 10

// maxRest is how long the parameters may be that are none of ours, in bytes: they are in every line of a viewer's playlist.
const maxRest = 512

// shown is what a request is judged by, as auth.OfHTTP has it: a Bearer token, the parameter "token", a name and a password, and, without
// any of these, what may be a token under another name. A header of another kind, such as one for a proxy on the way, is nothing. One that
// is longer than anybody's token is errTooLong.
func shown(r *http.Request, query query) (credential, error) {
	header := r.Header.Get("Authorization")
	var said auth.Request // by the header
	if header != "" {
		said = auth.OfHTTP(&http.Request{Header: r.Header, URL: &url.URL{}})
	}
	switch {
	case said.Token == "" && query.Has(tokenParam) && auth.OfHTTP(r).Token != "":
		return credential{param: tokenParam, secret: query.Get(tokenParam)}, nil
	case said.Token != "" || said.User != "" || said.Password != "":
		if len(header) > maxHeader {
			return credential{}, tooLong(len(header))
		}
		return credential{header: header}, nil
	}
	name, ok := candidate(query)
	if !ok {
		return credential{}, nil
	}
	return credential{param: name, secret: query.Get(name)}, nil
}

// second tells whether it is looked at only if it does not do to show nothing.
func (c credential) second() bool { return c.param != "" && c.param != tokenParam }

// carry is what has to be in every address that a viewer is given: what opened this one.
func (c credential) carry() string {
	if c.param == "" {
		return c.rest
	}
	return both(url.QueryEscape(c.param)+"="+url.QueryEscape(c.secret), c.rest)
}

// without is what is left of a credential where its parameter was not needed: it may be one for somebody else to look at.
func (c credential) without(all bool) credential {
	if !all {
		return credential{}
	}
	return credential{rest: c.carry()}
}

// both joins two lists of parameters, either of which may be empty.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "&" + b
}

// others are the parameters that are none of ours, but for the one that is a credential already.
func others(query query, credential string) string {
	rest := ""
	for _, p := range query {
		switch {
		case ours(p.name):
		case p.name == credential:
			credential = "" // it may be there twice
		default:
			rest = both(rest, url.QueryEscape(p.name)+"="+url.QueryEscape(p.value))
		}
	}
	return rest
}

// mark is all that is kept of a credential: a SHA-256 of it and of the stream that it was shown for. Zero: of who showed nothing.
type mark [sha256.Size]byte

// usual is what nearly all strings that are summed up fit into, in bytes: nothing has to be allocated for them.
const usual = 256

func (c credential) mark(stream string) mark {
	if c == (credential{}) {
		return mark{}
	}
	text := make([]byte, 0, usual)
	for _, part := range [...]string{stream, c.param, c.secret, c.header, c.rest} {
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	return sha256.Sum256(text)
}

// nobody is the mark of who shows nothing at an origin, so that it is not looked at for each part whether everybody there may see the
// stream. Zero: there is more in the address than is known here, and whoever decides may look at that.
func nobody(query query, stream, at string) mark {
	for _, p := range query {
		if !ours(p.name) {
			return mark{}
		}
	}
	return credential{param: "\x00", secret: at}.mark(stream)
}

// errTooLong is why a header is not looked at.
var errTooLong = errors.New("the header is too long")

// tooLong is the error of a header Authorization of so many bytes.
func tooLong(n int) error {
	return fault.New(fault.InvalidRequest, "", "the header Authorization of %d bytes is too long", n).Because(errTooLong).
		Advise("at most %d", maxHeader)
}
