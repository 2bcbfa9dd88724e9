package job

import (
	"cmp"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// End says how a job ended.
type End string

// The ends.
const (
	Ended       End = "ended"       // all of it was done
	Timed       End = "timed"       // the time it was given was over
	Interrupted End = "interrupted" // somebody ended it
	Failed      End = "failed"
)

// Result is what came of a job.
type Result struct {
	Graph    string
	End      End
	Err      error // of Failed
	Cut      bool  // it did not come to a proper end: files may lack theirs
	Media    time.Duration
	Took     time.Duration
	Outputs  []Output
	Encoders []Encoder
	Warning  string // what is likely wrong with what came of it, though nothing failed; else ""
	Advice   string // what to do about Err, if this is known better than Err says; else ""

	started time.Time
	plan    *plan.Plan
	files   []file
	sources []file          // what is read
	before  map[string]bool // files that were there
	coders  []coder
}

// coder is an encoder, and the sample that counts what leaves it.
type coder struct {
	Encoder
	kind run.SampleKind
	name string // "" if nothing counts it
}

// Encoder is what one encoder made.
type Encoder struct {
	Node      string `json:"node"`
	Element   string `json:"element"`
	Video     bool   `json:"video"`
	Frames    uint64 `json:"frames"` // pictures, or packets of sound
	Keyframes uint64 `json:"keyframes,omitempty"`
	Bytes     uint64 `json:"bytes"`
}

// Refused is the result of a job that was not begun.
func Refused(graph string, err error) *Result { return &Result{Graph: graph, End: Failed, Err: err} }

// begin notes what there is before the job runs.
func (j Job) begin() *Result {
	r := &Result{Graph: j.Graph, End: Ended, started: time.Now(), plan: j.Plan,
		files: outputs(j.Plan, j.Spec), sources: inputs(j.Plan, j.Spec), before: map[string]bool{}}
	for _, f := range r.files {
		for _, path := range f.there() {
			r.before[path] = true
		}
	}
	for _, l := range j.Plan.Pipelines {
		for _, e := range l.Elements {
			if s, ok := j.Spec(e.Factory); ok && s.Is("Encoder") {
				r.coders = append(r.coders, j.coder(&l, e, !s.Is("Audio")))
			}
		}
	}
	return r
}

// coder finds what counts the frames of an encoder: the queue behind it, or behind parsers, which change nothing about their
// number; else its node, if that has no other elements.
func (j Job) coder(l *plan.Pipeline, enc plan.Element, video bool) coder {
	c := coder{Encoder: Encoder{Node: enc.Node, Element: enc.Factory, Video: video}}
	elements := map[string]plan.Element{}
	parts := 0
	for _, e := range l.Elements {
		elements[e.Name] = e
		if e.Node == enc.Node && e.Role != plan.RoleQueue {
			parts++
		}
	}
	at := enc
	for range l.Links { // at most: there might be a circle
		i := slices.IndexFunc(l.Links, func(k plan.Link) bool { return k.From.Of == at.Name })
		if i < 0 {
			break
		}
		at = elements[l.Links[i].To.Of]
		if at.Role == plan.RoleQueue {
			c.kind, c.name = run.OfQueue, at.Name
			return c
		}
		if s, ok := j.Spec(at.Factory); !ok || !s.Is("Parser") && at.Factory != "capsfilter" {
			break
		}
	}
	if parts == 1 {
		c.kind, c.name = run.OfNode, enc.Node
	}
	return c
}

func (r *Result) written() []Output { return written(r.files) }

// counted gives the encoders with what a report says of them; those of which it says nothing, and those that nothing has left,
// are left out.
func (r *Result) counted(report run.Report) []Encoder {
	var out []Encoder
	for _, c := range r.coders {
		for _, s := range report.Samples {
			if s.Kind == c.kind && s.Name == c.name && s.Counts.Units > 0 {
				c.Frames, c.Keyframes, c.Bytes = s.Counts.Units, s.Counts.Keyframes, s.Counts.Bytes
				out = append(out, c.Encoder)
			}
		}
	}
	return out
}

// close completes the result. An empty file that a failed job leaves, where there was none before, is taken away: it would only
// be in the way of the next try.
func (r *Result) close(err error, report run.Report) *Result {
	r.Err = err
	if err != nil {
		r.End = Failed
		r.Advice = mistaken(r.plan, r.sources, err)
	}
	r.Took, r.Media = time.Since(r.started), report.Position
	if r.End == Ended {
		r.Warning = cmp.Or(short(r.sources, report), cutPacket(r.sources))
	}
	r.Encoders = r.counted(report)
	for _, o := range r.written() {
		if r.End == Failed && o.Regular && o.Bytes == 0 && !r.before[o.at] {
			_ = os.Remove(o.at) // it may stay: it is empty
			continue
		}
		r.Outputs = append(r.Outputs, o)
	}
	return r
}

// Trouble is why a job failed, for people and scripts.
type Trouble struct {
	Code    fault.Code `json:"code"`
	Node    string     `json:"node,omitempty"`
	Place   string     `json:"place,omitempty"`
	Message string     `json:"message"`
	Causes  []string   `json:"causes,omitempty"`
	Hint    string     `json:"hint,omitempty"`
}

// Trouble puts the error in words; nil if there is none.
func (r *Result) Trouble() *Trouble {
	if r.Err == nil {
		return nil
	}
	t := &Trouble{Code: fault.CodeOf(r.Err), Message: r.Err.Error()}
	var f *fault.Fault
	if errors.As(r.Err, &f) {
		t.Place, t.Message, t.Hint = f.Place, f.Msg, f.Hint
		t.Node = nodeOf(r.Graph, f.Place)
		t.Causes = causes(f.Cause)
	}
	switch {
	case r.Advice != "":
		t.Hint = r.Advice
	case t.Hint == "":
		t.Hint = hint(t.Code)
	}
	return t
}

// nodeOf is the node in a place of a job: "venc" in "jobs/transcode#run/venc".
func nodeOf(graph, place string) string {
	return strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(place, graph), "#"+id), "/")
}

// causes are the messages of a chain of errors, without places, which say the same again.
func causes(err error) []string {
	var out []string
	for err != nil {
		var f *fault.Fault
		if !errors.As(err, &f) {
			return append(out, err.Error())
		}
		out, err = append(out, f.Msg), f.Cause
	}
	return out
}

// hint is the remedy for a fault that brings none.
func hint(c fault.Code) string {
	switch c {
	case fault.GstElement, fault.GstNegotiation:
		return "GST_DEBUG=3 in the environment shows GStreamer's own words; `sluice plan` shows the links"
	case fault.MediaCorrupt:
		return "the input is damaged there; what came before it is kept"
	case fault.ResourceNotFound:
		return "is the path right, seen from this folder?"
	case fault.ElementUnavailable, fault.GstUnavailable:
		return "`sluice doctor` says what is missing and what to install"
	case fault.Lost:
		return "an element hangs; `sluice plan` shows which are in that node"
	case fault.Stalled, fault.StartTimeout:
		return "no media came any more; is its source alive?"
	}
	return ""
}
