package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"sluice/cmd/sluice/doctor"
	"sluice/engine/element"
	"sluice/engine/element/catalog"
	"sluice/engine/gst/registry"
	"sluice/engine/media"
	"sluice/engine/param"
	"sluice/engine/plan"
	"sluice/engine/spec"
	"sluice/engine/value"
	snapshot "sluice/testdata/registry"
)

func (a *app) doctorCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check the machine, and say for each problem what to do",
		Long:  doctorHelp(),
		Example: `  sluice doctor
  sluice doctor --json`,
		Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return a.examine(c.Context()) },
	}
	a.wantsJSON(c)
	return c
}

func doctorHelp() string {
	var b strings.Builder
	b.WriteString("doctor looks at the machine and changes nothing. A line is ok, skip, warn or fail; below the last two stands the\n" +
		"remedy. Only fail makes it exit with 1.\n\nIt looks at:\n")
	for _, c := range doctor.Checks() {
		fmt.Fprintf(&b, "  %-10s %s\n", c.Name, c.About)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (a *app) examine(ctx context.Context) error {
	if err := a.tryEncoders(ctx, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	m, err := a.machine()
	if err != nil {
		return err
	}
	found := doctor.Run(ctx, m)
	if a.json {
		err = doctor.JSON(a.out, found)
	} else {
		err = doctor.Text(a.out, found, a.colours(a.out))
	}
	if err == nil && doctor.Failed(found) {
		return errFound
	}
	return err
}

// machine is the one that this process runs on.
func (a *app) machine() (*doctor.Machine, error) {
	known, err := snapshot.Snapshot()
	if err != nil {
		return nil, err
	}
	needs, err := a.needs()
	if err != nil {
		return nil, err
	}
	if _, err := a.elements(); err != nil {
		return nil, err
	}
	return &doctor.Machine{
		Encoders: a.choice.Verdicts(), Undecodable: codecsNamed(a.choice.Undecodable()),
		Root: os.DirFS("/"), System: doctor.Linux{}, Env: os.Getenv, CPUs: runtime.NumCPU(),
		Live: onceOpened(registry.Open), Pure: !hasGst, Known: known, Needs: needs, Spawn: spawner(),
	}, nil
}

// codecsNamed are the names of codecs.
func codecsNamed(list []media.Codec) []string {
	out := make([]string, 0, len(list))
	for _, c := range list {
		out = append(out, string(c))
	}
	return out
}

// onceOpened keeps what open gave, also if that is an error.
func onceOpened(open func() (catalog.Catalog, error)) func() (catalog.Catalog, error) {
	var cat catalog.Catalog
	var err error
	opened := false
	return func() (catalog.Catalog, error) {
		if !opened {
			cat, err = open()
			opened = true
		}
		return cat, err
	}
}

// needs lists the GStreamer elements that shipped graphs and our own elements can need. It goes by the snapshot, so that a
// machine without some of them does not make the list shorter.
func (a *app) needs() ([]doctor.Need, error) {
	all := &app{in: a.in, out: a.out, err: a.err, registry: "snapshot"}
	set, err := all.load("")
	if err != nil {
		return nil, err
	}
	var plans []*plan.Plan
	for _, g := range set.Graphs() {
		if g.Fragment() {
			continue // it is in the plans of those that use it
		}
		t, err := plan.Compile(g, set, all.known)
		if err != nil {
			return nil, err
		}
		p, err := example(t)
		if err != nil {
			p = bare(g) // no example fits; what it names counts all the same
		}
		plans = append(plans, p)
	}
	own, _ := components()
	return doctor.Needs(plans, own), nil
}

// example plans a shipped graph with its defaults, and with an example for each parameter that has none.
func example(t *plan.Template) (*plan.Plan, error) {
	in, err := new(inputFlags).inputs(t)
	if err != nil {
		return nil, err
	}
	for _, d := range t.Params() {
		if d.Required() {
			in.Params[d.Name] = fitting(d)
		}
	}
	return t.Resolve(in)
}

// bare is a plan of no more than the elements that a graph names.
func bare(g *spec.Graph) *plan.Plan {
	p := &plan.Plan{Graph: g.Name, Pipelines: []plan.Pipeline{{}}}
	for _, n := range g.Nodes {
		if !n.Use.Set() && !element.Own(n.Element.Text) {
			p.Pipelines[0].Elements = append(p.Pipelines[0].Elements, plan.Element{Factory: n.Element.Text})
		}
	}
	return p
}

// fitting is a value that fits a parameter of a shipped graph.
func fitting(d param.Def) any {
	if d.Example != "" {
		return d.Example
	}
	if d.Constraint.Type == value.URI {
		return "rtmp://example.org/live/x"
	}
	if len(d.Constraint.Of) > 0 {
		return d.Constraint.Of[0]
	}
	return "x"
}
