// Package metrics tells Prometheus how the server is, and OpenMetrics readers likewise: it asks everybody who counts when somebody
// asks for it, and writes down what they say. Nothing is counted twice and nothing is done between two scrapes, but for what only
// shows in events. How many series there are depends on the graphs and the codecs, never on how many streams, sessions or clients
// come and go.
//
// The package decides nothing and keeps no history: that is Prometheus' business.
package metrics

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"sluice/engine/event"
	"sluice/engine/fault"
)

// Path is where the metrics are.
const Path = "/metrics"

// Options are what a door is made with. Sources.Engine and Admit are needed.
type Options struct {
	Sources
	// Admit says who makes a request; an error refuses it.
	Admit func(r *http.Request) (user string, err error)
	// Streams is how many streams have series of their own, by their names; all others are one. 0: none has.
	Streams int
	Log     *slog.Logger // nil: nothing is logged
}

// Door is the metrics on one web server. Safe for concurrent use.
type Door struct {
	handler http.Handler
	events  *event.Subscription
	closed  chan struct{}
	once    sync.Once // closes it
}

// New makes the door. It counts events from now on, until Close.
func New(o Options) (*Door, error) {
	if o.Engine == nil || o.Admit == nil {
		return nil, fault.New(fault.Internal, "metrics", "metrics need an engine and to know whom to let in")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	d := &Door{closed: make(chan struct{})}
	seen := newObserver()
	reg := prometheus.NewRegistry()
	for _, c := range []prometheus.Collector{
		newCollector(o, seen), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := reg.Register(c); err != nil {
			return nil, fault.New(fault.Internal, "metrics", "the metrics contradict each other").Because(err)
		}
	}
	// Counting is done where events are chosen from, so none is ever lost to a full queue.
	d.events = o.Engine.Bus().Subscribe(1, func(e event.Event) bool { seen.see(e); return false })
	mux := http.NewServeMux()
	mux.Handle("GET "+Path, admitted(o, scrapes(reg, o.Log)))
	d.handler = mux
	return d, nil
}

// scrapes answers with everything, in the format and the compression that the client prefers.
func scrapes(reg *prometheus.Registry, log *slog.Logger) http.Handler {
	const (
		atOnce = 4
		limit  = 10 * time.Second // which is what Prometheus waits by default
	)
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelError), ErrorHandling: promhttp.HTTPErrorOnError,
		OfferedCompressions: []promhttp.Compression{promhttp.Identity, promhttp.Gzip},
		MaxRequestsInFlight: atOnce, Timeout: limit, EnableOpenMetrics: true, CoalesceGather: true,
	})
}

// admitted lets nobody in who may not.
func admitted(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		_, err := o.Admit(r)
		if err == nil {
			next.ServeHTTP(w, r)
			return
		}
		status := http.StatusForbidden
		switch fault.CodeOf(err) {
		case fault.Unauthorized:
			status = http.StatusUnauthorized
			h.Add("WWW-Authenticate", `Bearer realm="sluice"`)
			h.Add("WWW-Authenticate", `Basic realm="sluice", charset="UTF-8"`)
		case fault.Overloaded:
			status = http.StatusTooManyRequests
			h.Set("Retry-After", "5")
		}
		http.Error(w, err.Error(), status)
	})
}

// Handler serves the metrics at Path.
func (d *Door) Handler() http.Handler { return d.handler }

// Name is "metrics".
func (d *Door) Name() string { return "metrics" }

// Listen has nothing to bind.
func (d *Door) Listen(context.Context) error { return nil }

// Serve returns when the door is closed.
func (d *Door) Serve(ctx context.Context) error {
	select {
	case <-ctx.Done():
	case <-d.closed:
	}
	return nil
}

// Close stops counting events.
func (d *Door) Close(context.Context) error {
	d.once.Do(func() { close(d.closed) })
	d.events.Close()
	return nil
}
