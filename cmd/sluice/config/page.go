package config

import (
	"fmt"
	"strings"

	"sluice/engine/value"
)

// Page is the reference of all keys, in Markdown.
func Page() string {
	var b strings.Builder
	b.WriteString("# The configuration\n\n" + strings.ReplaceAll(intro, "'", "`") + "\n")
	for _, s := range Sections() {
		var keys []Key
		for _, k := range Keys() {
			if cut := strings.LastIndex(k.Name, "."); k.Name[:max(cut, 0)] == s.Name {
				keys = append(keys, k)
			}
		}
		title := "`" + s.Name + "`"
		if s.Name == "" {
			title = "At the top"
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", title, s.About)
		b.WriteString("| key | takes | default | |\n| --- | --- | --- | --- |\n")
		for _, k := range keys {
			b.WriteString(k.row())
		}
		for _, k := range keys {
			b.WriteString(k.table())
		}
	}
	return b.String()
}

// intro has ' for the quotes of Markdown.
const intro = `The server reads one YAML file: the one that '--config' names, or 'SLUICE_CONFIG', or the first that is there of
'./sluice.yaml' and '/etc/sluice/sluice.yaml'. It needs none. 'SLUICE_CONFIG_TEXT' can hold the whole file instead.

Every key can be overridden by an environment variable: 'SLUICE_' and the key in capitals with '_' for the dots, so
'web.tls_listen' is 'SLUICE_WEB_TLS_LISTEN'. Items of lists are divided by commas; lists of records are written as in the file,
or as JSON. Of keys that hold secrets there is also a variable that ends in '_FILE' and names a file with the value. An empty
variable counts as not set, but for texts and lists, which it makes empty.

What is wrong is told all at once, with line and column, by 'sluice serve --check'. 'sluice config show' prints what is in
effect and where each value is from, 'sluice config schema' a JSON Schema for editors. Names of files in the file are relative
to its folder, elsewhere to the folder in which the server was started.

A key marked *live* is taken over by a reload (SIGHUP, 'systemctl reload'); the others need a restart, and a reload says so.`

// row is a key's line in its section's table.
func (k Key) row() string {
	name := k.Name[strings.LastIndex(k.Name, ".")+1:]
	about := k.About
	if k.Example != "" {
		about += " For example `" + k.Example + "`."
	}
	if k.Live {
		about += " *live*"
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |\n", name, cell(k.takes()), cell(k.fallback()), cell(about))
}

// table is the keys of a record.
func (k Key) table() string {
	if k.Fields == nil {
		return ""
	}
	var b strings.Builder
	each := "`" + k.Name + "`"
	if k.Many {
		each = "Each of " + each
	}
	fmt.Fprintf(&b, "\n%s has:\n\n| key | takes | |\n| --- | --- | --- |\n", each)
	for _, f := range k.Fields {
		about := f.About
		if f.Example != "" {
			about += " For example `" + f.Example + "`."
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", f.Name, cell(f.takes()), cell(about))
	}
	return b.String()
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// takes says what a key takes.
func (k Key) takes() string {
	switch {
	case k.Many:
		return "list of records"
	case k.Fields != nil:
		return "record"
	case k.Type.Type == value.List:
		return "list of " + string(k.Type.Item.Type)
	case k.Type.Type == value.Enum:
		return "`" + strings.Join(k.Type.Of, "`, `") + "`"
	}
	text := string(k.Type.Type)
	if k.Type.Min != nil && k.Type.Max != nil {
		text += fmt.Sprintf(", %s to %s", value.Text(k.Type.Min), value.Text(k.Type.Max))
	}
	return text
}

// fallback says what holds if nobody says anything.
func (k Key) fallback() string {
	text := k.Unset
	switch d := k.Default.(type) {
	case nil:
	case []any:
		if len(d) > 0 {
			text = "`" + value.Text(d) + "`"
		}
	default:
		if d != "" {
			text = "`" + value.Text(d) + "`"
		}
	}
	if k.Dev != nil {
		text += ", with `--dev` `" + value.Text(k.Dev) + "`"
	}
	return text
}
