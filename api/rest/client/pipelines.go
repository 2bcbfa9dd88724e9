package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"sluice/api/rest/wire"
)

const pipelines = "pipelines"

// PipelineFilter says which pipelines are wanted; empty fields let all through.
type PipelineFilter struct{ Graph, State string }

// Pipelines lists what runs, in the order of names.
func (c *Client) Pipelines(ctx context.Context, f PipelineFilter, p Paging) (wire.Page[wire.Pipeline], error) {
	q := p.into(given(given(url.Values{}, "graph", f.Graph), "state", f.State))
	return get[wire.Page[wire.Pipeline]](ctx, c, q, "v1", pipelines)
}

// Pipeline gives a pipeline with all that is counted in it.
func (c *Client) Pipeline(ctx context.Context, id string) (wire.PipelineDetail, error) {
	return get[wire.PipelineDetail](ctx, c, nil, "v1", pipelines, id)
}

// Starting is how a pipeline is started, beside what it is started with.
type Starting struct {
	Wait time.Duration // for media to flow, at most a minute; 0: the answer comes when the graph is under way
	Key  string        // an Idempotency-Key: of several requests with the same one only the first starts anything; "": none
}

// Start starts a graph.
func (c *Client) Start(ctx context.Context, s wire.Start, how Starting) (wire.Pipeline, error) {
	body, err := asJSON(s)
	if err != nil {
		return wire.Pipeline{}, err
	}
	r := request{method: http.MethodPost, path: []string{"v1", pipelines}, body: body, header: map[string]string{}, query: url.Values{}}
	if how.Wait > 0 {
		r.query.Set("wait", how.Wait.String())
	}
	if how.Key != "" {
		r.header["Idempotency-Key"] = how.Key
	}
	return call[wire.Pipeline](ctx, c, r)
}

// EndPipeline ends a pipeline properly. It returns at once; the pipeline is gone when its media has arrived, after drain at the latest.
// Zero ends it at once, and what is negative leaves the time to its graph.
func (c *Client) EndPipeline(ctx context.Context, id string, drain time.Duration) error {
	q := url.Values{}
	if drain >= 0 {
		q.Set("drain", drain.String())
	}
	_, err := c.do(ctx, request{method: http.MethodDelete, path: []string{"v1", pipelines, id}, query: q})
	return err
}

// Set changes fields of a node while media flows: all of them, or none.
func (c *Client) Set(ctx context.Context, id, node string, fields wire.Values) (wire.PipelineDetail, error) {
	body, err := asJSON(fields)
	if err != nil {
		return wire.PipelineDetail{}, err
	}
	r := request{method: http.MethodPatch, path: []string{"v1", pipelines, id, "nodes", node}, body: body}
	return call[wire.PipelineDetail](ctx, c, r)
}

// AddKey adds an instance of a node that has one for each key.
func (c *Client) AddKey(ctx context.Context, id, node, key string, params wire.Values) (wire.Pipeline, error) {
	body, err := asJSON(wire.Key{Params: params})
	if err != nil {
		return wire.Pipeline{}, err
	}
	return call[wire.Pipeline](ctx, c, request{method: http.MethodPut, path: []string{"v1", pipelines, id, "nodes", node, key}, body: body})
}

// RemoveKey takes an instance of a node out; its media ends properly.
func (c *Client) RemoveKey(ctx context.Context, id, node, key string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: []string{"v1", pipelines, id, "nodes", node, key}})
	return err
}

// Done is what an action gave: JSON, which may be null, or a picture, as its type says.
type Done struct {
	Type string
	Data []byte
}

// Do has a node do something.
func (c *Client) Do(ctx context.Context, id, node, action string, args wire.Values) (Done, error) {
	if args == nil {
		args = wire.Values{}
	}
	body, err := asJSON(args)
	if err != nil {
		return Done{}, err
	}
	a, err := c.do(ctx, request{method: http.MethodPost, path: []string{"v1", pipelines, id, "nodes", node, "actions", action}, body: body})
	if err != nil {
		return Done{}, err
	}
	return Done{a.kind(), a.body}, nil
}
