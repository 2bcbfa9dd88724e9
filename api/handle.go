package api

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// excessKey marks the context of a connection that is one too many, guestKey has what Whole needs.
type (
	excessKey struct{}
	guestKey  struct{}
)

// Whole is what a handler calls before it answers with so many bytes in one Write, of which nothing was written before. It saves a
// system call and a packet: net/http (Go 1.26) sends the first 4 KiB, of header and body, and then the rest, which now go together.
// Where that does not apply, it does nothing.
func Whole(r *http.Request, length int64) {
	const sure = 2 * 4096 // that there is a rest, and that it does not fit into net/http's buffer again
	if g, ok := r.Context().Value(guestKey{}).(*guest); ok && length >= sure && r.Method != http.MethodHead && r.ProtoMajor == 1 {
		g.joins = true
	}
}

// admitted notes in the context of a connection whether it is one too many.
func admitted(ctx context.Context, conn net.Conn) context.Context {
	plain := true
	if t, ok := conn.(*tls.Conn); ok {
		conn, plain = t.NetConn(), false
	}
	g, ok := conn.(*guest)
	switch {
	case ok && g.excess:
		return context.WithValue(ctx, excessKey{}, true)
	case ok && plain:
		return context.WithValue(ctx, guestKey{}, g)
	default:
		return ctx
	}
}

// handle takes every request.
func (w *Web) handle(rw http.ResponseWriter, r *http.Request) {
	begun := time.Now()
	if !w.work.start() {
		refuse(rw, "the server is stopping")
		return
	}
	defer w.work.finish()
	switch {
	case r.Context().Value(excessKey{}) != nil:
		refuse(rw, "too many connections")
		w.log(r, &answer{status: http.StatusServiceUnavailable}, begun)
	case w.upgrade != nil && wantsWebSocket(r):
		// The handler keeps the connection, perhaps for days, so there is nothing around it that costs memory.
		defer w.contain(r, &answer{})
		w.opt.Log.Debug("upgrade", "path", Veil(r.URL.Path), "remote", r.RemoteAddr, "tls", r.TLS != nil)
		w.upgrade.ServeHTTP(rw, r)
	default:
		a := &answer{ResponseWriter: rw}
		defer w.log(r, a, begun)
		defer w.contain(r, a)
		w.handler(r).ServeHTTP(a, w.bound(rw, r))
	}
}

// handler is who takes a request. Where one handler takes all paths there is nothing to be found, unless http.ServeMux would send the
// client to another path first: it is a percent of the cost of a short answer.
func (w *Web) handler(r *http.Request) http.Handler {
	plain := (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.URL.RawPath == "" && strings.HasPrefix(r.URL.Path, "/") &&
		!strings.Contains(r.URL.Path, "//") && !strings.Contains(r.URL.Path, "/.")
	if w.whole != nil && plain {
		return w.whole
	}
	return w.mux
}

// refuse sends somebody away who may come again.
func refuse(rw http.ResponseWriter, why string) {
	h := rw.Header()
	h.Set("Connection", "close")
	h.Set("Retry-After", "5")
	http.Error(rw, why, http.StatusServiceUnavailable)
}

// wantsWebSocket tells whether a request asks for a WebSocket: RFC 6455 4.2.1, where the names of protocols and of options are
// compared without regard to case.
func wantsWebSocket(r *http.Request) bool {
	return has(r.Header["Upgrade"], "websocket") && has(r.Header["Connection"], "upgrade")
}

// has tells whether a word is in a list of a header.
func has(lists []string, word string) bool {
	for _, list := range lists {
		for one := range strings.SplitSeq(list, ",") {
			if strings.EqualFold(strings.TrimSpace(one), word) {
				return true
			}
		}
	}
	return false
}

// bound limits the size of a request's body and the time that it may take, so that nobody can hold a connection by sending a
// byte now and then. It leaves the request alone and gives another: net/http looks at the body that it made itself to tell whether
// all of it was read (Go 1.26, chunkWriter.writeHeader), and would take what is left of one for the next request.
func (w *Web) bound(rw http.ResponseWriter, r *http.Request) *http.Request {
	if r.Body == nil || r.Body == http.NoBody {
		return r
	}
	control := http.NewResponseController(rw)
	if control.SetReadDeadline(time.Now().Add(w.opt.BodyTimeout)) != nil {
		control = nil // not a connection, as in tests of handlers
	}
	bounded := *r
	bounded.Body = &upload{ReadCloser: http.MaxBytesReader(rw, r.Body, int64(w.opt.MaxBody)), control: control}
	return &bounded
}

// upload is a request's body with a deadline, which ends with the body: what follows on the connection has its own time, and an
// answer may take as long as it likes.
type upload struct {
	io.ReadCloser
	control *http.ResponseController
}

// Read implements io.Reader.
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) && u.control != nil {
		_ = u.control.SetReadDeadline(time.Time{}) // the connection is gone if it fails
		u.control = nil
	}
	return n, err
}

// contain ends a handler's panic: its client sees that something is wrong, and nobody else is affected. It is deferred.
func (w *Web) contain(r *http.Request, a *answer) {
	what := recover()
	if what == nil {
		return
	}
	if err, ok := what.(error); !ok || !errors.Is(err, http.ErrAbortHandler) { // which is how a handler breaks an answer off
		w.opt.Log.Error("a handler panicked", "path", Veil(r.URL.Path), "err", what, "stack", string(debug.Stack()))
		if a.ResponseWriter != nil && a.status == 0 {
			http.Error(a, "internal error", http.StatusInternalServerError)
			return
		}
	}
	a.broken = true
	panic(http.ErrAbortHandler) //nolint:forbidigo // net/http's way to close the connection instead of ending half an answer well
}

// log tells of a request that was answered. Queries are left out, since tokens stand there.
func (w *Web) log(r *http.Request, a *answer, begun time.Time) {
	if !w.opt.Log.Enabled(r.Context(), slog.LevelDebug) {
		return
	}
	w.opt.Log.Debug("request", "method", r.Method, "path", Veil(r.URL.Path), "status", a.code(), "bytes", a.bytes,
		"took", time.Since(begun), "remote", r.RemoteAddr, "proto", r.Proto, "tls", r.TLS != nil, "broken", a.broken)
}
