package client

import (
	"context"
	"net/url"

	"sluice/api/rest/wire"
)

// RouteQuery says which routes are wanted. The zero value means all.
type RouteQuery struct {
	Event string
	Path  string   // needs an Event: only routes that match it, the one that is taken first
	Vars  []string // variables of the event, for conditions: name=value
}

// Routes tells which graph answers which event.
func (c *Client) Routes(ctx context.Context, r RouteQuery) ([]wire.Route, error) {
	q := given(given(url.Values{}, "event", r.Event), "path", r.Path)
	if len(r.Vars) > 0 {
		q["var"] = r.Vars
	}
	return get[[]wire.Route](ctx, c, q, "v1", "routes")
}

// ElementFilter says which elements are wanted.
type ElementFilter struct {
	All  bool   // GStreamer's, too
	Part string // of their names
}

// Elements lists what graphs can be made of, in the order of names.
func (c *Client) Elements(ctx context.Context, f ElementFilter, p Paging) (wire.Page[wire.ElementName], error) {
	q := p.into(given(url.Values{}, "part", f.Part))
	if f.All {
		q.Set("all", "true")
	}
	return get[wire.Page[wire.ElementName]](ctx, c, q, "v1", "elements")
}

// Element describes one.
func (c *Client) Element(ctx context.Context, name string) (wire.Element, error) {
	return get[wire.Element](ctx, c, nil, "v1", "elements", name)
}

// About gives the server as a whole.
func (c *Client) About(ctx context.Context) (wire.Server, error) {
	return get[wire.Server](ctx, c, nil, "v1", "server")
}
