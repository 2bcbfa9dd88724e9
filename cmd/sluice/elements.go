package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/spec"
	"sluice/engine/value"
)

func (a *app) elementsCmd() *cobra.Command {
	var check, all bool
	c := &cobra.Command{
		Use:   "elements [NAME]",
		Short: "List elements, or describe one: pads, settings, limits, defaults",
		Example: `  sluice elements                list sluice's own
  sluice elements --all enc      list everything with "enc" in its name
  sluice elements x264enc        describe one
  sluice elements --check        fail if a shipped graph needs an element that is missing`,
		Args:              args(cobra.MaximumNArgs(1)),
		ValidArgsFunction: a.completeElements,
		RunE: func(_ *cobra.Command, list []string) error {
			reg, err := a.elements()
			if err != nil {
				return err
			}
			switch {
			case check:
				return a.checkElements(reg)
			case all || len(list) == 0:
				return a.listElements(reg, all, strings.Join(list, ""))
			}
			s, ok := reg.Spec(list[0])
			if !ok {
				return noElement(reg, list[0])
			}
			if a.json {
				return writeJSON(a.out, elementJSON(s))
			}
			return a.describe(s)
		},
	}
	c.Flags().BoolVar(&check, "check", false, "check that every element of the shipped graphs is known")
	c.Flags().BoolVar(&all, "all", false, "list GStreamer's elements too; NAME then filters")
	a.wantsJSON(c)
	return c
}

func noElement(reg *element.Registry, name string) error {
	f := fault.New(fault.ResourceNotFound, "elements", "there is no element %q in %s", name, reg.Source())
	if near, ok := spec.Nearest(name, append(reg.OwnNames(), reg.GstNames()...)); ok {
		return f.Advise("did you mean %q?", near)
	}
	has := func(n string) bool { return strings.Contains(n, name) }
	if name != "" && slices.ContainsFunc(append(reg.OwnNames(), reg.GstNames()...), has) {
		return f.Advise("`sluice elements --all %s` lists those with %q in their names", name, name)
	}
	return f.Advise("`sluice elements --all` lists them")
}

func (a *app) listElements(reg *element.Registry, all bool, part string) error {
	names := reg.OwnNames()
	if all {
		names = append(names, reg.GstNames()...)
	}
	var out []any
	for _, n := range names {
		if part != "" && !strings.Contains(n, part) {
			continue
		}
		s, ok := reg.Spec(n)
		if !ok {
			continue
		}
		if a.json {
			out = append(out, elementJSON(s))
			continue
		}
		fmt.Fprintf(a.out, "%-20s %-8s %s\n", n, statusOf(s), s.About)
	}
	if a.json {
		return writeJSON(a.out, out)
	}
	fmt.Fprintf(a.out, "\nGStreamer elements as in: %s\n", reg.Source())
	return nil
}

func statusOf(s *element.Spec) string {
	if s.Status == "" {
		return string(element.Stable)
	}
	return string(s.Status)
}

// describe prints one element for people.
func (a *app) describe(s *element.Spec) error {
	w := a.out
	fmt.Fprintf(w, "%s: %s\n", s.Name, s.About)
	fmt.Fprintf(w, "  runs in %s, %s", s.Domain, statusOf(s))
	if s.Package != "" {
		fmt.Fprintf(w, ", from the Debian package %s", s.Package)
	}
	fmt.Fprintln(w)
	if len(s.Sessions) > 0 {
		fmt.Fprintf(w, "  speaks for the session: %s\n", strings.Join(s.Sessions, " or "))
	}
	if s.Demand {
		fmt.Fprintln(w, "  knows when nobody reads: what only serves it may be lazy")
	}
	fmt.Fprintln(w, "\nPads")
	for _, p := range s.Ports {
		fmt.Fprintf(w, "  %-14s %-6s %-9s %s\n", p.Name, p.Dir, p.Presence, carries(p))
	}
	if len(s.Fields) > 0 {
		fmt.Fprintln(w, "\nSettings")
	}
	for _, f := range s.Fields {
		if !f.ReadOnly {
			fmt.Fprintf(w, "  %-26s %s\n  %26s %s\n", f.Name, limits(f), "", f.About)
		}
	}
	for _, e := range s.Examples {
		fmt.Fprintf(w, "\nExample\n  %s\n", e)
	}
	return nil
}

func carries(p element.Port) string {
	var words []string
	for _, c := range p.Codecs {
		words = append(words, string(c))
	}
	text := strings.Join(words, " ")
	if text == "" {
		text = p.Caps
	}
	if len(text) > 80 {
		text = text[:77] + "…"
	}
	if p.Optional {
		text += " (optional)"
	}
	return text
}

// limits puts a field's type, limits and default in words.
func limits(f element.Field) string {
	c := f.Constraint
	parts := []string{string(c.Type)}
	if c.Unit != value.UnitNone {
		parts = append(parts, "in "+string(c.Unit))
	}
	if len(c.Of) > 0 {
		parts = append(parts, "one of "+strings.Join(c.Of, ", "))
	}
	if c.Min != nil || c.Max != nil {
		parts = append(parts, rangeText(c.Min)+".."+rangeText(c.Max))
	}
	if f.Default != nil {
		parts = append(parts, "default "+value.Text(f.Default))
	}
	if f.Required {
		parts = append(parts, "required")
	}
	if f.Live {
		parts = append(parts, "may change while playing")
	}
	return strings.Join(parts, ", ")
}

func rangeText(v any) string {
	if v == nil {
		return ""
	}
	return value.Text(v)
}

// elementJSON is what REST and scripts get of an element.
func elementJSON(s *element.Spec) map[string]any {
	fields := map[string]any{}
	for _, f := range s.Fields {
		one := map[string]any{"about": f.About, "schema": f.Constraint.Schema(), "live": f.Live, "required": f.Required}
		if f.Default != nil {
			one["default"] = value.JSON(f.Default)
		}
		fields[f.Name] = one
	}
	var ports []any
	for _, p := range s.Ports {
		ports = append(ports, map[string]any{
			"name": p.Name, "direction": p.Dir, "presence": p.Presence, "kinds": p.Kinds, "codecs": p.Codecs, "caps": p.Caps,
			"optional": p.Optional, "keyed": p.Keyed, "about": p.About,
		})
	}
	return map[string]any{
		"name": s.Name, "about": s.About, "domain": s.Domain, "status": statusOf(s), "class": s.Klass, "package": s.Package,
		"ports": ports, "fields": fields, "sessions": s.Sessions, "demand": s.Demand, "examples": s.Examples,
	}
}

// checkElements tells whether every element that the shipped graphs name is known here.
func (a *app) checkElements(reg *element.Registry) error {
	set, err := a.shipped()
	if err != nil {
		return err
	}
	var missing []string
	count := 0
	for _, g := range set {
		for _, n := range g.Nodes {
			if n.Use.Set() {
				continue
			}
			count++
			if _, ok := reg.Spec(n.Element.Text); !ok && !slices.Contains(missing, n.Element.Text) {
				missing = append(missing, n.Element.Text)
				fmt.Fprintf(a.out, "missing: %s (%s in %s)\n", n.Element.Text, n.Name.Text, g.Name)
			}
		}
	}
	if len(missing) > 0 {
		return errFound
	}
	fmt.Fprintf(a.out, "%d nodes of %d shipped graphs: every element is in %s\n", count, len(set), reg.Source())
	return nil
}
