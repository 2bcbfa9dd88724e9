package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// happened is an event as it came, by its id.
type happened struct{ id, name, data string }

// follow follows events until the server ends it, or the context.
func (s *restServer) follow(ctx context.Context, path, last string) (<-chan happened, <-chan error) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Base+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := s.HTTP.Do(req) //nolint:bodyclose // whoever reads it closes it
	if err != nil {
		s.t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		s.t.Fatal(resp.Status, resp.Header)
	}
	out, over := make(chan happened, 1000), make(chan error, 1)
	go func() {
		defer resp.Body.Close()
		defer close(out)
		var e happened
		in := bufio.NewReader(resp.Body)
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				over <- err
				return
			}
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e.name != "" {
					out <- e
				}
				e = happened{}
			}
		}
	}()
	return out, over
}

// end waits for the end of what was followed, and gives it.
func (s *restServer) end(over <-chan error) error {
	s.t.Helper()
	select {
	case err := <-over:
		return err
	case <-time.After(patience):
		s.t.Fatalf("the events do not end:\n%s", s.errs.all())
		return nil
	}
}

// next is the next event of a name.
func next(t *testing.T, events <-chan happened, name string) happened {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatalf("the events end before %s", name)
			}
			if !json.Valid([]byte(e.data)) {
				t.Errorf("no JSON: %+v", e)
			}
			if e.name == name {
				return e
			}
		case <-late:
			t.Fatalf("no %s", name)
		}
	}
}

// TestRESTEvents follows what happens in a server, loses the connection, hears what it has missed, and that the server ends.
func TestRESTEvents(t *testing.T) {
	s := serveREST(t, t.TempDir())
	s.want(http.StatusCreated, "PUT /v1/graphs/relay", relayingGraph)
	ctx, leave := context.WithCancel(t.Context())
	events, over := s.follow(ctx, "/v1/events", "")
	s.publish("cam")
	seen := next(t, events, "stream.published")
	if !strings.Contains(seen.data, `"cam"`) {
		t.Error(seen.data)
	}
	leave()
	if err := s.end(over); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	s.want(http.StatusCreated, "POST /v1/pipelines?wait=10s", J{"graph": "relay", "id": "missed", "params": J{"from": "cam", "to": "copy"}})
	events, over = s.follow(t.Context(), "/v1/events?event=stream.*", seen.id)
	if e := next(t, events, "stream.published"); !strings.Contains(e.data, `"copy"`) {
		t.Error(e.data)
	}
	of, ofOver := s.follow(t.Context(), "/v1/pipelines/missed/events", seen.id)
	s.want(http.StatusAccepted, "DELETE /v1/pipelines/missed?drain=0s", nil)
	if e := next(t, of, "instance.changed"); !strings.Contains(e.data, `"missed"`) {
		t.Error(e.data)
	}
	s.signal(t, syscall.SIGTERM)
	for _, end := range []<-chan error{over, ofOver} {
		if err := s.end(end); !errors.Is(err, io.EOF) {
			t.Errorf("the end is %v", err)
		}
	}
	if code := s.exit(t); code != exitOK {
		t.Errorf("exit %d", code)
	}
	if log := s.errs.text.String(); strings.Contains(log, "level=WARN") || strings.Contains(log, "level=ERROR") {
		t.Error(log)
	}
}
