package engine

import (
	"strconv"
	"testing"
	"time"
)

// A name is remembered for an hour at least, and not for more than two.
func TestLately(t *testing.T) {
	began := time.Unix(1_000_000, 0)
	for _, noted := range []time.Duration{0, time.Minute, 59 * time.Minute, 90 * time.Minute} {
		for later, want := range map[time.Duration]bool{0: true, time.Hour - 1: true, 2 * time.Hour: false, 10 * time.Hour: false} {
			var l lately
			l.note("first", began)
			l.note("cam", began.Add(noted))
			if got := l.has("cam", began.Add(noted+later)); got != want {
				t.Errorf("noted at %v, %v later: %t", noted, later, got)
			}
		}
	}
	if new(lately).has("cam", began) {
		t.Error("known from nowhere")
	}
}

// Only so many are remembered, the newest.
func TestLatelyIsBounded(t *testing.T) {
	var l lately
	at := time.Unix(1_000_000, 0)
	for i := range 5 * namesKept {
		l.note(strconv.Itoa(i), at)
	}
	if n := len(l.now) + len(l.before); n > 2*namesKept || l.has("0", at) || !l.has(strconv.Itoa(5*namesKept-1), at) {
		t.Errorf("%d are kept", n)
	}
}
