package metrics

import (
	"fmt"
	"strings"
)

// Table is the list of Families as a table in Markdown, for the documentation.
func Table() string {
	var b strings.Builder
	b.WriteString("| metric | kind | labels | what it is |\n| --- | --- | --- | --- |\n")
	for _, f := range Families() {
		names := make([]string, len(f.Labels))
		for i, l := range f.Labels {
			names[i] = "`" + l + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Name, f.Kind, strings.Join(names, " "), f.Help)
	}
	return b.String()
}
