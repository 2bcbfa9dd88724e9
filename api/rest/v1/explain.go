package v1

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"sluice/api/rest/describe"
	"sluice/api/rest/wire"
	"sluice/engine"
	"sluice/engine/fault"
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
	all, serves := v.readers(in.Name), v.serves() // in the order of their numbers
	out := wire.Page[wire.Reader]{Items: []wire.Reader{}, Total: len(all)}
	for i, r := range all {
		if r.ID <= in.After {
			continue
		}
		if out.Items = append(out.Items, v.reader(r, serves)); len(out.Items) == in.Limit {
			if i+1 < len(all) {
				out.Next = strconv.FormatUint(r.ID, 10)
			}
			break
		}
	}
	return &Body[wire.Page[wire.Reader]]{out}, nil
}

func (v *V1) explainStream(_ context.Context, in *OfStream) (*Body[wire.Explanation], error) {
	return &Body[wire.Explanation]{v.explain(in.Name, func(hub.ReaderInfo) bool { return true })}, nil
}

func (v *V1) explainSession(_ context.Context, in *OfSession) (*Body[wire.SessionExplanation], error) {
	s, ok := v.opt.Present.Find(in.ID)
	if !ok {
		return nil, noSession(in.ID)
	}
	out := wire.SessionExplanation{Session: v.session(s), Streams: []wire.Explanation{}}
	own := func(r hub.ReaderInfo) bool { return r.Owner == s.Pipeline }
	for _, name := range out.Session.Reads {
		out.Streams = append(out.Streams, v.explain(name, own))
	}
	for _, name := range out.Session.Publishes {
		out.Streams = append(out.Streams, v.explain(name, func(hub.ReaderInfo) bool { return true }))
	}
	if len(out.Streams) == 0 { // it does neither yet
		out.Streams = append(out.Streams, v.explain(s.Stream, own))
	}
	return &Body[wire.SessionExplanation]{out}, nil
}

// explain says why some of those who read a stream get what they get.
func (v *V1) explain(name string, who func(hub.ReaderInfo) bool) wire.Explanation {
	const some = 100
	path := "/" + strings.TrimPrefix(name, "/")
	out := wire.Explanation{
		Name: name, Wanted: v.candidates("stream.wanted", path, nil), Pipelines: v.around(name), Refused: v.refused(name),
	}
	info, ok := v.opt.Engine.Streams().Stream(name)
	if !ok {
		return out
	}
	out.Published, out.Tracks = true, describe.Stream(info).Tracks
	readers := slices.DeleteFunc(v.readers(name), func(r hub.ReaderInfo) bool { return !who(r) })
	out.Conversions = describe.Conversions(readers)
	for i := range out.Conversions {
		v.worked(&out.Conversions[i])
	}
	serves := v.serves()
	for _, r := range readers[:min(some, len(readers))] {
		out.Readers = append(out.Readers, v.reader(r, serves))
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
	return out
}

// serves lists the sessions of pipelines.
func (v *V1) serves() map[string][]string {
	out := map[string][]string{}
	for _, s := range v.opt.Present.All() {
		out[s.Pipeline] = append(out[s.Pipeline], s.ID)
	}
	delete(out, "") // those who have none yet
	return out
}

// reader describes somebody who reads, with whom that serves and what works for him.
func (v *V1) reader(info hub.ReaderInfo, serves map[string][]string) wire.Reader {
	out := describe.Reader(info)
	out.Sessions = serves[out.Pipeline]
	for _, t := range out.Tracks {
		if t.Conversion != nil {
			v.worked(t.Conversion)
		}
	}
	return out
}

// worked fills in what the pipeline of a conversion does.
func (v *V1) worked(c *wire.Conversion) {
	if i, ok := v.opt.Engine.Instances().Get(c.Pipeline); ok {
		describe.Worked(c, i)
	}
}

// refused lists what could not be started for a stream lately. The engine can tell; others in its place may not.
func (v *V1) refused(stream string) []wire.Refusal {
	e, ok := v.opt.Engine.(interface {
		Refused(stream string) []engine.Refusal
	})
	if !ok {
		return nil
	}
	const some = 10
	var out []wire.Refusal
	for _, r := range e.Refused(stream) {
		if len(out) == some {
			break
		}
		out = append(out, wire.Refusal{At: r.At.In(time.UTC), Event: r.Event, Code: string(fault.CodeOf(r.Err)), Text: r.Err.Error()})
	}
	return out
}
