package trial

import (
	"context"
	"errors"
	"slices"
	"time"

	"sluice/engine/element"
	"sluice/engine/expect"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/instance"
	"sluice/engine/value"
)

const (
	usualLimit = 30 * time.Second
	// mercy is how long a graph may take to end when its time is up, beside what its policy allows for draining.
	mercy = 10 * time.Second
)

// limit is how long the test may take.
func (t *trial) limit() time.Duration {
	v, err := value.Constraint{Type: value.Duration}.Parse(t.test.Limit.Text)
	if d, ok := v.(time.Duration); ok && err == nil && t.test.Limit.Set() {
		return d
	}
	return usualLimit
}

// play runs an instance of the graph to its end, or until the limit. A graph whose time is up is drained, so that the files
// it writes are whole.
func (t *trial) play(ctx context.Context, tmpl instance.Template, in plan.Inputs, w *watch) ending {
	p, err := tmpl.Resolve(in)
	if err == nil {
		err = alone(p)
	}
	if err != nil {
		return ending{how: expect.Failed, err: err}
	}
	w.sinks(p)
	inst, err := instance.New(instance.Spec{
		ID: "test", Template: tmpl, Inputs: in, Once: true,
		Prepared: func(rt run.Runtime) error { return w.install(rt) },
	}, instance.Options{Open: t.opts.Lab.Open, Log: t.opts.Log})
	if err != nil {
		return ending{how: expect.Failed, err: err}
	}
	inst.Begin()
	late := time.NewTimer(t.limit())
	defer late.Stop()
	how := expect.EOS
	select {
	case <-inst.Done():
	case <-late.C:
		how = expect.Timeout
	case <-ctx.Done():
		how = expect.Timeout
	}
	stopped := stop(context.WithoutCancel(ctx), inst, p)
	if err := inst.Err(); err != nil && (how == expect.EOS || !errors.Is(err, fault.Stalled)) {
		return ending{how: expect.Failed, err: err}
	}
	if stopped != nil {
		return ending{how: expect.Failed, err: stopped}
	}
	return ending{how: how}
}

// stop ends an instance; one that has ended stays as it is.
func stop(ctx context.Context, inst *instance.Instance, p *plan.Plan) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(p.Policy.Drain)+mercy)
	defer cancel()
	return inst.Stop(ctx)
}

// alone refuses a plan with nodes that would wait for peers: nobody is there in a test.
func alone(p *plan.Plan) error {
	fed := map[string]bool{}
	for _, f := range p.Flows {
		fed[f.From.Of] = true
	}
	for _, b := range p.Bridges {
		if b.Direction == plan.IntoGst {
			fed[b.Node.Of] = true
		}
	}
	i := slices.IndexFunc(p.Nodes, func(n plan.Node) bool { return n.Domain == element.Go && fed[n.Name] && !nobodys(n.Name) })
	if i < 0 {
		return nil
	}
	n := p.Nodes[i]
	return fault.New(fault.ElementUnavailable, p.Graph+"/"+n.Name, "%s is a peer's part, and a test has no peers", n.Element).
		Advise(`put another element in its place, as in mock: {%s: test.in}`, n.Name)
}
