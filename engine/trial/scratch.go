package trial

import (
	"os"
	"path/filepath"
	"slices"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run/files"
	"sluice/engine/value"
)

// scratch is the folder that a test's graph writes to. Relative paths that elements write to lie below it, so that tests leave
// nothing behind and do not meet; paths that are read, and absolute ones, stay as they are.
type scratch struct {
	reg    *element.Registry
	folder string
	files  map[string][]files.File // by node: the media that it writes
}

// move gives the plan with other paths. Of what it changes it makes copies, as plans are immutable.
func (s *scratch) move(p *plan.Plan) (*plan.Plan, error) {
	out := *p
	out.Pipelines = slices.Clone(p.Pipelines)
	s.files = map[string][]files.File{}
	for i := range out.Pipelines {
		l := &out.Pipelines[i]
		l.Elements = slices.Clone(l.Elements)
		for j := range l.Elements {
			if err := s.element(&l.Elements[j]); err != nil {
				return nil, err
			}
		}
	}
	return &out, nil
}

func (s *scratch) element(e *plan.Element) error {
	e.Props = slices.Clone(e.Props)
	for _, f := range files.OfElement(e, s.reg.Spec) {
		if !f.Written {
			continue
		}
		if !filepath.IsAbs(f.Path) {
			if !filepath.IsLocal(f.Path) {
				return fault.New(fault.InvalidParams, e.Node, "it writes to %q, outside the folder of the test", f.Name()).
					Advise("give the test a path without \"..\"")
			}
			f.Path = filepath.Join(s.folder, f.Path)
			if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
				return fault.New(fault.Internal, e.Node, "the folder of the test cannot be made").Because(err)
			}
			if err := point(e, f); err != nil {
				return err
			}
		}
		if f.Media {
			s.files[e.Node] = append(s.files[e.Node], f)
		}
	}
	return nil
}

// point sets the setting that names a file.
func point(e *plan.Element, f files.File) error {
	switch {
	case f.Index < 0:
		e.Props = append(e.Props, plan.Setting{Name: f.Setting, Type: value.String, Text: f.Path})
	case f.Secret:
		return plan.Unveil(e.Props[f.Index:f.Index+1], []string{f.Path})
	default:
		e.Props[f.Index].Text = f.Path
	}
	return nil
}

// written lists the files that a node has written, in order. A path such as seg%05d.ts stands for many.
func (s *scratch) written(node string) []string {
	var out []string
	for _, f := range s.files[node] {
		out = append(out, f.There()...)
	}
	return out
}

// named is a path as the graph names it.
func (s *scratch) named(path string) string {
	if name, err := filepath.Rel(s.folder, path); err == nil && filepath.IsLocal(name) {
		return name
	}
	return path
}
