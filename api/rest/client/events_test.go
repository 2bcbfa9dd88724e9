package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/api/rest/client"
	"sluice/api/rest/feed"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

// errEnough ends the following in tests.
var errEnough = errors.New("enough")

// lines answers each request with the next text, and ends the connection.
func lines(seen *[]string, texts ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		*seen = append(*seen, r.URL.RequestURI()+" "+r.Header.Get("Last-Event-ID"))
		text := texts[min(len(*seen), len(texts))-1]
		if text == "busy" {
			problem.Of(fault.New(fault.Overloaded, "", "too many follow")).Write(w)
			return
		}
		if text == "gone" {
			problem.Of(fault.New(fault.ResourceNotFound, "", "none")).Write(w)
			return
		}
		w.Header().Set("Content-Type", feed.ContentType)
		fmt.Fprint(w, text)
	}
}

func one(id, name string) string {
	return fmt.Sprintf("id: %s\nevent: %s\ndata: {\"id\":%q,\"name\":%q}\n\n", id, name, id, name)
}

func TestResume(t *testing.T) {
	for _, row := range []struct {
		name   string
		follow client.Follow
		texts  []string
		until  int // so many events
		want   []string
		asked  []string
		waits  []time.Duration
	}{
		{
			"goes on after the last one", client.Follow{Names: []string{"a.*", "b.c"}}, []string{"retry: 50\n\n" + one("x-1", "a.b") + one("x-2", "a.c"), one("x-3", "a.d")}, 3,
			[]string{"x-1 a.b", "x-2 a.c", "x-3 a.d"},
			[]string{"/v1/events?event=a.%2A&event=b.c ", "/v1/events?event=a.%2A&event=b.c x-2"}, []time.Duration{50 * time.Millisecond},
		},
		{
			"begins where it was told", client.Follow{Since: "x-7", Pipeline: "p/q"}, []string{one("x-8", "a.b")}, 1, []string{"x-8 a.b"},
			[]string{"/v1/pipelines/p%2Fq/events x-7"}, nil,
		},
		{
			"does not know what it missed", client.Follow{}, []string{":\n\n", one("x-1", "a.b")}, 2, []string{" feed.reset", "x-1 a.b"},
			[]string{"/v1/events ", "/v1/events "}, []time.Duration{time.Second},
		},
		{
			"the feed's own events have no id", client.Follow{},
			[]string{one("x-1", "a.b") + "event: feed.lost\ndata: {\"count\":3}\n\n" + one("x-9", "a.c"), one("x-10", "a.d")}, 4,
			[]string{"x-1 a.b", " feed.lost", "x-9 a.c", "x-10 a.d"}, []string{"/v1/events ", "/v1/events x-9"}, []time.Duration{time.Second},
		},
		{
			"comes again when it was sent away", client.Follow{}, []string{one("x-1", "a.b"), "busy", one("x-2", "a.c")}, 2, []string{"x-1 a.b", "x-2 a.c"},
			[]string{"/v1/events ", "/v1/events x-1", "/v1/events x-1"}, []time.Duration{time.Second, 2 * time.Second},
		},
	} {
		var seen, names []string
		c, waits := at(t, lines(&seen, row.texts...))
		begun, broken := 0, 0
		row.follow.Begun, row.follow.Broken = func() { begun++ }, func(error) { broken++ }
		err := c.Events(t.Context(), row.follow, func(e wire.Event) error {
			if names = append(names, e.ID+" "+e.Name); len(names) == row.until {
				return errEnough
			}
			return nil
		})
		if !errors.Is(err, errEnough) || !slices.Equal(names, row.want) || !slices.Equal(seen, row.asked) || !slices.Equal(*waits, row.waits) {
			t.Errorf("%s: %v\n%q\n%q\n%v", row.name, err, names, seen, *waits)
		}
		if broken != len(row.waits) || begun == 0 {
			t.Errorf("%s: begun %d times, broken %d times", row.name, begun, broken)
		}
	}
}

