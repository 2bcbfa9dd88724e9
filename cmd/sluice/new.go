package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/spec"
	"sluice/engine/value"
)

func (a *app) newCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "new EVENT/ELEMENT/…",
		Short: "Write the skeleton of a graph, with every setting explained",
		Long: `new prints a graph that lints: the event that starts it, the nodes in a chain, and their settings as comments.
What the event implies need not be written: a publisher's session is put in front, a stream behind.`,
		Example: `  sluice new rtmp.publish/convert/stream.out > graphs/live/mine.yaml
  sluice new ws.play
  sluice new rest.start/file.in/convert/file.out`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, list []string) error {
			reg, err := a.elements()
			if err != nil {
				return err
			}
			s, err := newSkeleton(reg, strings.Split(list[0], "/"))
			if err != nil {
				return err
			}
			return s.write(a.out)
		},
	}
}

// skeleton is a graph to be: an event and a chain of elements.
type skeleton struct {
	trigger element.Trigger
	chain   []*element.Spec
}

func newSkeleton(reg *element.Registry, words []string) (*skeleton, error) {
	t, ok := reg.Trigger(words[0])
	if !ok {
		var events []string
		for _, t := range reg.Triggers() {
			events = append(events, t.Event)
		}
		f := fault.New(fault.ResourceNotFound, "new", "there is no event %q", words[0])
		if near, ok := spec.Nearest(words[0], events); ok {
			return nil, f.Advise("did you mean %q?", near)
		}
		return nil, f.Advise("the events are %s", strings.Join(events, ", "))
	}
	s := &skeleton{trigger: t}
	for _, w := range words[1:] {
		e, ok := reg.Spec(w)
		if !ok {
			return nil, noElement(reg, w)
		}
		s.chain = append(s.chain, e)
	}
	s.complete(reg)
	return s, nil
}

// complete puts a source in front and a sink behind where the chain has none: a player's source and a publisher's
// sink is a stream, the other side is the session's own.
func (s *skeleton) complete(reg *element.Registry) {
	playing := strings.HasSuffix(s.trigger.Event, ".play") || strings.HasPrefix(s.trigger.Event, "stream.")
	stream := func(name string) *element.Spec { e, _ := reg.Spec(name); return e }
	if len(s.chain) == 0 || len(s.chain[0].In()) > 0 {
		src := s.session(reg, element.Source)
		if playing || src == nil {
			src = stream("stream.in")
		}
		s.chain = slices.Insert(s.chain, 0, src)
	}
	if last := s.chain[len(s.chain)-1]; len(last.Out()) > 0 {
		sink := s.session(reg, element.Sink)
		if !playing || sink == nil {
			sink = stream("stream.out")
		}
		s.chain = append(s.chain, sink)
	}
}

// session finds the element that speaks for the event's session in one direction: one of the same door, if it can.
func (s *skeleton) session(reg *element.Registry, d element.Dir) *element.Spec {
	door, _, _ := strings.Cut(s.trigger.Event, ".")
	if slices.Contains(s.trigger.Sessions, "browser") {
		door = "webrtc" // whatever door a browser came through, its media is WebRTC
	}
	var best *element.Spec
	for _, name := range reg.OwnNames() {
		e, _ := reg.Spec(name)
		fits := slices.ContainsFunc(e.Sessions, func(x string) bool { return slices.Contains(s.trigger.Sessions, x) })
		if !fits || d == element.Source && len(e.In()) > 0 || d == element.Sink && len(e.Out()) > 0 {
			continue
		}
		if best == nil || strings.HasPrefix(name, door+".") {
			best = e
		}
	}
	return best
}

func (s *skeleton) write(w io.Writer) error {
	var b strings.Builder
	capture := ""
	fmt.Fprintf(&b, "graph: v1\nabout: %s, through %s.\n\n", firstWord(s.trigger.About, s.trigger.Event), s.through())
	if s.trigger.Path {
		capture = "stream"
		fmt.Fprintf(&b, "route:\n  - %s /{stream...}\n", s.trigger.Event)
	} else {
		fmt.Fprintf(&b, "route:\n  - %s\n", s.trigger.Event)
	}
	b.WriteString("\nnodes:\n")
	names := s.names()
	for i, e := range s.chain {
		s.node(&b, names[i], e, capture)
	}
	fmt.Fprintf(&b, "\nlinks:\n  - %s\n", strings.Join(names, " -> "))
	_, err := io.WriteString(w, b.String())
	return err
}

func firstWord(about, event string) string {
	if about == "" {
		return "Started by " + event
	}
	return strings.TrimSuffix(about, ".")
}

func (s *skeleton) through() string {
	var words []string
	for _, e := range s.chain {
		words = append(words, e.Name)
	}
	return strings.Join(words, ", ")
}

// names calls the first node in and the last out; those between are called after their element.
func (s *skeleton) names() []string {
	var out []string
	for i, e := range s.chain {
		name := strings.NewReplacer(".", "_", "-", "_").Replace(e.Name)
		switch i {
		case 0:
			name = "in"
		case len(s.chain) - 1:
			name = "out"
		}
		for n := 2; slices.Contains(out, name); n++ {
			name = fmt.Sprintf("%s%d", strings.TrimRight(name, "0123456789"), n)
		}
		out = append(out, name)
	}
	return out
}

// node writes one node: what must be set is set, the rest stands below as comments.
func (s *skeleton) node(b *strings.Builder, name string, e *element.Spec, capture string) {
	fmt.Fprintf(b, "  # %s\n", e.About)
	line := e.Name
	for _, f := range e.Fields {
		if f.Required {
			line += " " + f.Name + "=" + s.example(f, capture)
		}
	}
	fmt.Fprintf(b, "  %s: %s\n", name, line)
	for _, f := range e.Fields {
		if f.Required || f.ReadOnly || e.Domain == element.Gst && !element.Own(e.Name) {
			continue
		}
		fmt.Fprintf(b, "  #   %s: %s. %s\n", f.Name, limits(f), f.About)
	}
}

// example is something that may stand for a required setting.
func (s *skeleton) example(f element.Field, capture string) string {
	if f.Name == "name" && capture != "" {
		return "$" + capture
	}
	if _, ok := s.trigger.Var(f.Name); ok {
		return "$" + f.Name
	}
	if len(f.Constraint.Of) > 0 {
		return f.Constraint.Of[0]
	}
	if f.Constraint.Min != nil {
		return value.Text(f.Constraint.Min)
	}
	for _, t := range value.Types() {
		if t.Type == f.Constraint.Type {
			return t.Example
		}
	}
	return "x"
}
