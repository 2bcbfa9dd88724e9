package fanout

import (
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"sluice/engine/stat"
)

func TestReaderGetsEverythingFromTheKeyUnitOn(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	b.frame(true, 3)
	b.frames(4)
	b.frame(true, 4) // items 15 to 18; that it is a key unit shows at 17 only
	b.frames(2)
	s := newSink()
	_, stats := b.read(s, 0)
	s.await(video, 24)
	b.frames(1)
	s.await(video, 27)
	s.await(audio, 8)
	s.expect(t, video, [2]int{15, 27})
	s.expect(t, audio, [2]int{5, 8})
	if got := stats.Snapshot(); got.Units != 17 || got.Bytes != 1700 || got.Keyframes != 1 || got.Drops != nil || got.Level != 0 {
		t.Errorf("it counted %+v", got)
	}
}

func TestReaderWithoutKeyUnitWaitsForOne(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	b.frames(2)
	b.log.Append(video, []item{{n: 6, first: true}}) // the next unit has begun, and is a key unit
	s := newSink()
	r, stats := b.read(s, 0)
	settle(r)
	b.log.Append(video, []item{{n: 7, key: true}, {n: 8}})
	b.next[video] = 9
	b.frames(1)
	s.await(video, 11)
	s.await(audio, 2)
	s.expect(t, video, [2]int{6, 11})
	s.expect(t, audio, [2]int{2, 2})
	if n := stats.Drops.Total(); n != 0 {
		t.Errorf("%d drops, although it began later", n)
	}
	if b.asked.Load() != 1 {
		t.Errorf("asked for a key frame %d times", b.asked.Load())
	}
}

func TestWaitingReaderCountsWhatPassesAndAsksAgain(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	s := newSink()
	r, stats := b.read(s, 0)
	for range 5 {
		b.clock.Advance(200 * time.Millisecond)
		b.frames(1)
		settle(r)
	}
	b.frame(true, 3)
	s.await(video, 17)
	s.expect(t, video, [2]int{15, 17})
	if n := stats.Drops.Load(stat.AwaitKey); n != 15 {
		t.Errorf("%d passed, want 15", n)
	}
	if n := b.asked.Load(); n != 2 {
		t.Errorf("asked %d times in a second, want at the beginning and after 0.6 s", n)
	}
}

func TestSlowReaderGoesOnAtTheNextKeyUnit(t *testing.T) {
	b := newBench(t, 1, 10, 1e6)
	b.frame(true, 3)
	s := newSink()
	s.makeRoom(4)
	r, stats := b.read(s, 0)
	b.frames(1)
	for range 4 { // 12 more: beyond the window
		b.frames(1)
		settle(r)
	}
	s.makeRoom(1000)
	b.frame(true, 3) // items 18 to 20
	s.await(video, 20)
	s.await(audio, 6)
	got := s.copy(video)
	if first := got[0]; first != 0 || got[len(got)-1] != 20 || got[len(got)-3] != 18 {
		t.Errorf("video %v", got)
	}
	for i, n := range got[:len(got)-3] {
		if n != i {
			t.Errorf("a gap before the loss: %v", got)
		}
	}
	snap := stats.Snapshot()
	if lost := snap.Drops["slow"] + snap.Drops["await_key"]; int(lost)+len(got)+len(s.copy(audio)) != 21+7 {
		t.Errorf("%d video and %d audio came, %d were counted as lost", len(got), len(s.copy(audio)), lost)
	}
	if b.asked.Load() == 0 {
		t.Error("nobody asked for a key frame")
	}
}

func TestSlowReaderOfAudioLosesTheOldest(t *testing.T) {
	b := newBench(t, 1, 10, 1e6)
	s := newSink()
	s.makeRoom(0)
	stats := new(stat.Set)
	r := NewReader[item](b.loops, s, stats)
	r.Attach(b.log, []int{audio}, Replay{}, func() {})
	b.frames(25)
	settle(r)
	if got := stats.Snapshot(); got.Level != 10 {
		t.Errorf("%d wait, want a window of 10", got.Level)
	}
	s.mu.Lock()
	s.room = 1000
	s.mu.Unlock()
	r.Wake()
	settle(r)
	s.expect(t, 0, [2]int{15, 24})
	if n := stats.Drops.Load(stat.Slow); n != 15 {
		t.Errorf("%d drops, want 15", n)
	}
}

