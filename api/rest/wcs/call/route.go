// Package call is how one call of the WCS-compatible REST API is read and answered: the members of its body, which may be texts where
// numbers and booleans are meant, lists in pages, and errors in the shape that WCS gives them. It knows no resource, speaks no HTTP but
// the numbers of its statuses, and lets nobody in: that is package wcs's.
package call

import (
	"context"
	"net/url"
)

// Route is one call: a path, and what it does.
type Route struct {
	Path string // below /rest-api: "/mixer/startup"
	// Whole says that nothing goes before Path: "/RESTCall/call", "/".
	Whole bool
	// Do does it. A nil answer is an empty body; any other is what encoding/json makes of it. Errors are faults, which Problem
	// turns into statuses. It is called from many goroutines; ctx ends when the caller is gone or has waited long enough.
	Do func(ctx context.Context, r *Request) (any, error)
}

// Request is what a caller asks.
type Request struct {
	Object
	User  string     // who asks; "" for somebody at the machine itself
	Query url.Values // of the address
}

// Text is an answer that is not written in JSON.
type Text struct {
	Type string // "text/plain; charset=utf-8"
	Body string
}
