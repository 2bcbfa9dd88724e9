package trial

import (
	"context"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"

	"sluice/engine/caps"
	"sluice/engine/expect"
	"sluice/engine/trial/measure"
	"sluice/engine/value"
)

const (
	tolerance = 0.02 // of a pitch
	stands    = 0.01 // share of all energy that a tone needs to be heard; that of white noise has less anywhere
	silent    = -60  // decibels below full scale: what codecs make of silence is quieter
)

// sense compares what is heard or seen, of coded media after decoding it.
func (j *judge) sense(ctx context.Context, m *meter, c *expect.Check, f *Finding) {
	if c.Key == "size" && m.sized(c, f) {
		return
	}
	if !m.raw && m.plain == nil && m.err == nil {
		m.decode(ctx, j.opts.Lab)
	}
	if m.err != nil {
		f.Saw = "it cannot be decoded: " + m.err.Error()
		return
	}
	raw := m.sensed()
	switch err := raw.senses.err; {
	case c.Key == "size":
		if !raw.sized(c, f) {
			f.Saw = "no picture came out"
		}
	case err != nil:
		f.Saw = err.Error()
	case c.Key == "tone":
		heard(raw.senses.heard[c], c.Tone, f)
	default:
		seen(raw.senses.seen[c], c, f)
	}
	if m.full {
		f.Saw += fmt.Sprintf(" (in the first %s)", amount(mostRecorded))
	}
}

// decode decodes what was kept.
func (m *meter) decode(ctx context.Context, lab Lab) {
	if len(m.kept) == 0 {
		m.err = fmt.Errorf("it has no beginning: no key frame passed")
		return
	}
	quiet := *m.needs
	quiet.golden = false
	m.plain = newMeter(m.pad, &quiet)
	m.err = lab.Decode(ctx, m.kept, m.plain.see)
	m.kept = nil
}

// sized compares the size that caps say, if they do.
func (m *meter) sized(c *expect.Check, f *Finding) bool {
	var sizes []value.Dimensions
	for _, have := range m.caps {
		if d, ok := sizeOf(have); ok && !slices.Contains(sizes, d) {
			sizes = append(sizes, d)
		}
	}
	var words []string
	for _, d := range sizes {
		words = append(words, d.String())
	}
	f.Saw = strings.Join(words, ", then ")
	f.OK = len(sizes) == 1 && sizes[0] == c.Size
	return len(sizes) > 0
}

func sizeOf(c caps.Caps) (value.Dimensions, bool) {
	w, _ := c.Get("width")
	h, _ := c.Get("height")
	width, ok1 := w.(int64)
	height, ok2 := h.(int64)
	return value.Dimensions{Width: int(width), Height: int(height)}, ok1 && ok2
}

// heard compares pitches.
func heard(s *measure.Spectrum, want expect.Tone, f *Finding) {
	if s == nil || !s.Heard() {
		f.Saw = "no sound at that time"
		return
	}
	tones, level := s.Tones(), s.Level()
	f.Saw = pitches(tones, level)
	if want.Silence {
		f.OK = level < silent
	} else {
		f.OK = len(want.Is) != 1 || level >= silent && len(tones) > 0 && near(tones[0].Hz, want.Is[0])
		for _, hz := range want.Is {
			f.OK = f.OK && level >= silent && has(tones, hz, stands)
		}
	}
	for _, hz := range want.Not {
		f.OK = f.OK && (level < silent || !has(tones, hz, 0))
	}
}

func near(hz, want float64) bool { return math.Abs(hz-want) <= tolerance*want }

func has(tones []measure.Tone, hz, share float64) bool {
	return slices.ContainsFunc(tones, func(t measure.Tone) bool { return near(t.Hz, hz) && t.Share >= share })
}

// pitches writes what is heard: "440 Hz at -14 dB, 880 Hz at -20 dB".
func pitches(tones []measure.Tone, level float64) string {
	const most = 5
	if level < silent {
		return "silence"
	}
	var out []string
	for _, t := range tones[:min(len(tones), most)] {
		out = append(out, fmt.Sprintf("%.0f Hz at %.0f dB", t.Hz, t.Level))
	}
	if len(out) == 0 {
		return "noise"
	}
	return strings.Join(out, ", ")
}

// seen compares colours.
func seen(tints []tint, c *expect.Check, f *Finding) {
	f.OK = true
	var saw []string
	for i, want := range c.Colours {
		var have tint
		if i < len(tints) {
			have = tints[i]
		}
		got, ok := have.colour()
		switch {
		case ok:
			saw = append(saw, hex(got))
			f.OK = f.OK && measure.Distance(got, want.Is) <= want.Within
		case have.size.X > 0:
			saw = append(saw, fmt.Sprintf("no such place in a picture of %dx%d", have.size.X, have.size.Y))
			f.OK = false
		default:
			saw = append(saw, "no picture")
			f.OK = false
		}
	}
	f.Saw = strings.Join(saw, ", ")
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
