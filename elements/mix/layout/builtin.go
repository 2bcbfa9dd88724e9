package layout

import (
	"maps"
	"slices"
)

// Names lists the built-in layouts, sorted.
func Names() []string { return slices.Sorted(maps.Keys(builtin())) }

// Text is the description of a built-in layout; "" if there is none of that name.
func Text(name string) string { return builtin()[name] }

// builtin are the layouts that have a name.
func builtin() map[string]string {
	return map[string]string{
		"grid": `regions:
  - {arrange: grid}
`,
		"speaker": `cases:
  - if: guests <= 1
    regions:
      - {}
  - regions:
      - {width: 75%, take: speaker}
      - {x: 75%, width: 25%, arrange: column, cells: 4}
`,
		"pip": `regions:
  - {take: speaker}
  - {y: 73%, width: 98%, height: 25%, layer: 2, arrange: row, from: end, cells: 4, gap: 1%}
`,
		"presentation": `cases:
  - if: guests <= 1
    regions:
      - {}
  - regions:
      - {width: 80%, take: ["*screen*", "*desktop*", speaker]}
      - {x: 80%, width: 20%, arrange: column, cells: 5}
`,
	}
}
