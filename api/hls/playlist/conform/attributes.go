package conform

import (
	"strconv"
	"strings"
)

// attributes is an attribute list (4.2): values as they are written, quotes included.
type attributes map[string]string

// list reads an attribute list, and checks the form of what it knows.
func (c *checker) list(text string) attributes {
	all, known := attributes{}, c.forms()
	for rest := text; rest != ""; {
		name, value, ok := strings.Cut(rest, "=")
		ok = ok && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
		if quoted, is := strings.CutPrefix(value, `"`); is {
			end := strings.IndexByte(quoted, '"')
			ok = ok && end >= 0
			value, rest = value[:end+2], quoted[end+1:]
			ok = ok && (rest == "" || rest[0] == ',')
			rest = strings.TrimPrefix(rest, ",")
		} else {
			value, rest, _ = strings.Cut(value, ",")
			ok = ok && value != "" && !strings.ContainsAny(value, "\" \t")
		}
		if !ok {
			c.must(false, "4.2", "no attribute list: %.80q", text)
			return all
		}
		_, twice := all[name]
		c.must(!twice, "4.2", "attribute %s twice", name)
		f, ok := known[name]
		c.must(!ok || f.pattern.MatchString(value), "4.2", "%s=%s is no %s", name, value, f.name)
		all[name] = value
	}
	return all
}

// uri is the URI without its quotes; "" if there is none.
func (a attributes) uri() string {
	v := a["URI"]
	if len(v) < 2 || v[0] != '"' {
		return ""
	}
	return strings.Trim(v, `"`)
}

// float is a decimal-floating-point; 0 if it is none.
func (a attributes) float(name string) float64 {
	f, err := strconv.ParseFloat(a[name], 64)
	if err != nil {
		return 0
	}
	return f
}
