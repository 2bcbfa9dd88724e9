// Package console is a small page for the first look at a server: it publishes the camera, or a test picture, over WHIP, plays
// it back over WHEP, and lists what is live. All of it is in the binary, and it loads nothing from anywhere else.
//
// It signals nothing itself: the page uses the door of package whip, as any other client does. To administer a server is
// another page's business.
package console

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"sync"

	"github.com/labstack/echo/v4"

	"sluice/api/auth"
	"sluice/engine/fault"
	"sluice/engine/hub"
)

//go:embed page
var page embed.FS

// Streams is what is published, to look at.
type Streams interface {
	Streams() []hub.StreamInfo
}

// Authoriser says who may play what, as auth.Static does.
type Authoriser interface {
	Authorise(ctx context.Context, q auth.Request) (user string, err error)
}

// Options are what a console is made with. Streams is needed.
type Options struct {
	Streams Streams
	Auth    Authoriser   // nil: everybody may play everything
	Log     *slog.Logger // nil: nothing is logged
}

// Door is the console on one web server. Safe for concurrent use.
type Door struct {
	opt     Options
	handler *echo.Echo
	closed  chan struct{}
	once    sync.Once // closes it
}

// policy lets the page load and call this server alone (https://www.w3.org/TR/CSP3/). Media comes over WebRTC, which has none.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// New makes a console.
func New(o Options) (*Door, error) {
	if o.Streams == nil {
		return nil, fault.New(fault.Internal, "console", "the console needs streams to list")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Door{opt: o, handler: echo.New(), closed: make(chan struct{})}
	d.handler.HTTPErrorHandler = d.fail
	d.handler.Pre(harden)
	d.handler.GET("/streams.json", d.streams)
	return d, fs.WalkDir(page, "page", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return d.addFile(name)
	})
}

// addFile serves a file of the page: index.html at "/", icons where browsers look for them, the rest in "/console/".
func (d *Door) addFile(name string) error {
	text, err := page.ReadFile(name)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	tag := `"` + hex.EncodeToString(sum[:8]) + `"`
	kind := mediaType(path.Ext(name))
	at := "/console/" + path.Base(name)
	switch path.Base(name) {
	case "index.html":
		at = "/"
	case "favicon.ico":
		at = "/favicon.ico"
	}
	handle := func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("ETag", tag)
		h.Set("Cache-Control", "no-cache") // to be asked for each time: another version of sluice has another page
		if c.Request().Header.Get("If-None-Match") == tag {
			return c.NoContent(http.StatusNotModified)
		}
		return c.Blob(http.StatusOK, kind, text)
	}
	d.handler.GET(at, handle)
	d.handler.HEAD(at, handle)
	return nil
}

// mediaType is that of a file of the page. Package mime asks the machine, and machines differ.
func mediaType(extension string) string {
	switch extension {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8" // RFC 9239
	case ".svg":
		return "image/svg+xml"
	default:
		return "image/x-icon"
	}
}

// harden sets what every answer says to browsers.
func harden(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer") // a token may be in the address
		h.Set("Permissions-Policy", "camera=(self), microphone=(self)")
		return next(c)
	}
}

// Paths are the patterns of net/http under which Handler is to be had.
func (d *Door) Paths() []string {
	return []string{"/{$}", "/console/", "/favicon.ico", "/streams.json"}
}

// Handler serves the page.
func (d *Door) Handler() http.Handler { return d.handler }

// Name is "console".
func (d *Door) Name() string { return "console" }

// Listen has nothing to bind.
func (d *Door) Listen(context.Context) error { return nil }

// Serve returns when the console is closed, or ctx is done.
func (d *Door) Serve(ctx context.Context) error {
	select {
	case <-d.closed:
	case <-ctx.Done():
	}
	return nil
}

// Close has nobody to wait for: what the page does is between the browser and other doors.
func (d *Door) Close(context.Context) error {
	d.once.Do(func() { close(d.closed) })
	return nil
}

// fail answers with a problem document (RFC 9457).
func (d *Door) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	status, code := http.StatusInternalServerError, fault.CodeOf(err)
	var e *echo.HTTPError
	switch {
	case errors.As(err, &e):
		status, code = e.Code, fault.ResourceNotFound
	case code == fault.Unauthorized:
		status = http.StatusUnauthorized
		c.Response().Header().Set("WWW-Authenticate", `Bearer realm="sluice"`)
	case code == fault.Overloaded:
		status = http.StatusServiceUnavailable
		c.Response().Header().Set("Retry-After", "5")
	default:
		d.opt.Log.Warn("request failed", "path", c.Request().URL.Path, "remote", c.Request().RemoteAddr, "err", err)
	}
	c.Response().Header().Set(echo.HeaderContentType, "application/problem+json")
	_ = c.JSON(status, map[string]any{"title": http.StatusText(status), "status": status, "code": code}) // the client is gone if it fails
}
