package client

import (
	"context"
	"net/http"
	"net/url"

	"sluice/api/rest/wire"
)

const (
	streams  = "streams"
	sessions = "sessions"
)

// Streams lists what is published under names that begin with prefix, in the order of names.
func (c *Client) Streams(ctx context.Context, prefix string, p Paging) (wire.Page[wire.Stream], error) {
	return get[wire.Page[wire.Stream]](ctx, c, p.into(given(url.Values{}, "prefix", prefix)), "v1", streams)
}

// Stream gives a stream with the pipelines that have to do with it.
func (c *Client) Stream(ctx context.Context, name string) (wire.StreamDetail, error) {
	return get[wire.StreamDetail](ctx, c, nil, "v1", streams, name)
}

// Readers lists who reads a stream, in the order in which they came.
func (c *Client) Readers(ctx context.Context, stream string, p Paging) (wire.Page[wire.Reader], error) {
	return get[wire.Page[wire.Reader]](ctx, c, p.into(url.Values{}), "v1", streams, stream, "readers")
}

// ExplainStream tells why those who play a stream get what they get, also of one that nobody publishes.
func (c *Client) ExplainStream(ctx context.Context, name string) (wire.Explanation, error) {
	return get[wire.Explanation](ctx, c, nil, "v1", streams, name, "explain")
}

// EndStream ends what publishes a stream. It returns at once.
func (c *Client) EndStream(ctx context.Context, name string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: []string{"v1", streams, name}})
	return err
}

// SessionFilter says which sessions are wanted; empty fields let all through. Direction is "publish" or "play".
type SessionFilter struct{ Protocol, Direction, Stream string }

// Sessions lists who is connected, in the order of names. Their addresses and users are personal data.
func (c *Client) Sessions(ctx context.Context, f SessionFilter, p Paging) (wire.Page[wire.Session], error) {
	q := p.into(given(given(given(url.Values{}, "protocol", f.Protocol), "direction", f.Direction), "stream", f.Stream))
	return get[wire.Page[wire.Session]](ctx, c, q, "v1", sessions)
}

// Session gives one.
func (c *Client) Session(ctx context.Context, id string) (wire.Session, error) {
	return get[wire.Session](ctx, c, nil, "v1", sessions, id)
}

// ExplainSession tells why one gets what it gets.
func (c *Client) ExplainSession(ctx context.Context, id string) (wire.SessionExplanation, error) {
	return get[wire.SessionExplanation](ctx, c, nil, "v1", sessions, id, "explain")
}

// EndSession ends a session; its client is told. It returns at once.
func (c *Client) EndSession(ctx context.Context, id string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: []string{"v1", sessions, id}})
	return err
}
