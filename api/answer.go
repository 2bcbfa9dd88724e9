package api

import (
	"bufio"
	"net"
	"net/http"
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
