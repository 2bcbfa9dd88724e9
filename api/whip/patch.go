package whip

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"sluice/engine/fault"
)

// restarting is how long the server may take to find candidates for a restart.
const restarting = 10 * time.Second

// patch takes more candidates of the client, or restarts ICE: PATCH at a session (RFC 9725 4.3).
func (s *session) patch(c echo.Context) error {
	r := c.Request()
	if err := hasType(r, typeFragment); err != nil {
		return err
	}
	text, err := body(c, maxFragment)
	if err != nil {
		return err
	}
	f, err := parseFragment(text)
	if err != nil {
		return err
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-s.gone:
		return fault.New(fault.ResourceNotFound, "", "the session has ended")
	case <-r.Context().Done():
		return fault.New(fault.Overloaded, "", "another request is being answered").Because(r.Context().Err())
	}
	if err := s.matches(r); err != nil {
		return err
	}
	if f.restarts(s.client) {
		return s.restart(c, f, text)
	}
	if s.candidates+f.candidates > maxCandidates {
		return fault.New(fault.InvalidParams, "", "the client has named more than %d candidates", maxCandidates)
	}
	if err := s.peer.Candidate(text); err != nil {
		return err
	}
	s.candidates += f.candidates
	return c.NoContent(http.StatusNoContent) // and no ETag (RFC 9725 4.3.2)
}

// restart begins another ICE session. If it fails, the present one goes on.
func (s *session) restart(c echo.Context, f fragment, text string) error {
	if f.password == "" {
		return fault.New(fault.InvalidRequest, "", "a new ice-ufrag comes without its ice-pwd")
	}
	if f.candidates > maxCandidates {
		return fault.New(fault.InvalidParams, "", "the client has named more than %d candidates", maxCandidates)
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), restarting)
	defer cancel()
	answer, err := s.peer.Restart(ctx, text)
	if err != nil {
		return err
	}
	s.ice = newICE(f.credentials)
	s.candidates = f.candidates
	c.Response().Header().Set("ETag", s.tag)
	return c.Blob(http.StatusOK, typeFragment, []byte(answer))
}

// matches holds the request's If-Match against the ICE session's entity-tag: 428 without one (RFC 6585 3), 412 with another
// (RFC 9110 13.1.1). "*" matches; restarts have it.
func (s *session) matches(r *http.Request) error {
	tags := r.Header.Values("If-Match")
	if len(tags) == 0 {
		return refuse(http.StatusPreconditionRequired, "the request needs If-Match with the ETag of its ICE session")
	}
	for one := range strings.SplitSeq(strings.Join(tags, ","), ",") {
		// The comparison is a strong one, so W/"…" never matches. "*" in quotes is what some clients write.
		if slices.Contains([]string{s.tag, "*", `"*"`}, strings.TrimSpace(one)) {
			return nil
		}
	}
	return fault.New(fault.StaleVersion, "", "If-Match is not the ETag of the present ICE session")
}
