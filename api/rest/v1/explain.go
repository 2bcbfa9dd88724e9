package v1

import (
	"context"
	"strconv"
	"strings"

	"sluice/api/rest/describe"
	"sluice/api/rest/wire"
	"sluice/engine/hub"
	"sluice/engine/route"
)

// readers lists who reads a stream. The hub can tell; other views of what is published may not.
func (v *V1) readers(stream string) []hub.ReaderInfo {
	if h, ok := v.opt.Engine.Streams().(interface {
		Readers(stream string) []hub.ReaderInfo
	}); ok {
		return h.Readers(stream)
	}
	return nil
}

func (v *V1) listReaders(_ context.Context, in *struct {
	OfStream
	Limit int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"How many at most."`
	After uint64 `query:"after" doc:"The next of the page before: what comes after it."`
}) (*Body[wire.Page[wire.Reader]], error) {
	if !v.opt.Engine.Streams().Has(in.Name) {
		return nil, v.noStream(in.Name)
	}
	all := v.readers(in.Name) // in the order of their numbers
	out := wire.Page[wire.Reader]{Items: []wire.Reader{}, Total: len(all)}
	for i, r := range all {
		if r.ID <= in.After {
			continue
		}
		if out.Items = append(out.Items, describe.Reader(r)); len(out.Items) == in.Limit {
			if i+1 < len(all) {
				out.Next = strconv.FormatUint(r.ID, 10)
			}
			break
		}
	}
	return &Body[wire.Page[wire.Reader]]{out}, nil
}

func (v *V1) explainStream(_ context.Context, in *OfStream) (*Body[wire.Explanation], error) {
	const some = 100
	path := "/" + strings.TrimPrefix(in.Name, "/")
	out := wire.Explanation{Name: in.Name, Wanted: v.candidates("stream.wanted", path, nil), Pipelines: v.around(in.Name)}
	info, ok := v.opt.Engine.Streams().Stream(in.Name)
	if !ok {
		return &Body[wire.Explanation]{out}, nil
	}
	out.Published, out.Tracks = true, describe.Stream(info).Tracks
	readers := v.readers(in.Name)
	out.Conversions = describe.Conversions(readers)
	for _, r := range readers[:min(some, len(readers))] {
		out.Readers = append(out.Readers, describe.Reader(r))
	}
	seen := map[string]bool{}
	for _, t := range out.Tracks {
		if t.Converted || seen[t.Kind] {
			continue
		}
		seen[t.Kind] = true
		for _, c := range v.candidates("stream.convert", path, route.Variables{"kind": t.Kind}) {
			if c.Taken {
				c.Why = t.Kind + ": " + c.Why
				out.Convert = append(out.Convert, c)
			}
		}
	}
	return &Body[wire.Explanation]{out}, nil
}
