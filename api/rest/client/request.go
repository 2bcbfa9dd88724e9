package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"sluice/engine/fault"
)

// longest is how much of an answer is read, in bytes: more than any that the API gives.
const longest = 64 << 20

// request is one operation.
type request struct {
	method string
	path   []string // segments below the server's address, as they are
	query  url.Values
	header map[string]string
	body   []byte
	kind   string // of the body; "": JSON
}

// answer is what came back of an operation that succeeded.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// kind is what the body is, without parameters.
func (a *answer) kind() string {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type")) // what cannot be read is no kind that is known
	return kind
}

// do makes a request, and makes it anew if that can do no harm and the connection broke or the server was busy.
func (c *Client) do(ctx context.Context, r request) (*answer, error) {
	const first = 100 * time.Millisecond
	pause := first
	for attempt := 1; ; attempt++ {
		a, again, err := c.attempt(ctx, r)
		if err == nil || again < 0 || attempt >= c.opt.Attempts || r.method != http.MethodGet {
			return a, err
		}
		if again == 0 {
			again, pause = pause, 3*pause
		}
		if werr := c.opt.Wait(ctx, again); werr != nil {
			return nil, werr
		}
	}
}

// attempt makes a request once. again is when it may be worth trying again: 0 soon, negative never.
func (c *Client) attempt(ctx context.Context, r request) (a *answer, again time.Duration, err error) {
	limited, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	resp, err := c.send(limited, r)
	if err != nil {
		return nil, 0, c.unreached(ctx, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, longest+1))
	switch {
	case err != nil:
		return nil, 0, c.unreached(ctx, err)
	case len(body) > longest:
		return nil, -1, fault.New(fault.ProtocolViolation, c.Server(), "the answer has more than %d bytes", longest)
	case resp.StatusCode/100 == 2:
		return &answer{resp.StatusCode, resp.Header, body}, 0, nil
	}
	return nil, busy(resp), c.refused(resp, body)
}

// send sends a request.
func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	at := *c.base
	path := at.EscapedPath()
	for _, segment := range r.path {
		path += "/" + url.PathEscape(segment)
	}
	at.RawPath = path
	var err error
	if at.Path, err = url.PathUnescape(path); err != nil {
		return nil, err
	}
	at.RawQuery = r.query.Encode()
	req, err := http.NewRequestWithContext(ctx, r.method, at.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", c.opt.Agent)
	if len(r.body) > 0 {
		req.Header.Set("Content-Type", "application/json")
		if r.kind != "" {
			req.Header.Set("Content-Type", r.kind)
		}
	}
	for name, text := range r.header {
		req.Header.Set(name, text)
	}
	c.opt.Credentials.show(req)
	return c.http.Do(req)
}

// busy tells when a server that is busy may be asked again; negative if it is not that.
func busy(r *http.Response) time.Duration {
	const most = 5 * time.Second // who waits for longer is better told so
	if r.StatusCode != http.StatusServiceUnavailable && r.StatusCode != http.StatusTooManyRequests {
		return -1
	}
	seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	if d := time.Duration(seconds) * time.Second; d <= most {
		return d
	}
	return -1
}

// get asks for something that is JSON.
func get[T any](ctx context.Context, c *Client, query url.Values, path ...string) (T, error) {
	return call[T](ctx, c, request{method: http.MethodGet, path: path, query: query})
}

// call makes a request whose answer is JSON, or nothing.
func call[T any](ctx context.Context, c *Client, r request) (T, error) {
	v, _, err := read[T](ctx, c, r)
	return v, err
}

// read is call, with the answer that it read.
func read[T any](ctx context.Context, c *Client, r request) (v T, a *answer, err error) {
	if a, err = c.do(ctx, r); err != nil {
		return v, nil, err
	}
	if kind := a.kind(); kind != "application/json" {
		return v, nil, c.stranger(&http.Response{Status: strconv.Itoa(a.status) + " with " + kind})
	}
	if err := json.Unmarshal(a.body, &v); err != nil {
		return v, nil, fault.New(fault.ProtocolViolation, c.Server(), "the answer cannot be read").Because(err)
	}
	return v, a, nil
}

// asJSON is the body of a request.
func asJSON(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "", "it cannot be written as JSON").Because(err)
	}
	return data, nil
}
