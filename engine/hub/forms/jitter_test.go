package forms

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sluice/engine/media"
)

// script gives packets by their sequence numbers, one millisecond apart, and tells what comes out: "|" before a packet
// says that some are missing, "x" that the packet was left out.
func script(j *jitter, source uint32, numbers ...int) string {
	var out strings.Builder
	for _, n := range numbers {
		p := &media.Packet{Arrival: j.now.Add(time.Millisecond)}
		p.Header.SequenceNumber, p.Header.SSRC = uint16(n), source
		if !j.push(p) {
			out.WriteString("x ")
		}
		for p, gap := j.next(); p != nil; p, gap = j.next() {
			if gap {
				out.WriteString("| ")
			}
			fmt.Fprintf(&out, "%d ", p.Header.SequenceNumber)
		}
	}
	return strings.TrimSpace(out.String())
}

func TestJitter(t *testing.T) {
	for name, row := range map[string]struct {
		in   []int
		want string
	}{
		"in order":           {[]int{1, 2, 3}, "1 2 3"},
		"wraps around":       {[]int{65534, 65535, 65536, 65537}, "65534 65535 0 1"},
		"out of order":       {[]int{1, 3, 4, 2, 5}, "1 2 3 4 5"},
		"one is missing":     {[]int{1, 3, 4, 5, 6, 7, 8}, "1 | 3 4 5 6 7 8"},
		"two are missing":    {[]int{1, 3, 5, 6, 7, 8, 9, 10}, "1 | 3 | 5 6 7 8 9 10"},
		"it comes after all": {[]int{1, 3, 4, 5, 6, 7, 8, 2, 9}, "1 | 3 4 5 6 7 8 x 9"},
		"twice":              {[]int{1, 2, 2, 4, 4, 3}, "1 2 x x 3 4"},
		"the first is late":  {[]int{2, 1, 3}, "2 x 3"},
		"a large gap":        {[]int{1, 3, 1 + window + 1, 1 + window + 2}, fmt.Sprintf("1 | 3 | %d %d", window+2, window+3)},
		"begins anew":        {[]int{9000, 9002, 100, 101}, "9000 | 9002 | 100 101"},
	} {
		j := &jitter{wait: 5 * time.Millisecond}
		if got := script(j, 7, row.in...); got != row.want {
			t.Errorf("%s: %s, want %s", name, got, row.want)
		}
		if j.held != 0 {
			t.Errorf("%s: %d are left", name, j.held)
		}
	}
}

func TestJitterWithAnotherSource(t *testing.T) {
	j := &jitter{wait: time.Second}
	script(j, 7, 1, 2, 5)
	if got := script(j, 8, 6, 7); got != "| 5 | 6 7" {
		t.Errorf("got %s", got)
	}
}

func TestJitterOfASenderThatBeginsAnewJustBehind(t *testing.T) {
	j := &jitter{wait: time.Second}
	script(j, 7, 1000, 1001)
	var numbers []int
	for n := range obstinate + 3 {
		numbers = append(numbers, 500+n)
	}
	want := strings.Repeat("x ", obstinate) + fmt.Sprintf("| %d %d %d", 500+obstinate, 501+obstinate, 502+obstinate)
	if got := script(j, 7, numbers...); got != want {
		t.Errorf("got %s", got)
	}
}

func TestJitterHoldsNoMoreThanItsWindow(t *testing.T) {
	j := &jitter{wait: time.Hour}
	numbers := []int{0}
	for n := range 2 * window {
		numbers = append(numbers, 2+n)
	}
	if got := script(j, 7, numbers...); !strings.HasPrefix(got, "0 | 2 3 4 ") || j.held > window {
		t.Errorf("%d are held; got %.50s", j.held, got)
	}
}

func TestJitterGivesUp(t *testing.T) {
	j := &jitter{wait: time.Hour}
	script(j, 7, 1, 3, 5)
	j.giveUp()
	var got []uint16
	for p, _ := j.next(); p != nil; p, _ = j.next() {
		got = append(got, p.Header.SequenceNumber)
	}
	if len(got) != 2 || got[0] != 3 || got[1] != 5 {
		t.Errorf("got %v", got)
	}
}
