package api

import (
	"bufio"
	"io"
	"net"
	"net/http"

	"sluice/engine/fault"
)

// answer notes what a handler answers.
type answer struct {
	http.ResponseWriter
	status int // 0: nothing was written yet
	bytes  int64
	broken bool
}

// WriteHeader notes the status. 1xx are no answer yet (RFC 9110 15.2).
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) {
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write counts.
func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// ReadFrom counts, and lets net/http have the kernel copy a file where it can.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	n, err := io.Copy(a.ResponseWriter, r)
	a.bytes += n
	return n, err
}

// Unwrap is how http.ResponseController finds what this is around.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Flush is for handlers that look for http.Flusher by themselves.
func (a *answer) Flush() { _ = http.NewResponseController(a.ResponseWriter).Flush() }

// Hijack is for handlers that look for http.Hijacker by themselves.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.status = http.StatusSwitchingProtocols
	return http.NewResponseController(a.ResponseWriter).Hijack()
}

// code is the status that the client saw.
func (a *answer) code() int {
	if a.status == 0 {
		return http.StatusOK // a handler that writes nothing answers with it
	}
	return a.status
}

// Status is the HTTP status of a fault, where a door has no reason to say it otherwise.
func Status(c fault.Code) int {
	switch c {
	case fault.InvalidRequest, fault.ProtocolViolation, fault.DTLSFingerprint:
		return http.StatusBadRequest
	case fault.InvalidParams, fault.LintFailed:
		return http.StatusUnprocessableEntity
	case fault.Unauthorized:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.StreamNotFound, fault.GraphNotFound, fault.ResourceNotFound, fault.NoRoute:
		return http.StatusNotFound
	case fault.NameInUse:
		return http.StatusConflict
	case fault.StaleVersion:
		return http.StatusPreconditionFailed
	case fault.CodecNotAvailable:
		return http.StatusUnsupportedMediaType
	case fault.ElementUnavailable, fault.GstUnavailable:
		return http.StatusNotImplemented
	case fault.StartTimeout, fault.Stalled, fault.ICETimeout:
		return http.StatusGatewayTimeout
	case fault.DiskFull:
		return http.StatusInsufficientStorage
	case fault.Overloaded, fault.Closed, fault.SlowReader:
		return http.StatusServiceUnavailable
	}
	if c.Blame() == fault.Peer {
		return http.StatusBadGateway
	}
	return http.StatusInternalServerError // lost, internal, and what is wrong with GStreamer
}
