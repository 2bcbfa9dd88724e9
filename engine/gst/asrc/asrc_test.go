//go:build cgo && !nogst

package asrc

import (
	"math"
	"slices"
	"testing"
	"time"

	"sluice/engine/gst/shim"
)

const (
	rate  = 8000
	frame = 20 * time.Millisecond
	each  = rate / 50 // samples in a buffer
)

func TestRegister(t *testing.T) {
	for range 2 {
		if err := Register(); err != nil {
			t.Fatal(err)
		}
	}
}

// ramp is a sound by whose samples one can tell how old it is: it rises for eight seconds, over and over.
func ramp(from, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16((from + i) % (8 * rate) * 30000 / (8 * rate))
	}
	return out
}

// age is the place in the ramp, near to a place where it is looked for.
func age(sample int16, near time.Duration) time.Duration {
	at := time.Duration(float64(sample) / 30000 * 8 * float64(time.Second))
	return at + (near-at+4*time.Second)/(8*time.Second)*8*time.Second
}

func scaled(d time.Duration, ppm float64) time.Duration {
	return time.Duration(float64(d) * (1 + ppm/1e6))
}

// What keeps its times, or is off by no more than a millisecond, passes as it is.
func TestUnchanged(t *testing.T) {
	for name, round := range map[string]time.Duration{"exact": 1, "whole milliseconds": time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			const n = 1024 // as AAC has it: 23.2 ms at 44.1 kHz
			want := ramp(0, 2*n*200)
			var got []int16
			for i, p := range collect(t, 44100, 2, func(l *line) {
				for i := range 200 {
					at := time.Duration(i) * n * time.Second / 44100
					l.push(at.Round(round), want[2*n*i:2*n*(i+1)], 0)
				}
			}) {
				if at := (time.Duration(i) * n * time.Second / 44100).Round(round); p.at != at {
					t.Fatalf("buffer %d is at %v, not %v", i, p.at, at)
				}
				got = append(got, p.samples...)
			}
			if !slices.Equal(got, want) {
				t.Error("it is another sound")
			}
		})
	}
}

// A sound whose clock is off keeps its times, without a hole, for as long as it goes on.
func TestDrift(t *testing.T) {
	for _, c := range []struct {
		ppm  float64
		most time.Duration // that it is off by at any time
	}{{500, 4 * time.Millisecond}, {-500, 4 * time.Millisecond}, {30, 3 * time.Millisecond}, {5000, 25 * time.Millisecond}, {-5000, 25 * time.Millisecond}} {
		const length = 120 * time.Second
		next, worst := time.Duration(0), time.Duration(0)
		for _, p := range collect(t, rate, 1, func(l *line) {
			for i := range int(length / frame) {
				l.push(scaled(time.Duration(i)*frame, c.ppm), ramp(i*each, each), 0)
			}
		}) {
			if hole := p.at - next; hole.Abs() > 2*time.Millisecond {
				t.Fatalf("%v ppm: a hole of %v at %v", c.ppm, hole, p.at)
			}
			next = p.at + p.length
			for i, s := range p.samples {
				at := p.at + time.Duration(i)*time.Second/rate
				if fall := at % (8 * time.Second); fall > time.Second && fall < 7*time.Second {
					off := at - scaled(age(s, at), c.ppm)
					worst = max(worst, off.Abs())
				}
			}
		}
		if worst > c.most {
			t.Errorf("%v ppm: it is off by %v", c.ppm, worst)
		}
		if want := scaled(length, c.ppm); (next - want).Abs() > c.most {
			t.Errorf("%v ppm: it ends at %v, not %v", c.ppm, next, want)
		}
	}
}

