package trial

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/plan"
)

// scratch is the folder that a test's graph writes to. Relative paths that sinks write to lie below it, so that tests leave
// nothing behind and do not meet; paths that are read, and absolute ones, stay as they are.
type scratch struct {
	reg    *element.Registry
	folder string
	files  map[string][]string // by node: what it writes
}

// writes lists the properties of GStreamer's sinks that name files to write.
func writes() []string { return []string{"location", "playlist-location"} }

// move gives the plan with other paths. Of what it changes it makes copies, as plans are immutable.
func (s *scratch) move(p *plan.Plan) (*plan.Plan, error) {
	out := *p
	out.Pipelines = slices.Clone(p.Pipelines)
	s.files = map[string][]string{}
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
	if !s.isSink(e.Factory) {
		return nil
	}
	e.Props = slices.Clone(e.Props)
	for i := range e.Props {
		p := &e.Props[i]
		if !slices.Contains(writes(), p.Name) || p.Secret || p.Text == "" || strings.Contains(p.Text, "://") {
			continue
		}
		if !filepath.IsAbs(p.Text) {
			if !filepath.IsLocal(p.Text) {
				return fault.New(fault.InvalidParams, e.Node, "it writes to %q, outside the folder of the test", p.Text).
					Advise("give the test a path without \"..\"")
			}
			p.Text = filepath.Join(s.folder, p.Text)
			if err := os.MkdirAll(filepath.Dir(p.Text), 0o700); err != nil {
				return fault.New(fault.Internal, e.Node, "the folder of the test cannot be made").Because(err)
			}
		}
		if p.Name == writes()[0] {
			s.files[e.Node] = append(s.files[e.Node], p.Text)
		}
	}
	return nil
}

// isSink tells whether a factory only takes media.
func (s *scratch) isSink(factory string) bool {
	e, ok := s.reg.Spec(factory)
	return ok && len(e.In()) > 0 && len(e.Out()) == 0
}

// written lists the files that a node has written, in order. A path such as seg%05d.ts stands for many.
func (s *scratch) written(node string) []string {
	var out []string
	for _, path := range s.files[node] {
		if _, err := os.Stat(path); err == nil {
			out = append(out, path)
			continue
		}
		list, err := filepath.Glob(pattern(path))
		if err != nil {
			continue
		}
		slices.SortFunc(list, byNumber)
		out = append(out, list...)
	}
	return out
}

// pattern is what matches all files that a path with a number in it stands for.
func pattern(path string) string {
	var b strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] != '%' {
			if strings.IndexByte(`*?[\`, path[i]) >= 0 {
				b.WriteByte('\\')
			}
			b.WriteByte(path[i])
			continue
		}
		for i++; i < len(path) && path[i] >= '0' && path[i] <= '9'; i++ {
			continue
		}
		b.WriteByte('*')
	}
	return b.String()
}

// byNumber orders seg9.ts before seg10.ts.
func byNumber(a, b string) int {
	if d := len(a) - len(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
