package dtmf_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"sluice/api/sip/dtmf"
)

const rate = 8000

// encode is G.711's µ-law of a sample; full scale is 1.
func encode(x float64) byte {
	const bias, clip = 0x84, 32635
	v := int(x * 32767)
	sign := byte(0)
	if v < 0 {
		v, sign = -v, 0x80
	}
	v = min(v, clip) + bias
	exponent := 7
	for mask := 0x4000; v&mask == 0 && exponent > 0; mask >>= 1 {
		exponent--
	}
	return ^(sign | byte(exponent)<<4 | byte(v>>(exponent+3)&0xf))
}

// sine adds a tone to sound.
func sine(out []float64, hz, level float64) {
	for i := range out {
		out[i] += level * math.Sin(2*math.Pi*hz*float64(i)/rate)
	}
}

func samples(d time.Duration) []float64 { return make([]float64, int(d*rate/time.Second)) }

// key is the sound of one, of which each tone has a level.
func key(name byte, d time.Duration, low, high float64) []float64 {
	const keys = "123A456B789C*0#D"
	out := samples(d)
	for i := range keys {
		if keys[i] == name {
			sine(out, []float64{697, 770, 852, 941}[i/4], low)
			sine(out, []float64{1209, 1336, 1477, 1633}[i%4], high)
		}
	}
	return out
}

// listen has sound heard in packets of 20 ms.
func listen(d *dtmf.Detector, sound []float64) (found string) {
	coded := make([]byte, len(sound))
	for i, x := range sound {
		coded[i] = encode(x)
	}
	for len(coded) > 0 {
		n := min(160, len(coded))
		found += string(d.Listen(coded[:n]))
		coded = coded[n:]
	}
	return found
}

func TestKeys(t *testing.T) {
	const all = "0123456789*#ABCD1100"
	for _, c := range []struct {
		name       string
		held, rest time.Duration
		low, high  float64
	}{
		{"as usual", 100 * time.Millisecond, 100 * time.Millisecond, 0.25, 0.25},
		{"short", 45 * time.Millisecond, 50 * time.Millisecond, 0.25, 0.25},
		{"long", time.Second, 50 * time.Millisecond, 0.25, 0.25},
		{"quiet", 80 * time.Millisecond, 80 * time.Millisecond, 0.03, 0.03},
		{"the high tone louder", 80 * time.Millisecond, 80 * time.Millisecond, 0.1, 0.16},
		{"the low tone louder", 80 * time.Millisecond, 80 * time.Millisecond, 0.2, 0.1},
	} {
		var sound []float64
		for i := range all {
			sound = append(append(sound, key(all[i], c.held, c.low, c.high)...), samples(c.rest)...)
		}
		if got := listen(dtmf.New(false), sound); got != all {
			t.Errorf("%s: heard %q", c.name, got)
		}
	}
}

// TestNoKeys is what must not be taken for one.
func TestNoKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	noise, one, chord, short, off := samples(5*time.Second), samples(time.Second), samples(time.Second), key('5', 12*time.Millisecond, 0.3, 0.3), samples(time.Second)
	for i := range noise {
		noise[i] = r.Float64() - 0.5
	}
	sine(one, 770, 0.5)
	for _, hz := range []float64{700, 1200, 400, 2000} { // like a voice
		sine(chord, hz, 0.2)
	}
	sine(off, 770*1.05, 0.3)
	sine(off, 1336*1.05, 0.3)
	for name, sound := range map[string][]float64{
		"silence": samples(time.Second), "noise": noise, "one tone": one, "many tones": chord, "too short": append(short, samples(time.Second)...),
		"too quiet": key('1', time.Second, 0.005, 0.005), "too high": off,
	} {
		if got := listen(dtmf.New(false), sound); got != "" {
			t.Errorf("%s: heard %q", name, got)
		}
	}
}

func FuzzListen(f *testing.F) {
	f.Add([]byte{0xff, 0x00, 0x7f}, true)
	f.Fuzz(func(t *testing.T, sound []byte, alaw bool) {
		if n := len(dtmf.New(alaw).Listen(sound)); n > len(sound)/100 {
			t.Fatalf("%d keys in %d samples", n, len(sound))
		}
	})
}
