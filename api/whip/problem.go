package whip

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"sluice/api"
	"sluice/engine/fault"
)

// retryAfter is when who is sent away may come again, in seconds.
const retryAfter = 2

// status is the HTTP status of a fault. Who sends an offer has not asked for GStreamer: that there is none is the server's failure.
func status(c fault.Code) int {
	if c == fault.GstUnavailable {
		return http.StatusInternalServerError
	}
	return api.Status(c)
}

// refusal is a fault with another status than its code's, because HTTP or WHEP has one for just that.
type refusal struct {
	*fault.Fault
	status int
}

func refuse(status int, format string, args ...any) error {
	return &refusal{fault.New(fault.InvalidRequest, "", format, args...), status}
}

// Unwrap gives the fault.
func (r *refusal) Unwrap() error { return r.Fault }

// problem is the body of an error (RFC 9457). Its type is left out, which means "about:blank": the code says what it is.
type problem struct {
	Title  string     `json:"title"`
	Status int        `json:"status"`
	Detail string     `json:"detail,omitempty"`
	Code   fault.Code `json:"code"`
	Place  string     `json:"place,omitempty"`
	Hint   string     `json:"hint,omitempty"`
}

// describe makes a problem of an error. What caused it may be of the server's inside and is not told.
func describe(err error) problem {
	p := problem{Code: fault.CodeOf(err)}
	p.Status = status(p.Code)
	var f *fault.Fault
	var r *refusal
	var e *echo.HTTPError
	switch {
	case errors.As(err, &r):
		f, p.Status = r.Fault, r.status
	case errors.As(err, &f):
	case errors.As(err, &e): // what echo itself refuses: methods that no RFC knows
		p.Status, p.Code = e.Code, fault.InvalidRequest
	}
	if f != nil {
		p.Detail, p.Place, p.Hint = f.Msg, f.Place, f.Hint
	}
	p.Title = http.StatusText(p.Status)
	return p
}

// fail answers with a problem. It is echo's HTTPErrorHandler.
func (d *Door) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	p := describe(err)
	h := c.Response().Header()
	switch {
	case p.Status == http.StatusUnauthorized:
		h.Set("WWW-Authenticate", `Bearer realm="sluice"`) // RFC 9110 11.6.1 wants one
	case p.Status == http.StatusServiceUnavailable, p.Status == http.StatusConflict && p.Code == fault.StreamNotFound:
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	if p.Status >= http.StatusInternalServerError && p.Status != http.StatusServiceUnavailable {
		d.opt.Log.Warn("request failed", "proto", d.Name(),
			"path", strings.TrimSuffix(c.Request().URL.Path, sessionID(c.Request().URL.Path)), "remote", c.Request().RemoteAddr,
			"status", p.Status, "err", err)
	}
	h.Set(echo.HeaderContentType, "application/problem+json")
	_ = c.JSON(p.Status, p) // the client is gone if it fails
}
