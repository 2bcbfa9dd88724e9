package send

import (
	"testing"
	"time"

	"sluice/engine/media"
)

// TestTiming switches from a first packet to another one of another stretch, both with their place on their publication's time.
func TestTiming(t *testing.T) {
	start := time.Unix(1000, 0)
	cases := []struct {
		name     string
		passed   time.Duration // between the moments of the packets
		from, to uint32        // timestamps
		ticks    uint32        // that pass
		moved    bool
	}{
		{"another source", time.Second, 5, 777777, 90000, true},
		{"the same source goes on", time.Second, 5, 90005, 90000, false},
		{"not quite", time.Second, 5, 90005 + 45000, 135000, false},
		{"too far off", time.Second, 5, 90005 + 90001, 90000, true},
		{"around the wrap", time.Second, 1<<32 - 1, 89999, 90000, false},
		{"no time", 0, 5, 777777, 900, true},
		{"back in time", -time.Minute, 5, 777777, 900, true},
		{"the same source, back in time", -time.Second, 90005, 5, 900, true},
		{"the same moment", 0, 5, 5, 900, true},
		{"a day", 24 * time.Hour, 5, 777777, 7776000000 & (1<<32 - 1), true},
	}
	for _, c := range cases {
		tm := timing{shift: 31337}
		tm.begin(c.from, start, 90000)
		before := tm.out(c.from)
		if before != c.from+31337 {
			t.Errorf("%s: begins with %d", c.name, before)
		}
		tm.note(before, start)
		if moved := tm.begin(c.to, start.Add(c.passed), 90000); moved != c.moved {
			t.Errorf("%s: moved: %t", c.name, moved)
		}
		if got := tm.out(c.to) - before; got != c.ticks {
			t.Errorf("%s: %d ticks pass, not %d", c.name, got, c.ticks)
		}
	}
}

func TestTimingOfAnotherRate(t *testing.T) {
	start := time.Unix(1000, 0)
	var tm timing
	tm.begin(0, start, 48000)
	tm.note(tm.out(0), start)
	if !tm.begin(48000, start.Add(time.Second), 8000) {
		t.Error("the times of another clock are believed")
	}
	if got := tm.out(48000); got != 48000 {
		t.Errorf("goes on at %d", got)
	}
	tm.note(tm.out(48000), start.Add(time.Second))
	if got := tm.now(start.Add(3 * time.Second)); got != 48000+16000 {
		t.Errorf("it is %d", got)
	}
	if got := tm.now(start); got != 48000-8000 {
		t.Errorf("it was %d", got)
	}
}

// TestTimestampsOfSilence: a source that sends nothing for a while (DTX) is not hurried.
func TestTimestampsOfSilence(t *testing.T) {
	r := playing()
	r.feed(1, packet(1, 960, delta(0)), packet(2, 960*50, delta(0)))
	sent := r.take()
	if d := sent[1].Timestamp - sent[0].Timestamp; d != 960*49 || sent[1].SequenceNumber-sent[0].SequenceNumber != 1 {
		t.Errorf("%d ticks", d)
	}
	if !sent[0].Marker || sent[0].PayloadType != audioType || sent[0].SSRC != audioSSRC {
		t.Errorf("sent %v", sent[0])
	}
}

func TestTracks(t *testing.T) {
	r := newRig()
	r.Begin([]media.Track{media.NewTrack(media.H264), media.NewTrack(media.VP8), media.NewTrack(media.Opus), media.NewTrack(media.Opus)})
	for i := range 5 {
		r.Push(i-1, frames(0, 1))
	}
	r.Push(1, nil)
	if sent := r.take(); len(sent) != 2 || sent[0].SSRC != videoSSRC || sent[1].SSRC != audioSSRC {
		t.Errorf("sent %v", sent)
	}
	if r.started != 1 {
		t.Errorf("started %d times", r.started)
	}
	r.End(nil)
	if n := r.Push(0, frames(1, 1)); n != 1 || len(r.take()) != 0 || len(r.ended) != 1 {
		t.Errorf("%d taken after the end, ended %v", n, r.ended)
	}
}
