package expect

import (
	"slices"

	"sluice/engine/spec"
	"sluice/engine/value"
)

// Tone is what must be heard. The zero Tone expects nothing.
type Tone struct {
	Silence bool      // nothing at all is heard
	Is      []float64 // in Hz; each is heard, and the first is the loudest if it is the only one
	Not     []float64 // in Hz; none of them is heard
	At      Span      // of the time that is listened to, in nanoseconds from the beginning
}

// The pitches that can be told: below, the windows that are listened to are too short; above, no codec of ours has any.
const (
	lowest  = 20.0
	highest = 24_000.0
)

// tone reads a number of Hz, several, none, or {is, not, at}.
func (r *reader) tone(c *Check, v spec.Value) bool {
	c.Tone.At = Everything()
	if v.Kind != spec.Map {
		return r.toneIs(c, v)
	}
	ok := len(v.Entries) > 0
	if !ok {
		r.noTone(v)
	}
	for _, e := range r.keys(spec.Entry{Key: spec.Text{Text: "tone", Pos: v.Pos}, Value: v}, []string{"is", "not", "at"}) {
		switch e.Key.Text {
		case "is":
			ok = r.toneIs(c, e.Value) && ok
		case "not":
			var good bool
			c.Tone.Not, good = r.pitches(e.Value)
			ok = ok && good
		case "at":
			at, good := r.span(e, value.Duration)
			c.Tone.At, ok = at.Span, ok && good
		}
	}
	return ok
}

func (r *reader) toneIs(c *Check, v spec.Value) bool {
	if v.Text == "none" && v.Kind < spec.List {
		c.Tone.Silence = true
		return true
	}
	var ok bool
	c.Tone.Is, ok = r.pitches(v)
	return ok
}

func (r *reader) pitches(v spec.Value) ([]float64, bool) {
	words, ok := texts(v)
	if !ok {
		r.noTone(v)
		return nil, false
	}
	var out []float64
	for _, w := range words {
		got, err := value.Constraint{Type: value.Float, Min: lowest, Max: highest}.Parse(w.Text)
		hz, isNumber := got.(float64)
		if err != nil || !isNumber || slices.Contains(out, hz) {
			r.noTone(w)
			return nil, false
		}
		out = append(out, hz)
	}
	return out, true
}

func (r *reader) noTone(v spec.Value) {
	r.tell(v.Pos, CodeBad, `"tone" is a number of Hz from 20 to 24000, several different ones, or none; this is %q`, short(shown(v))).
		Advise("as in 440, [440, 880], none or {is: 440, not: 1000, at: 1s..2s}")
}
