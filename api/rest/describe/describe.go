// Package describe says in the words of the REST API how things in the server are: pipelines, streams, elements. It looks at what it is
// given and changes nothing.
package describe

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"sluice/api/rest/wire"
	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/hub"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/instance"
	"sluice/engine/stat"
)

// Specs finds the description of an element.
type Specs func(name string) (*element.Spec, bool)

// Pipeline describes an instance.
func Pipeline(i *instance.Instance, specs Specs) wire.Pipeline {
	p := ofStatus(i.Status())
	relate(&p, i.Plan(), specs)
	return p
}

// Detail describes an instance with all that is counted in it.
func Detail(ctx context.Context, i *instance.Instance, specs Specs) wire.PipelineDetail {
	r, p := i.Report(ctx), i.Plan()
	return wire.PipelineDetail{
		Pipeline: Pipeline(i, specs), Nodes: nodes(p, r.Runtime.Samples, specs), Parts: parts(r.Runtime.Samples),
		Process: process(p, r.Runtime), Unread: r.Unread, Policy: ofPolicy(p.Policy),
	}
}

// Ended describes a pipeline that has come to its end.
func Ended(e event.Instance) wire.Pipeline {
	return wire.Pipeline{ID: e.ID, Graph: e.Graph, State: e.To, Since: e.Since, Fault: ofCause(e.Cause)}
}

// ofStatus says in the API's words how an instance is.
func ofStatus(s instance.Status) wire.Pipeline {
	p := wire.Pipeline{
		ID: s.ID, Graph: s.Graph, Plan: s.Plan, State: string(s.State), Since: s.Since, Fault: ofCause(s.Fault), Restarts: s.Restarts,
		Dropped: s.Dropped, Lost: s.Lost, Cost: s.Cost, Busy: s.Busy,
	}
	if !s.Retry.IsZero() {
		p.Retry = &s.Retry
	}
	for _, b := range s.Branches {
		p.Branches = append(p.Branches, wire.Branch{
			Name: b.Name, Kind: string(b.Kind), Runs: b.Runs, Readers: b.Readers, Fault: ofCause(b.Fault),
		})
	}
	return p
}

// relate says which streams and peers a pipeline has to do with.
func relate(to *wire.Pipeline, p *plan.Plan, specs Specs) {
	add := func(list *[]string, text string) {
		if text != "" && !slices.Contains(*list, text) {
			*list = append(*list, text)
		}
	}
	for _, n := range p.Nodes {
		switch stream := setting(n, "name"); {
		case n.Element == "stream.in":
			add(&to.Reads, stream)
		case n.Element == "stream.out" && setting(n, "track") == "alternative":
			add(&to.Converts, stream)
		case n.Element == "stream.out":
			add(&to.Publishes, stream)
		}
		if s, ok := specs(n.Element); ok && len(s.Sessions) > 0 {
			add(&to.Sessions, cmp.Or(strings.TrimPrefix(setting(n, "session"), "$"), s.Sessions[0])) // if there is only one, none is named
		}
	}
}

// setting is what a node is set to, as far as it may be shown.
func setting(n plan.Node, name string) string {
	for _, s := range n.Settings {
		if s.Name == name {
			return s.Text
		}
	}
	return ""
}

// nodes describes the nodes of a plan with what is counted in them.
func nodes(p *plan.Plan, samples []run.Sample, specs Specs) []wire.Node {
	counted := map[string]run.Sample{}
	for _, s := range samples {
		if s.Kind == run.OfNode {
			counted[s.Name] = s
		}
	}
	out := make([]wire.Node, 0, len(p.Nodes))
	for _, n := range p.Nodes {
		one := wire.Node{
			Name: n.Name, Element: n.Element, Domain: string(n.Domain), Branch: n.Branch, Lazy: n.Lazy, Passes: n.Passes, About: n.About,
		}
		if s, ok := counted[n.Name]; ok {
			c := ofCounts(s.Counts)
			one.Counts, one.Silent = &c, silent(s)
		}
		if s, ok := specs(n.Element); ok {
			one.Live, one.Actions = Abilities(p, n, s)
		}
		out = append(out, one)
	}
	return out
}

