package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"mime"
	"net"
	"net/http"
	"net/url"
	"os"
	"syscall"

	"sluice/api/rest/problem"
	"sluice/engine/fault"
)

// Unreached says that no answer of a sluice server came: nothing listens, the connection broke, or something else answered.
type Unreached struct{ *fault.Fault }

// Unwrap gives the fault.
func (u *Unreached) Unwrap() error { return u.Fault }

// unreached makes an Unreached of what the HTTP client said. ctx's own end is given as it is.
func (c *Client) unreached(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its text repeats the method and the address
	}
	f := fault.New(fault.Unreachable, c.Server(), "the server cannot be reached").Because(err)
	var (
		unknown  x509.UnknownAuthorityError
		name     x509.HostnameError
		cert     *tls.CertificateVerificationError
		notFound *net.DNSError
	)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		f = f.Because(nil).Advise("nothing listens there: start the server with `sluice serve`, or say where it is")
	case errors.As(err, &notFound):
		f = f.Because(nil).Advise("no host is known by that name")
	case errors.As(err, &unknown), errors.As(err, &name), errors.As(err, &cert):
		f = f.Advise("the server's certificate is not trusted: name the authority that made it")
	case errors.Is(err, http.ErrSchemeMismatch):
		f = f.Advise("no TLS is spoken there: write http:// for https://")
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		f = f.Because(nil).Advise("it did not answer in time")
	}
	return &Unreached{f}
}

// refused makes an error of an answer that is none of success.
func (c *Client) refused(r *http.Response, body []byte) error {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // what cannot be read is another kind
	var p problem.Problem
	if kind != problem.ContentType || json.Unmarshal(body, &p) != nil || p.Code == "" {
		return c.stranger(r)
	}
	return &problem.Refusal{
		Fault: &fault.Fault{Code: fault.Code(p.Code), Place: p.Place, Msg: p.Error(), Hint: p.Hint}, Status: r.StatusCode, Errors: p.Errors,
	}
}

// stranger is what is said of an answer that no sluice server would give.
func (c *Client) stranger(r *http.Response) error {
	f := fault.New(fault.ProtocolViolation, c.Server(), "what answers there is not sluice's REST API: it said %q", r.Status)
	return &Unreached{f.Advise(`the API has a port of its own, %s if the configuration's "rest.listen" says nothing else`, usualPort)}
}