func TestStalledReaderHarmsNobodyElse(t *testing.T) {
	b := newBench(t, 1, 10, 1e6)
	b.frame(true, 3)
	stalled, fine := newSink(), newSink()
	stalled.makeRoom(0)
	_, lost := b.read(stalled, 0)
	_, stats := b.read(fine, 0)
	for i := range 50 {
		b.frames(1)
		fine.await(video, 5+3*i)
		fine.await(audio, 1+i)
	}
	fine.expect(t, video, [2]int{0, 152})
	fine.expect(t, audio, [2]int{0, 50})
	if stats.Drops.Total() != 0 || lost.Drops.Total() == 0 {
		t.Errorf("the good one lost %d, the stalled one %d", stats.Drops.Total(), lost.Drops.Total())
	}
}

func TestWakeOffersTheRest(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	b.frame(true, 6)
	s := newSink()
	s.makeRoom(2)
	r, _ := b.read(s, 0)
	settle(r)
	s.expect(t, video, [2]int{0, 1})
	s.makeRoom(10)
	r.Wake()
	s.await(video, 5)
	s.expect(t, video, [2]int{0, 5})
}

func TestReplayKeepsItsPace(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	for i := range 30 { // three seconds
		at := time.Duration(i) * 100 * time.Millisecond
		b.log.Append(video, []item{{n: i, at: at, first: true, key: i == 0}})
	}
	s := newSink()
	r, stats := b.read(s, 3)
	settle(r)
	s.expect(t, video, [2]int{0, 0})
	for i := 1; i <= 5; i++ {
		b.clock.AwaitAlarms(1)
		b.clock.Advance(100 * time.Millisecond) // three frames
		s.await(video, 3*i)
	}
	s.expect(t, video, [2]int{0, 15})
	if snap := stats.Snapshot(); snap.Level != 14 || snap.Lag != 1300*time.Millisecond {
		t.Errorf("%d wait, %v behind", snap.Level, snap.Lag)
	}
	b.clock.Advance(time.Minute)
	s.await(video, 29)
	b.log.Append(video, []item{{n: 30, at: time.Hour, first: true}}) // it is live now, and not held back
	s.await(video, 30)
	if snap := stats.Snapshot(); snap.Level != 0 || snap.Lag != 0 || snap.Drops != nil {
		t.Errorf("in the end %+v", snap)
	}
}

func TestFinishOffersWhatWasWritten(t *testing.T) {
	b := newBench(t, 2, 1000, 1e6)
	b.frame(true, 3)
	s := newSink()
	r, _ := b.read(s, 0)
	b.frames(100)
	done := make(chan struct{})
	r.Finish(func() { close(done) })
	b.frames(1)
	<-done
	got := s.copy(video)
	if last := got[len(got)-1]; last < 302 {
		t.Errorf("the last was %d of 302", last)
	}
	b.frames(1)
	settle(r)
	if again := s.copy(video); len(again) != len(got) {
		t.Errorf("%d more came after the end", len(again)-len(got))
	}
}

func TestEveryFinishIsHeard(t *testing.T) {
	b := newBench(t, 1, 1000, 1e6)
	r, _ := b.read(newSink(), 0)
	hold := make(chan struct{})
	r.loop.post(func() { <-hold }) // so that both come before the loop runs
	var done sync.WaitGroup
	done.Add(2)
	r.Finish(done.Done)
	r.Finish(done.Done)
	close(hold)
	done.Wait()
}

func TestDetachedReaderGetsNothing(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	b.frame(true, 3)
	s := newSink()
	r, _ := b.read(s, 0)
	s.await(video, 2)
	done := make(chan struct{})
	r.Detach(func() { close(done) })
	<-done
	b.frames(3)
	r.Wake()
	settle(r)
	s.expect(t, video, [2]int{0, 2})
	if n := len(b.log.lanes[video].ears); n != 0 {
		t.Errorf("%d rosters are still woken", n)
	}
}

