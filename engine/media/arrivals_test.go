package media

import (
	"testing"
	"time"
)

// A sender without reports, over RTMP, whose clock is off, is followed for hours: by its times no packet is ever much late or early.
func TestDriftWithoutReports(t *testing.T) {
	for name, speed := range map[string]float64{"fast": 1.0005, "slow": 0.9995, "exact": 1} {
		s := newSender(1000)
		s.speed, s.delay = speed, 20*time.Millisecond
		c := NewTimeline(s.epoch).Clock(1000)
		var last time.Duration
		for at := time.Duration(0); at < 6*time.Hour; at += frame {
			jitter := at / frame % 7 * 10 * time.Millisecond
			got := c.Time(s.ticks(at), s.arrival(at).Add(jitter))
			if at > 0 && !near(got-last, frame, 2*time.Millisecond) { // ticks are milliseconds
				t.Fatalf("%s: a step from %v to %v", name, last, got)
			}
			if !near(got, at+s.delay, 20*time.Millisecond) {
				t.Fatalf("%s: at %v the timeline says %v", name, at, got)
			}
			last = got
		}
	}
}

// A network that is jammed for a while is no clock: hardly anything changes.
func TestJamIsNoDrift(t *testing.T) {
	s := newSender(1000)
	c := NewTimeline(s.epoch).Clock(1000)
	for at := time.Duration(0); at < 5*time.Minute; at += frame {
		held := time.Duration(0)
		if at > time.Minute && at < 90*time.Second {
			held = 400 * time.Millisecond
		}
		if got := c.Time(s.ticks(at), s.arrival(at+held)); !near(got, at, 40*time.Millisecond) {
			t.Fatalf("at %v the timeline says %v", at, got)
		} else if at > 3*time.Minute && !near(got, at, unmoved+time.Millisecond) {
			t.Fatalf("long after it, at %v, the timeline says %v", at, got)
		}
	}
}

// What a busy machine does to arrivals does nothing to times.
func TestArrivalsOfABusyMachine(t *testing.T) {
	s := newSender(videoRate)
	c := NewTimeline(s.epoch).Clock(videoRate)
	for at := time.Duration(0); at < time.Minute; at += frame {
		busy := at / (7 * time.Second) % 2 * 9 * time.Millisecond
		if got := c.Time(s.ticks(at), s.arrival(at).Add(busy)); !near(got, at, 20*time.Microsecond) {
			t.Fatalf("at %v the timeline says %v", at, got)
		}
	}
}
