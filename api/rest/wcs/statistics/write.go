package statistics

import (
	"fmt"
	"strconv"
	"strings"
)

// text writes groups as the SDK reads them: a line that begins with "-" is a header, any other is split at "=". What is neither a number
// nor a text is left out.
func text(groups []Group) string {
	var out []string
	for _, g := range groups {
		out = append(out, "-----"+g.Title+"-----")
		for _, v := range g.Values {
			if of, ok := plain(v.Of); ok {
				out = append(out, v.Key+"="+of)
			}
		}
	}
	return strings.Join(out, "\n")
}

// plain is a value in one line.
func plain(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int:
		return strconv.Itoa(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

// object is groups for encoding/json.
func object(groups []Group) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, g := range groups {
		out[g.Name] = map[string]any{}
		for _, v := range g.Values {
			out[g.Name][v.Key] = v.Of
		}
	}
	return out
}

// exposition writes groups in Prometheus' text format 0.0.4: each is a gauge, whose label "param" is the key.
func exposition(groups []Group) string {
	var out strings.Builder
	for _, g := range groups {
		var lines []string
		for _, v := range g.Values {
			if _, isText := v.Of.(string); isText {
				continue
			}
			if of, ok := plain(v.Of); ok {
				lines = append(lines, fmt.Sprintf("%s{param=%q} %s\n", g.Name, v.Key, of))
			}
		}
		if len(lines) > 0 {
			fmt.Fprintf(&out, "# HELP %s %s of the server.\n# TYPE %s gauge\n%s", g.Name, g.Title, g.Name, strings.Join(lines, ""))
		}
	}
	return out.String()
}

// listed is a list of streams with a number each, "name/23;other/5". Names keep their slashes; what would end a name, a value or a line
// is written as in addresses.
func listed(names []string, numbers map[string]int) string {
	safe := strings.NewReplacer("%", "%25", "=", "%3D", ";", "%3B", "\n", "%0A", "\r", "%0D")
	var out []string
	for _, name := range names {
		out = append(out, safe.Replace(name)+"/"+strconv.Itoa(numbers[name]))
	}
	return strings.Join(out, ";")
}
