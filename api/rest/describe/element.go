package describe

import (
	"cmp"

	"sluice/api/rest/wire"
	"sluice/engine/element"
	"sluice/engine/value"
)

// ElementName describes an element in a list.
func ElementName(s *element.Spec) wire.ElementName {
	return wire.ElementName{Name: s.Name, About: s.About, Domain: string(s.Domain), Status: string(cmp.Or(s.Status, element.Stable))}
}

// Element describes an element.
func Element(s *element.Spec) wire.Element {
	e := wire.Element{
		ElementName: ElementName(s), Class: s.Klass, Package: s.Package, Sessions: s.Sessions, Demand: s.Demand, Examples: s.Examples,
		Fields: fields(s.Fields),
	}
	for _, p := range s.Ports {
		one := wire.Port{
			Name: p.Name, Direction: string(p.Dir), Presence: string(p.Presence), Caps: p.Caps, Optional: p.Optional, Keyed: p.Keyed,
			About: p.About,
		}
		for _, k := range p.Kinds {
			one.Kinds = append(one.Kinds, string(k))
		}
		for _, c := range p.Codecs {
			one.Codecs = append(one.Codecs, string(c))
		}
		e.Ports = append(e.Ports, one)
	}
	for _, a := range s.Actions {
		e.Actions = append(e.Actions, wire.Action{Name: a.Name, About: a.About, Args: fields(a.Args)})
	}
	return e
}

func fields(list []element.Field) []wire.Field {
	var out []wire.Field
	for _, f := range list {
		if f.ReadOnly {
			continue
		}
		one := wire.Field{
			Name: f.Name, About: f.About, Type: string(f.Constraint.Type), Schema: f.Constraint.Schema(), Required: f.Required, Live: f.Live,
		}
		if f.Default != nil {
			one.Default = value.JSON(f.Default)
		}
		out = append(out, one)
	}
	return out
}
