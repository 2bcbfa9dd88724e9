package intake

import (
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/media"
)

// arrival is when a packet came by the aligner; zero while it waits.
func arrival(a *aligner, track int, ticks uint32, now time.Time) time.Time {
	list := a.admit(track, []media.Packet{{Header: rtp.Header{Timestamp: ticks}, Arrival: now}})
	if len(list) == 0 {
		return time.Time{}
	}
	return list[len(list)-1].Arrival
}

// Over UDP a report may come after the packets that it was sent before: they wait, but not for long.
func TestAlignerWaits(t *testing.T) {
	now := time.Now()
	a := newAligner(48000, 90000, 90000)
	a.wait = true
	a.tell(0, 0, now)
	if got := arrival(a, 0, 0, now); !got.Equal(now) {
		t.Error(got)
	}
	if got := arrival(a, 1, 0, now.Add(100*time.Millisecond)); !got.IsZero() {
		t.Error(got)
	}
	a.tell(1, 0, now)
	if got := arrival(a, 1, 900, now.Add(110*time.Millisecond)); got.Sub(now) != 10*time.Millisecond {
		t.Error(got.Sub(now))
	}
	for _, ms := range []time.Duration{0, 20, 40} {
		if got := arrival(a, 2, 0, now.Add(ms*time.Millisecond)); !got.IsZero() {
			t.Error(got)
		}
	}
	list := a.admit(2, []media.Packet{{Arrival: now.Add(60 * time.Millisecond)}})
	if len(list) != 4 || !list[3].Arrival.Equal(now.Add(60*time.Millisecond)) {
		t.Error(list)
	}
}

// Pictures that come 300 ms after the sound that they belong to are taken to have come with it, and so are reports on them.
func TestAligner(t *testing.T) {
	sender := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC) // its clock may be anywhere
	now := time.Now()
	a := newAligner(48000, 90000)
	a.tell(0, 1000, sender)
	a.tell(1, 4_294_967_290, sender)
	if got := arrival(a, 0, 1000, now); !got.Equal(now) {
		t.Error(got.Sub(now))
	}
	if got := arrival(a, 0, 1000+480, now.Add(10*time.Millisecond)); !got.Equal(now.Add(10 * time.Millisecond)) {
		t.Error(got.Sub(now))
	}
	// 40 ms after the report's moment, which wraps around.
	if got := arrival(a, 1, 3594, now.Add(340*time.Millisecond)); got.Sub(now).Round(time.Microsecond) != 40*time.Millisecond {
		t.Error(got.Sub(now))
	}
	a.tell(1, 0, sender.Add(time.Hour)) // too late
	if got := a.moment(1, now.Add(time.Second)); got.Sub(now).Round(time.Microsecond) != 700*time.Millisecond {
		t.Error(got.Sub(now))
	}
}

// What nothing or nonsense is said of comes when it comes.
func TestAlignerUntold(t *testing.T) {
	now := time.Now()
	for name, tell := range map[string]func(a *aligner){
		"nothing":      func(*aligner) {},
		"one only":     func(a *aligner) { a.tell(0, 5, now) },
		"no time":      func(a *aligner) { a.tell(0, 5, now); a.tell(1, 5, time.Time{}) },
		"hours apart":  func(a *aligner) { a.tell(0, 5, now); a.tell(1, 5, now.Add(time.Hour)) },
		"wrong rate 0": func(a *aligner) { a.tell(0, 5, now); a.tell(1, 1<<30, now) },
	} {
		a := newAligner(48000, 0)
		tell(a)
		for i := range 2 {
			if got := arrival(a, i, 5, now); !got.Equal(now) {
				t.Errorf("%s: track %d is moved by %s", name, i, got.Sub(now))
			}
		}
	}
}
