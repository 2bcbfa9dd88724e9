package intake

import (
	"sync"
	"time"

	"sluice/api/rtsp/sdp"
	"sluice/engine/media"
)

const (
	// maxApart is how far two tracks may be apart by what is said of them to be believed.
	maxApart = 5 * time.Second
	// maxUntold is how long the first packets of a track wait for a report that was sent before them by another port, and
	// maxFirst how many do.
	maxUntold = 50 * time.Millisecond
	maxFirst  = 64
)

// aligner puts the tracks of a source together that come apart: encoders send sound at once and pictures some hundred milliseconds
// later. What the sender says of a track's time before its first packet, by a report or by RTP-Info, tells by how much; the hub
// counts on from there, and would take a minute to find out by itself. Safe for concurrent use.
type aligner struct {
	mu     sync.Mutex
	wait   bool // reports may come after packets that were sent later
	known  bool
	offset time.Duration // from the sender's time to ours, by the first track of which it was told
	tracks []aligned
}

type aligned struct {
	rate  uint32
	told  bool
	ticks uint32
	at    time.Time // of the sender, at ticks
	begun bool
	first []media.Packet // that wait
	late  time.Duration  // by which the track comes later than the first one
}

// align makes an aligner of what comes.
func align(lines []sdp.Line) *aligner {
	rates := make([]uint32, len(lines))
	for i, l := range lines {
		rates[i] = l.Track.ClockRate
	}
	return newAligner(rates...)
}

func newAligner(rates ...uint32) *aligner {
	a := &aligner{tracks: make([]aligned, len(rates))}
	for i, r := range rates {
		a.tracks[i].rate = max(r, 1)
	}
	return a
}

// tell takes note of what the sender says: that a track's ticks are a moment of its clock.
func (a *aligner) tell(track int, ticks uint32, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t := &a.tracks[track]; !t.begun && !at.IsZero() {
		t.told, t.ticks, t.at = true, ticks, at
	}
}

// admit takes packets that came now, and gives those that are to be passed on: none as long as they wait. They came when they
// would have come with their track's lateness taken off.
func (a *aligner) admit(track int, list []media.Packet) []media.Packet {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := &a.tracks[track]
	if !t.begun && len(list) > 0 {
		t.first = append(t.first, list...)
		if a.wait && !t.told && len(t.first) < maxFirst && list[0].Arrival.Sub(t.first[0].Arrival) < maxUntold {
			return nil
		}
		t.begun = true
		a.begin(t, t.first[0].Header.Timestamp, t.first[0].Arrival)
		list, t.first = t.first, nil
	}
	for i := range list {
		list[i].Arrival = list[i].Arrival.Add(-t.late)
	}
	return list
}

// moment is that of something else that belongs to the track, a report.
func (a *aligner) moment(track int, now time.Time) time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return now.Add(-a.tracks[track].late)
}

func (a *aligner) begin(t *aligned, ticks uint32, now time.Time) {
	if !t.told {
		return
	}
	since := time.Duration(int32(ticks-t.ticks)) * time.Second / time.Duration(t.rate)
	at := t.at.Add(since)
	if !a.known {
		a.known, a.offset = true, now.Sub(at)
		return
	}
	if late := now.Sub(at.Add(a.offset)); late.Abs() < maxApart {
		t.late = late
	}
}
