package whip

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"sluice/api/auth"
	"sluice/engine/fault"
)

// serve takes every request. What a URL is decides before its method does, so that each method that it does not have is
// answered with 405 and those that it has.
func (d *Door) serve(c echo.Context) error {
	r := c.Request()
	id := sessionID(r.URL.Path)
	s := d.sessions.find(id)
	a, endpoint, err := parseAddress(r.URL)
	// A stream may be called like a session. Only sessions are patched and deleted, even if they are no more.
	gone := id != "" && (!endpoint || r.Method == http.MethodPatch || r.Method == http.MethodDelete)
	switch {
	case r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "":
		return preflight(c) // before all else: to a page that sees a refused preflight nothing else is told
	case s != nil:
		return d.onSession(c, s)
	case gone:
		return fault.New(fault.ResourceNotFound, "", "there is no such session, or no longer")
	case err != nil:
		return err
	case endpoint:
		return d.onEndpoint(c, a)
	default:
		return fault.New(fault.ResourceNotFound, "", "nothing is at %.200q", r.URL.Path).
			Advise(`WHIP is at "/STREAM/whip", WHEP at "/STREAM/whep"`)
	}
}

// onEndpoint answers at the URL of a stream.
func (d *Door) onEndpoint(c echo.Context, a address) error {
	h := c.Response().Header()
	switch c.Request().Method {
	case http.MethodPost:
		return d.create(c, a)
	case http.MethodOptions:
		h.Set("Accept-Post", typeSDP)
		// RFC 9725 4.6 allows for clients that need the servers before they make an offer. Their credentials are for those
		// only who may use them.
		if user, err := d.authorise(c, a); err == nil {
			d.link(c, user)
		}
		return c.NoContent(http.StatusOK)
	case http.MethodGet, http.MethodHead:
		// RFC 9725 4.1: success without content. The type is how players find out what the address is
		// (draft-ietf-wish-whep-03 4.2).
		h.Set(echo.HeaderContentType, typeSDP)
		return c.NoContent(http.StatusOK)
	default:
		return notAllowed(c, "OPTIONS, GET, HEAD, POST")
	}
}

// onSession answers at the URL of a session.
func (d *Door) onSession(c echo.Context, s *session) error {
	switch c.Request().Method {
	case http.MethodPatch:
		return s.patch(c)
	case http.MethodDelete: // whatever If-Match says (RFC 9725 4.3.1)
		s.end()
		select {
		case <-s.gone: // the name is free for the next
		case <-c.Request().Context().Done():
		}
		return c.NoContent(http.StatusOK)
	case http.MethodOptions:
		c.Response().Header().Set("Accept-Patch", typeFragment)
		return c.NoContent(http.StatusOK)
	case http.MethodGet, http.MethodHead:
		return c.NoContent(http.StatusNoContent)
	default:
		return notAllowed(c, "OPTIONS, GET, HEAD, PATCH, DELETE")
	}
}

func notAllowed(c echo.Context, allow string) error {
	c.Response().Header().Set("Allow", allow)
	return refuse(http.StatusMethodNotAllowed, "%s is not for this resource", c.Request().Method)
}

// authorise says who the client is; an error if he may not do what the endpoint is for.
func (d *Door) authorise(c echo.Context, a address) (string, error) {
	if d.opt.Auth == nil {
		return "", nil
	}
	q := auth.OfHTTP(c.Request())
	q.Action, q.Stream, q.Protocol = auth.Publish, a.stream, string(a.proto)
	if a.proto == whep {
		q.Action = auth.Play
	}
	return d.opt.Auth.Authorise(c.Request().Context(), q)
}

// link tells the client of STUN and TURN servers, each in a header of its own.
func (d *Door) link(c echo.Context, user string) {
	if d.opt.ICEServers == nil {
		return
	}
	for _, s := range d.opt.ICEServers(user) {
		if !strings.ContainsAny(s.URL, "<> ") {
			c.Response().Header().Add("Link", s.link())
		}
	}
}
