package v1

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"sluice/api/rest/describe"
	"sluice/api/rest/wire"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/run/instance"
	"sluice/engine/spec"
)

func (v *V1) addStreams() {
	const tag = "streams"
	add(v, op{
		method: http.MethodGet, path: "/v1/streams", id: "list-streams", tag: tag, summary: "List what is published",
	}, v.listStreams)
	add(v, op{
		method: http.MethodGet, path: "/v1/streams/{name}", id: "get-stream", tag: tag,
		summary: "A stream, and the pipelines that have to do with it", errors: []int{http.StatusNotFound},
	}, v.getStream)
	add(v, op{
		method: http.MethodGet, path: "/v1/streams/{name}/readers", id: "list-readers", tag: tag,
		summary: "Who reads a stream, what each gets, and why", errors: []int{http.StatusNotFound},
	}, v.listReaders)
	add(v, op{
		method: http.MethodGet, path: "/v1/streams/{name}/explain", id: "explain-stream", tag: tag,
		summary: "Why those who play a stream get what they get",
		about:   "Also of a stream that nobody publishes: which graphs would bring it.",
	}, v.explainStream)
	add(v, op{
		method: http.MethodDelete, path: "/v1/streams/{name}", id: "end-stream", tag: tag, status: http.StatusAccepted, summary: "End a stream",
		about:  "Ends the pipelines that publish it, and with them the sessions that do. Conversions and readers end with the stream.",
		errors: []int{http.StatusNotFound, http.StatusConflict},
	}, v.endStream)
}

// OfStream names a stream in a path.
type OfStream struct {
	Name string `path:"name" maxLength:"512" doc:"The name, with / written as %2F." example:"live%2Fcam"`
}

func (v *V1) listStreams(_ context.Context, in *struct {
	Paging
	Prefix string `query:"prefix" maxLength:"512" doc:"Only those whose names begin with it."`
}) (*Body[wire.Page[wire.Stream]], error) {
	all := slices.DeleteFunc(v.opt.Engine.Streams().Streams(), func(s hub.StreamInfo) bool { return !strings.HasPrefix(s.Name, in.Prefix) })
	some := pageOf(all, in.Paging, func(s hub.StreamInfo) string { return s.Name })
	out := wire.Page[wire.Stream]{Items: make([]wire.Stream, 0, len(some.Items)), Next: some.Next, Total: some.Total}
	for _, s := range some.Items {
		out.Items = append(out.Items, describe.Stream(s))
	}
	return &Body[wire.Page[wire.Stream]]{out}, nil
}

func (v *V1) getStream(_ context.Context, in *OfStream) (*Body[wire.StreamDetail], error) {
	info, ok := v.opt.Engine.Streams().Stream(in.Name)
	if !ok {
		return nil, v.noStream(in.Name)
	}
	return &Body[wire.StreamDetail]{wire.StreamDetail{Stream: describe.Stream(info), Pipelines: v.around(in.Name)}}, nil
}

// around lists the pipelines that have to do with a stream.
func (v *V1) around(name string) []wire.StreamPipeline {
	out := []wire.StreamPipeline{}
	for _, i := range v.opt.Engine.Instances().Instances() {
		p := describe.Pipeline(i, v.opt.Registry.Spec)
		one := wire.StreamPipeline{ID: p.ID, Graph: p.Graph, State: p.State, Cost: p.Cost, Sessions: p.Sessions}
		for _, does := range []struct {
			what    string
			streams []string
		}{{"publish", p.Publishes}, {"convert", p.Converts}, {"read", p.Reads}} {
			if slices.Contains(does.streams, name) {
				one.Does = append(one.Does, does.what)
			}
		}
		if len(one.Does) > 0 {
			out = append(out, one)
		}
	}
	return out
}

func (v *V1) endStream(_ context.Context, in *OfStream) (*struct{}, error) {
	if !v.opt.Engine.Streams().Has(in.Name) {
		return nil, v.noStream(in.Name)
	}
	var by []*instance.Instance
	for _, i := range v.opt.Engine.Instances().Instances() {
		if slices.Contains(describe.Pipeline(i, v.opt.Registry.Spec).Publishes, in.Name) {
			by = append(by, i)
		}
	}
	if len(by) == 0 {
		return nil, fault.New(fault.NameInUse, in.Name, "no pipeline is known to publish it")
	}
	for _, i := range by {
		v.end(i, -1) //nolint:contextcheck // it returns at once; the pipeline ends in its own time
	}
	return nil, nil //nolint:nilnil // an answer without a body
}

func (v *V1) noStream(name string) error {
	var names []string
	for _, s := range v.opt.Engine.Streams().Streams() {
		names = append(names, s.Name)
	}
	f := fault.New(fault.StreamNotFound, "", "nobody publishes %q", name)
	if near, ok := spec.Nearest(name, names); ok {
		return f.Advise("did you mean %q?", near)
	}
	return f
}
