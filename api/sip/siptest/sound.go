package siptest

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"sluice/engine/caps"
	"sluice/engine/trial/measure"
)

// Sound is what was recorded until some moment.
type Sound struct {
	Rate, Channels int
	Until          time.Time // when the last of it was written, if the recording still went on
	data           []byte    // S16LE
}

// readSound reads a WAV file, which may still be written: its header is not believed as to the length. Linphone writes none before the end;
// until then the sound has one channel and the rate that is given.
func readSound(t testing.TB, path string, rate int) Sound {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	s := Sound{Until: info.ModTime()}
	const chunk, format, header = 8, 16, 44
	if len(file) > header && file[0] == 0 {
		s.Channels, s.Rate, s.data = 1, rate, file[header:len(file)/2*2]
		return s
	}
	for at := 12; at+chunk <= len(file); {
		size := int(binary.LittleEndian.Uint32(file[at+4:]))
		body := file[at+chunk:]
		switch string(file[at : at+4]) {
		case "fmt ":
			if len(body) < format || binary.LittleEndian.Uint16(body[14:]) != 16 {
				t.Fatalf("%s is not of 16 bits", path)
			}
			s.Channels, s.Rate = int(binary.LittleEndian.Uint16(body[2:])), int(binary.LittleEndian.Uint32(body[4:]))
		case "data":
			s.data = body[:len(body)/(2*max(s.Channels, 1))*2*max(s.Channels, 1)]
			return s
		}
		at += chunk + size
	}
	return s
}

// Length is how long it is.
func (s Sound) Length() time.Duration {
	if s.Rate == 0 {
		return 0
	}
	return time.Duration(len(s.data)/(2*s.Channels)) * time.Second / time.Duration(s.Rate)
}

// Last is the last part of it.
func (s Sound) Last(d time.Duration) Sound {
	s.data = s.data[max(0, len(s.data)-s.bytes(d)):]
	return s
}

// Skip is what follows the first part of it.
func (s Sound) Skip(d time.Duration) Sound {
	s.data = s.data[min(len(s.data), s.bytes(d)):]
	return s
}

func (s Sound) bytes(d time.Duration) int {
	return int(d*time.Duration(s.Rate)/time.Second) * 2 * s.Channels
}

// Tones are the pitches that are heard in it, the loudest first, and how loud the loudest tenth of a second is.
func (s Sound) Tones() (tones []measure.Tone, level float64) {
	if len(s.data) == 0 {
		return nil, math.Inf(-1)
	}
	c, err := caps.Parse(fmt.Sprintf("audio/x-raw,format=S16LE,layout=interleaved,rate=%d,channels=%d", s.Rate, s.Channels))
	if err != nil {
		return nil, math.Inf(-1)
	}
	format, err := measure.NewSound(c)
	if err != nil {
		return nil, math.Inf(-1)
	}
	spectrum := measure.NewSpectrum(format)
	spectrum.Add(s.data)
	return spectrum.Tones(), spectrum.Level()
}

// Tone is the loudest pitch, with what share it has of all that is heard.
func (s Sound) Tone() measure.Tone {
	tones, _ := s.Tones()
	if len(tones) == 0 {
		return measure.Tone{Level: math.Inf(-1)}
	}
	return tones[0]
}

// Has tells whether a pitch, within ten hertz, is nine tenths of what is heard.
func (s Sound) Has(hz float64) bool {
	tone := s.Tone()
	return math.Abs(tone.Hz-hz) <= 10 && tone.Share >= 0.9
}

// Share is in what share of its windows of a third of a second a pitch is heard above all else.
func (s Sound) Share(hz float64) float64 {
	const window = 340 * time.Millisecond // a little more than measure.Spectrum's
	all, good := 0, 0
	for s.Length() >= window {
		part := s
		part.data = s.data[:s.bytes(window)]
		tone := part.Tone()
		all++
		if math.Abs(tone.Hz-hz) <= 10 && tone.Share >= 0.5 {
			good++
		}
		s = s.Skip(window)
	}
	if all == 0 {
		return 0
	}
	return float64(good) / float64(all)
}