// A tone whose speed is changed stays a tone: what else there is lies far below it.
func TestPurity(t *testing.T) {
	for _, hz := range []float64{440, 1000, 3000} {
		var last []int16
		for _, p := range collect(t, rate, 1, func(l *line) {
			for i := range 3000 {
				samples := make([]int16, each)
				for k := range samples {
					samples[k] = int16(math.Round(16000 * math.Sin(2*math.Pi*hz*float64(i*each+k)/rate)))
				}
				l.push(scaled(time.Duration(i)*frame, 500), samples, 0)
			}
		}) {
			last = append(last, p.samples...)
		}
		if snr := purity(last[len(last)-rate:], hz/1.0005); snr < 65 {
			t.Errorf("%v Hz: what else there is lies %.0f dB below", hz, snr)
		}
	}
}

// purity is how far, in dB, what is no tone of a frequency lies below the tone.
func purity(samples []int16, hz float64) float64 {
	best := 0.0
	for off := -0.02; off <= 0.02; off += 0.0005 { // the speed is not yet exact
		var a, b float64
		w := 2 * math.Pi * (hz + off) / rate
		for i, s := range samples {
			a += float64(s) * math.Sin(w*float64(i)) * 2 / float64(len(samples))
			b += float64(s) * math.Cos(w*float64(i)) * 2 / float64(len(samples))
		}
		rest := 0.0
		for i, s := range samples {
			d := float64(s) - a*math.Sin(w*float64(i)) - b*math.Cos(w*float64(i))
			rest += d * d / float64(len(samples))
		}
		best = max(best, 10*math.Log10((a*a+b*b)/2/rest))
	}
	return best
}

// Where something is missing, time goes on where the source says, at once; where nothing is said to be, only behind a hole that no
// clock makes.
func TestJumps(t *testing.T) {
	for name, c := range map[string]struct {
		hole  time.Duration
		flags uint
		jumps bool
	}{
		"a lost packet":         {frame, shim.Discont, true},
		"told, and nothing":     {0, shim.Discont, false},
		"not told, small":       {30 * time.Millisecond, 0, false},
		"not told, large":       {200 * time.Millisecond, 0, true},
		"back":                  {-200 * time.Millisecond, 0, true},
		"a long time":           {time.Hour, shim.Discont, true},
		"told, and less than 5": {4 * time.Millisecond, shim.Discont, false},
	} {
		t.Run(name, func(t *testing.T) {
			out := collect(t, rate, 1, func(l *line) {
				for i := range 100 {
					at, flags := time.Duration(i+50)*frame, uint(0)
					if i >= 50 {
						at += c.hole
					}
					if i == 50 {
						flags = c.flags
					}
					l.push(at, ramp(i*each, each), flags)
				}
			})
			jumped := 0
			for i, p := range out[1:] {
				before := out[i].at + out[i].length
				if off := p.at - before; off.Abs() > 2*time.Millisecond {
					if jumped++; (off-c.hole).Abs() > time.Millisecond || !p.discont {
						t.Errorf("it jumps by %v (told: %t), not %v", off, p.discont, c.hole)
					}
				}
			}
			if (jumped == 1) != c.jumps || jumped > 1 {
				t.Errorf("%d jumps", jumped)
			}
		})
	}
}

// A gap that is told instead of a buffer is followed, too.
func TestGap(t *testing.T) {
	out := collect(t, rate, 1, func(l *line) {
		l.push(0, ramp(0, each), 0)
		shim.Gap(l.in, frame, frame)
		l.push(2*frame, ramp(each, each), 0)
	})
	if len(out) != 2 || out[1].at != 2*frame || !out[1].discont {
		t.Errorf("%d buffers", len(out))
	}
}

// BenchmarkSecond is a second of stereo at 48 kHz: as it is, and with another speed.
func BenchmarkSecond(b *testing.B) {
	for name, ppm := range map[string]float64{"kept": 0, "changed": 500} {
		b.Run(name, func(b *testing.B) {
			l := begin(b, 48000, 2, func(piece) {})
			samples, n := ramp(0, 2*960), 0
			for b.Loop() {
				for range 50 {
					l.push(scaled(time.Duration(n)*frame, ppm), samples, 0)
					n++
				}
			}
			l.end()
		})
	}
}