// Abilities are what a node can be told while it runs.
func Abilities(p *plan.Plan, n plan.Node, s *element.Spec) (live, actions []string) {
	for _, f := range s.Fields {
		if f.Live && !f.ReadOnly {
			live = append(live, f.Name)
		}
	}
	for _, a := range s.Actions {
		actions = append(actions, a.Name)
	}
	if len(KeyBridges(p, n.Name)) > 0 {
		actions = append(actions, KeyFrame)
	}
	return live, actions
}

// parts are what the compiler put in.
func parts(samples []run.Sample) []wire.Part {
	var out []wire.Part
	for _, s := range samples {
		if s.Kind != run.OfNode {
			out = append(out, wire.Part{Kind: string(s.Kind), Name: s.Name, Counts: ofCounts(s.Counts), Silent: silent(s)})
		}
	}
	return out
}

func silent(s run.Sample) *float64 {
	if s.Silent < 0 {
		return nil
	}
	seconds := s.Silent.Seconds()
	return &seconds
}

// process describes where GStreamer's part of a plan runs; nil if it has none.
func process(p *plan.Plan, r run.Report) *wire.Process {
	if len(p.Pipelines) == 0 {
		return nil
	}
	return &wire.Process{
		PID: r.PID, Phase: string(r.Phase), Stale: r.Stale, CPU: r.CPU.Seconds(), Memory: r.Memory,
		Position: r.Position.Seconds(), Length: r.Length.Seconds(), Lazy: r.Lazy,
	}
}

func ofPolicy(p plan.Policy) *wire.Policy {
	return &wire.Policy{
		Start: p.Start.String(), Stall: p.Stall.String(), Drain: p.Drain.String(), Restart: p.Restart.When, Reload: p.Reload, Worker: p.Worker,
	}
}

func ofCause(c *event.Cause) *wire.Fault {
	if c == nil {
		return nil
	}
	return &wire.Fault{Code: string(c.Code), Place: c.Place, Text: c.Text, Blame: c.Blame}
}

func ofCounts(s stat.Snapshot) wire.Counts {
	return wire.Counts{Units: s.Units, Bytes: s.Bytes, Drops: s.Drops, Keyframes: s.Keyframes, Lag: s.Lag.Seconds(), Level: s.Level}
}

// Stream describes what is published.
func Stream(info hub.StreamInfo) wire.Stream {
	s := wire.Stream{
		Name: info.Name, Publication: info.Publication, Since: info.Since.In(time.UTC), Readers: info.Readers, Tracks: []wire.Track{},
	}
	for _, k := range info.Muted {
		s.Muted = append(s.Muted, string(k))
	}
	for _, t := range info.Tracks {
		one := wire.Track{
			ID: t.Track.ID, Kind: string(t.Track.Kind), Codec: string(t.Track.Codec), Width: t.Track.Width, Height: t.Track.Height,
			ClockRate: t.Track.ClockRate, Channels: t.Track.Channels, Profile: t.Track.Profile, Layer: t.Track.Layer,
			BFrames: t.Track.BFrames, Form: string(t.Form), Converted: t.Alternative, Readers: t.Readers, Counts: ofCounts(t.Stats),
		}
		if t.Derived != nil {
			c := ofCounts(*t.Derived)
			one.Derived = &c
		}
		s.Tracks = append(s.Tracks, one)
	}
	return s
}

// KeyFrame is the action that nodes have whose media comes out of GStreamer.
const KeyFrame = "key_frame"

// KeyBridges are the bridges through which a node gets pictures that a key frame can be asked of.
func KeyBridges(p *plan.Plan, node string) []string {
	var out []string
	for _, b := range p.Bridges {
		if b.Direction == plan.OutOfGst && b.Node.Of == node {
			out = append(out, b.Name)
		}
	}
	return out
}
