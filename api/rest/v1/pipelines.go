package v1

import (
	"context"
	"net/http"
	"slices"
	"time"

	"sluice/api/rest/describe"
	"sluice/api/rest/wire"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
	"sluice/engine/spec"
	"sluice/engine/value"
)

const pipelinesTag = "pipelines"

func (v *V1) addPipelines() {
	add(v, op{
		method: http.MethodPost, path: "/v1/pipelines", id: "start-pipeline", tag: pipelinesTag, status: http.StatusCreated,
		summary: "Start a graph by its name",
		about: "Only graphs with the route rest.start are started like this. What they touch outside the server, files and hosts, must be " +
			"allowed by the configuration. The answer comes when the graph is under way, or, with wait, when media flows.",
		errors: []int{
			http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable,
		},
	}, v.startPipeline)
	add(v, op{
		method: http.MethodGet, path: "/v1/pipelines", id: "list-pipelines", tag: pipelinesTag, summary: "List what runs",
	}, v.listPipelines)
	add(v, op{
		method: http.MethodGet, path: "/v1/pipelines/{id}", id: "get-pipeline", tag: pipelinesTag,
		summary: "A pipeline, with its nodes and what is counted in them",
		about:   "One that was started here and has come to its end is shown for a while, so that it can be told how it went.",
		errors:  []int{http.StatusNotFound},
	}, v.getPipeline)
	add(v, op{
		method: http.MethodDelete, path: "/v1/pipelines/{id}", id: "end-pipeline", tag: pipelinesTag, status: http.StatusAccepted,
		summary: "End a pipeline properly",
		about:   "Media that is under way arrives, and files are whole. The pipeline is gone when that is done.",
		errors:  []int{http.StatusNotFound},
	}, v.endPipeline)
}

// OfPipeline names a pipeline in a path.
type OfPipeline struct {
	ID string `path:"id" maxLength:"128" doc:"Name of the pipeline."`
}

func (v *V1) listPipelines(_ context.Context, in *struct {
	Paging
	Graph string `query:"graph" maxLength:"512" doc:"Only those of this graph."`
	State string `query:"state" enum:"planned,starting,live,degraded,draining,stopped,failed,lost" doc:"Only those in this state."`
}) (*Body[wire.Page[wire.Pipeline]], error) {
	all := slices.DeleteFunc(v.opt.Engine.Instances().Instances(), func(i *instance.Instance) bool {
		s := i.Status()
		return in.Graph != "" && s.Graph != in.Graph || in.State != "" && string(s.State) != in.State
	})
	some := pageOf(all, in.Paging, (*instance.Instance).ID)
	out := wire.Page[wire.Pipeline]{Items: make([]wire.Pipeline, 0, len(some.Items)), Next: some.Next, Total: some.Total}
	for _, i := range some.Items {
		out.Items = append(out.Items, describe.Pipeline(i, v.opt.Registry.Spec))
	}
	return &Body[wire.Page[wire.Pipeline]]{out}, nil
}

func (v *V1) getPipeline(ctx context.Context, in *OfPipeline) (*Body[wire.PipelineDetail], error) {
	i, ok := v.opt.Engine.Instances().Get(in.ID)
	if !ok {
		if e, ok := v.over(ctx, in.ID); ok {
			return &Body[wire.PipelineDetail]{wire.PipelineDetail{Pipeline: describe.Ended(e)}}, nil
		}
		return nil, v.noPipeline(in.ID)
	}
	return &Body[wire.PipelineDetail]{describe.Detail(ctx, i, v.opt.Registry.Spec)}, nil
}

// over tells how a pipeline ended that does not run.
func (v *V1) over(ctx context.Context, id string) (event.Instance, bool) {
	const patience = time.Second // until it is heard of
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return v.ended.Await(ctx, id)
}

func (v *V1) endPipeline(ctx context.Context, in *struct {
	OfPipeline
	Drain string `query:"drain" example:"5s" doc:"How long that may take at most; 0s ends it at once. Without it, what its graph says."`
}) (*struct{}, error) {
	limit := time.Duration(-1)
	if in.Drain != "" {
		d, err := value.Constraint{Type: value.Duration, Min: time.Duration(0), Max: time.Hour}.Parse(in.Drain)
		if err != nil {
			return nil, parameter("drain", err)
		}
		limit, _ = d.(time.Duration)
	}
	i, ok := v.opt.Engine.Instances().Get(in.ID)
	if !ok {
		if _, ok := v.over(ctx, in.ID); ok {
			v.ended.Forget(in.ID)
			return nil, nil //nolint:nilnil // an answer without a body
		}
		return nil, v.noPipeline(in.ID)
	}
	v.end(i, limit) //nolint:contextcheck // it returns at once; the pipeline ends in its own time
	return nil, nil //nolint:nilnil // an answer without a body
}

// end ends a pipeline, which nobody will ask about.
func (v *V1) end(i *instance.Instance, limit time.Duration) {
	v.ended.Forget(i.ID())
	v.opt.Log.Info("pipeline ended by request", "graph", i.Plan().Graph, "instance", i.ID())
	i.Drain(limit)
}

// find finds a pipeline that runs.
func (v *V1) find(id string) (*instance.Instance, error) {
	i, ok := v.opt.Engine.Instances().Get(id)
	if !ok {
		return nil, v.noPipeline(id)
	}
	return i, nil
}

func (v *V1) noPipeline(id string) error {
	var ids []string
	for _, i := range v.opt.Engine.Instances().Instances() {
		ids = append(ids, i.ID())
	}
	f := fault.New(fault.ResourceNotFound, "", "no pipeline %q runs", id)
	if near, ok := spec.Nearest(id, ids); ok {
		return f.Advise("did you mean %q?", near)
	}
	return f
}
