package elementtest

import (
	"errors"
	"reflect"
	"slices"

	"sluice/engine/caps"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// Builds lists what is wrong with the pieces a Builder makes of many combinations of what comes in and what is wanted, with
// its default settings: they must be the same every time, hang together, and use only elements and properties that the
// registry knows. A refusal must be a fault.
func Builds(reg *element.Registry, b element.Builder) []string {
	var f faults
	s := b.Spec()
	conf := Defaults(s)
	if p, ok := b.(element.Placed); ok && p.Domain(conf) != element.Gst || !ok && s.Domain != element.Gst {
		return nil
	}
	for _, c := range Combinations(s) {
		f.build(reg, b, conf, c)
	}
	return f
}

// Defaults are the settings of a node that sets only what must be set.
func Defaults(s element.Spec) element.Conf {
	conf := element.Conf{}
	for _, x := range s.Fields {
		if x.Default != nil {
			conf[x.Name] = x.Default
		} else if x.Required {
			if v, err := x.Constraint.Parse(sample(x)); err == nil {
				conf[x.Name] = v
			}
		}
	}
	return conf
}

// sample is text for a field that must be set, taken from nowhere but its type.
func sample(x element.Field) string {
	for _, text := range []string{"a.mkv", "1", "1s", "rtsp://example/a", "64k"} {
		if _, err := x.Constraint.Parse(text); err == nil {
			return text
		}
	}
	return ""
}

// Combination is one way to link an element.
type Combination struct {
	In  []element.Input
	Out []element.Output
}

// Combinations lists, for each source port with each thing wanted of it and each thing that may come in at a sink of the
// same kind, a way to link the element, from peers and from other elements; and each sink alone.
func Combinations(s element.Spec) []Combination {
	var out []Combination
	for _, in := range s.In() {
		for _, format := range formats(in) {
			for _, outside := range []bool{true, false} {
				i := element.Input{Port: in.Name, Format: format, Outside: outside}
				out = append(out, Combination{In: []element.Input{i}})
				for _, o := range s.Out() {
					for _, want := range formats(o) {
						if want.Kind == format.Kind && !o.Keyed {
							out = append(out, Combination{In: []element.Input{i}, Out: []element.Output{{Port: o.Name, Want: []element.Format{want}}}})
						}
					}
				}
			}
		}
	}
	for _, o := range s.Out() {
		if len(s.In()) == 0 {
			out = append(out, Combination{Out: []element.Output{{Port: o.Name}}})
		}
	}
	return out
}

// formats lists what may flow through a port: each codec, raw media, and media not known before it flows.
func formats(p element.Port) []element.Format {
	var out []element.Format
	for _, k := range []media.Kind{media.Audio, media.Video} {
		if p.Anything() || !p.Carries(k) {
			continue
		}
		for _, c := range p.Codecs {
			out = append(out, element.Format{Kind: k, Codec: c})
		}
		out = append(out, element.Format{Kind: k})
		if raw, err := caps.Parse(element.RawCaps(k)); err == nil {
			if all, err := caps.Parse(p.Caps); err == nil && caps.Intersects(raw, all) {
				out = append(out, element.Format{Kind: k, Caps: element.RawCaps(k)})
			}
		}
	}
	return out
}

func (f *faults) build(reg *element.Registry, b element.Builder, conf element.Conf, c Combination) {
	one, err := build(b, conf, c)
	two, _ := build(b, conf, c)
	if err != nil {
		var known *fault.Fault
		if !errors.As(err, &known) {
			f.add("%s: a refusal must be a fault: %v", c, err)
		}
		return
	}
	if !reflect.DeepEqual(one, two) {
		f.add("%s: two pieces from the same inputs differ", c)
	}
	*f = append(*f, Sound(reg, one)...)
}

func build(b element.Builder, conf element.Conf, c Combination) (*element.Piece, error) {
	p := element.NewPiece("node", slices.Clone(c.In), slices.Clone(c.Out))
	return p, b.Build(p, conf)
}

// String names the combination in messages.
func (c Combination) String() string {
	text := ""
	for _, i := range c.In {
		text += i.Port + "=" + string(i.Format.Codec) + i.Format.Caps + " "
	}
	for _, o := range c.Out {
		text += "→ " + o.Port
		for _, w := range o.Want {
			text += "=" + string(w.Codec) + w.Caps
		}
	}
	return text
}
