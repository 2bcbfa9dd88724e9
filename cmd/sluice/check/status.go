package check

import (
	"fmt"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"sluice/cmd/sluice/progress"
	"sluice/engine/trial"
	"sluice/engine/trial/report"
)

// status shows on a terminal, on one line that is written over and over, how many tests are over and which one runs longest.
// Elsewhere it shows nothing: results are printed as they come.
type status struct {
	screen progress.Options
	all    int
	quit   chan struct{}
	done   chan struct{}

	mu      sync.Mutex
	over    int
	running []started
	drawn   bool
}

// started is a test that runs.
type started struct {
	name string
	at   time.Time
}

// often is how often the line is written.
const often = 250 * time.Millisecond

func newStatus(screen progress.Options, all int) *status {
	s := &status{screen: screen, all: all, quit: make(chan struct{}), done: make(chan struct{})}
	go s.loop()
	return s
}

func (s *status) loop() {
	defer close(s.done)
	tick := time.NewTicker(often)
	defer tick.Stop()
	for s.screen.Terminal {
		select {
		case <-tick.C:
			s.draw(time.Now())
		case <-s.quit:
			return
		}
	}
}

// stop takes the line away and waits for the goroutine that writes it.
func (s *status) stop() {
	close(s.quit)
	<-s.done
	s.clear()
}

func (s *status) began(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = append(s.running, started{name, time.Now()})
}

// ended takes note of a test that is over.
func (s *status) ended(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over++
	if i := slices.IndexFunc(s.running, func(r started) bool { return r.name == name }); i >= 0 {
		s.running = slices.Delete(s.running, i, i+1)
	}
}

func (s *status) draw(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.running) == 0 {
		return
	}
	first := s.running[0]
	text := fmt.Sprintf("%d of %d, %.0fs: %s", s.over, s.all, now.Sub(first.at).Seconds(), first.name)
	width := 80
	if s.screen.Width != nil {
		width = max(s.screen.Width(), 20)
	}
	if utf8.RuneCountInString(text) >= width {
		text = string([]rune(text)[:width-2]) + "…"
	}
	fmt.Fprint(s.screen.Out, "\r"+text+"\x1b[K")
	s.drawn = true
}

// clear takes the line off the screen, so that something else can be written.
func (s *status) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drawn {
		fmt.Fprint(s.screen.Out, "\r\x1b[K")
		s.drawn = false
	}
}

// inOrder prints results in the order of the tests, each as soon as those before it are over.
type inOrder struct {
	text *report.Text
	line *status

	mu      sync.Mutex
	waiting map[int]trial.Result
	next    int
	err     error
}

func newInOrder(text *report.Text, line *status) *inOrder {
	return &inOrder{text: text, line: line, waiting: map[int]trial.Result{}}
}

func (o *inOrder) ended(i int, r trial.Result) {
	o.line.ended(r.Graph + ": " + r.Name)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.waiting[i] = r
	for {
		r, ok := o.waiting[o.next]
		if !ok {
			return
		}
		delete(o.waiting, o.next)
		o.next++
		o.line.clear()
		if err := o.text.Result(r); err != nil && o.err == nil {
			o.err = err
		}
	}
}
