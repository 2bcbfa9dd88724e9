package wcs

import (
	"mime"
	"net/http"
	"slices"

	"sluice/api/auth"
)

// methods are those by which calls are made.
const methods = "GET, POST, OPTIONS"

// harden sets what every answer says to browsers and proxies. Pages of all origins may read answers: whether they may call is decided
// before. Nothing here lets browsers add credentials that they keep, so that a page can only use those it knows itself (Fetch 3.2.5).
func harden(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", methods)
	h.Set("Access-Control-Allow-Headers", "Content-Type, Authorization")
	h.Set("Access-Control-Max-Age", "600")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

// seen is the request as Admit is to see it: one of a page that may call is as one of no page. Such are pages of Options.Origins, and
// those that show credentials.
//
// Neither is so for what a browser sends without having asked by OPTIONS before, which it does for anything whose body is JSON: forms
// and pictures of any page could otherwise call with the credentials that the browser keeps. What is sent without a body can only look.
func (h *Handler) seen(r *http.Request) *http.Request {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return r
	}
	known := slices.Contains(h.opt.Origins, "*") || slices.Contains(h.opt.Origins, origin)
	q := auth.OfHTTP(r) // an Authorization in which nobody is named shows nothing: it would pass for one who sits at the machine
	if !known && q.User == "" && q.Token == "" || !asked(r) {
		return r
	}
	r = r.Clone(r.Context())
	for _, name := range []string{"Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode"} {
		r.Header.Del(name)
	}
	return r
}

// asked tells whether a browser would have asked before it sent a request for a page of another origin, or could change nothing by it.
func asked(r *http.Request) bool {
	if r.Method == http.MethodGet && r.ContentLength == 0 {
		return true
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "application/json"
}
