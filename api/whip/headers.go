package whip

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"sluice/engine/fault"
)

// The media types of WHIP.
const (
	typeSDP      = "application/sdp"
	typeFragment = "application/trickle-ice-sdpfrag"
)

// What bodies may be, in bytes: an offer of Chromium with all codecs has 8 kB, a fragment with ten candidates 1 kB.
const (
	maxOffer    = 256 << 10
	maxFragment = 32 << 10
)

// ICEServer is a STUN or TURN server that clients are told of.
type ICEServer struct {
	URL        string // "stun:…", "turn:…", "turns:…" (RFC 7064, RFC 7065)
	Username   string // of TURN
	Credential string
}

// link is the server as a Link header (RFC 9725 4.6).
func (s ICEServer) link() string {
	quote := strings.NewReplacer(`\`, `\\`, `"`, `\"`)
	l := "<" + s.URL + `>; rel="ice-server"`
	if s.Username != "" || s.Credential != "" {
		l += `; username="` + quote.Replace(s.Username) + `"; credential="` + quote.Replace(s.Credential) + `"; credential-type="password"`
	}
	return l
}

// share lets pages of other origins see the answer (https://fetch.spec.whatwg.org/#http-cors-protocol). There are no cookies,
// so there is nothing that a page could do in its visitor's name. Errors are shared, too.
func (d *Door) share(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		if len(d.opt.Origins) == 0 {
			shareWith(h, "*")
			return next(c)
		}
		h.Add("Vary", "Origin")
		if origin := c.Request().Header.Get("Origin"); slices.Contains(d.opt.Origins, origin) {
			shareWith(h, origin)
		}
		return next(c)
	}
}

func shareWith(h http.Header, origin string) {
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "Location, Link, ETag, Accept-Patch, Accept-Post, Retry-After, WWW-Authenticate")
}

// preflight answers what a browser asks before it lets a page do something (OPTIONS with Access-Control-Request-Method).
func preflight(c echo.Context) error {
	h := c.Response().Header()
	h.Set("Access-Control-Allow-Methods", "OPTIONS, GET, HEAD, POST, PATCH, DELETE")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match, Link")
	h.Set("Access-Control-Max-Age", strconv.Itoa(24*60*60))
	return c.NoContent(http.StatusOK)
}

// hasType checks the media type of a request's body.
func hasType(r *http.Request, want string) error {
	got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && got == want {
		return nil
	}
	return refuse(http.StatusUnsupportedMediaType, "the body is %q, not %q", r.Header.Get("Content-Type"), want)
}

// accepts checks that a client can take a media type (RFC 9110 12.5.1). The most specific range decides.
func accepts(r *http.Request, give string) error {
	lists := r.Header.Values("Accept")
	if len(lists) == 0 {
		return nil
	}
	group, _, _ := strings.Cut(give, "/")
	best, takes := -1, false
	for one := range strings.SplitSeq(strings.Join(lists, ","), ",") {
		name, params, err := mime.ParseMediaType(one)
		rank := slices.Index([]string{"*/*", group + "/*", give}, name)
		if err != nil || rank < best || rank < 0 {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		best, takes = rank, err != nil || q > 0 // without a q it is 1
	}
	if takes {
		return nil
	}
	return refuse(http.StatusNotAcceptable, "the answer is %q, and the client takes %q", give, strings.Join(lists, ", "))
}

// body reads at most so many bytes.
func body(c echo.Context, most int64) (string, error) {
	text, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, most))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return "", refuse(http.StatusRequestEntityTooLarge, "the body has more than %d bytes", long.Limit)
	case err != nil:
		return "", fault.New(fault.InvalidRequest, "", "the body did not come whole").Because(err)
	}
	return string(text), nil
}
