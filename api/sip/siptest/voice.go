package siptest

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"testing"
	"time"
)

// Loudness is that of every tone, in decibels below a sine of full scale.
const Loudness = -12.0

// Voice is what a telephone says: a tone for two minutes, and then again.
type Voice struct {
	Hz     float64 // 0 is silence
	Pulses bool    // a tenth of a second in every second, so that Delay can tell them apart
}

const (
	voiceLength = 2 * time.Minute
	pulseLength = 100 * time.Millisecond
	pulsePeriod = time.Second
)

// write writes the voice as a WAV file as a codec wants it: Baresip does not resample.
func (v Voice) write(t testing.TB, path string, c Codec) {
	t.Helper()
	frames := c.rate() * int(voiceLength/time.Second)
	samples := make([]int16, 0, frames*c.channels())
	full := math.Pow(10, Loudness/20) * math.MaxInt16
	period, on := c.rate(), c.rate()*int(pulseLength/time.Millisecond)/1000
	for i := range frames {
		s := full * math.Sin(2*math.Pi*v.Hz*float64(i)/float64(c.rate()))
		if v.Pulses && i%period >= on {
			s = 0
		}
		for range c.channels() {
			samples = append(samples, int16(s))
		}
	}
	if err := os.WriteFile(path, wave(samples, c.rate(), c.channels()), 0o600); err != nil {
		t.Fatal(err)
	}
}

// wave puts samples of 16 bits into a WAV file.
func wave(samples []int16, rate, channels int) []byte {
	var file bytes.Buffer
	size := len(samples) * 2
	for _, part := range []any{
		[]byte("RIFF"), uint32(36 + size), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(channels),
		uint32(rate), uint32(rate * channels * 2), uint16(channels * 2), uint16(16), []byte("data"), uint32(size), samples,
	} {
		_ = binary.Write(&file, binary.LittleEndian, part) // a buffer takes everything
	}
	return file.Bytes()
}
