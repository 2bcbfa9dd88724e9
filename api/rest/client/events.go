package client

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"sluice/api/rest/client/sse"
	"sluice/api/rest/feed"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
)

// Follow says which events are wanted.
type Follow struct {
	Since    string   // ID of the last event that is known: what happened since comes first; "": only what happens from now on
	Names    []string // only these; "stream.*" are all that begin so
	Pipeline string   // only what happens to this one
	// Begun, if it is not nil, is called whenever the server has begun to send events, from within Events. The second time and later,
	// the connection was lost before.
	Begun func()
	// Broken, if it is not nil, is called when the connection is lost, before it is made anew.
	Broken func(err error)
}

// Events gives what happens to take, one event after the other, until take gives an error, which is then Events' own, or ctx ends,
// whose error it is then. When the connection breaks it is made anew, and what happened meanwhile is not missed as long as the server
// remembers it; else an event called feed.Reset comes first. What is refused is a *problem.Refusal, and if the server cannot be reached at
// the first attempt that is an *Unreached.
func (c *Client) Events(ctx context.Context, f Follow, take func(wire.Event) error) error {
	s := &following{client: c, want: f, last: f.Since, take: take}
	for {
		err := s.connect(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case s.stopped != nil:
			return s.stopped
		case !passing(err) || !s.begun:
			return err
		}
		if f.Broken != nil {
			f.Broken(err)
		}
		if err := c.opt.Wait(ctx, s.pause()); err != nil {
			return err
		}
	}
}

// passing tells whether another attempt may succeed.
func passing(err error) bool {
	_, ok := errors.AsType[*Unreached](err)
	return ok || errors.Is(err, errBusy)
}

// errBusy marks an answer that says to come again.
var errBusy = errors.New("the server is busy")

// following is one use of Events.
type following struct {
	client  *Client
	want    Follow
	take    func(wire.Event) error
	last    string        // ID of the last event
	begun   bool          // the server has sent events before
	retry   time.Duration // what it said
	stopped error         // what take said
}

// pause is how long to wait before connecting again.
func (s *following) pause() time.Duration {
	const usual = time.Second
	if s.retry > 0 {
		return s.retry
	}
	return usual
}

// connect follows until the connection breaks.
func (s *following) connect(ctx context.Context) error {
	here, cancel := context.WithCancel(ctx)
	defer cancel()
	quiet := time.AfterFunc(s.client.opt.Quiet, cancel) // a connection that is dead says nothing
	defer quiet.Stop()
	r := request{
		method: http.MethodGet, path: []string{"v1", "events"}, query: url.Values{},
		header: map[string]string{"Accept": feed.ContentType},
	}
	if s.want.Pipeline != "" {
		r.path = []string{"v1", pipelines, s.want.Pipeline, "events"}
	}
	if len(s.want.Names) > 0 {
		r.query["event"] = s.want.Names
	}
	if s.last != "" {
		r.header["Last-Event-ID"] = s.last
	}
	resp, err := s.client.send(here, r)
	if err != nil {
		return s.client.unreached(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return s.refused(ctx, resp)
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != feed.ContentType { // what cannot be read is another
		return s.client.stranger(resp)
	}
	if s.begun && s.last == "" { // nothing had happened yet: what did meanwhile cannot be asked for
		s.give(wire.Event{Name: feed.Reset})
	}
	s.begun = true
	if s.want.Begun != nil {
		s.want.Begun()
	}
	return s.client.unreached(ctx, s.read(sse.NewReader(alive{resp.Body, quiet, s.client.opt.Quiet}, 0)))
}

// refused reads an answer that brings no events.
func (s *following) refused(ctx context.Context, resp *http.Response) error {
	body, err := io.ReadAll(io.LimitReader(resp.Body, longest))
	if err != nil {
		return s.client.unreached(ctx, err)
	}
	err = s.client.refused(resp, body)
	if after := busy(resp); after >= 0 && s.begun {
		s.retry = after
		return errors.Join(errBusy, err)
	}
	return err
}

// read reads events until there are no more.
func (s *following) read(events *sse.Reader) error {
	for s.stopped == nil {
		e, err := events.Next()
		s.retry = events.Retry()
		if err != nil {
			return err
		}
		var got wire.Event
		switch e.Name {
		case feed.Reset, feed.Lost:
			got.Name = e.Name
			err = json.Unmarshal([]byte(e.Data), &got.Body)
		default:
			err = json.Unmarshal([]byte(e.Data), &got)
			s.last = e.ID
		}
		if err != nil { // it would be so again
			s.stopped = fault.New(fault.ProtocolViolation, s.client.Server(), "the event %.100q cannot be read", e.ID).Because(err)
			break
		}
		s.give(got)
	}
	return s.stopped
}

func (s *following) give(e wire.Event) {
	if s.stopped == nil {
		s.stopped = s.take(e)
	}
}

// alive is a body that says whenever something comes.
type alive struct {
	io.Reader
	quiet *time.Timer
	limit time.Duration
}

// Read implements io.Reader.
func (a alive) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if n > 0 {
		a.quiet.Reset(a.limit)
	}
	return n, err
}