// onsets are when pulses begin in it: where, after silence, it gets louder than half of what a pulse is.
func (s Sound) onsets() []time.Time {
	const step = 5 * time.Millisecond
	size, began := s.bytes(step), s.Until.Add(-s.Length())
	if size == 0 {
		return nil
	}
	threshold := math.Pow(10, (Loudness-6)/20) / math.Sqrt2
	var all []time.Time
	quiet := 0
	for at := 0; at+size <= len(s.data); at += size {
		if s.rms(at, size) < threshold {
			quiet++
			continue
		}
		if time.Duration(quiet)*step > pulsePeriod/2 {
			all = append(all, began.Add(time.Duration(at/size)*step))
		}
		quiet = 0
	}
	return all
}

// rms is the root of the mean square of a part, full scale being 1.
func (s Sound) rms(at, size int) float64 {
	sum := 0.0
	for i := at; i < at+size; i += 2 {
		v := float64(int16(binary.LittleEndian.Uint16(s.data[i:]))) / (1 << 15)
		sum += v * v
	}
	return math.Sqrt(sum / float64(size/2))
}

// Delay is how long after somebody's pulses (Voice) another one heard them, as a median; both recordings still go on. It must be less than
// a second.
func Delay(uttered, heard Sound) (time.Duration, error) {
	began, came := uttered.onsets(), heard.onsets()
	var all []time.Duration
	for _, late := range came {
		for _, early := range slices.Backward(began) {
			if d := late.Sub(early); d >= 0 {
				if d < pulsePeriod {
					all = append(all, d)
				}
				break
			}
		}
	}
	if len(all) == 0 {
		return 0, fmt.Errorf("of %d pulses %d were heard, none of them behind another one", len(began), len(came))
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

// AwaitTone waits until somebody has heard a tone for a second, steadily and with little else, and gives it.
func AwaitTone(t testing.TB, ear interface{ Heard() Sound }, hz float64) measure.Tone {
	t.Helper()
	var heard measure.Tone
	until(t, fmt.Sprintf("a tone of %.0f Hz", hz), func() (string, bool) {
		s := ear.Heard()
		if s.Length() < 2*time.Second {
			return fmt.Sprintf("only %v were heard", s.Length()), false
		}
		s = s.Last(time.Second)
		heard = s.Tone()
		return fmt.Sprintf("%+v", heard), s.Has(hz) && s.steady()
	})
	return heard
}

// AwaitSilence waits until somebody has heard nothing in half a second of sound that still comes.
func AwaitSilence(t testing.TB, ear interface{ Heard() Sound }) {
	t.Helper()
	const length, most = 500 * time.Millisecond, 0.001 // -60 dB
	before := ear.Heard().Length()
	until(t, "silence", func() (string, bool) {
		s := ear.Heard()
		if more := s.Length() - before; more < length {
			return fmt.Sprintf("only %v more were heard", more), false
		}
		s = s.Last(length)
		level := s.rms(0, len(s.data)&^1)
		return fmt.Sprintf("a level of %.4f", level), level < most
	})
}

// AwaitQuiet waits until somebody has heard nothing for two seconds: what comes is that long, and no pitch reaches a hundredth of a tone.
func AwaitQuiet(t testing.TB, ear interface{ Heard() Sound }) {
	t.Helper()
	const length, most = 2 * time.Second, Loudness - 40
	until(t, "silence", func() (string, bool) {
		s := ear.Heard()
		tones, level := s.Last(length).Tones()
		return fmt.Sprintf("%v, the last of it with %.1f dB: %+v", s.Length(), level, tones), s.Length() >= length && level <= most
	})
}

// steady tells whether its three thirds are about equally loud.
func (s Sound) steady() bool {
	third := s.Length() / 3
	first, middle, last := s, s.Skip(third), s.Last(third)
	first.data, middle.data = s.data[:s.bytes(third)], middle.data[:s.bytes(third)]
	levels := []float64{first.Tone().Level, middle.Tone().Level, last.Tone().Level}
	return slices.Max(levels)-slices.Min(levels) < 1.5
}
