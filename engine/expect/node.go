package expect

import (
	"errors"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"sluice/engine/caps"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// NodeKeys are the words for what can be expected of a node.
func NodeKeys() []string {
	return []string{"caps", "tracks", "frames", "keyframes", "length", "bytes", "rate", "fps", "size", "tone", "colour", "golden"}
}

// node reads what is expected of a node. What is not one of the language's words is the name of one.
func (r *reader) node(e spec.Entry) {
	n := Node{Pos: e.Key.Pos}
	n.Name, n.Pad, _ = strings.Cut(e.Key.Text, ".")
	if !r.knows(spec.Text{Text: n.Name, Pos: e.Key.Pos}) {
		return
	}
	for _, k := range r.keys(e, NodeKeys()) {
		if c, ok := r.check(k); ok {
			n.Checks = append(n.Checks, c)
		}
	}
	r.out.Nodes = append(r.out.Nodes, n)
}

func (r *reader) check(e spec.Entry) (Check, bool) {
	switch e.Key.Text {
	case "frames", "keyframes":
		return r.span(e, value.Int)
	case "length":
		c, ok := r.span(e, value.Duration)
		c.Span = c.Span.about(float64(time.Millisecond)) // containers count in milliseconds
		return c, ok
	case "bytes":
		return r.span(e, value.Bytes)
	case "rate":
		return r.span(e, value.Bitrate)
	case "fps":
		c, ok := r.span(e, value.Fraction)
		c.Span = c.Span.about(c.Span.Low / 100) // it is measured
		return c, ok
	}
	c := Check{Pos: e.Key.Pos, Key: e.Key.Text, Text: shown(e.Value)}
	read := map[string]func(*Check, spec.Value) bool{
		"caps": r.caps, "tracks": r.tracks, "size": r.size, "tone": r.tone, "colour": r.colours, "golden": r.golden,
	}[e.Key.Text]
	return c, read(&c, e.Value)
}

func (r *reader) caps(c *Check, v spec.Value) bool {
	if v.Kind >= spec.List || v.Text == "" {
		r.tell(v.Pos, CodeCaps, `"caps" is a text`).Advise(`as in "video/x-raw,width=640"`)
		return false
	}
	var err error
	if c.Caps, err = caps.Parse(v.Text); err == nil {
		return true
	}
	pos := v.Pos
	if syntax := (*caps.SyntaxError)(nil); errors.As(err, &syntax) && !strings.Contains(v.Text, "\n") && syntax.Offset <= len(v.Text) {
		pos.Col += utf8.RuneCountInString(v.Text[:syntax.Offset])
	}
	msg, hint := err.Error(), ""
	if f := (*fault.Fault)(nil); errors.As(err, &f) {
		msg, hint = f.Msg, f.Hint
	}
	r.tell(pos, CodeCaps, `"caps": %s`, msg).Hint = hint
	return false
}

// tracks reads a list of codecs, or one.
func (r *reader) tracks(c *Check, v spec.Value) bool {
	words, ok := texts(v)
	if !ok {
		r.tell(v.Pos, CodeBad, `"tracks" is a list of codecs; this is %q`, short(shown(v))).Advise("as in [h264, aac]")
		return false
	}
	for _, w := range words {
		codec, err := media.ParseCodec(w.Text)
		if err != nil {
			r.unlike(w, `a track of "tracks"`, codecNames())
			return false
		}
		c.Tracks = append(c.Tracks, codec)
	}
	return true
}

func (r *reader) size(c *Check, v spec.Value) bool {
	got, err := value.Constraint{Type: value.Size}.Parse(v.Text)
	if err != nil || v.Kind >= spec.List {
		r.tell(v.Pos, CodeBad, `"size" is a width and a height; this is %q`, short(shown(v))).Advise("as in 640x360")
		return false
	}
	c.Size, _ = got.(value.Dimensions)
	return true
}

// golden reads a path, which must not leave the folder of the graph's file: an update writes there.
func (r *reader) golden(c *Check, v spec.Value) bool {
	if v.Kind >= spec.List || v.Text == "" || strings.ContainsRune(v.Text, 0) {
		r.tell(v.Pos, CodeBad, `"golden" is the path of a file; this is %q`, short(shown(v))).Advise("as in golden/bars.txt")
		return false
	}
	if !filepath.IsLocal(filepath.FromSlash(v.Text)) {
		r.tell(v.Pos, CodeOutside, "%q leaves the graph's folder", short(v.Text)).Advise("name a file beside the graph or below it")
		return false
	}
	c.Golden = v.Text
	return true
}

// texts gives the items of a list of single values, or the one value there is.
func texts(v spec.Value) ([]spec.Value, bool) {
	items := v.Items
	if v.Kind != spec.List {
		items = []spec.Value{v}
	}
	for _, i := range items {
		if i.Kind >= spec.List || i.Kind == spec.Null {
			return nil, false
		}
	}
	return items, len(items) > 0
}

func codecNames() []string {
	var out []string
	for _, i := range media.Codecs() {
		out = append(out, string(i.Codec))
	}
	return out
}
