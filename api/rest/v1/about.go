package v1

import (
	"cmp"
	"context"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"time"

	"sluice/api/rest/describe"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/run/coders"
	"sluice/engine/spec"
)

func (v *V1) addElements() {
	const tag = "elements"
	add(v, op{
		method: http.MethodGet, path: "/v1/elements", id: "list-elements", tag: tag, summary: "List what graphs can be made of",
	}, v.listElements)
	add(v, op{
		method: http.MethodGet, path: "/v1/elements/{name}", id: "get-element", tag: tag, summary: "An element, its ports, fields and actions",
		errors: []int{http.StatusNotFound},
	}, v.getElement)
}

func (v *V1) listElements(_ context.Context, in *struct {
	Paging
	All  bool   `query:"all" doc:"GStreamer's elements, too."`
	Part string `query:"part" maxLength:"128" doc:"Only those with this in their names."`
	Known
}) (*Versioned[wire.Page[wire.ElementName]], error) {
	var all []*element.Spec
	names := v.opt.Registry.OwnNames()
	if in.All {
		names = append(names, v.opt.Registry.GstNames()...)
	}
	for _, n := range names {
		if s, ok := v.opt.Registry.Spec(n); ok && strings.Contains(n, in.Part) {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b *element.Spec) int { return cmp.Compare(a.Name, b.Name) })
	some := pageOf(all, in.Paging, func(s *element.Spec) string { return s.Name })
	out := wire.Page[wire.ElementName]{Items: []wire.ElementName{}, Next: some.Next, Total: some.Total}
	for _, s := range some.Items {
		out.Items = append(out.Items, describe.ElementName(s))
	}
	return versioned(out)
}

func (v *V1) getElement(_ context.Context, in *struct {
	Name string `path:"name" maxLength:"128" example:"stream.in"`
	Known
}) (*Versioned[wire.Element], error) {
	s, ok := v.opt.Registry.Spec(in.Name)
	if !ok {
		r := problem.Refuse(0, fault.ResourceNotFound, "there is no element %q in %s", in.Name, v.opt.Registry.Source())
		if near, ok := spec.Nearest(in.Name, append(v.opt.Registry.OwnNames(), v.opt.Registry.GstNames()...)); ok {
			return nil, r.With(`did you mean "` + near + `"?`)
		}
		return nil, r
	}
	return versioned(describe.Element(s))
}

func (v *V1) addServer() {
	add(v, op{method: http.MethodGet, path: "/v1/server", id: "get-server", tag: "server", summary: "The server as a whole"}, v.getServer)
}

func (v *V1) getServer(ctx context.Context, _ *struct{}) (*Body[wire.Server], error) {
	set := v.opt.Graphs.Current()
	s := wire.Server{
		Version: v.opt.Version, Started: v.begun.In(time.UTC), Uptime: v.opt.Now().Sub(v.begun).Seconds(), CPUs: runtime.GOMAXPROCS(0),
		CPU: describe.CPU().Seconds(), Memory: describe.Memory(), Routines: runtime.NumGoroutine(), Sessions: v.opt.Present.Len(),
		Graphs: len(set.Graphs()), Held: len(set.Held()), GStreamer: v.opt.Registry.Source(),
	}
	for _, one := range v.opt.Engine.Streams().Streams() {
		s.Streams++
		s.Readers += one.Readers
	}
	n := coders.Of(v.opt.Engine.Instances().Instances(), v.opt.Registry.Spec)
	s.Encoders, s.Decoders = coders.Sum(n.Encoders), coders.Sum(n.Decoders)
	counted := map[int]bool{} // workers, which pipelines of sound share
	for _, r := range v.opt.Engine.Instances().List(ctx) {
		s.Pipelines++
		if pid := r.Runtime.PID; pid != 0 && !counted[pid] {
			counted[pid] = true
			s.Workers += r.Runtime.CPU.Seconds()
		}
	}
	return &Body[wire.Server]{s}, nil
}
