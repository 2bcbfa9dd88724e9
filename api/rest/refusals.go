package rest

import (
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// refusals bounds how often the log tells that somebody was refused: who tries a thousand names a second does not fill the disk.
type refusals struct {
	mu     sync.Mutex
	last   time.Time
	untold int
}

// quiet is how long the log keeps silent after a refusal.
const quiet = time.Second

// tell says whether to log a refusal, and how many before it were not.
func (r *refusals) tell(now time.Time) (untold int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.last.IsZero() && now.Sub(r.last) < quiet {
		r.untold++
		return 0, false
	}
	untold, r.untold, r.last = r.untold, 0, now
	return untold, true
}

// note logs who was refused what: requests that were not let in, and those of things that callers may not do.
func (d *Door) note(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := next(c); err != nil {
			c.Error(err) // which writes the answer
		}
		status := c.Response().Status
		if status == http.StatusUnauthorized || status == http.StatusForbidden {
			d.Refused(c.Request(), status, userOf(c.Request().Context()))
		}
		return nil
	}
}

// Refused logs that a request was refused, also one to another API on the same addresses.
func (d *Door) Refused(r *http.Request, status int, user string) {
	if untold, ok := d.refused.tell(time.Now()); ok {
		d.opt.Log.Warn("request refused", "method", r.Method, "path", r.URL.Path, "status", status, "user", user,
			"remote", r.RemoteAddr, "untold", untold)
	}
}
