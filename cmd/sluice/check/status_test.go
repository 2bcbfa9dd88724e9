package check

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/cmd/sluice/progress"
	"sluice/engine/trial"
	"sluice/engine/trial/report"
)

// TestInOrder: results are printed in the order of the tests, whatever order they come in.
func TestInOrder(t *testing.T) {
	var out, screen bytes.Buffer
	line := newStatus(progress.Options{Out: &screen}, 3)
	o := newInOrder(report.NewText(&out, false), line)
	var wg sync.WaitGroup
	for _, i := range []int{2, 0, 1} {
		wg.Go(func() { o.ended(i, trial.Result{Graph: "g", Name: string(rune('a' + i)), Outcome: trial.Passed}) })
	}
	wg.Wait()
	line.stop()
	a, b, c := strings.Index(out.String(), "  a "), strings.Index(out.String(), "  b "), strings.Index(out.String(), "  c ")
	if a < 0 || a > b || b > c || strings.Count(out.String(), "g\n") != 1 || screen.Len() > 0 {
		t.Errorf("%s%s", &out, &screen)
	}
}

// TestStatus: on a terminal a line tells what runs longest, and is gone at the end.
func TestStatus(t *testing.T) {
	var screen bytes.Buffer
	s := &status{screen: progress.Options{Out: &screen, Terminal: true, Width: func() int { return 24 }}, all: 3}
	s.draw(time.Now()) // nothing runs yet
	s.began("g: first test of all")
	s.began("g: second")
	s.draw(time.Now())
	s.ended("g: first test of all")
	s.draw(time.Now())
	s.clear()
	s.clear()
	want := "\r0 of 3, 0s: g: first t…\x1b[K" + "\r1 of 3, 0s: g: second\x1b[K" + "\r\x1b[K"
	if screen.String() != want {
		t.Errorf("%q, want %q", screen.String(), want)
	}
}
