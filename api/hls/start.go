package hls

import (
	"context"
	"net/http"
	"strings"
	"time"

	"sluice/engine"
	"sluice/engine/fault"
)

// start is a graph that is being started for a path, once for all who want it.
type start struct {
	done  chan struct{}
	err   error
	until time.Time // that there is no such stream holds so long; zero: it is being started. Guarded by Door.mu
}

// missing is how long it holds that there is no such stream: players ask for one again and again. So many are remembered at a time, with
// names of 2 KiB at most; others are looked for each time.
const (
	missing     = time.Second
	mostMissing = 1000
)

// begin has a graph make what an address means, unless one is being started for it or none was a moment ago. It does not wait. Who asks
// for more than may be begun at a time, and does not wait either, is fault.Overloaded.
func (d *Door) begin(r *http.Request, a address, query query, who guest) *start {
	d.mu.Lock()
	defer d.mu.Unlock()
	path := a.path()
	if s := d.starts[path]; s != nil && (s.until.IsZero() || d.opt.Clock.Now().Before(s.until) && !d.opt.Engine.Has(a.stream)) {
		return s
	}
	s := &start{done: make(chan struct{})}
	if d.shut {
		s.err = fault.New(fault.Overloaded, "", "the server is stopping")
		close(s.done)
		return s
	}
	at, err := d.begun.enter(r)
	if err != nil {
		s.err = err
		close(s.done)
		return s
	}
	if old := d.starts[path]; old != nil {
		d.gone--
	}
	d.starts[path] = s
	d.work.Go(func() {
		ctx, cancel := context.WithTimeout(d.cut(), d.opt.Timeout)
		defer cancel()
		s.err = d.opt.Engine.Raise(ctx, engine.Event{
			Name: "hls.play", Path: "/" + a.stream, Wanted: true,
			Vars: map[string]any{"query": flat(query, who.param), "user": who.user, "profile": a.profile, "at": path},
		})
		if s.err != nil && ctx.Err() != nil && fault.CodeOf(s.err) == fault.Internal {
			s.err = late()
		}
		d.mu.Lock()
		absent := fault.CodeOf(s.err) == fault.StreamNotFound || fault.CodeOf(s.err) == fault.NoRoute
		if delete(d.starts, path); absent && d.gone < mostMissing {
			s.until = d.opt.Clock.Now().Add(missing)
			d.starts[path] = s
			d.gone++
		}
		d.mu.Unlock()
		d.begun.leave(at)
		close(s.done)
	})
	return s
}

// film tells whether a stream is a film, by its name: that has an end, and begins again for whoever asks for it anew.
func film(stream string) bool {
	return strings.HasPrefix(stream, "vod://") || strings.HasPrefix(stream, "vod-live://")
}

// forget forgets which streams there were not.
func (d *Door) forget(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for path, s := range d.starts {
		if !s.until.IsZero() && !now.Before(s.until) {
			delete(d.starts, path)
			d.gone--
		}
	}
}

// wait waits until the graph has been started. That somebody else makes the stream by now is no error.
func (s *start) wait(ctx context.Context) error {
	select {
	case <-s.done:
	case <-ctx.Done():
		return late()
	}
	if fault.CodeOf(s.err) == fault.NameInUse {
		return nil
	}
	return s.err
}

func late() error { return fault.New(fault.StartTimeout, "", "the stream was not there in time") }

// flat is a query as graphs have it: of several values of a name the first, and nothing that opens doors.
func flat(query query, secret string) map[string]any {
	out := make(map[string]any, len(query))
	for _, p := range query {
		if _, known := out[p.name]; !known && p.name != "token" && p.name != secret {
			out[p.name] = p.value
		}
	}
	return out
}