// TestFollowRefused: what will not get better is told at once, also later on.
func TestFollowRefused(t *testing.T) {
	none := func(wire.Event) error { return nil }
	for name, row := range map[string]struct {
		texts []string
		code  fault.Code
	}{
		"at the start": {[]string{"gone"}, fault.ResourceNotFound}, "busy at the start": {[]string{"busy"}, fault.Overloaded},
		"later": {[]string{one("x-1", "a.b"), "gone"}, fault.ResourceNotFound}, "no JSON": {[]string{"id: x-1\ndata: hello\n\n"}, fault.ProtocolViolation},
	} {
		var seen []string
		c, _ := at(t, lines(&seen, row.texts...))
		if err := c.Events(t.Context(), client.Follow{}, none); fault.CodeOf(err) != row.code || len(seen) != len(row.texts) {
			t.Errorf("%s: %v after %v", name, err, seen)
		}
	}
	c, _ := at(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") })
	if err := c.Events(t.Context(), client.Follow{}, none); !errors.Is(err, fault.ProtocolViolation) {
		t.Error(err)
	}
	dead, err := client.New(client.Options{Server: closed(t)})
	good(t, err)
	if err := dead.Events(t.Context(), client.Follow{}, none); !errors.Is(err, fault.Unreachable) {
		t.Error(err)
	}
}

// TestQuiet: a connection on which nothing comes any more is given up.
func TestQuiet(t *testing.T) {
	calls := 0
	c, _ := at(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		w.Header().Set("Content-Type", feed.ContentType)
		fmt.Fprint(w, one(fmt.Sprint("x-", calls), "a.b"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}, func(o *client.Options) { o.Quiet = 300 * time.Millisecond })
	var ids []string
	var why error
	err := c.Events(t.Context(), client.Follow{Broken: func(err error) { why = err }}, func(e wire.Event) error {
		if ids = append(ids, e.ID); len(ids) == 3 {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) || strings.Join(ids, " ") != "x-1 x-2 x-3" || !errors.Is(why, fault.Unreachable) {
		t.Errorf("%v %v %v", ids, err, why)
	}
}

// known is of a pipeline with which nothing is to be begun.
func known(id string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return id, nil }
}

func TestSettled(t *testing.T) {
	s, ctx := start(t), t.Context()
	tone := func(id string) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) {
			p, err := s.Start(ctx, wire.Start{Graph: "jobs/tone", ID: id}, client.Starting{})
			return p.ID, err
		}
	}
	var saw []string
	p, err := s.Settled(ctx, tone("one"), client.Up, func(p wire.Pipeline) { saw = append(saw, p.State) })
	if err != nil || p.State != "live" || len(saw) == 0 || saw[len(saw)-1] != "live" {
		t.Errorf("%+v %v %v", p, err, saw)
	}
	end := func(ctx context.Context) (string, error) { return "one", s.EndPipeline(ctx, "one", 0) }
	if p, err = s.Settled(ctx, end, client.Over, nil); !errors.Is(err, fault.ResourceNotFound) && (err != nil || p.State != "stopped") {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := s.Settled(ctx, end, client.Over, nil); !errors.Is(err, fault.ResourceNotFound) {
		t.Error(err)
	}
	if _, err := s.Settled(ctx, known("nobody"), client.Up, nil); !errors.Is(err, fault.ResourceNotFound) {
		t.Error(err)
	}
	short, cancel := context.WithCancel(ctx)
	if _, err := s.Settled(short, tone("two"), client.Over, func(wire.Pipeline) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestSettledByItsEvent: what an event tells is newer than what the pipeline shows when it is asked too soon.
func TestSettledByItsEvent(t *testing.T) {
	c, _ := at(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/events") {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"id":"p","graph":"g","state":"starting","since":"2026-01-02T12:00:00Z"}`)
			return
		}
		w.Header().Set("Content-Type", feed.ContentType)
		for i, state := range []string{"starting", "failed"} {
			fmt.Fprintf(w, "id: x-%d\nevent: instance.changed\ndata: {\"id\":\"x-%d\",\"name\":\"instance.changed\",\"body\":{\"id\":\"p\",\"to\":%q,"+
				"\"since\":\"2026-01-02T12:00:0%dZ\",\"cause\":{\"code\":\"lost\",\"text\":\"gone\"}}}\n\n", i, i, state, i)
		}
	})
	p, err := c.Settled(t.Context(), known("p"), client.Over, nil)
	if err != nil || p.State != "failed" || p.Fault == nil || p.Fault.Code != "lost" {
		t.Errorf("%+v %v", p, err)
	}
}
