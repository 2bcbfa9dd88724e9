package ctl

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
)

// ExplainStream puts in words why those who play a stream get what they get.
func ExplainStream(e wire.Explanation, now time.Time) *show.Page {
	p := &show.Page{Title: e.Name}
	explainStream(p, e, now)
	return p
}

// ExplainViewer puts in words why somebody who is connected gets what he gets, or what becomes of what he publishes.
func ExplainViewer(e wire.SessionExplanation, now time.Time) *show.Page {
	p := ExplainSession(e.Session, now)
	for _, one := range e.Streams {
		p.Section(show.Safe("Stream " + one.Name))
		explainStream(p, one, now)
	}
	return p
}

func explainStream(p *show.Page, e wire.Explanation, now time.Time) {
	if !e.Published {
		p.Line("Nobody publishes it.")
	}
	p.Table("Published", tracks(e.Tracks))
	p.Table("Pipelines", around(e.Pipelines))
	made := &show.Table{Head: []string{"conversion", "into", "readers", "by"}}
	for _, v := range e.Conversions {
		made.Add(v.Kind, conversionText(v), strconv.Itoa(v.Readers), show.Or(graphText(v.Graph)))
	}
	p.Table("Conversions", made)
	if len(e.Readers) > 0 {
		p.Section("Readers")
	}
	for _, r := range e.Readers {
		explainReader(p, r, now)
	}
	candidates(p, "Who would bring it if nobody published it", e.Wanted)
	candidates(p, "Who converts it for those who cannot take it", e.Convert)
	if len(e.Refused) > 0 {
		p.Section("Refused lately")
	}
	for _, r := range e.Refused {
		p.Line("%s, %s ago: %s: %s", r.Event, show.Span(now.Sub(r.At)), r.Code, r.Text)
	}
}

// explainReader says what one reader gets, and why.
func explainReader(p *show.Page, r wire.Reader, now time.Time) {
	state := ""
	if r.Paused {
		state = ", paused"
	}
	p.Line("%d %s, for %s%s, takes %s", r.ID, cmp.Or(r.Name, "(no name)"), show.Span(now.Sub(r.Since)), state, cmp.Or(r.Wants, "anything"))
	if r.Offers != "" {
		p.Line("  offered %s", r.Offers)
	}
	if len(r.Sessions) > 0 {
		p.Line("  serves %s", show.Several(r.Sessions))
	}
	if len(r.Tracks) == 0 {
		p.Line("  gets nothing yet")
	}
	for _, t := range r.Tracks {
		text := fmt.Sprintf("  gets %s %s, %s: %s", t.Kind, t.Track, t.How, t.Reason)
		if t.Conversion != nil && t.Conversion.Graph != "" {
			text += ", by " + graphText(t.Conversion.Graph)
		}
		p.Line("%s", text)
		if t.Conversion != nil {
			work(p, *t.Conversion)
		}
	}
	for _, l := range r.Lacks {
		p.Line("  goes without %s: %s", l.Kind, l.Why)
	}
	if lost := drops(r.Counts); lost != "" {
		p.Line("  lost %s", lost)
	}
}

// work says which elements make a conversion, and what they cost.
func work(p *show.Page, v wire.Conversion) {
	if v.Pipeline == "" {
		return
	}
	busy := "not measured yet"
	if v.Busy > 0 {
		busy = fmt.Sprintf("%.3f measured", v.Busy)
	}
	p.Line("    pipeline %s: %s; %.2f CPUs estimated, %s", v.Pipeline, cmp.Or(strings.Join(v.Elements, ", "), "no elements"), v.Cost, busy)
}

// candidates lists graphs in the order in which they are asked.
func candidates(p *show.Page, title string, list []wire.Route) {
	if len(list) == 0 {
		return
	}
	p.Section(title)
	for _, r := range list {
		taken := ""
		if r.Taken {
			taken = ", taken"
		}
		p.Line("%s -> %s (%s)%s", r.Route, r.Graph, r.Place, taken)
		if r.Why != "" {
			p.Line("  %s", r.Why)
		}
	}
}

func (c *ctl) explainPipeline(ctx context.Context, args []string) error {
	d, err := c.api.Pipeline(ctx, args[0])
	if err != nil {
		return err
	}
	return c.give(d, func(s show.Style) error { return ExplainPipeline(d, c.Now()).Write(c.Out, s) })
}

