// Package wcs serves the REST API of Web Call Server (WCS), for back ends and pages that were written for it: /rest-api/…, beside /v1.
// Each of its parts is a list of calls from a package of its own; this one finds the call, lets in who may administer the server, as /v1
// does, and writes answers. It knows no resource and binds no port.
package wcs

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

// Prefix is what all paths begin with, but those of the API that was there before, which begin with OldPrefix, and of the statistics.
const (
	Prefix    = "/rest-api"
	OldPrefix = "/RESTCall"
)

// Options are what a Handler is made with.
type Options struct {
	// Admit says who makes a request; an error refuses it. It is asked before everything but OPTIONS.
	Admit func(r *http.Request) (user string, err error)
	// Origins are the origins ("https://example.org") of pages of others that may call without credentials of their own; "*" is all.
	Origins []string
	// Refused hears of who was not let in, or may not do what was asked. It may be nil.
	Refused func(r *http.Request, status int, user string)
	Routes  []call.Route
	Log     *slog.Logger // nil: nothing is logged
	Now     func() time.Time
}

// Handler serves calls. Safe for concurrent use.
type Handler struct {
	opt    Options
	routes map[string]call.Route
}

// New makes a Handler. Two routes of one path are fault.Internal.
func New(o Options) (*Handler, error) {
	if o.Admit == nil {
		return nil, fault.New(fault.Internal, Prefix, "the API needs to know whom to let in")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Refused == nil {
		o.Refused = func(*http.Request, int, string) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &Handler{opt: o, routes: make(map[string]call.Route, len(o.Routes))}
	for _, r := range o.Routes {
		at := strings.TrimSuffix(r.Path, "/")
		if !r.Whole {
			at = Prefix + at
		}
		if _, ok := h.routes[at]; ok || r.Do == nil {
			return nil, fault.New(fault.Internal, at, "it is there twice, or does nothing")
		}
		h.routes[at] = r
	}
	return h, nil
}

// patience is how long a call may take.
const patience = 30 * time.Second

// ServeHTTP implements http.Handler.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	harden(w.Header())
	if r.Method == http.MethodOptions { // of browsers, before what they send for pages of others
		w.WriteHeader(http.StatusNoContent)
		return
	}
	user, answer, err := h.answer(r)
	if err == nil {
		err = write(w, answer)
	}
	if err != nil {
		h.refuse(w, r, user, err)
	}
}

// answer lets the caller in and does what is asked.
func (h *Handler) answer(r *http.Request) (user string, answer any, err error) {
	user, err = h.opt.Admit(h.seen(r))
	if err != nil {
		return "", nil, err
	}
	route, ok := h.routes[strings.TrimSuffix(r.URL.Path, "/")]
	if !ok {
		return user, nil, fault.New(fault.ResourceNotFound, "", "nothing is at %.200q", r.URL.Path)
	}
	if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, r.Method) {
		return user, nil, methodError{}
	}
	q, err := read(r)
	if err != nil {
		return user, nil, err
	}
	q.User = user
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	answer, err = route.Do(ctx, q)
	return user, answer, err
}

// methodError is a call by another method, which no fault says.
type methodError struct{}

func (methodError) Error() string { return "it is called by GET or POST" }

// read reads the body, whatever its type is said to be, and whatever the method: that is how lenient WCS is.
func read(r *http.Request) (*call.Request, error) {
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return nil, fault.New(fault.InvalidRequest, "", "a body of Content-Encoding %.40q is not read", coding).Advise("send it as it is")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, call.MaxBody+1))
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "", "the body did not come whole").Because(err)
	}
	o, err := call.Decode(body)
	if err != nil {
		return nil, err
	}
	return &call.Request{Object: o, Query: r.URL.Query()}, nil
}

// write writes an answer; nil is an empty body.
func write(w http.ResponseWriter, answer any) error {
	if answer == nil {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	if t, ok := answer.(call.Text); ok {
		w.Header().Set("Content-Type", t.Type)
		_, _ = io.WriteString(w, t.Body) // the client is gone if it fails
		return nil
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return fault.New(fault.Internal, "", "the answer cannot be written").Because(err)
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_, _ = w.Write(text) // the client is gone if it fails
	return nil
}

// refuse says what went wrong.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, user string, err error) {
	p := call.Of(err, r.URL.Path, h.opt.Now())
	if e, ok := errors.AsType[methodError](err); ok {
		w.Header().Set("Allow", methods)
		p = call.Problem{
			Exception: "MethodNotAllowedException", Path: r.URL.Path, Timestamp: p.Timestamp, Status: http.StatusMethodNotAllowed,
			Error: http.StatusText(http.StatusMethodNotAllowed), Message: e.Error(), Reason: string(fault.InvalidRequest),
		}
	}
	switch p.Status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Basic realm="sluice", charset="UTF-8"`) // RFC 9110 11.6.1 wants one, RFC 7617 2.1
		h.opt.Refused(r, p.Status, user)
	case http.StatusForbidden:
		h.opt.Refused(r, p.Status, user)
	case http.StatusServiceUnavailable:
		const soon = "2" // seconds: as with /v1
		w.Header().Set("Retry-After", soon)
	case http.StatusInternalServerError:
		h.opt.Log.Warn("request failed", "path", r.URL.Path, "status", p.Status, "err", err)
	}
	text, _ := json.Marshal(p) // it has nothing that cannot be
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(p.Status)
	_, _ = w.Write(text)
}
