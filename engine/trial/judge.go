package trial

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"sluice/engine/expect"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/run"
)

// judge compares what passed nodes with what the test expects of them.
type judge struct {
	*trial
	watch *watch
	files *scratch
	read  map[string]*written // by node: what it wrote, once it was looked into
}

// written is what a node wrote.
type written struct {
	tap   *tap
	bytes int64
	err   error
}

// subject is what one group of expectations is about.
type subject struct {
	name string // as the test writes it
	node string
	pads []*meter
	file *written // nil if the node writes none
}

func (j *judge) nodes(ctx context.Context) {
	j.read = map[string]*written{}
	for _, n := range j.want.Nodes {
		s, err := j.subject(ctx, n)
		for i := range n.Checks {
			c := &n.Checks[i]
			f := Finding{Pos: c.Pos, What: s.name + "." + c.Key, Want: c.Text}
			if err != nil {
				f.Saw = err.Error()
			} else {
				j.check(ctx, s, c, &f)
			}
			j.found(f)
		}
	}
	if c := j.want.Drift; c != nil {
		f := Finding{Pos: c.Pos, What: "drift", Want: c.Text}
		j.drift(ctx, c, &f)
		j.found(f)
	}
}

// subject finds the pads that are meant. Of a node that writes a file they are the tracks in it.
func (j *judge) subject(ctx context.Context, n expect.Node) (subject, error) {
	s := subject{name: n.Name, node: n.Name}
	t := j.watch.taps[n.Name]
	if len(j.files.files[n.Name]) > 0 {
		s.file = j.look(ctx, n.Name)
		if s.file.err != nil {
			return s, s.file.err
		}
		t = s.file.tap
	} else if t.err != nil {
		return s, t.err
	}
	s.pads = t.meters()
	if n.Pad == "" {
		return s, nil
	}
	s.name += "." + n.Pad
	all := padNames(s.pads)
	s.pads = slices.DeleteFunc(s.pads, func(m *meter) bool { return m.pad != n.Pad && string(m.kind) != n.Pad })
	if len(s.pads) == 0 && all != "" {
		return s, fmt.Errorf("nothing passed there, only on %s", all)
	}
	return s, nil
}

func padNames(pads []*meter) string {
	var out []string
	for _, m := range pads {
		out = append(out, m.pad)
	}
	return strings.Join(out, ", ")
}

// look reads what a node wrote, once. Several files are one after the other in time.
func (j *judge) look(ctx context.Context, node string) *written {
	if w := j.read[node]; w != nil {
		return w
	}
	w := &written{tap: newTap()}
	if t := j.watch.taps[node]; t != nil {
		w.tap.needs = t.needs
	}
	j.read[node] = w
	paths := j.files.written(node)
	if len(paths) == 0 {
		w.err = fault.New(fault.ResourceNotFound, "", "%q has written no file", node)
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			w.err = err
			return w
		}
		w.bytes += info.Size()
		base := w.tap.latest()
		err = j.opts.Lab.Demux(ctx, path, func(p run.Passed) {
			if p.PTS >= 0 {
				p.PTS += base
			}
			w.tap.see(p)
		})
		if err != nil && w.tap.err == nil {
			w.tap.err = unread(j.files.named(path), err)
		}
	}
	return w
}

// unread says that a file cannot be read. Which part of the reader found that out is of no interest.
func unread(name string, err error) error {
	var f *fault.Fault
	if errors.As(err, &f) {
		g := *f
		g.Place = ""
		err = &g
	}
	return fmt.Errorf("the file %q cannot be read: %w", name, err)
}

