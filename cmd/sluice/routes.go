package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/route"
	"sluice/engine/spec"
)

func (a *app) routesCmd() *cobra.Command {
	var events bool
	c := &cobra.Command{
		Use:   "routes [EVENT [PATH]]",
		Short: "Print the whole route table in order of precedence, or what an event would start",
		Example: `  sluice routes
  sluice routes rtmp.publish /live/cam
  sluice routes --events            the events, with what they bring`,
		Args: args(cobra.MaximumNArgs(2)),
		RunE: func(_ *cobra.Command, list []string) error {
			if events {
				return a.listEvents()
			}
			if err := a.checkEvent(list); err != nil {
				return err
			}
			table, err := a.table()
			if err != nil {
				return err
			}
			if len(list) == 2 {
				return a.explain(table, list[0], list[1])
			}
			return a.listRoutes(table, strings.Join(list, ""))
		},
	}
	c.Flags().BoolVar(&events, "events", false, "list the events instead, with their sessions and variables")
	a.wantsJSON(c)
	return c
}

// checkEvent refuses an event that there is not, and a path that none can be.
func (a *app) checkEvent(list []string) error {
	if len(list) == 0 {
		return nil
	}
	reg, err := a.elements()
	if err != nil {
		return err
	}
	t, ok := reg.Trigger(list[0])
	switch {
	case !ok:
		return noEvent(reg, "routes", list[0])
	case len(list) < 2:
	case !t.Path:
		return usageError{fmt.Errorf("%s has no path; every graph with that route answers it: `sluice routes %s`", t.Event, t.Event)}
	case !strings.HasPrefix(list[1], "/"):
		return usageError{fmt.Errorf("a path begins with \"/\": %q, not %q", "/"+list[1], list[1])}
	}
	return nil
}

// noEvent is the error for an event that there is not.
func noEvent(reg *element.Registry, place, event string) error {
	var events []string
	for _, t := range reg.Triggers() {
		events = append(events, t.Event)
	}
	f := fault.New(fault.ResourceNotFound, place, "there is no event %q", event)
	if near, ok := spec.Nearest(event, events); ok {
		return f.Advise("did you mean %q?", near)
	}
	return f.Advise("the events are %s", strings.Join(events, ", "))
}

func (a *app) listEvents() error {
	reg, err := a.elements()
	if err != nil {
		return err
	}
	if a.json {
		return writeJSON(a.out, reg.Triggers())
	}
	for _, t := range reg.Triggers() {
		fmt.Fprintf(a.out, "%-16s %s\n", t.Event, t.About)
		if len(t.Sessions) > 0 {
			fmt.Fprintf(a.out, "%16s sessions: %s\n", "", strings.Join(t.Sessions, ", "))
		}
		var vars []string
		for _, v := range t.Vars {
			vars = append(vars, "$"+v.Name)
		}
		if len(vars) > 0 {
			fmt.Fprintf(a.out, "%16s variables: %s\n", "", strings.Join(vars, " "))
		}
	}
	return nil
}

// listRoutes prints the table, or the part of it that an event has.
func (a *app) listRoutes(table *route.Table, event string) error {
	var out []any
	for _, e := range table.All() {
		if event != "" && e.Event != event {
			continue
		}
		if a.json {
			out = append(out, map[string]string{"route": e.String(), "event": e.Event, "graph": e.Graph, "place": e.Pos.String()})
			continue
		}
		fmt.Fprintf(a.out, "%-56s -> %-24s %s\n", e, e.Graph, e.Pos)
	}
	if a.json {
		return writeJSON(a.out, out)
	}
	return nil
}

// explain prints every route that matches, the one that is taken first.
func (a *app) explain(table *route.Table, event, path string) error {
	list := table.Explain(event, path)
	if len(list) == 0 {
		return fault.New(fault.NoRoute, "routes", "no graph has a route for %s %s", event, path).
			Advise("`sluice routes %s` lists what there is", event)
	}
	if a.json {
		var out []any
		for _, c := range list {
			out = append(out, map[string]string{
				"route": c.Entry.String(), "event": c.Entry.Event, "graph": c.Entry.Graph, "place": c.Entry.Pos.String(), "why": c.Why,
			})
		}
		return writeJSON(a.out, out)
	}
	for _, c := range list {
		fmt.Fprintf(a.out, "%s -> %s (%s)\n  %s\n", c.Entry, c.Entry.Graph, c.Entry.Pos, c.Why)
	}
	return nil
}
