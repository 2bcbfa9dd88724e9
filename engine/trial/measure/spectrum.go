package measure

import (
	"cmp"
	"math"
	"slices"
)

// Spectrum listens to sound and tells its pitches. It is for one goroutine. It takes windows of about a third of a second,
// one after the other, and averages what is in them, over all channels.
type Spectrum struct {
	format Sound
	size   int         // samples of a window, a power of two
	window [][]float64 // by channel, what has come of it
	power  []float64   // by step of rate/size Hz, summed up
	counts int         // windows in power
	span   int         // samples of each of them
	block  float64     // energy of the current tenth of a second
	heard  int         // samples in it
	loud   float64     // the mean energy of the loudest one
	any    bool
}

// Tone is a pitch that is heard.
type Tone struct {
	Hz    float64
	Level float64 // in decibels below a sine of full scale: 0 or less
	Share float64 // of all energy there is, from 0 to 1
}

// NewSpectrum makes one for a format.
func NewSpectrum(format Sound) *Spectrum {
	s := &Spectrum{format: format, size: 256, window: make([][]float64, format.Channels)}
	for s.size*4 < format.Rate {
		s.size *= 2
	}
	s.power = make([]float64, s.size/2)
	return s
}

// Add listens to a buffer.
func (s *Spectrum) Add(data []byte) {
	frames := s.format.Frames(data)
	for f := range frames {
		for c := range s.window {
			v := s.format.sample(data, f, c, frames)
			s.window[c] = append(s.window[c], v)
			s.block += v * v / float64(s.format.Channels)
		}
		s.any = true
		if s.heard++; s.heard*10 >= s.format.Rate {
			s.endBlock()
		}
		if len(s.window[0]) == s.size {
			s.endWindow()
		}
	}
}

func (s *Spectrum) endBlock() {
	if s.heard > 0 {
		s.loud = max(s.loud, s.block/float64(s.heard))
	}
	s.block, s.heard = 0, 0
}

func (s *Spectrum) endWindow() {
	s.span = len(s.window[0])
	for c, samples := range s.window {
		addPower(s.power, samples, s.size)
		s.window[c] = samples[:0]
	}
	s.counts++
}

// end takes what is left. Of sound that is shorter than a window there is nothing else.
func (s *Spectrum) end() {
	s.endBlock()
	if s.counts == 0 && len(s.window[0]) > 0 {
		s.endWindow()
	}
}

// Level is how loud the loudest tenth of a second is, in decibels below full scale; minus infinity for digital silence, or
// if nothing was heard.
func (s *Spectrum) Level() float64 {
	s.end()
	return 10 * math.Log10(s.loud)
}

// Heard tells whether there was any sound, be it silent.
func (s *Spectrum) Heard() bool { return s.any }

const (
	faintest = 1e-3 // of the loudest tone's energy: what is fainter may be a side lobe of the window, which has 31 dB
	mostTone = 16
)

// Tones lists the pitches that are heard, the loudest first.
func (s *Spectrum) Tones() []Tone {
	s.end()
	var total, most float64
	for _, p := range s.power {
		total, most = total+p, max(most, p)
	}
	if most == 0 {
		return nil
	}
	var out []Tone
	for k := 2; k < len(s.power)-2; k++ {
		if p := s.power[k]; p >= most*faintest && p > s.power[k-1] && p >= s.power[k+1] {
			out = append(out, s.tone(k, total))
		}
	}
	slices.SortStableFunc(out, func(a, b Tone) int { return cmp.Compare(b.Level, a.Level) })
	return out[:min(len(out), mostTone)]
}

// tone describes the one whose peak is at step k: its place between the steps is where a parabola through the logarithms
// has its top.
func (s *Spectrum) tone(k int, total float64) Tone {
	below, at, above := math.Log(s.power[k-1]+1e-30), math.Log(s.power[k]), math.Log(s.power[k+1]+1e-30)
	shift := 0.0
	if curve := below - 2*at + above; curve < 0 {
		shift = (below - above) / (2 * curve)
	}
	share := 0.0
	for _, p := range s.power[k-2 : k+3] {
		share += p
	}
	mean := s.power[k] / float64(s.counts*s.format.Channels)
	return Tone{
		Hz:    (float64(k) + shift) * float64(s.format.Rate) / float64(s.size),
		Level: 20 * math.Log10(4*math.Sqrt(mean)/float64(s.span)),
		Share: share / total,
	}
}
