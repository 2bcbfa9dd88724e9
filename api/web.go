package api

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sluice/engine/fault"
)

// WebOptions are what a Web is made with. The zero options listen nowhere.
type WebOptions struct {
	// Plain and Secure are addresses "host:port" to listen on, without and with TLS. Port 0 is any free one.
	Plain, Secure []string
	// PlainKey and SecureKey name the keys of the configuration that the addresses are from.
	PlainKey, SecureKey string
	// Certificates are what the secure addresses need; nil: they are not listened on.
	Certificates *Certificates

	// Connections is how many there may be at a time, PerAddress how many of one address; 0 is no limit. Who is one too many
	// is told so with 503 (RFC 9110 15.6.4), or not at all in a flood.
	Connections, PerAddress int
	// HeaderTimeout is how long the header of a request may take, and a TLS handshake; BodyTimeout how long its body; IdleTimeout
	// how long a connection may wait for the next request; AnswerTimeout how long the answer may take, of which handlers with
	// endless answers are free to choose another by http.ResponseController. 0: 10 s, 30 s, 2 minutes and 2 minutes.
	HeaderTimeout, BodyTimeout, IdleTimeout, AnswerTimeout time.Duration
	// MaxHeader and MaxBody are in bytes; 0: 64 KiB and 1 MiB.
	MaxHeader, MaxBody int

	Log *slog.Logger // of each request at debug; nil: nothing is logged
}

// Web is the web server that doors share: one tree of handlers behind any number of addresses, plain and with TLS. It is a
// Door itself, which has to open before those that use it and to close after them. HTTP/1.1 everywhere, HTTP/2 over TLS.
type Web struct {
	opt     WebOptions
	mux     *http.ServeMux
	whole   http.Handler // of all paths, if there is no other
	several bool         // handlers
	upgrade http.Handler
	crowd   *crowd
	server  *http.Server

	plain, secure []net.Listener
	work          work
	cut           context.CancelFunc // ends the contexts of all requests
	closing, done chan struct{}      // Close was called; Close has seen everybody off
	begin, end    sync.Once          // of Close
}

// NewWeb makes a web server. It opens nothing.
func NewWeb(o WebOptions) *Web {
	const (
		header, body = 64 << 10, 1 << 20
		reading      = 10 * time.Second
		uploading    = 30 * time.Second
		idle         = 2 * time.Minute
		answering    = 2 * time.Minute
	)
	o.HeaderTimeout = cmp.Or(o.HeaderTimeout, reading)
	o.BodyTimeout = cmp.Or(o.BodyTimeout, uploading)
	o.IdleTimeout = cmp.Or(o.IdleTimeout, idle)
	o.AnswerTimeout = cmp.Or(o.AnswerTimeout, answering)
	o.MaxHeader = cmp.Or(o.MaxHeader, header)
	o.MaxBody = cmp.Or(o.MaxBody, body)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	base, cut := context.WithCancel(context.Background())
	w := &Web{
		opt: o, mux: http.NewServeMux(), crowd: &crowd{most: o.Connections, each: o.PerAddress},
		cut: cut, closing: make(chan struct{}), done: make(chan struct{}),
	}
	w.server = &http.Server{
		Handler:           http.HandlerFunc(w.handle),
		ReadHeaderTimeout: o.HeaderTimeout,
		IdleTimeout:       o.IdleTimeout,
		WriteTimeout:      o.AnswerTimeout,
		MaxHeaderBytes:    o.MaxHeader,
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug), // of who does not speak TLS or HTTP
		BaseContext:       func(net.Listener) context.Context { return base },
		ConnContext:       admitted,
		ConnState:         w.work.see,
	}
	if o.Certificates != nil {
		// net/http makes up its mind about HTTP/2 once, when the first listener is served, which may be a plain one: only if h2 is
		// named here does it take what TLS negotiates later (Go 1.26, Server.shouldConfigureHTTP2ForServe).
		w.server.TLSConfig = &tls.Config{
			MinVersion: tls.VersionTLS12, GetCertificate: o.Certificates.Get, NextProtos: []string{"h2", "http/1.1"},
		}
	}
	return w
}

