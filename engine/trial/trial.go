package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"

	"sluice/engine/expect"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/route"
	"sluice/engine/spec"
)

// trial is one test while it is run.
type trial struct {
	set    Set
	opts   Options
	from   Case
	test   *spec.Test
	want   expect.Expectations
	result Result
}

func newTrial(r *Runner, c Case) *trial {
	t := &trial{set: r.set, opts: r.opts, from: c, test: c.Test}
	t.want = expectations(c.Test)
	t.result = Result{Graph: c.Graph.Name, Name: c.Test.Name.Text, Pos: c.Test.Pos}
	return t
}

func (t *trial) skip(reason string) { t.result.Outcome, t.result.Reason = Skipped, reason }

func (t *trial) found(f Finding) { t.result.Found = append(t.result.Found, f) }

// run compares what needs no media, and then, if anything more is expected, lets media flow.
func (t *trial) run(ctx context.Context) {
	for _, r := range t.want.Routes {
		t.route(r)
	}
	tmpl, in, err := t.compile(t.from.graph(), t.set.Library)
	if err == nil && len(t.want.Plan) > 0 {
		err = t.plan(tmpl, in)
	}
	switch {
	case !t.want.Runs():
		if err != nil && !t.beyond(err) {
			t.result.Reason = err.Error()
		}
	case t.opts.PlanOnly:
		if len(t.want.Plan)+len(t.want.Routes) == 0 {
			t.skip("only plans and routes are looked at")
		}
	case err != nil:
		t.ended(ending{how: expect.Failed, err: err})
	case t.opts.Lab == nil:
		t.skip(t.opts.Why)
	default:
		if tmpl, in, err = t.compile(awake(t.from.graph()), awakened{t.set.Library}); err != nil {
			t.ended(ending{how: expect.Failed, err: err})
			return
		}
		if reason := t.elsewhere(tmpl, in); reason != "" {
			t.skip(reason)
			return
		}
		if !t.lessened(tmpl, in) {
			t.media(ctx, tmpl, in)
		}
	}
}

func (t *trial) compile(g *spec.Graph, lib plan.Library) (*plan.Template, plan.Inputs, error) {
	tmpl, err := plan.Compile(g, lib, t.set.Registry)
	if err != nil {
		return nil, plan.Inputs{}, err
	}
	in, err := t.inputs(tmpl)
	return tmpl, in, err
}

// route compares which graph an event starts.
func (t *trial) route(r expect.Route) {
	f := Finding{Pos: r.Event.Pos, What: "route", Want: r.Event.Text + " " + r.Path.Text + " starts " + t.result.Graph}
	m, ok := t.match(r)
	switch {
	case !ok:
		f.Saw = "no graph answers"
	case m.Entry.Graph != t.result.Graph:
		f.Saw = "it starts " + m.Entry.Graph
	default:
		f.Saw, f.OK = "it does", true
		for name, want := range r.Captures {
			if got, captured := m.Captures.Value(name); !captured || got != want {
				f.OK = false
				f.Want = fmt.Sprintf("%s %s captures %s: %s", r.Event.Text, r.Path.Text, name, want)
				f.Saw = fmt.Sprintf("it captures %q", got)
			}
		}
	}
	t.found(f)
}

func (t *trial) match(r expect.Route) (route.Match, bool) {
	if t.set.Routes == nil {
		return route.Match{}, false
	}
	return t.set.Routes.Match(r.Event.Text, r.Path.Text, route.Variables(r.Vars))
}

// plan compares the counts of the compiled plan.
func (t *trial) plan(tmpl *plan.Template, in plan.Inputs) error {
	p, err := tmpl.Resolve(in)
	if err != nil {
		return err
	}
	counts := reflect.ValueOf(p.Counts())
	for _, c := range t.want.Plan {
		got := counts.FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, c.Key) }).Int()
		t.found(Finding{
			Pos: c.Pos, What: "plan." + c.Key, Want: c.Text, Saw: strconv.FormatInt(got, 10), OK: c.Span.Holds(float64(got)),
		})
	}
	return nil
}