// ExplainPipeline puts in words how a pipeline is, why, and what comes next.
func ExplainPipeline(d wire.PipelineDetail, now time.Time) *show.Page {
	p := &show.Page{Title: d.Graph + "#" + d.ID}
	p.Line("It is %s for %s: %s.", d.State, show.Span(now.Sub(d.Since)), meaning(d.State))
	if f := d.Fault; f != nil {
		p.Line("What went wrong last: %s: %s", f.Code, withoutPlace(f))
		if f.Place != "" {
			p.Line("  at %s", f.Place)
		}
		p.Line("  %s", blame(f.Blame))
	}
	next(p, d, now)
	for _, b := range d.Branches {
		p.Line("Branch %s %s.", b.Name, branchWhy(b))
	}
	for _, n := range d.Nodes {
		explainNode(p, n, d.State)
	}
	if d.Process != nil && d.Process.Stale {
		p.Line("Its process did not answer in time: what is said of it is old.")
	}
	if d.Unread > 0 {
		p.Line("%d units came out of GStreamer and nobody read them.", d.Unread)
	}
	return p
}

// explainNode says what is special about a node.
func explainNode(p *show.Page, n wire.Node, state string) {
	if n.Passes {
		p.Line("Node %s (%s) has nothing to convert: media passes as it is.", n.Name, n.Element)
	}
	if n.Counts != nil && n.Silent == nil && state == "live" && n.Domain == "gst" && !n.Lazy {
		p.Line("Nothing has left node %s (%s) yet.", n.Name, n.Element)
	}
	if n.Counts != nil && drops(*n.Counts) != "" {
		p.Line("Node %s lost units: %s.", n.Name, drops(*n.Counts))
	}
}

// meaning says what a state is, as docs/running.md has it.
func meaning(state string) string {
	switch state {
	case "planned":
		return "there is a plan, and nothing runs yet"
	case "starting":
		return "its elements are made and started, and no media has come yet"
	case "live":
		return "media flows"
	case "degraded":
		return "media flows, but for a branch that failed"
	case "draining":
		return "it ends, and lets arrive what is under way"
	case "stopped":
		return "it has ended as it should"
	case "failed":
		return "it has ended badly"
	case "lost":
		return "something in it no longer answers, and its process was given up"
	}
	return "this program does not know that state"
}

// blame says whose move it is.
func blame(who string) string {
	switch who {
	case "request":
		return "Whoever started it asked for something that cannot be."
	case "peer":
		return "The other end is to blame, or what it sent."
	case "config":
		return "The graph or the configuration is to blame."
	}
	return "The server or its machine is to blame."
}

// next says what will happen by itself.
func next(p *show.Page, d wire.PipelineDetail, now time.Time) {
	if d.Restarts > 0 {
		p.Line("It was begun anew %d times.", d.Restarts)
	}
	if d.Retry != nil {
		p.Line("It will be begun anew in %s.", show.Span(d.Retry.Sub(now)))
	}
	q := d.Policy
	if q == nil {
		return
	}
	var will []string
	switch d.State {
	case "starting":
		will = append(will, "it fails if no media has come after "+q.Start)
	case "live", "degraded":
		will = append(will, "it fails if none of its sources gives media for "+q.Stall)
	case "draining":
		will = append(will, "what has not arrived after "+q.Drain+" is cut off")
	}
	switch q.Restart {
	case "error":
		will = append(will, "after a failure it begins anew")
	case "always":
		will = append(will, "whenever it ends by itself it begins anew")
	case "never":
		will = append(will, "when it ends, however that is, it stays ended")
	}
	if len(will) > 0 {
		p.Line("By its policy %s.", strings.Join(will, "; "))
	}
}

// branchWhy says why a branch runs or does not.
func branchWhy(b wire.Branch) string {
	switch {
	case b.Fault != nil:
		return "does not run: " + faultText(b.Fault)
	case b.Kind == "lazy" && b.Runs:
		return "is lazy and runs, because " + strconv.Itoa(b.Readers) + " read what it makes"
	case b.Kind == "lazy":
		return "is lazy and does not run: nobody reads what it makes"
	case b.Runs:
		return "runs"
	}
	return "does not run"
}
