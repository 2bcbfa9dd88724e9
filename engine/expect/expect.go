// Package expect reads what the tests of a graph expect: the values under `expect:`, with everything that is wrong in them,
// each finding with its place. Lint reports the findings; package trial compares the rest with what was seen. It knows the
// words of the language and not whether nodes and events exist, which it asks or leaves to its caller.
package expect

import (
	"slices"
	"strings"

	"sluice/engine/caps"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// The codes of what is reported.
const (
	CodeBad     = "bad_expectation"     // a value that cannot be
	CodeUnknown = "unknown_expectation" // a word that is none of the language
	CodeOutside = "golden_outside"      // a golden file outside the graph's folder
	CodeCaps    = "bad_caps"
	CodeGiven   = "bad_given" // codecs that a test gives to a node
)

// The ways in which a graph ends.
const (
	EOS     = "eos"     // every sink has had its end of stream
	Failed  = "error"   // something failed
	Timeout = "timeout" // the limit of the test came first
)

// Tell takes one finding. Its result is for Advise, to be called at once.
type Tell func(pos spec.Pos, code, format string, args ...any) *spec.Diagnostic

// Knows tells whether there is a node of that name, and reports it if not.
type Knows func(name spec.Text) bool

// Expectations are what one test expects.
type Expectations struct {
	End    string   // EOS, Failed or Timeout
	EndAt  spec.Pos // where that is written; the test's place if it is not
	Error  *Failure // nil if any failure will do
	Plan   []Check
	Routes []Route
	Drift  *Check
	Nodes  []Node
	said   bool // the end is written
}

// Failure is what failed, and where. What is "" is not looked at.
type Failure struct {
	Code fault.Code
	Node string
	Pos  spec.Pos
}

// Node is what is expected of a node's output, or of what a sink takes or writes.
type Node struct {
	Name   string // "venc", or "slate/enc" in a fragment
	Pad    string // a pad's name, or "audio" or "video"; "" if none is named
	Pos    spec.Pos
	Checks []Check
}

// Check is one thing that is expected. Of the values only that of its key is set.
type Check struct {
	Pos     spec.Pos // of the key
	Key     string
	Text    string // what is expected, as it was written
	Span    Span
	Caps    caps.Caps
	Size    value.Dimensions
	Tracks  []media.Codec
	Tone    Tone
	Colours []Colour
	Golden  string // a path below the folder of the graph's file
}

// Read reads the expectations of a test. What cannot be read is told and left out.
func Read(t *spec.Test, tell Tell, knows Knows) Expectations {
	r := reader{tell: tell, knows: knows}
	r.out.End, r.out.EndAt = EOS, t.Pos
	for _, e := range t.Expect {
		r.entry(e)
	}
	if x := &r.out; x.Error != nil {
		if x.said && x.End != Failed {
			r.tell(x.EndAt, CodeBad, "a test that ends with %s cannot expect an error", x.End).Advise(`write "end: error", or leave it out`)
		}
		x.End = Failed
	}
	return r.out
}

// Runs tells whether media must flow to know whether the test holds. Plans and routes are known without.
func (x *Expectations) Runs() bool {
	return x.said || x.Error != nil || x.Drift != nil || len(x.Nodes) > 0 || len(x.Plan)+len(x.Routes) == 0
}

// Words are the keys of `expect:` that are not the names of nodes.
func Words() []string { return []string{"plan", "route", "end", "error", "drift"} }

// PlanKeys are the counts of a plan that can be expected.
func PlanKeys() []string {
	return []string{"nodes", "pipelines", "bridges", "flows", "encoders", "decoders", "elements", "queues", "tees", "branches"}
}

type reader struct {
	tell  Tell
	knows Knows
	out   Expectations
}

func (r *reader) entry(e spec.Entry) {
	switch e.Key.Text {
	case "end":
		r.end(e)
	case "error":
		r.failure(e)
	case "drift":
		if c, ok := r.span(e, value.Duration); ok {
			r.out.Drift = &c
		}
	case "plan":
		for _, p := range r.keys(e, PlanKeys()) {
			if c, ok := r.span(p, value.Int); ok {
				r.out.Plan = append(r.out.Plan, c)
			}
		}
	case "route":
		r.routes(e.Value)
	default:
		r.node(e)
	}
}

func (r *reader) end(e spec.Entry) {
	words := []string{EOS, Failed, Timeout}
	if !slices.Contains(words, e.Value.Text) || e.Value.Kind >= spec.List {
		r.unlike(e.Value, `"end"`, words)
		return
	}
	r.out.End, r.out.EndAt, r.out.said = e.Value.Text, e.Value.Pos, true
}

func (r *reader) failure(e spec.Entry) {
	f := &Failure{Pos: e.Key.Pos}
	for _, k := range r.keys(e, []string{"code", "node"}) {
		switch {
		case k.Key.Text == "node":
			if r.knows(spec.Text{Text: k.Value.Text, Pos: k.Value.Pos}) {
				f.Node = k.Value.Text
			}
		case !isCode(k.Value.Text):
			r.unlike(k.Value, `"code"`, codes())
		default:
			f.Code = fault.Code(k.Value.Text)
		}
	}
	r.out.Error = f
}

func isCode(text string) bool { return slices.Contains(codes(), text) }

func codes() []string {
	var out []string
	for _, i := range fault.Codes() {
		out = append(out, string(i.Code))
	}
	return out
}

// keys gives the entries of a map whose keys are among the known, and reports the others.
func (r *reader) keys(e spec.Entry, known []string) []spec.Entry {
	if e.Value.Kind != spec.Map {
		r.tell(e.Value.Pos, CodeBad, "%q must be a map", short(e.Key.Text)).Advise("its keys: %s", strings.Join(known, ", "))
		return nil
	}
	var out []spec.Entry
	for _, k := range e.Value.Entries {
		if slices.Contains(known, k.Key.Text) {
			out = append(out, k)
			continue
		}
		d := r.tell(k.Key.Pos, CodeUnknown, "%q has no key %q", short(e.Key.Text), short(k.Key.Text))
		advise(d, k.Key.Text, known)
	}
	return out
}

// unlike reports a value that is none of a few words.
func (r *reader) unlike(v spec.Value, what string, words []string) {
	advise(r.tell(v.Pos, CodeBad, "%s cannot be %q", what, short(shown(v))), v.Text, words)
}

// advise names the word that was probably meant, or all of them.
func advise(d *spec.Diagnostic, word string, words []string) {
	if near, ok := spec.Nearest(word, words); ok {
		d.Advise("did you mean %q?", near)
		return
	}
	d.Advise("it is one of %s", strings.Join(words, ", "))
}

// shown writes a value on one line.
func shown(v spec.Value) string {
	switch v.Kind {
	case spec.List:
		parts := make([]string, len(v.Items))
		for i, item := range v.Items {
			parts[i] = shown(item)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case spec.Map:
		parts := make([]string, len(v.Entries))
		for i, e := range v.Entries {
			parts[i] = e.Key.Text + ": " + shown(e.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return v.Text
}

// short cuts a text for a message.
func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
