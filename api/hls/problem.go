package hls

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"sluice/engine/fault"
)

// retryAfter is when who is sent away may come again, in seconds.
const retryAfter = 2

// status is the HTTP status of an error.
func status(err error) int {
	if errors.Is(err, errTooLong) {
		return http.StatusRequestHeaderFieldsTooLarge // RFC 6585 5
	}
	switch fault.CodeOf(err) {
	case fault.InvalidRequest, fault.InvalidParams, fault.ProtocolViolation:
		return http.StatusBadRequest
	case fault.Unauthorized:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.StreamNotFound, fault.GraphNotFound, fault.ResourceNotFound, fault.NoRoute, fault.Closed:
		return http.StatusNotFound
	case fault.CodecNotAvailable:
		return http.StatusUnsupportedMediaType
	case fault.StartTimeout:
		return http.StatusGatewayTimeout
	case fault.Overloaded, fault.Stalled, fault.NameInUse:
		return http.StatusServiceUnavailable
	default: // internal, lost, and what is wrong with GStreamer
		return http.StatusInternalServerError
	}
}

// fail answers with one line that says what is wrong, and what to do. What caused it may be of the server's inside and is not told.
func (d *Door) fail(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil && errors.Is(err, context.Canceled) {
		return // nobody hears it
	}
	code := status(err)
	h := w.Header()
	switch code {
	case http.StatusUnauthorized:
		h.Add("WWW-Authenticate", `Bearer realm="sluice"`) // RFC 9110 11.6.1 wants one; ffmpeg says a password only if it is asked
		h.Add("WWW-Authenticate", `Basic realm="sluice", charset="UTF-8"`)
	case http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	case http.StatusInternalServerError:
		d.opt.Log.Warn("request failed", "path", r.URL.Path, "remote", r.RemoteAddr, "err", err)
	}
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	text := http.StatusText(code)
	var f *fault.Fault
	if errors.As(err, &f) {
		text = f.Msg
		if f.Hint != "" {
			text += ": " + f.Hint
		}
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, text+"\n") // the client is gone if it fails
}