// media lets the graph run in a folder of its own, and compares what passed.
func (t *trial) media(ctx context.Context, tmpl *plan.Template, in plan.Inputs) {
	folder, err := os.MkdirTemp("", "sluice-test-*")
	if err != nil {
		t.result.Reason = err.Error()
		return
	}
	files := &scratch{reg: t.set.Registry, folder: folder}
	w := newWatch(t.want)
	end := t.play(ctx, moved{tmpl, files}, in, w)
	if ctx.Err() != nil {
		t.skip("interrupted")
	} else {
		t.ended(end)
	}
	if ctx.Err() == nil && !t.broken(end) {
		j := &judge{trial: t, watch: w, files: files}
		j.nodes(ctx)
	}
	if t.opts.Keep {
		t.result.Kept = folder
		return
	}
	if err := os.RemoveAll(folder); err != nil {
		t.opts.Log.Warn("a test's folder stays", "folder", folder, "err", err)
	}
}

// moved is a template whose plans write to a test's folder.
type moved struct {
	*plan.Template
	files *scratch
}

// Resolve implements instance.Template.
func (m moved) Resolve(in plan.Inputs) (*plan.Plan, error) {
	p, err := m.Template.Resolve(in)
	if err != nil {
		return nil, err
	}
	return m.files.move(p)
}

// ending is how a graph ended.
type ending struct {
	how string // expect.EOS, Failed or Timeout
	err error  // of Failed
}

// ended compares how it ended with what was expected.
func (t *trial) ended(e ending) {
	if t.broken(e) && t.beyond(e.err) {
		return
	}
	saw := e.how
	if e.err != nil {
		saw += ": " + e.err.Error()
	}
	f := Finding{Pos: t.want.EndAt, What: "end", Want: t.want.End, Saw: saw, OK: e.how == t.want.End}
	if t.broken(e) && (len(t.want.Nodes) > 0 || t.want.Drift != nil) {
		f.Detail = "the rest was not looked at"
	}
	t.found(f)
	want := t.want.Error
	if want == nil || e.how != expect.Failed {
		return
	}
	if want.Code != "" {
		got := fault.CodeOf(e.err)
		saw := string(got) + ": " + e.err.Error()
		t.found(Finding{Pos: want.Pos, What: "error.code", Want: string(want.Code), Saw: saw, OK: got == want.Code})
	}
	if want.Node != "" {
		got := blamed(e.err, t.result.Graph)
		ok := got == want.Node || strings.HasPrefix(got, want.Node+"/")
		t.found(Finding{Pos: want.Pos, What: "error.node", Want: want.Node, Saw: quotedOr(got, "no node is blamed"), OK: ok})
	}
}

// beyond tells whether a graph could not be planned because of what is ruled out here, and then skips the test: it says nothing
// about the graph.
func (t *trial) beyond(err error) bool {
	code := fault.CodeOf(err)
	if !t.opts.Lean || code != fault.CodecNotAvailable && code != fault.ElementUnavailable {
		return false
	}
	t.result.Beyond = true
	t.skip(err.Error())
	return true
}

// lessened tells whether a graph does without a track because of what is ruled out here, and then skips the test.
func (t *trial) lessened(tmpl *plan.Template, in plan.Inputs) bool {
	if !t.opts.Lean {
		return false
	}
	p, err := tmpl.Resolve(in)
	if err != nil || len(p.Omitted) == 0 {
		return false // an error is told where the graph is played
	}
	m := p.Omitted[0]
	t.result.Beyond = true
	t.skip(fmt.Sprintf("%s is played without its %s: %s", m.From, m.Kind, m.Why))
	return true
}

// broken tells whether a graph failed that was not meant to. What passed until then tells nothing more.
func (t *trial) broken(e ending) bool { return e.how == expect.Failed && t.want.End != expect.Failed }

// blamed is the node that a fault's place names: "read" of "jobs/transcode#test/read".
func blamed(err error, graph string) string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return ""
	}
	rest, ok := strings.CutPrefix(f.Place, graph)
	if !ok {
		return f.Place
	}
	if strings.HasPrefix(rest, "#") {
		_, rest, _ = strings.Cut(rest, "/")
	}
	return strings.TrimPrefix(rest, "/")
}

func quotedOr(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
