package fanout

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// thinned writes a key unit and 29 others behind it, each of one item, of which every second can be spared; and more than
// the limit permits, so that the spare ones older than the window of 10 are let go.
func thinned(t testing.TB) *bench {
	b := newBench(t, 1, 10, 2500)
	for n := range 30 {
		at := time.Duration(n) * 100 * time.Millisecond
		b.log.Append(video, []item{{n: n, at: at, first: true, key: n == 0, spare: n%2 == 1, size: 100}})
	}
	return b
}

// kept is what a reader gets who begins then.
func kept() (all []int) {
	for n := range 30 {
		if n%2 == 0 || n > 9 {
			all = append(all, n)
		}
	}
	return all
}

func TestWhatCanBeSparedGoesBeforeTheKeyUnit(t *testing.T) {
	b := thinned(t)
	s := newSink()
	_, stats := b.read(s, 0)
	s.await(video, 29)
	if got := s.copy(video); !slices.Equal(got, kept()) {
		t.Errorf("it got %v, want %v", got, kept())
	}
	if b.log.size > 2500 || stats.Units.Load() != 25 || stats.Drops.Total() != 0 {
		t.Errorf("%d bytes are kept; it counted %+v", b.log.size, stats.Snapshot())
	}
	b.log.Append(video, []item{{n: 30, first: true, size: 100}})
	s.await(video, 30)
	for n := range 30 { // until nothing is left to be spared
		b.log.Append(video, []item{{n: 31 + n, first: true, size: 100}})
		s.await(video, 31+n)
	}
	late := newSink()
	r, _ := b.read(late, 0)
	settle(r)
	if got := late.copy(video); len(got) != 0 {
		t.Errorf("a reader got %v although the key unit is gone", got)
	}
}

func TestReplayOfWhatIsLeft(t *testing.T) {
	b := thinned(t)
	s := newSink()
	b.read(s, 2)
	s.await(video, 0)
	for i, n := range kept()[1:] { // 100 ms apart in time, at twice the speed
		b.clock.AwaitAlarms(1)
		b.clock.Advance(time.Duration(n-kept()[i])*50*time.Millisecond + 1)
		s.await(video, n)
	}
	if got := s.copy(video); !slices.Equal(got, kept()) {
		t.Errorf("it got %v, want %v", got, kept())
	}
}

// TestSinksThatTakeLittle: whatever part of it a sink takes at a time, it gets everything once.
func TestSinksThatTakeLittle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := thinned(t)
		s := newSink()
		s.makeRoom(0)
		r, stats := b.read(s, 0)
		for len(s.copy(video)) < len(kept()) {
			s.makeRoom(rapid.IntRange(1, 7).Draw(rt, "room"))
			r.Wake()
			settle(r)
		}
		if got := s.copy(video); !slices.Equal(got, kept()) || stats.Units.Load() != 25 || stats.Bytes.Load() != 2500 {
			rt.Errorf("it got %v and counted %+v", got, stats.Snapshot())
		}
	})
}
