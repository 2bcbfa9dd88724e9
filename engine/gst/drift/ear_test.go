//go:build cgo && !nogst

package drift

import (
	"encoding/binary"
	"testing"
	"time"

	"sluice/engine/gst/shim"
)

// The two heights of pulses, which are told apart also where they fall together.
const (
	high = 12000
	low  = 6000
)

// ear hears pulses in what leaves a mixer of two, and for how long something that is always there is missing.
type ear struct {
	rate, whole int // samples a second; what all give while there is no pulse
	ended       chan struct{}

	n, until         int // samples so far, and up to which something may be missing that counts
	missing, longest int // samples in a row
	highs, lows      pulses
}

// pulses are when those of one height began. What is shorter than half of one is the edge of another.
type pulses struct {
	began []time.Duration
	run   int
}

func newEar(rate int, length time.Duration, guests []*source) *ear {
	sure := length - length/500 // a fast guest is done earlier
	e := &ear{rate: rate, ended: make(chan struct{}), until: int(sure/time.Second) * rate}
	for _, g := range guests {
		e.whole += int(g.level)
	}
	return e
}

// at is the time of a sample.
func at(n, rate int) time.Duration {
	return time.Duration(n/rate)*time.Second + time.Duration(n%rate)*time.Second/time.Duration(rate)
}

// take is called with everything that leaves.
func (e *ear) take(b *shim.Buffer) {
	if b.Flags&shim.Final != 0 {
		close(e.ended)
		return
	}
	for i := 0; i+1 < len(b.Data); i += 2 {
		e.hear(int(int16(binary.LittleEndian.Uint16(b.Data[i:]))) - e.whole)
	}
}

func (e *ear) hear(more int) {
	e.highs.add(more > (low+high)/2, e.n, e.rate)
	e.lows.add(more > low/2 && more < (low+high)/2 || more > high+low/2, e.n, e.rate)
	e.n++
	if more > -500 || e.n < e.rate || e.n > e.until {
		e.missing = 0
		return
	}
	e.missing++
	e.longest = max(e.longest, e.missing)
}

func (p *pulses) add(up bool, n, rate int) {
	if !up {
		p.run = 0
		return
	}
	if p.run++; at(p.run, rate) >= width/2 && at(p.run-1, rate) < width/2 {
		p.began = append(p.began, at(n+1-p.run, rate))
	}
}

// judge compares what was heard of a guest with what it gave.
func (e *ear) judge(t *testing.T, g *source, heard pulses) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	if n := len(g.pulses); n < 10 || len(heard.began) < n-1 || len(heard.began) > n {
		t.Fatalf("%s: %d pulses were given, and %d heard", g.name, n, len(heard.began))
	}
	var picture time.Duration // how far the sound is from the picture of the same moment
	least, most := time.Hour, -time.Hour
	for i, when := range heard.began {
		off := when - g.pulses[i].told
		picture = max(picture, off.Abs())
		late := when - g.pulses[i].real
		least, most = min(least, late), max(most, late)
	}
	t.Logf("%s (%v ppm): at most %v from its picture; %v to %v after it was made", g.name, g.ppm, picture, least, most)
	if picture > 10*time.Millisecond || most-least > 40*time.Millisecond {
		t.Errorf("%s drifts", g.name)
	}
}
