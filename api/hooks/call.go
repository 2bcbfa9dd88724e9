package hooks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	"sluice/api/apps"
	"sluice/engine/fault"
)

// Headers of a call.
const (
	// SignatureHeader is "t=TIME,v1=MAC": TIME in seconds since 1970, and MAC the HMAC-SHA256 (RFC 2104) of "TIME.BODY" by the
	// application's secret, in hexadecimal.
	SignatureHeader = "X-Sluice-Signature"
	// DeliveryHeader is the same for each attempt to tell something, and for nothing else.
	DeliveryHeader = "X-Sluice-Delivery"
)

// web calls back ends over HTTP.
type web struct {
	client *http.Client
	bound  *http.Client // of applications that callers put there
	answer int64        // bytes of an answer
	now    func() time.Time
}

// newWeb makes a caller of back ends.
func newWeb(o *Options) *web {
	// A proxy would look names up by itself, so that nobody knew where they lead.
	bound := newTransport(o, nil, &net.Dialer{Timeout: o.Timeout, Control: o.Reach.Control})
	return &web{
		answer: int64(o.Answer), now: o.Clock.Now,
		client: newClient(newTransport(o, http.ProxyFromEnvironment, &net.Dialer{Timeout: o.Timeout})), bound: newClient(bound),
	}
}

// newClient makes a client that follows no redirection: where to go is for the configuration to say, and a back end that could send the
// server elsewhere could have it look at what only the server reaches.
func newClient(t *http.Transport) *http.Client {
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func newTransport(o *Options, proxy func(*http.Request) (*url.URL, error), d *net.Dialer) *http.Transport {
	const headers, idle, idleOfOne = 64 << 10, 256, 32
	only1 := new(http.Protocols)
	only1.SetHTTP1(true) // over HTTP/2 one application that hangs could use up the streams of another on the same host
	return &http.Transport{
		Proxy: proxy, DialContext: d.DialContext,
		TLSClientConfig: &tls.Config{RootCAs: o.Roots, MinVersion: tls.VersionTLS12}, TLSHandshakeTimeout: o.Timeout,
		MaxIdleConns: idle, MaxIdleConnsPerHost: idleOfOne, IdleConnTimeout: time.Minute,
		MaxResponseHeaderBytes: headers, DisableCompression: true, Protocols: only1,
	}
}

// call calls a method and gives the object of the answer, nil if it has none. read tells whether the answer matters; if not, only its
// status does. Whoever refuses (4xx) is fault.Forbidden; who cannot be reached, does not answer in time or fails (5xx) is
// fault.Unreachable; an answer that cannot be used is fault.ProtocolViolation.
func (w *web) call(ctx context.Context, app apps.App, method, delivery string, body []byte, read bool) (Object, error) {
	place := app.Key + "/" + method
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, app.URL+"/"+method, bytes.NewReader(body))
	if err != nil {
		return nil, fault.New(fault.InvalidParams, place, "this is no address of a back end").Because(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "sluice")
	req.Header.Set(DeliveryHeader, delivery)
	if app.Username != "" {
		req.SetBasicAuth(app.Username, app.Password)
	}
	if app.Secret != "" {
		req.Header.Set(SignatureHeader, Sign(app.Secret, w.now(), body))
	}
	client := w.client
	if app.Callers {
		client = w.bound
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, lost(place, err)
	}
	defer func() { _ = res.Body.Close() }() // all that matters was read
	if err := judge(place, res.StatusCode); err != nil {
		w.drain(res.Body)
		return nil, err
	}
	if !read {
		w.drain(res.Body)
		return nil, nil //nolint:nilnil // there is nothing that anybody asked for
	}
	return w.object(place, res.Body)
}

// judge says what a status means.
func judge(place string, status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 300 && status < 400:
		return fault.New(fault.ProtocolViolation, place, "the back end answers %d, and redirections are not followed", status)
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status >= 500:
		return fault.New(fault.Unreachable, place, "the back end answers %d", status)
	case status >= 400:
		return fault.New(fault.Forbidden, place, "the back end answers %d", status)
	}
	return fault.New(fault.ProtocolViolation, place, "the back end answers %d", status)
}

// lost says why there is no answer.
func lost(place string, err error) error {
	if f, ok := errors.AsType[*fault.Fault](err); ok { // he may not be called
		return fault.New(f.Code, place, "the back end is not called: %s", f.Msg).Advise("%s", f.Hint)
	}
	var timeout net.Error
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return fault.New(fault.Unreachable, place, "the back end does not answer in time").Because(errTimeout)
	}
	return fault.New(fault.Unreachable, place, "the back end cannot be reached").Because(err)
}

// errTimeout marks what took too long.
var errTimeout = errors.New("timeout")

// drain reads a little of what nobody wants, so that the connection can be used again.
func (*web) drain(body io.Reader) {
	const little = 16 << 10
	_, _ = io.CopyN(io.Discard, body, little)
}

// object reads an answer.
func (w *web) object(place string, body io.Reader) (Object, error) {
	text, err := io.ReadAll(io.LimitReader(body, w.answer+1))
	if err != nil {
		return nil, lost(place, err)
	}
	if int64(len(text)) > w.answer {
		return nil, fault.New(fault.ProtocolViolation, place, "the answer is too long").Advise("at most %d bytes", w.answer)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil //nolint:nilnil // nothing is changed
	}
	var out Object
	if err := json.Unmarshal(text, &out); err != nil || out == nil {
		return nil, fault.New(fault.ProtocolViolation, place, "the answer is no object of JSON")
	}
	return out, nil
}

// Sign signs a body at a time: it is what the back end finds in SignatureHeader.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + ".")) // it never fails
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
