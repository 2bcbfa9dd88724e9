package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/value"
)

// write prints the graph.
func (s *skeleton) write(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "graph: v1\nabout: %s, through %s.\n\nroute:\n  - %s\n\nnodes:\n", about(s.trigger), s.through(), s.route())
	names := s.names()
	for i := range s.chain {
		s.node(&b, names[i], i)
	}
	first := names[0]
	if k := s.kind(); k != "" && len(s.chain[0].Kinds(element.Source)) > 1 {
		first += "." + string(k)
	}
	fmt.Fprintf(&b, "\nlinks:\n  - %s\n", strings.Join(append([]string{first}, names[1:]...), " -> "))
	_, err := io.WriteString(w, b.String())
	return err
}

// route is the event with every path, and what else such an event needs.
func (s *skeleton) route() string {
	const everyPath = "/{stream...}"
	switch {
	case !s.trigger.Path:
		return s.trigger.Event
	case s.trigger.Event == "hls.play": // all viewers of a stream are served by one instance
		return fmt.Sprintf("{event: %s, path: %q, share: $stream}", s.trigger.Event, everyPath)
	case s.takesAddress():
		scheme, _, _ := strings.Cut(s.chain[0].Name, ".")
		if scheme != "srt" {
			scheme = fmt.Sprintf("[%s, %ss]", scheme, scheme)
		}
		return fmt.Sprintf("{event: %s, path: %q, where: {scheme: %s}}", s.trigger.Event, everyPath, scheme)
	}
	return s.trigger.Event + " " + everyPath
}

// takesAddress tells whether the chain begins with what fetches the address that the event brings. Only names that are
// addresses bring one.
func (s *skeleton) takesAddress() bool {
	_, brings := s.trigger.Var("url")
	f, takes := s.chain[0].Field("url")
	return brings && takes && f.Required
}

func about(t element.Trigger) string {
	if t.About == "" {
		return "Started by " + t.Event
	}
	return strings.TrimSuffix(t.About, ".")
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
func (s *skeleton) node(b *strings.Builder, name string, i int) {
	e := s.chain[i]
	fmt.Fprintf(b, "  # %s\n", e.About)
	line := e.Name
	set := s.settings(i)
	for _, f := range e.Fields {
		if text, ok := set[f.Name]; ok {
			line += " " + f.Name + "=" + text
		}
	}
	fmt.Fprintf(b, "  %s: %s\n", name, line)
	for _, f := range e.Fields {
		if _, ok := set[f.Name]; ok || f.ReadOnly || e.Domain == element.Gst && !element.Own(e.Name) {
			continue
		}
		fmt.Fprintf(b, "  #   %s: %s. %s\n", f.Name, limits(f), f.About)
	}
}

// settings are those that a node must have, and those by which a converted track is found.
func (s *skeleton) settings(i int) map[string]string {
	e, out := s.chain[i], map[string]string{}
	for _, f := range e.Fields {
		if f.Required {
			out[f.Name] = s.example(f, i)
		}
	}
	if s.trigger.Event != "stream.convert" {
		return out
	}
	switch {
	case i == 0 && e.Name == "stream.in":
		out["kind"] = "$kind"
	case e.Name == "stream.out":
		out["track"] = "alternative"
	case e.Name == "convert":
		for _, v := range s.trigger.Vars {
			if field, ok := strings.CutPrefix(v.Name, "want."); ok {
				out[field] = "$" + v.Name
			}
		}
	}
	return out
}

// example is something that may stand for a required setting. None of them needs quotes.
func (s *skeleton) example(f element.Field, i int) string {
	e := s.chain[i]
	_, brought := s.trigger.Var(f.Name)
	switch {
	case f.Name == "name":
		return s.stream(i)
	case f.Name == "path" && e.Name == "hls.out":
		return "/" + strings.Replace(s.stream(0), "$stream", "$(stream)", 1)
	case brought && (f.Name != "url" || i == 0):
		return "$" + f.Name
	case f.Constraint.Type == value.URI:
		return address(e.Name)
	case f.Constraint.Type == value.File && i == 0:
		return "in.mkv"
	case f.Constraint.Type == value.File:
		return "out.mkv"
	}
	return sample(f.Constraint)
}

// sample is a value that fits.
func sample(c value.Constraint) string {
	switch {
	case len(c.Of) > 0:
		return c.Of[0]
	case c.Min != nil:
		return value.Text(c.Min)
	}
	for _, t := range value.Types() {
		if t.Type == c.Type && t.Type != value.String { // the type's own example has a blank
			return t.Example
		}
	}
	return "example"
}

// stream names the stream of a node: what the path says, or a fixed name. What goes back into the hub without being another
// track of what came out of it needs another name.
func (s *skeleton) stream(i int) string {
	again := s.chain[0].Name == "stream.in" && s.chain[i].Name == "stream.out" && s.trigger.Event != "stream.convert"
	switch {
	case s.trigger.Path && again:
		return "$(stream)-copy"
	case s.trigger.Path:
		return "$stream"
	case again:
		return "camera-copy"
	}
	return "camera"
}

// address is an example for an element that pulls or pushes.
func address(name string) string {
	door, _, _ := strings.Cut(name, ".")
	switch door {
	case "cdn":
		return "wss://edge.example:8443"
	case "wcs":
		return "wss://media.example:8443"
	case "srt":
		return "srt://media.example:9000"
	}
	return door + "://media.example/live/camera"
}
