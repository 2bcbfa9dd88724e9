package trial

import (
	"image"
	"image/color"
	"time"

	"sluice/engine/caps"
	"sluice/engine/expect"
	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/trial/measure"
)

// reach is how far around a place a colour is looked at, in pixels: single pixels suffer from coding.
const reach = 4

// senses listen to raw sound and look at raw pictures. If their format changes on the way, sound is heard from the last change
// on.
type senses struct {
	text    string // of the caps
	sound   measure.Sound
	picture measure.Pictures
	heard   map[*expect.Check]*measure.Spectrum
	seen    map[*expect.Check][]tint
	err     error // why nothing is heard or seen
}

// tint is the average of colours at one place.
type tint struct {
	r, g, b float64
	n       int
	size    image.Point // of the last picture that does not have the place
}

// colour is the average.
func (t tint) colour() (color.RGBA, bool) {
	if t.n == 0 {
		return color.RGBA{}, false
	}
	n := float64(t.n)
	return color.RGBA{R: uint8(t.r/n + 0.5), G: uint8(t.g/n + 0.5), B: uint8(t.b/n + 0.5), A: 255}, true
}

func (s *senses) take(c caps.Caps, k media.Kind, n *needs, p run.Passed, at time.Duration) {
	switch {
	case k == media.Audio && len(n.tones) > 0:
		s.listen(c, n.tones, p, at)
	case k == media.Video && len(n.colours) > 0:
		s.look(c, n.colours, p, at)
	}
}

func (s *senses) listen(c caps.Caps, tones []*expect.Check, p run.Passed, at time.Duration) {
	if s.text != p.Caps {
		s.text = p.Caps
		if s.sound, s.err = measure.NewSound(c); s.err != nil {
			return
		}
		s.heard = map[*expect.Check]*measure.Spectrum{}
		for _, t := range tones {
			s.heard[t] = measure.NewSpectrum(s.sound)
		}
	}
	for t, spectrum := range s.heard {
		if t.Tone.At.Has(at) {
			spectrum.Add(p.Data)
		}
	}
}

func (s *senses) look(c caps.Caps, colours []*expect.Check, p run.Passed, at time.Duration) {
	if s.text != p.Caps {
		s.text = p.Caps
		s.picture, s.err = measure.NewPictures(c)
	}
	if s.err != nil {
		return
	}
	picture, err := s.picture.Read(p.Data)
	if err != nil {
		s.err = err
		return
	}
	if s.seen == nil {
		s.seen = map[*expect.Check][]tint{}
	}
	for _, check := range colours {
		if s.seen[check] == nil {
			s.seen[check] = make([]tint, len(check.Colours))
		}
		for i, want := range check.Colours {
			if want.When.Has(at) {
				s.seen[check][i].look(picture, want.At)
			}
		}
	}
}

func (t *tint) look(p measure.Picture, at *image.Point) {
	part := image.Rect(0, 0, p.Width, p.Height)
	if at != nil {
		if !at.In(part) {
			t.size = part.Max
			return
		}
		part = image.Rect(at.X-reach, at.Y-reach, at.X+reach+1, at.Y+reach+1)
	}
	if c, ok := p.Average(part); ok {
		t.r, t.g, t.b, t.n = t.r+float64(c.R), t.g+float64(c.G), t.b+float64(c.B), t.n+1
	}
}
