package v1

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"sluice/api/rest/describe"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// changing is how long a change to a running pipeline is waited for. The pipeline's own limit is shorter.
const changing = 15 * time.Second

func (v *V1) addNodes() {
	const node = "/v1/pipelines/{id}/nodes/{node}"
	add(v, op{
		method: http.MethodPatch, path: node, id: "set-fields", tag: pipelinesTag,
		summary: "Change fields of a node while media flows",
		about: "All of them change, or none. Only fields that their element marks as live do: for others the answer is 409, and names the " +
			"state that the pipeline has to be in. What was changed holds until the pipeline ends, also if it is begun anew meanwhile.",
		errors: []int{http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity},
	}, v.setFields)
	add(v, op{
		method: http.MethodPut, path: node + "/{key}", id: "add-key", tag: pipelinesTag, status: http.StatusCreated,
		summary: "Add an instance of a node that has one for each key",
		errors: []int{
			http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable,
		},
	}, v.addKey)
	add(v, op{
		method: http.MethodDelete, path: node + "/{key}", id: "remove-key", tag: pipelinesTag,
		summary: "Take out an instance of a node; its media ends properly", errors: []int{http.StatusNotFound},
	}, v.removeKey)
	add(v, op{
		method: http.MethodPost, path: node + "/actions/{action}", id: "do-action", tag: pipelinesTag,
		summary: "Have a node do something",
		about: "Elements say which actions they have; every node through which pictures leave GStreamer has key_frame. The answer is what " +
			"the action gives: JSON, a picture, or null.",
		kinds:  []string{"application/json", "image/png", "image/jpeg", "application/octet-stream"},
		errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity},
	}, v.doAction)
}

// OfNode names a node of a pipeline in a path.
type OfNode struct {
	OfPipeline
	Node string `path:"node" maxLength:"256" doc:"Name of the node, with / written as %2F." example:"seat[alice]%2Fin"`
}

func (v *V1) setFields(ctx context.Context, in *struct {
	OfNode
	Body wire.Values
}) (*Body[wire.PipelineDetail], error) {
	i, n, s, err := v.node(in.OfNode)
	if err != nil {
		return nil, err
	}
	if err := settable(n, s, in.Body); err != nil {
		return nil, err
	}
	if err := v.mayBe(n, s, in.Body); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, changing)
	defer cancel()
	if err := i.Set(ctx, n.Name, in.Body); err != nil {
		return nil, over(err)
	}
	return v.getPipeline(ctx, &in.OfPipeline)
}

// settable says what is wrong with fields before the pipeline is asked to change them, so that all of it is told.
func settable(n *plan.Node, s *element.Spec, fields wire.Values) error {
	r, fixed := &problem.Refusal{}, 0
	for name, v := range fields {
		f, ok := s.Field(name)
		d := problem.Detail{Pointer: "/" + name, Code: string(fault.InvalidParams)}
		switch {
		case !ok:
			d.Detail = n.Element + ` has no field "` + name + `"`
			if near, ok := spec.Nearest(name, fieldNames(s)); ok {
				d.Hint = `did you mean "` + near + `"?`
			}
		case !f.Live || f.ReadOnly:
			d.Detail, d.State = `"`+name+`" cannot be changed while media flows`, "planned"
			d.Hint = "end the pipeline and start it with another value"
			fixed++
		default:
			_, err := f.Constraint.Accept(v)
			if err == nil {
				continue
			}
			d.Detail, d.Hint = told(err)
		}
		r.Errors = append(r.Errors, d)
	}
	if len(r.Errors) == 0 {
		return nil
	}
	slices.SortFunc(r.Errors, func(a, b problem.Detail) int { return strings.Compare(a.Pointer, b.Pointer) })
	r.Fault = fault.New(fault.InvalidParams, n.Name, "%d of %d fields cannot be set", len(r.Errors), len(fields))
	if fixed == len(r.Errors) {
		r.Status = http.StatusConflict
	}
	return r
}

// mayBe refuses fields that name what callers may not touch, also in pipelines that were started by others, whose plans nobody looks at.
func (v *V1) mayBe(n *plan.Node, s *element.Spec, fields wire.Values) error {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f, _ := s.Field(name)
		got, err := f.Constraint.Accept(fields[name])
		if err != nil {
			return err
		}
		if err := v.opt.Guard.Setting(n.Name, n.Element, f, value.Text(got)); err != nil {
			return err
		}
	}
	return nil
}

func fieldNames(s *element.Spec) []string {
	var out []string
	for _, f := range s.Fields {
		out = append(out, f.Name)
	}
	return out
}

// OfKey names an instance of a node in a path.
type OfKey struct {
	OfNode
	Key string `path:"key" maxLength:"64" doc:"Name of the instance." example:"alice"`
}

func (v *V1) addKey(ctx context.Context, in *struct {
	OfKey
	Body *wire.Key
}) (*startOutput, error) {
	i, err := v.find(in.ID)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, changing)
	defer cancel()
	key := plan.Key{Name: in.Key}
	if in.Body != nil {
		key.Params = in.Body.Params
	}
	if err := i.Add(ctx, in.Node, key); err != nil {
		return nil, over(err)
	}
	at := "/v1/pipelines/" + url.PathEscape(in.ID) + "/nodes/" + url.PathEscape(in.Node) + "/" + url.PathEscape(in.Key)
	return &startOutput{Location: at, Body: describe.Pipeline(i, v.opt.Registry.Spec)}, nil
}

func (v *V1) removeKey(ctx context.Context, in *OfKey) (*struct{}, error) {
	i, err := v.find(in.ID)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, changing)
	defer cancel()
	return nil, over(i.Remove(ctx, in.Node, in.Key))
}

// node finds a node of a pipeline that runs.
func (v *V1) node(of OfNode) (*instance.Instance, *plan.Node, *element.Spec, error) {
	i, err := v.find(of.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	nodes := i.Plan().Nodes
	at := slices.IndexFunc(nodes, func(n plan.Node) bool { return n.Name == of.Node })
	if at < 0 {
		f := fault.New(fault.ResourceNotFound, i.Plan().Graph+"#"+of.ID, "there is no node %q", of.Node)
		var names []string
		for _, n := range nodes {
			names = append(names, n.Name)
		}
		return nil, nil, nil, f.Advise("its nodes: %s", strings.Join(names, ", "))
	}
	s, ok := v.opt.Registry.Spec(nodes[at].Element)
	if !ok {
		return nil, nil, nil, fault.New(fault.ElementUnavailable, of.Node, "nothing is known of %q", nodes[at].Element)
	}
	return i, &nodes[at], s, nil
}

// over turns what a pipeline says that has ended meanwhile into its not being there.
func over(err error) error {
	if fault.CodeOf(err) == fault.Closed {
		return fault.New(fault.ResourceNotFound, "", "the pipeline has ended")
	}
	return err
}
