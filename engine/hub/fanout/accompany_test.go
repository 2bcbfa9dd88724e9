package fanout

import (
	"testing"
	"time"

	"sluice/engine/stat"
)

// Sound is kept for as long as the pictures that it belongs to, also behind a key frame that comes while a reader is still on the way
// from the last one.
func TestSoundIsKeptWithItsPictures(t *testing.T) {
	b := &bench{clock: newBench(t, 1, 1, 1).clock}
	b.loops = NewLoops(1, b.clock)
	t.Cleanup(b.loops.Close)
	b.log = NewLog[item](b.loops, 1e6)
	b.log.AddLane(Lane[item]{Keyed: true, Window: 300, Look: look, Asker: NewAsker(b.clock, func() {}), Stats: new(stat.Set)})
	b.log.AddLane(Lane[item]{Window: 30, Look: look, Stats: new(stat.Set)})
	for n := range 50 {
		b.timed(time.Duration(n)*100*time.Millisecond, n == 0)
	}
	s := newSink()
	r, stats := b.read(s, 1)
	settle(r)
	b.timed(5*time.Second, true)
	for n := range 20 {
		b.timed(5100*time.Millisecond+time.Duration(n)*100*time.Millisecond, false)
	}
	b.clock.AwaitAlarms(1)
	b.clock.Advance(10 * time.Second)
	s.await(audio, 70)
	s.await(video, 212)
	s.expect(t, audio, [2]int{0, 70})
	if dropped := stats.Drops.Total(); dropped != 0 {
		t.Errorf("%d were dropped", dropped)
	}
	for n := range 200 {
		b.timed(10*time.Second+time.Duration(n)*100*time.Millisecond, true)
		s.await(audio, 71+n)
	}
	if kept := b.log.lanes[audio].ring.len(); kept > 101 {
		t.Errorf("%d frames of sound are kept with pictures of %d", kept, b.log.lanes[video].ring.len()/3)
	}
}