// check fills in what was seen and whether it is as expected.
func (j *judge) check(ctx context.Context, s subject, c *expect.Check, f *Finding) {
	if c.Key == "bytes" && s.file != nil && s.name == s.node {
		f.Saw, f.OK = amount(s.file.bytes), c.Span.Holds(float64(s.file.bytes))
		return
	}
	if s.file != nil && s.file.tap.err != nil {
		f.Saw = s.file.tap.err.Error()
		return
	}
	switch c.Key {
	case "golden":
		j.golden(s, c, f)
		return
	case "tracks":
		tracks(s, c, f)
		return
	case "caps":
		suits(s, c, f)
		return
	}
	m, err := s.pick(c)
	switch {
	case err != nil:
		f.Saw = err.Error()
	case slices.Contains([]string{"tone", "colour", "size"}, c.Key):
		j.sense(ctx, m, c, f)
	default:
		f.Saw, f.OK = m.quantity(c)
	}
}

// pick is the pad that an expectation is about, if no pad is named: the only one of the kind that it can be about. A meter
// of nothing stands for a node that nothing passed.
func (s subject) pick(c *expect.Check) (*meter, error) {
	pads := s.pads
	kind := media.Kind("")
	switch c.Key {
	case "tone":
		kind = media.Audio
	case "colour", "size", "fps":
		kind = media.Video
	case "frames", "keyframes":
		if len(pads) > 1 {
			kind = media.Video
		}
	}
	if kind != "" {
		pads = slices.DeleteFunc(slices.Clone(pads), func(m *meter) bool { return m.kind != kind })
	}
	counts := slices.Contains([]string{"frames", "keyframes", "bytes", "length"}, c.Key)
	switch {
	case len(pads) == 1:
		return pads[0], nil
	case len(pads) > 1 && (c.Key == "length" || c.Key == "bytes"):
		return together(pads), nil
	case len(pads) > 1:
		return nil, fmt.Errorf("several outputs: write %s.%s, or one of %s", s.node, pads[0].kind, padNames(pads))
	case counts:
		return newMeter("", &needs{}), nil
	case len(s.pads) > 0:
		return nil, fmt.Errorf("no %s passed", map[media.Kind]string{media.Audio: "sound", media.Video: "pictures"}[kind])
	}
	return nil, fmt.Errorf("nothing passed")
}

// together is as long as all tracks, and has the bytes of all.
func together(pads []*meter) *meter {
	out := newMeter("", &needs{})
	for _, m := range pads {
		out.bytes += m.bytes
		if !m.timed {
			continue
		}
		if !out.timed {
			out.timed, out.first = true, m.first
		}
		out.first, out.end = min(out.first, m.first), max(out.end, m.over())
	}
	return out
}

// latest is when the last of all tracks ends.
func (t *tap) latest() (end time.Duration) {
	for _, m := range t.meters() {
		end = max(end, m.over())
	}
	return end
}

// drift compares when sound and pictures end: in each file that was written or, if there is none with both, where media
// enters sinks and passes the nodes that the test speaks of.
func (j *judge) drift(ctx context.Context, c *expect.Check, f *Finding) {
	for _, node := range slices.Sorted(maps.Keys(j.files.files)) {
		w := j.look(ctx, node)
		if w.err != nil || w.tap.err != nil {
			continue // which its own expectations tell
		}
		if d, ok := apart(w.tap.meters()); ok {
			f.Saw, f.OK = span(d), c.Span.Has(d)
			if !f.OK {
				f.Saw += ` in the file of "` + node + `"`
				return
			}
		}
	}
	if f.Saw != "" {
		return
	}
	var all []*meter
	for _, t := range j.watch.taps {
		all = append(all, t.meters()...)
	}
	d, ok := apart(all)
	if !ok {
		f.Saw = "no sound and pictures to compare; name the nodes that give them, as in {venc: {}, aenc: {}}"
		return
	}
	f.Saw, f.OK = span(d), c.Span.Has(d)
}

// apart is how far the ends of sound and pictures are apart.
func apart(pads []*meter) (time.Duration, bool) {
	ends := map[media.Kind]time.Duration{}
	for _, m := range pads {
		if m.timed && (m.kind == media.Audio || m.kind == media.Video) {
			ends[m.kind] = max(ends[m.kind], m.over())
		}
	}
	return (ends[media.Audio] - ends[media.Video]).Abs(), len(ends) == 2
}
