//go:build cgo && !nogst

package pipeline

import (
	"errors"
	"slices"

	"sluice/engine/fault"
	"sluice/engine/media/still"
	"sluice/engine/plan"
)

// location is what elements call the file they read.
const location = "location"

// pictures looks at the files with still pictures that a change brings, before anything changes: what reads them tells of a bad one
// when all depends on it, or not at all. Only parts are looked at; what a graph's author does with files is not known here.
func pictures(d plan.Diff) error {
	for _, e := range d.Come {
		if err := picture(&e, textOf(e.Props, location)); err != nil {
			return err
		}
	}
	for _, k := range d.Made {
		from := slices.IndexFunc(d.Come, func(e plan.Element) bool { return e.Name == k.From.Of && e.Factory == "filesrc" })
		to := slices.IndexFunc(d.Come, func(e plan.Element) bool { return e.Name == k.To.Of && decodesStill(e.Factory) })
		if from >= 0 && to >= 0 && d.Come[to].Role == plan.RolePart {
			if err := blamed(still.Check(textOf(d.Come[from].Props, location)), d.Come[to].Node); err != nil {
				return err
			}
		}
	}
	return nil
}

func decodesStill(factory string) bool { return factory == "pngdec" || factory == "gdkpixbufdec" }

// picture looks at the file that an element lays over pictures, if it is one that does so.
func picture(e *plan.Element, file string) error {
	if e.Factory != "gdkpixbufoverlay" || e.Role != plan.RolePart || file == "" {
		return nil
	}
	return blamed(still.Check(file), e.Node)
}

// blamed tells of what node an error is.
func blamed(err error, node string) error {
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		of := *f
		of.Place = node
		return &of
	}
	return err
}
