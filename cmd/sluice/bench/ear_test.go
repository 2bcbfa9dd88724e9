package bench

import (
	"context"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// ear hears what a pool of workers logs: which processes there are, and what the collectors in them did, which they say with
// traced in their environment.
type ear struct {
	pid int // of the worker whose lines these are; 0 in the first
	to  *heard
}

// traced makes workers tell of their collections of garbage.
const traced = "GODEBUG=gctrace=1"

// heard is what all ears of a pool have heard.
type heard struct {
	mu      sync.Mutex
	ready   []int
	cycles  map[int]int // collections that memory made necessary, by process
	garbage map[int]int // megabytes allocated between collections
	live    map[int]int
	lost    bool
}

func newEar() *ear {
	return &ear{to: &heard{cycles: map[int]int{}, garbage: map[int]int{}, live: map[int]int{}}}
}

// Enabled implements slog.Handler.
func (e *ear) Enabled(context.Context, slog.Level) bool { return true }

// WithGroup implements slog.Handler.
func (e *ear) WithGroup(string) slog.Handler { return e }

// WithAttrs implements slog.Handler.
func (e *ear) WithAttrs(list []slog.Attr) slog.Handler {
	for _, a := range list {
		if a.Key == "worker" {
			return &ear{pid: int(a.Value.Int64()), to: e.to}
		}
	}
	return e
}

// Handle implements slog.Handler.
func (e *ear) Handle(_ context.Context, r slog.Record) error {
	e.to.mu.Lock()
	defer e.to.mu.Unlock()
	if r.Message == "a worker is ready" {
		e.to.ready = append(e.to.ready, e.pid)
	}
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "text" {
			e.to.collected(e.pid, a.Value.String())
		}
		return true
	})
	return nil
}

// collection is the line that a collector prints; the numbers are the megabytes before, after and left.
var collection = regexp.MustCompile(`^gc \d+ @.* (\d+)->\d+->(\d+) MB`)

func (h *heard) collected(pid int, text string) {
	h.lost = h.lost || strings.Contains(text, "lines left out)")
	m := collection.FindStringSubmatch(text)
	if m == nil {
		return
	}
	before, _ := strconv.Atoi(m[1])
	left, _ := strconv.Atoi(m[2])
	h.garbage[pid] += max(before-h.live[pid], 0)
	h.live[pid] = left
	if !strings.Contains(text, "(forced)") {
		h.cycles[pid]++
	}
}

// of gives the collections of a process so far, and the megabytes that made them necessary; false if lines were lost.
func (e *ear) of(pid int) (cycles, garbage int, ok bool) {
	e.to.mu.Lock()
	defer e.to.mu.Unlock()
	return e.to.cycles[pid], e.to.garbage[pid], !e.to.lost
}

// workers lists the processes that became ready, in their order.
func (e *ear) workers() []int {
	e.to.mu.Lock()
	defer e.to.mu.Unlock()
	return append([]int(nil), e.to.ready...)
}
