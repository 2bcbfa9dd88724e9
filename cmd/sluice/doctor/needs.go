package doctor

import (
	"cmp"
	"slices"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/value"
)

// Need is a GStreamer element that may be needed.
type Need struct {
	Factory string
	By      string // a graph, or an element of sluice's
	Graph   bool   // a shipped graph needs it
}

// Needs lists what plans have, and what elements of sluice's can be made of under all settings, each once, by name. Elements
// that sluice itself brings are not listed.
func Needs(plans []*plan.Plan, own []element.Declared) []Need {
	found := map[string]Need{}
	for _, p := range plans {
		for _, l := range p.Pipelines {
			for _, e := range l.Elements {
				if _, ok := found[e.Factory]; !ok {
					found[e.Factory] = Need{e.Factory, p.Graph, true}
				}
			}
		}
	}
	for _, d := range own {
		b, ok := d.(element.Builder)
		if !ok {
			continue
		}
		for _, factory := range parts(b) {
			if _, ok := found[factory]; !ok {
				found[factory] = Need{factory, d.Spec().Name, false}
			}
		}
	}
	for _, d := range own {
		delete(found, d.Spec().Name)
	}
	out := make([]Need, 0, len(found))
	for _, n := range found {
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b Need) int { return cmp.Compare(a.Factory, b.Factory) })
	return out
}

// parts lists the factories of everything that an element can build: under its defaults and each single setting, for each
// codec that its ports take, alone and converted into each that they give. What others can do the work of is not needed.
func parts(b element.Builder) []string {
	spec := b.Spec()
	var out []string
	for _, conf := range confs(spec.Fields) {
		if p, ok := b.(element.Placed); ok && p.Domain(conf) != element.Gst {
			continue
		}
		list := spec.Ports
		if s, ok := b.(element.Shaped); ok {
			list = s.Ports(conf)
		}
		for _, link := range links(list) {
			piece := element.NewPiece(spec.Name, link.in, link.out)
			if b.Build(piece, conf) != nil {
				continue // it says what it cannot make
			}
			for _, part := range piece.Parts {
				if !part.Replaceable && !slices.Contains(out, part.Factory) {
					out = append(out, part.Factory)
				}
			}
		}
	}
	return out
}

// confs gives the defaults, and the defaults with one setting changed, for each setting and each of its words.
func confs(fields []element.Field) []element.Conf {
	base := element.Conf{}
	for _, f := range fields {
		switch {
		case f.Default != nil:
			base[f.Name] = f.Default
		case f.Required:
			base[f.Name] = "x"
		}
	}
	out := []element.Conf{base}
	for _, f := range fields {
		for _, v := range choices(f.Constraint) {
			conf := element.Conf{f.Name: v}
			for name, usual := range base {
				if name != f.Name {
					conf[name] = usual
				}
			}
			out = append(out, conf)
		}
	}
	return out
}

// choices are values that may lead to other elements than the default does.
func choices(c value.Constraint) []any {
	var out []any
	for _, word := range c.Of {
		out = append(out, word)
	}
	switch c.Type {
	case value.Bool:
		out = append(out, true, false)
	case value.Int, value.Fraction, value.Bitrate:
		if c.Max != nil {
			out = append(out, c.Max)
		}
	}
	return out
}

// linked is one way of linking a node.
type linked struct {
	in  []element.Input
	out []element.Output
}

// links are the ways of linking: each input alone, each output alone, and each pair of one kind.
func links(list []element.Port) []linked {
	const key = "a"
	var ins []element.Input
	var outs []element.Output
	for _, p := range list {
		k := ""
		if p.Keyed {
			k = key
		}
		for _, f := range formats(p) {
			if p.Dir == element.Sink {
				ins = append(ins, element.Input{Port: p.Name, Key: k, Format: f}, element.Input{Port: p.Name, Key: k, Format: f, Outside: true})
			} else {
				outs = append(outs, element.Output{Port: p.Name, Key: k, Want: []element.Format{f}})
			}
		}
	}
	var out []linked
	for _, o := range outs {
		out = append(out, linked{nil, []element.Output{o}})
	}
	for _, i := range ins {
		out = append(out, linked{[]element.Input{i}, nil})
		for _, o := range outs {
			if o.Want[0].Kind == i.Format.Kind {
				out = append(out, linked{[]element.Input{i}, []element.Output{o}})
			}
		}
	}
	return out
}

// formats are what may flow through a port: each codec, raw media, and what is not known yet.
func formats(p element.Port) []element.Format {
	kinds := p.Kinds
	if len(kinds) == 0 {
		kinds = []media.Kind{media.Audio, media.Video}
	}
	var out []element.Format
	for _, k := range kinds {
		out = append(out, element.Format{Kind: k}, element.Format{Kind: k, Caps: element.RawCaps(k)})
	}
	for _, c := range p.Codecs {
		out = append(out, element.Format{Kind: c.Kind(), Codec: c})
	}
	return out
}
