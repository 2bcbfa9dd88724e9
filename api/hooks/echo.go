package hooks

import (
	"io"
	"net/http"
	"strings"
)

// EchoPrefix is where the application is that comes with the server.
const EchoPrefix = "/apps/EchoApp/"

// Echo is the back end of that application: it answers each method with what it was asked.
func Echo() http.Handler {
	const most = 1 << 20
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := Known(strings.TrimPrefix(r.URL.Path, EchoPrefix)); !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "methods are called by POST", http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
		if err != nil {
			http.Error(w, "the body cannot be read", http.StatusRequestEntityTooLarge)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Content-Type-Options", "nosniff") // whatever it is, it is no page
		_, _ = w.Write(body)                                // a client that has gone
	})
}
