package config

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"sluice/engine/spec"
	"sluice/engine/value"
)

// YAML prints the configuration as it is in effect, as a file that could be used again but for the secrets, which are stars. Each
// key says where its value is from. The error is that of w.
func (l *Loaded) YAML(w io.Writer) error {
	var b strings.Builder
	var open []string // the sections that the last key was in
	for _, s := range l.Settings {
		path := strings.Split(s.Key.Name, ".")
		sections, name := path[:len(path)-1], path[len(path)-1]
		for i, section := range sections {
			if i < len(open) && open[i] == section {
				continue
			}
			open = open[:min(i, len(open))]
			fmt.Fprintf(&b, "%s%s:\n", indent(i), section)
			open = append(slices.Clone(open), section)
		}
		open = open[:len(sections)]
		line := indent(len(sections)) + name + ": " + written(s.Value)
		if s.Value == nil || s.Value == "" {
			line = indent(len(sections)) + "# " + name + ":"
		}
		fmt.Fprintf(&b, "%s  # %s\n", line, s.Origin)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func indent(depth int) string { return strings.Repeat("  ", depth) }

// written is a value as YAML and JSON have it.
func written(v any) string {
	switch v := v.(type) {
	case []any, map[string]any:
	case bool, int64, float64:
		return value.Text(v)
	case string, value.Hidden:
	default:
		return value.Text(v) // durations and amounts need no quotes
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(covered(value.JSON(v))); err != nil {
		return value.Text(v) // what JSON has no word for
	}
	return strings.TrimSpace(b.String())
}

// covered is what JSON has of a value, with stars for what addresses in it may have that is secret: a login (RFC 3986 3.2.1), and what is
// behind the question mark, where many have a token.
func covered(v any) any {
	switch v := v.(type) {
	case string:
		return cover(v)
	case []any:
		for i := range v {
			v[i] = covered(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = covered(v[name])
		}
	}
	return v
}

var (
	login = regexp.MustCompile(`(://)[^/?#\s]*@`)
	query = regexp.MustCompile(`(://[^?#\s]*\?)[^#\s]+`)
)

// cover is covered for a text.
func cover(text string) string {
	return query.ReplaceAllString(login.ReplaceAllString(text, "${1}***@"), "${1}***")
}

// shown is a setting in JSON.
type shown struct {
	Value  any    `json:"value"`
	Origin string `json:"origin"`
	Env    string `json:"env"`
	Live   bool   `json:"live"`
}

// JSON prints the configuration as it is in effect, by key, with stars for secrets. The error is that of w.
func (l *Loaded) JSON(w io.Writer) error {
	keys := map[string]shown{}
	for _, s := range l.Settings {
		keys[s.Key.Name] = shown{covered(value.JSON(s.Value)), s.Origin, s.Key.Env(), s.Key.Live}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(struct {
		File string           `json:"file,omitempty"`
		Keys map[string]shown `json:"keys"`
	}{l.File, keys})
}

// Line is a diagnostic on one line: "sluice.yaml:3:5: error[unknown_key]: message (hint)". What has no line in a file, such as an
// environment variable, has only a name.
func Line(d spec.Diagnostic) string {
	where := d.Pos.String()
	if d.Pos.Line == 0 {
		where = d.Pos.File
	}
	text := fmt.Sprintf("%s: %s[%s]: %s", where, d.Severity, d.Code, d.Msg)
	if d.Hint != "" {
		text += " (" + d.Hint + ")"
	}
	return text
}
