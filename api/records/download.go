package records

import (
	"cmp"
	"errors"
	"net/http"
	"strings"
	"time"

	"sluice/api"
	"sluice/api/auth"
	"sluice/engine/fault"
)

// Prefix begins the addresses of recordings, as WCS has them.
const Prefix = "/client/records/"

// Handler serves recordings below Prefix, with ranges. Who may play the stream may have its recording; one of a stream that nobody knows
// any more is for who administers the server.
func (d *Door) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "sandbox; default-src 'none'; media-src 'self'")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		if err := d.download(w, r); err != nil {
			d.refuse(w, r, err)
		}
	})
}

func (d *Door) download(w http.ResponseWriter, r *http.Request) error {
	file, rec, err := d.opt.Shelf.Read(strings.TrimPrefix(r.URL.Path, Prefix))
	if fault.CodeOf(err) == fault.ResourceNotFound { // nothing is told of what is there to who may not play everything
		return cmp.Or(d.admit(r, auth.Play, ""), err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it is only read
	action := auth.Play
	if rec.Stream == "" {
		action = auth.Admin
	}
	if err := d.admit(r, action, rec.Stream); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", rec.Format.Type())
	h.Set("Cache-Control", "private, no-cache") // a file of the same name may take its place
	http.ServeContent(slow{w, http.NewResponseController(w)}, r, "", rec.Ended, file)
	return nil
}

// slow is an answer that may take as long as it is read: the server's limit is that of each write, not of the whole.
type slow struct {
	http.ResponseWriter
	control *http.ResponseController
}

// Write implements http.ResponseWriter.
func (s slow) Write(b []byte) (int, error) {
	const patience = 2 * time.Minute // of players that have enough for a while
	if err := s.control.SetWriteDeadline(time.Now().Add(patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return 0, err
	}
	return s.ResponseWriter.Write(b)
}

// admit says whether somebody may do something with a stream; "" is one that is not known.
func (d *Door) admit(r *http.Request, action auth.Action, stream string) error {
	if d.opt.Auth == nil {
		return nil
	}
	q := auth.OfHTTP(r)
	q.Action, q.Stream, q.Protocol = action, stream, d.Name()
	_, err := d.opt.Auth.Authorise(r.Context(), q)
	return err
}

func (d *Door) refuse(w http.ResponseWriter, r *http.Request, err error) {
	code := fault.CodeOf(err)
	status := api.Status(code)
	switch code {
	case fault.InvalidRequest: // a name that no recording can have
		status = http.StatusNotFound
	case fault.Unauthorized:
		w.Header().Set("WWW-Authenticate", `Basic realm="`+auth.Realm+`", charset="UTF-8"`)
	}
	d.opt.Log.Info("recording refused", "path", api.Veil(r.URL.Path), "remote", r.RemoteAddr, "err", err)
	http.Error(w, string(code), status)
}
