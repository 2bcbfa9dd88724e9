package records

import (
	"time"

	"sluice/api/records/shelf"
)

// Together is the parameter "recordings" of the graph jobs/combine, which makes one film of several recordings: each begins when it was
// made, after the first of all, and they lie in a grid in a whole of a width and height in pixels. Names are paths of files.
func Together(list []shelf.Recording, width, height int) []any {
	var first time.Time
	for _, r := range list {
		if first.IsZero() || r.Started.Before(first) {
			first = r.Started
		}
	}
	columns := 1
	for columns*columns < len(list) {
		columns++
	}
	rows := (len(list) + columns - 1) / max(columns, 1)
	out := make([]any, len(list))
	for i, r := range list {
		w, h := width/columns&^1, height/rows&^1 // even, as 4:2:0 has half as many colours
		out[i] = map[string]any{
			"file": r.Name, "at": r.Started.Sub(first).Nanoseconds(), "x": i % columns * w, "y": i / columns * h, "width": w, "height": h,
		}
	}
	return out
}
