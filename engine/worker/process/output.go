package process

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"
)

const (
	maxLine   = 1 << 10 // bytes of a line that are kept
	lineBurst = 100     // lines let through at once …
	lineRate  = 20      // … and then a second
)

// output takes error output, cuts it into lines of bounded length, and lets so many of them through. It never blocks the
// program for long and never fails, whatever comes.
type output struct {
	emit func(string)

	mu   sync.Mutex
	line []byte
	last string
	cry  string  // the first line of a crash report, which says more than its last
	used float64 // lines of the burst that are used up
	at   time.Time
	lost int
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for rest := p; len(rest) > 0; {
		part, after, ended := bytes.Cut(rest, []byte{'\n'})
		rest = after
		o.line = append(o.line, part[:min(len(part), maxLine-len(o.line))]...)
		if ended {
			o.flush(time.Now())
		}
	}
	return len(p), nil
}

// flush hands the line on, or counts it among the lost.
func (o *output) flush(now time.Time) {
	text := string(bytes.ToValidUTF8(bytes.TrimSpace(o.line), []byte("?")))
	o.line = o.line[:0]
	if text == "" {
		return
	}
	o.last = text
	if o.cry == "" && cries(text) {
		o.cry = text
	}
	o.used = max(0, o.used-now.Sub(o.at).Seconds()*lineRate)
	o.at = now
	if o.used+1 > lineBurst {
		o.lost++
		return
	}
	o.used++
	if o.lost > 0 {
		text = fmt.Sprintf("%s (after %d lines left out)", text, o.lost)
		o.lost = 0
	}
	if o.emit != nil {
		o.emit(text)
	}
}

// cries tells whether a line begins a crash report of Go or of GLib.
func cries(line string) bool {
	for _, begin := range []string{"panic: ", "fatal error: ", "SIGSEGV: ", "SIGABRT: ", "SIGBUS: ", "SIGFPE: ", "SIGILL: "} {
		if strings.HasPrefix(line, begin) {
			return true
		}
	}
	return strings.HasPrefix(line, "**") && strings.Contains(line, "ERROR") // what g_error and g_assert print
}

// word is what a program that ended said about it: the beginning of a crash report, or its last line.
func (o *output) word() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.cry != "" {
		return o.cry
	}
	if text := bytes.TrimSpace(o.line); len(text) > 0 {
		return string(bytes.ToValidUTF8(text, []byte("?")))
	}
	return o.last
}