// Name is "web".
func (w *Web) Name() string { return "web" }

// Handle adds a handler for a pattern of net/http, such as "OPTIONS /{stream}/whip". It is called before Listen. A pattern that
// is none, or that says the same as another, is fault.Internal.
func (w *Web) Handle(pattern string, h http.Handler) (err error) {
	defer func() {
		if r := recover(); r != nil { // that is how http.ServeMux says it
			err = fault.New(fault.Internal, pattern, "%v", r)
		}
	}()
	w.mux.Handle(pattern, h)
	if w.whole = nil; pattern == "/" && !w.several {
		w.whole = h
	}
	w.several = true
	return nil
}

// Upgrade names who takes all requests that ask for a WebSocket (RFC 6455 4.1), whatever their path. It is called before
// Listen. Such a connection is the handler's alone, and Close does not end it.
func (w *Web) Upgrade(h http.Handler) { w.upgrade = h }

// Addresses are those that are listened on, after Listen.
func (w *Web) Addresses() (plain, secure []net.Addr) {
	for _, l := range w.plain {
		plain = append(plain, l.Addr())
	}
	for _, l := range w.secure {
		secure = append(secure, l.Addr())
	}
	return plain, secure
}

// Listen implements Door. All addresses that cannot be had are in the error.
func (w *Web) Listen(ctx context.Context) error {
	var wrong []error
	bind := func(into *[]net.Listener, key string, addresses []string) {
		for _, a := range addresses {
			l, err := Bind(ctx, key, a)
			if err != nil {
				wrong = append(wrong, err)
				continue
			}
			*into = append(*into, &gate{Listener: l, crowd: w.crowd})
		}
	}
	bind(&w.plain, w.opt.PlainKey, w.opt.Plain)
	if w.opt.Certificates != nil {
		bind(&w.secure, w.opt.SecureKey, w.opt.Secure)
	}
	return errors.Join(wrong...)
}

// Serve implements Door.
func (w *Web) Serve(ctx context.Context) error {
	all, inner := errgroup.WithContext(ctx)
	for _, l := range w.plain {
		all.Go(func() error { return unlessClosed(w.server.Serve(l)) })
	}
	for _, l := range w.secure {
		all.Go(func() error { return unlessClosed(w.server.ServeTLS(l, "", "")) })
	}
	if c := w.opt.Certificates; c != nil {
		all.Go(func() error { c.watch(inner, w.closing); return nil })
	}
	all.Go(func() error {
		select {
		case <-inner.Done():
			w.kill()
		case <-w.closing:
		}
		return nil
	})
	err := all.Wait()
	if err == nil {
		select {
		case <-w.done:
		case <-ctx.Done():
		}
	}
	w.kill()
	w.work.settle()
	return err
}

// unlessClosed leaves out what http.Server says when it was asked to end.
func unlessClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Close implements Door. Requests under way are answered; connections that became WebSockets are their handler's business, but
// are waited for.
func (w *Web) Close(ctx context.Context) error {
	w.begin.Do(func() { close(w.closing) })
	defer w.end.Do(func() { close(w.done) })
	w.work.dismiss()
	err := w.server.Shutdown(ctx)
	for _, l := range append(w.plain, w.secure...) {
		l.Close() //nolint:gosec // those that never came to be served
	}
	if err != nil {
		w.kill()
	}
	gone := make(chan struct{})
	go func() { defer close(gone); w.work.settle() }()
	select {
	case <-gone:
	case <-ctx.Done():
		err = ctx.Err()
		w.kill() // handlers end with the contexts of their requests
		<-gone
	}
	w.cut()
	if err != nil {
		return fault.New(fault.Closed, w.Name(), "requests that were not done were cut off").Because(err)
	}
	return nil
}

// kill cuts off everybody.
func (w *Web) kill() {
	w.server.Close() //nolint:errcheck,gosec // what is left is cut off, and nobody is there to be told
	w.cut()
}
