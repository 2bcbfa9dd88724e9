package elementtest

import (
	"sluice/engine/caps"
	"sluice/engine/element"
)

// Sound lists what is wrong with a piece: names used twice, joints and pads of parts that are not there, caps that cannot be
// read, and, with a registry that knows GStreamer, elements, pads and properties that it does not have. Elements of the
// worker's own, whose names begin with "sluice", are in no registry.
func Sound(reg *element.Registry, p *element.Piece) []string {
	var f faults
	parts := map[string]element.Part{}
	for _, part := range p.Parts {
		if _, twice := parts[part.Name]; twice {
			f.add("two parts are called %q", part.Name)
		}
		parts[part.Name] = part
		f.part(reg, part)
	}
	for _, j := range p.Joints {
		f.pad(reg, parts, j.From, element.Source)
		f.pad(reg, parts, j.To, element.Sink)
		if _, err := caps.Parse(j.Caps); j.Caps != "" && err != nil {
			f.add("caps %q between %s and %s: %v", j.Caps, j.From.Part, j.To.Part, err)
		}
	}
	for _, pad := range p.Entries {
		f.pad(reg, parts, pad, element.Sink)
	}
	for at, pad := range p.Exits {
		f.pad(reg, parts, pad, element.Source)
		if p.Gives[at].Kind == "" {
			f.add("what %s gives is not said", at.Port)
		}
	}
	return f
}

func (f *faults) part(reg *element.Registry, part element.Part) {
	s, ok := known(reg, part.Factory)
	if !ok {
		if reg != nil && len(part.Factory) > 6 && part.Factory[:6] != "sluice" {
			f.add("part %s: there is no element %q", part.Name, part.Factory)
		}
		return
	}
	for _, prop := range part.Props {
		x, ok := s.Field(prop.Name)
		if !ok {
			f.add("part %s: %s has no property %q", part.Name, part.Factory, prop.Name)
			continue
		}
		if _, err := x.Constraint.Accept(prop.Value); err != nil {
			f.add("part %s: %s %s: %v", part.Name, part.Factory, prop.Name, err)
		}
	}
}

// pad checks one end of a joint.
func (f *faults) pad(reg *element.Registry, parts map[string]element.Part, at element.Pad, d element.Dir) {
	part, ok := parts[at.Part]
	if !ok {
		f.add("there is no part %q", at.Part)
		return
	}
	s, ok := known(reg, part.Factory)
	if !ok {
		return
	}
	for _, p := range s.Ports {
		if p.Dir == d && (at.Name == "" || p.Matches(at.Name)) {
			return
		}
	}
	f.add("part %s: %s has no pad %q on that side", at.Part, part.Factory, at.Name)
}

func known(reg *element.Registry, factory string) (*element.Spec, bool) {
	if reg == nil || element.Own(factory) {
		return nil, false
	}
	return reg.Spec(factory)
}
