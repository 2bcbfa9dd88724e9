package caps

import (
	"strconv"
	"strings"
)

// typeName turns a type as written into the name this package prints. Types that only plugins know, such as
// GstVideoMultiviewFlagsSet, are believed; ok is false for what cannot be a type's name.
func typeName(written string) (name string, ok bool) {
	switch written {
	case "int", "i", "gint":
		return "int", true
	case "uint", "u", "guint":
		return "uint", true
	case "float", "f", "gfloat":
		return "float", true
	case "double", "d", "gdouble":
		return "double", true
	case "boolean", "bool", "b", "gboolean":
		return "boolean", true
	case "string", "str", "s", "gchararray":
		return "string", true
	case "fraction", "GstFraction":
		return "fraction", true
	case "bitmask", "GstBitmask":
		return "bitmask", true
	case "flagset", "GstFlagSet":
		return "flagset", true
	case "structure", "GstStructure":
		return "structure", true
	case "buffer", "date", "datetime", "gdatetime", "sample", "taglist", "type", "gint64", "guint64":
		return written, true
	}
	return written, written[0] >= 'A' && written[0] <= 'Z'
}

// scalar makes a single value of the type out of the text, or says in words what is wrong. raw is the text as it was
// written, without quotes; s the same with backslashes resolved, for strings.
func scalar(typ, raw, s string) (v value, problem string) {
	var ok bool
	switch typ {
	case "":
		return guess(raw, s)
	case "int", "uint", "gint64":
		return parseInteger(typ, raw)
	case "float", "double":
		v, ok = parseDecimal(typ, raw)
	case "boolean":
		v, ok = parseBoolean(raw)
	case "fraction":
		v, ok = parseFraction(raw)
	case "bitmask":
		v, ok = parseBitmask(raw)
	case "string":
		v, ok = text(s), strings.IndexByte(s, 0) < 0
	case "flagset":
		v, ok = parseFlagset(typ, raw)
	case "GstCaps", "structure":
		return parseNested(typ, s)
	default:
		if v, ok = parseFlagset(typ, raw); ok && strings.HasPrefix(typ, "Gst") {
			return v, ""
		}
		v, ok = opaque{typ, s}, strings.IndexByte(s, 0) < 0
	}
	if !ok {
		return nil, strconv.Quote(raw) + " is not a " + typ
	}
	return v, ""
}

// guess tries the types in GStreamer's order.
func guess(raw, s string) (value, string) {
	if _, _, whole := parseDigits(raw); whole {
		return parseInteger("int", raw)
	}
	if n, ok := intWord(raw); ok {
		return integer{"int", n}, ""
	}
	if v, ok := parseDecimal("double", raw); ok {
		return v, ""
	}
	if strings.IndexByte(raw, '/') > 0 {
		if v, ok := parseFraction(raw); ok {
			return v, ""
		}
	}
	if v, ok := parseFlagset("flagset", raw); ok {
		return v, ""
	}
	if v, ok := parseBoolean(raw); ok && !isDigit(raw[0]) {
		return v, ""
	}
	return scalar("string", raw, s)
}

func parseBoolean(s string) (value, bool) {
	switch strings.ToLower(s) {
	case "true", "t", "yes", "1":
		return boolean(true), true
	case "false", "f", "no", "0":
		return boolean(false), true
	}
	return nil, false
}

// parseNested reads caps or a structure without square brackets, as in caps=(GstCaps)video/x-raw. Inside quotes it
// may be a whole one.
func parseNested(typ, s string) (value, string) {
	c, err := Parse(s)
	if err != nil {
		return nil, err.Error()
	}
	if typ == "GstCaps" {
		return nestedCaps{c}, ""
	}
	if len(c.list) != 1 || c.list[0].features.any || len(c.list[0].features.names) > 0 {
		return nil, "a structure is one name with fields, without features"
	}
	return nestedStructure{c.list[0]}, ""
}