func TestEndsAreCalledAfterTheLoopsClosed(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	r, _ := b.read(newSink(), 0)
	b.loops.Close()
	b.loops.Close()
	called := 0
	r.Detach(func() { called++ })
	r.Finish(func() { called++ })
	r.Wake()
	if called != 2 {
		t.Errorf("%d of 2 ends were called", called)
	}
}

// TestReadersMoveBetweenLogs: sinks check that they are never pushed to twice at a time.
func TestReadersMoveBetweenLogs(t *testing.T) {
	b := newBench(t, 3, 100, 1e6)
	other := newLog(b, 100, 1e6)
	var sinks []*sink
	var readers []*Reader[item]
	for range 20 {
		sinks = append(sinks, newSink())
		r, _ := b.read(sinks[len(sinks)-1], 0)
		readers = append(readers, r)
	}
	b.frame(true, 3)
	b.frames(50)
	began := 0
	var mu sync.Mutex
	for _, r := range readers {
		r.Attach(other, []int{video}, Replay{}, func() {
			mu.Lock()
			defer mu.Unlock()
			began++
		})
	}
	b.frames(50)
	other.Append(video, []item{{n: 1000, first: true, key: true}, {n: 1001}})
	for _, s := range sinks {
		s.await(video, 1001)
	}
	if began != len(readers) {
		t.Errorf("%d of %d were told", began, len(readers))
	}
}

// TestNoGapNoRepetition has readers come and go while somebody writes, no faster than the slowest loop.
func TestNoGapNoRepetition(t *testing.T) {
	const loops, frames = 3, 3000
	b := newBench(t, loops, 1<<12, 1e6)
	var pilots []*sink
	for range loops {
		pilots = append(pilots, newSink())
		b.read(pilots[len(pilots)-1], 0)
	}
	write := func(key bool) {
		b.frame(key, 3)
		for _, p := range pilots {
			p.await(video, b.next[video]-1)
		}
	}
	write(true)
	var visitors sync.WaitGroup
	stop, left := make(chan struct{}), make(chan struct{})
	for seed := range uint64(4) {
		visitors.Go(func() { visit(t, b, rand.New(rand.NewPCG(seed, 1)), stop) })
	}
	for i := range frames {
		write(i%30 == 0)
	}
	close(stop)
	go func() { visitors.Wait(); close(left) }()
	for here := true; here; { // visitors who wait for something to come still get it
		select {
		case <-left:
			here = false
		default:
			write(true)
		}
	}
}

// visit comes and goes until it is stopped, and checks what it got each time.
func visit(t *testing.T, b *bench, random *rand.Rand, stop <-chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		s := newSink()
		r, stats := b.read(s, 0)
		for range random.IntN(20) {
			<-s.changed
		}
		gone := make(chan struct{})
		r.Detach(func() { close(gone) })
		<-gone
		checkUnbroken(t, s, stats)
	}
}

func checkUnbroken(t *testing.T, s *sink, stats *stat.Set) {
	for track := range 2 {
		got := s.copy(track)
		for i := 1; i < len(got); i++ {
			if got[i] != got[i-1]+1 {
				t.Errorf("track %d goes from %d to %d (%+v)", track, got[i-1], got[i], stats.Snapshot())
				return
			}
		}
	}
	if got := s.copy(video); len(got) > 0 && got[0]%3 != 0 {
		t.Errorf("it began inside a frame, at %d", got[0])
	}
}

func TestPrimedReaderHasWhatIsKeptAtOnce(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	early, late := newSink(), newSink()
	NewReader[item](b.loops, early, new(stat.Set)).Prime(b.log, video)
	if asked := b.asked.Load(); len(early.copy(video)) != 0 || asked != 1 {
		t.Errorf("without a key unit it got %v and asked %d times", early.copy(video), asked)
	}
	b.clock.Advance(time.Second)
	b.frame(true, 3)
	b.frames(2)
	r := NewReader[item](b.loops, late, new(stat.Set))
	r.Prime(b.log, video)
	late.expect(t, video, [2]int{0, 8})
	b.frames(1)
	late.await(video, 11)
	early.await(video, 11)
	late.expect(t, video, [2]int{0, 11})
	early.expect(t, video, [2]int{0, 11})
}
