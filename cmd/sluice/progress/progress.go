// Package progress shows how far a run is: on a terminal as one line that is written over and over, elsewhere as a line every
// few seconds. It reads no clock and starts nothing: whoever runs something calls Show when it has news.
//
// It is our own because the line is mostly words, and the bar the smallest part of it. mpb, the usual library, keeps its own
// clock and goroutine, counts in steps rather than in media time, and estimates from wall-clock time alone, so that neither the
// speed in times real time nor a test without waiting could be had from it.
package progress

import (
	"io"
	"sync"
	"time"
)

// Status is how a run is at one moment.
type Status struct {
	Position time.Duration // how much media is done; if it and Length are 0, real time is shown instead
	Length   time.Duration // how much there is; 0 if not known
	Frames   uint64        // pictures coded so far; 0 if there are none
	Bytes    uint64        // written so far; 0 if not known
	Word     string        // what is being done if it is not the usual, such as "draining"
}

// Options say where and how to show progress.
type Options struct {
	Out      io.Writer
	Terminal bool          // Out is one, which understands carriage return and ESC [K
	Width    func() int    // of the terminal in columns; 0 if not known; asked for every line, as it may change
	Every    time.Duration // between lines where there is no terminal; 5 s if 0
}

const (
	usualEvery = 5 * time.Second
	usualWidth = 80
)

// Printer shows one run. It is safe for concurrent use.
type Printer struct {
	o Options

	mu    sync.Mutex
	meter meter
	last  time.Time // of the last line off a terminal
	drawn bool      // there is a line on the terminal that is not ended
}

// New makes a printer for a run that begins now.
func New(now time.Time, o Options) *Printer {
	if o.Every == 0 {
		o.Every = usualEvery
	}
	if o.Width == nil {
		o.Width = func() int { return usualWidth }
	}
	return &Printer{o: o, last: now, meter: meter{begun: now, points: []point{{at: now}}}}
}

// Show shows a status. Off a terminal it writes nothing until some time has passed since the last line.
func (p *Printer) Show(now time.Time, s Status) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.meter.read(now, s)
	if !p.o.Terminal {
		if now.Sub(p.last) >= p.o.Every {
			p.last = now
			p.write(r.sentence() + "\n")
		}
		return
	}
	width := p.o.Width()
	if width <= 0 {
		width = usualWidth
	}
	// One column stays free: terminals differ in what happens in the last.
	p.write("\r" + r.bar(width-1) + "\x1b[K")
	p.drawn = true
}

// Clear takes the line off the terminal, so that something else may be written. The next Show draws it anew.
func (p *Printer) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

// Write writes something else to the same place, in front of the line. It must end with a new line.
func (p *Printer) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	return p.o.Out.Write(text)
}

func (p *Printer) clear() {
	if p.drawn {
		p.write("\r\x1b[K")
		p.drawn = false
	}
}

// write drops errors: there is nobody to tell that progress cannot be told.
func (p *Printer) write(text string) { _, _ = io.WriteString(p.o.Out, text) }
