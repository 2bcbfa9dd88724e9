//go:build cgo && !nogst

package endure

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bluenviron/mediacommon/v2/pkg/codecs/g711"

	"sluice/cmd/sluice/bench/benchtest"
)

const (
	frame    = 20 * time.Millisecond   // of sound
	pictures = 4                       // frames of sound to a picture: 12.5 a second
	signal   = 2500 * time.Millisecond // from one flash and beep to the next
	lasts    = 320 * time.Millisecond
)

// wire is how a camera's media gets to the server.
type wire interface {
	sound(at time.Duration, made time.Time, alaw []byte) error
	picture(at time.Duration, made time.Time, p picture) error
	close()
}

// camera is a guest: a picture, and a tone. Every now and then, by its own clock, it flashes and beeps, both from the same moment on.
type camera struct {
	t     *testing.T
	dial  func() (wire, error)
	ppm   float64 // by which its clock is fast
	tone  int     // Hz, a multiple of 100
	beep  int     // Hz, the same
	films []film

	shown   atomic.Int64 // which film
	held    atomic.Int64 // nanoseconds by which the machine had it send late at the most,
	when    atomic.Int64 // and how long it had been there then
	stalled atomic.Bool
	broken  chan struct{} // has it connect anew
	quit    chan struct{}
	done    sync.WaitGroup
	phases  [2]float64
}

// begin has it publish until end is called, which the end of the test does too.
func (c *camera) begin() {
	c.t.Helper()
	w, err := c.dial()
	if err != nil {
		c.t.Fatal(err)
	}
	c.broken, c.quit = make(chan struct{}), make(chan struct{})
	c.done.Go(func() { c.run(w) })
	c.t.Cleanup(c.end)
}

// end has it leave.
func (c *camera) end() {
	select {
	case <-c.quit:
	default:
		close(c.quit)
	}
	c.done.Wait()
}

// reconnect has it lose its connection and connect anew.
func (c *camera) reconnect() {
	select {
	case c.broken <- struct{}{}:
	case <-c.quit:
	}
}

func (c *camera) run(w wire) {
	defer func() {
		if w != nil {
			w.close()
		}
	}()
	begun := time.Now()
	for n := 0; ; n++ {
		own := time.Duration(n) * frame
		made := begun.Add(time.Duration(float64(own) / (1 + c.ppm/1e6)))
		select {
		case <-c.quit:
			return
		case <-c.broken:
			w.close()
			if w = c.again(); w == nil {
				return
			}
		case <-time.After(time.Until(made)):
		}
		if late := int64(time.Since(made)); late > c.held.Load() {
			c.held.Store(late)
			c.when.Store(int64(own))
		}
		if c.stalled.Load() {
			continue
		}
		if err := c.send(w, n, own, begun.Add(own)); err != nil {
			c.t.Errorf("%v into it: %v", own, err)
			return
		}
	}
}

// again connects anew, as soon as the name is free; nil if that is not to be.
func (c *camera) again() wire {
	for late := time.After(benchtest.Patience); ; {
		w, err := c.dial()
		if err == nil {
			return w
		}
		select {
		case <-c.quit:
			return nil
		case <-late:
			c.t.Errorf("it cannot connect again: %v", err)
			return nil
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// hindered says by how much the machine had it send late. What is more than a mixer waits is missing.
func (c *camera) hindered() string {
	return fmt.Sprintf("the machine held it up by %v at most, when it had been there for %v", time.Duration(c.held.Load()), time.Duration(c.when.Load()))
}

// send gives what the camera has at a time of its own clock, which says that it is so late.
func (c *camera) send(w wire, n int, own time.Duration, clock time.Time) error {
	flashes := own >= signal && own%signal < lasts
	if err := w.sound(own, clock, c.hum(flashes)); err != nil || n%pictures != 0 {
		return err
	}
	f := c.films[c.shown.Load()]
	if flashes {
		return w.picture(own, clock, f.flash)
	}
	return w.picture(own, clock, f.plain)
}

// hum is a frame of its sound in A-law.
func (c *camera) hum(beeps bool) []byte {
	const rate, each = 8000, 160
	pcm := make([]byte, 0, 2*each)
	for range each {
		v := 3000 * math.Sin(c.phases[0])
		c.phases[0] += 2 * math.Pi * float64(c.tone) / rate
		if beeps {
			v += 6000 * math.Sin(c.phases[1])
			c.phases[1] += 2 * math.Pi * float64(c.beep) / rate
		}
		pcm = binary.BigEndian.AppendUint16(pcm, uint16(int16(v)))
	}
	out, err := g711.Alaw(pcm).Marshal()
	if err != nil {
		c.t.Error(err)
	}
	return out
}
