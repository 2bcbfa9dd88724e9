// Package client uses the REST API of a sluice server from Go: its methods are the operations of version 1, its types those of package
// wire. What the server refuses is a *problem.Refusal with the fault's code, place and hint; what did not reach the server is an
// *Unreached. It keeps nothing, decides nothing and prints nothing: that is for the programs that use it.
package client

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Default is where a server's API is if nothing else is said.
const Default = "http://127.0.0.1:8081"

// Options say whom to speak to, and how.
type Options struct {
	Server      string      // "https://host:port/prefix"; a host alone means http, and port 8081; "": Default
	Credentials Credentials // the zero value shows none
	TLS         *tls.Config // nil: as the system has it
	Agent       string      // the User-Agent header; "": "sluice-client"
	// Timeout is how long one attempt may take, but for following events; 0: 90 s, which is longer than any wait that the API knows.
	Timeout time.Duration
	// Attempts is how often a request that changes nothing is made if the connection breaks or the server is busy; 0: 3.
	Attempts int
	// Quiet is how long nothing may come while events are followed before the connection counts as broken; 0: 45 s, three times the
	// server's signs of life.
	Quiet time.Duration
	// Wait waits before another attempt; nil: by the clock. It gives ctx's error if that ends first.
	Wait func(ctx context.Context, d time.Duration) error
}

// Client uses one server. Safe for concurrent use.
type Client struct {
	opt  Options
	base *url.URL
	http *http.Client
}

// New makes a client. It opens no connection. What is wrong with the options is fault.InvalidRequest.
func New(o Options) (*Client, error) {
	const timeout, quiet, attempts = 90 * time.Second, 45 * time.Second, 3
	base, err := address(o.Server)
	if err != nil {
		return nil, err
	}
	if err := o.Credentials.check(); err != nil {
		return nil, err
	}
	if o.Timeout == 0 {
		o.Timeout = timeout
	}
	if o.Quiet == 0 {
		o.Quiet = quiet
	}
	if o.Attempts == 0 {
		o.Attempts = attempts
	}
	if o.Agent == "" {
		o.Agent = "sluice-client"
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	return &Client{opt: o, base: base, http: &http.Client{
		Transport: transport(o.TLS),
		// The API never sends anybody elsewhere; whoever does is something else, and is not to see the credentials.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// transport is http.DefaultTransport with another TLS configuration, and less patience with a host that does not answer.
func transport(secure *tls.Config) *http.Transport {
	const dial, idle = 5 * time.Second, 90 * time.Second
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: secure, ForceAttemptHTTP2: true,
		DialContext: (&net.Dialer{Timeout: dial}).DialContext, TLSHandshakeTimeout: dial, IdleConnTimeout: idle,
	}
}

// Server is the address in full, without a slash at its end.
func (c *Client) Server() string { return c.base.String() }

// Close lets go of connections that are not in use. The client can still be used.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// wait waits by the clock.
func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
