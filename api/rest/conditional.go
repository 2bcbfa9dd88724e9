package rest

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// head has HEAD answered as GET is, but for the body (RFC 9110 9.3.2), which net/http leaves out: it looks at the request that came. What
// would go on for ever, such as events, ends when its head is written.
func head(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		get := r.Clone(ctx)
		get.Method = http.MethodGet
		next.ServeHTTP(&short{ResponseWriter: w, done: cancel}, get)
	})
}

// short is the answer to HEAD.
type short struct {
	http.ResponseWriter
	done func()
}

// WriteHeader implements http.ResponseWriter.
func (s *short) WriteHeader(status int) {
	s.ResponseWriter.WriteHeader(status)
	s.done()
}

// Unwrap is for http.ResponseController.
func (s *short) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// spare answers 304 where the client has what it asks for already: its If-None-Match has the ETag of the answer (RFC 9110 13.1.2).
func spare(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if r := c.Request(); r.Method == http.MethodGet && r.Header.Get("If-None-Match") != "" {
			c.Response().Writer = &known{ResponseWriter: c.Response().Writer, tags: r.Header.Values("If-None-Match")}
		}
		return next(c)
	}
}

// known is an answer that the client may know.
type known struct {
	http.ResponseWriter
	tags    []string // of If-None-Match
	matches bool     // and nothing follows the head
}

// WriteHeader implements http.ResponseWriter.
func (k *known) WriteHeader(status int) {
	h := k.Header()
	if k.matches = status == http.StatusOK && names(k.tags, h.Get("ETag")); k.matches {
		h.Del("Content-Type")
		h.Del("Content-Length")
		status = http.StatusNotModified
	}
	k.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (k *known) Write(p []byte) (int, error) {
	if k.matches {
		return len(p), nil
	}
	return k.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (k *known) Unwrap() http.ResponseWriter { return k.ResponseWriter }

// names tells whether an If-None-Match has a tag, by weak comparison (RFC 9110 8.8.3.2). Nothing is known of an answer without one.
func names(fields []string, tag string) bool {
	if tag == "" {
		return false
	}
	for _, field := range fields {
		for one := range strings.SplitSeq(field, ",") {
			one = strings.TrimSpace(one)
			if one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
				return true
			}
		}
	}
	return false
}
