package catalog

import (
	"encoding/json"
	"path"
	"strconv"

	"sluice/engine/value"
)

// Tidy makes a record from GStreamer the same on every machine and short: the plugin's file without folders, no
// limits that a type has by itself, numbers in their shortest form, units put in.
func (u Units) Tidy(r *Record) {
	if r.Plugin.File != "" {
		r.Plugin.File = path.Base(r.Plugin.File)
	}
	types := map[string]string{}
	for _, c := range r.Classes {
		for i := range c.Properties {
			u.tidyProperty(&c.Properties[i])
			types[c.Properties[i].Name] = c.Properties[i].Type
		}
	}
	for name, v := range r.Defaults {
		r.Defaults[name] = shortest(types[name], v)
	}
	for _, p := range r.Pads {
		for _, c := range p.Classes {
			for i := range c.Properties {
				u.tidyProperty(&c.Properties[i])
			}
		}
	}
}

func (u Units) tidyProperty(p *PropertyRecord) {
	if len(p.Enum) == 0 {
		p.Enum = nil
	}
	if len(p.Flags) == 0 {
		p.Flags = nil
	}
	t := p.valueType()
	low, high := natural(p.Type)
	p.Min, p.Max = unlessNatural(p, p.Min, low), unlessNatural(p, p.Max, high)
	p.Default = shortest(p.Type, p.Default)
	if t == value.Int || t == value.Float {
		p.Unit = u.Of(p.About)
	}
}

// unlessNatural drops a limit that the type has by itself, and those no value can reach.
func unlessNatural(p *PropertyRecord, text json.RawMessage, limit any) json.RawMessage {
	v, err := decode(p.valueType(), text)
	if err != nil || v == nil || v == limit {
		return nil
	}
	switch string(text) {
	case "-9223372036854775808", "9223372036854775807", "-3.4028234663852886e+38", "3.4028234663852886e+38",
		"-1.7976931348623157e+308", "1.7976931348623157e+308":
		return nil
	}
	return shortest(p.Type, text)
}

// shortest rewrites a number with a point in as few digits as tell it apart from its neighbours.
func shortest(typ string, text json.RawMessage) json.RawMessage {
	size := 64
	switch typ {
	case "gfloat":
		size = 32
	case "gdouble":
	default:
		return text
	}
	f, err := strconv.ParseFloat(string(text), size)
	if err != nil {
		return text
	}
	return json.RawMessage(strconv.FormatFloat(f, 'g', -1, size))
}
