package fanout

import (
	"testing"

	"sluice/engine/stat"
)

// layers is a bench with two more lanes of video, whose items are numbered from 1000 and 2000 on.
func layers(t *testing.T) (*bench, [3]int) {
	b := newBench(t, 1, 100, 1e6)
	lanes := [3]int{video}
	for i := range 2 {
		asker := NewAsker(b.clock, func() { b.asked.Add(1) })
		lanes[i+1] = b.log.AddLane(Lane[item]{Keyed: true, Window: 100, Look: look, Asker: asker, Stats: new(stat.Set)})
	}
	return b, lanes
}

func (b *bench) put(lane, n int, key bool) {
	b.log.Append(lane, []item{{n: n, first: true, key: key}, {n: n + 1}})
}

func yes() bool { return true }

// listeners counts the feeds that a lane wakes.
func (b *bench) listeners(lane int) (n int) {
	b.log.mu.Lock()
	defer b.log.mu.Unlock()
	for _, e := range b.log.lanes[lane].ears {
		n += e.feeds
	}
	return n
}

func TestChangeAtTheNextKeyUnit(t *testing.T) {
	b, lanes := layers(t)
	s := newSink()
	b.put(lanes[1], 1000, true)
	b.put(lanes[1], 1002, false) // the key unit before it is too old
	r, stats := b.read(s, 0)
	b.put(lanes[0], 0, true)
	s.await(video, 1)
	agreed := 0
	asked := b.asked.Load()
	r.Change(b.log, video, lanes[1], func() bool { agreed++; return true })
	if b.asked.Load() != asked+1 {
		t.Error("no key frame is asked for")
	}
	b.put(lanes[0], 2, false)
	b.put(lanes[1], 1004, false)
	settle(r)
	s.expect(t, video, [2]int{0, 3})
	b.put(lanes[1], 1006, true)
	s.await(video, 1007)
	b.put(lanes[0], 4, false)
	b.put(lanes[1], 1008, false)
	b.log.Append(audio, []item{{n: 0, first: true}})
	s.await(video, 1009)
	s.await(audio, 0)
	s.expect(t, video, [2]int{0, 3}, [2]int{1006, 1009})
	if agreed != 1 || stats.Drops.Total() != 0 || b.listeners(lanes[0]) != 0 || b.listeners(lanes[1]) != 1 {
		t.Errorf("agreed %d times, %d drops, %d and %d listen", agreed, stats.Drops.Total(), b.listeners(lanes[0]), b.listeners(lanes[1]))
	}
}

func TestChangeToAKeyUnitThatIsThere(t *testing.T) {
	b, lanes := layers(t)
	s := newSink()
	b.put(lanes[0], 0, true)
	b.put(lanes[1], 1000, true)
	r, _ := b.read(s, 0)
	s.await(video, 1)
	r.Change(b.log, video, lanes[1], yes)
	s.await(video, 1001)
}

func TestChangesThatDoNotComeToPass(t *testing.T) {
	b, lanes := layers(t)
	s := newSink()
	b.put(lanes[0], 0, true)
	r, _ := b.read(s, 0)
	s.await(video, 1)
	r.Change(b.log, video, lanes[1], func() bool { t.Error("one that was replaced is made"); return true })
	r.Change(b.log, video, lanes[2], func() bool { return false })
	b.put(lanes[1], 1000, true)
	b.put(lanes[2], 2000, true)
	settle(r)
	r.Change(b.log, video, lanes[1], func() bool { t.Error("one that was taken back is made"); return true })
	r.Change(b.log, video, lanes[0], func() bool { t.Error("it is asked about what it has"); return true })
	b.put(lanes[1], 1002, true)
	b.put(lanes[0], 2, false)
	s.await(video, 3)
	settle(r)
	s.expect(t, video, [2]int{0, 3})
	r.Change(b.log, video, lanes[1], yes)
	r.Attach(b.log, []int{video}, Replay{}, func() {})
	settle(r)
	r.Change(b.log, 7, lanes[1], yes)            // a track that it does not have
	r.Change(newLog(b, 100, 1e6), video, 0, yes) // a log that it does not read
	r.Detach(func() {})                          // with nothing to come
	r.Change(b.log, video, lanes[1], func() bool { t.Error("one of nobody is made"); return true })
	b.put(lanes[1], 1004, true)
	settle(r)
	for i, lane := range lanes {
		if n := b.listeners(lane); n != 0 {
			t.Errorf("%d feeds listen to lane %d", n, i)
		}
	}
}

func TestChangeOfASlowReader(t *testing.T) {
	b, lanes := layers(t)
	s := newSink()
	b.put(lanes[0], 0, true)
	r, stats := b.read(s, 0)
	s.await(video, 1)
	s.makeRoom(0)
	b.put(lanes[0], 2, false)
	settle(r)
	r.Change(b.log, video, lanes[1], yes)
	b.put(lanes[1], 1000, true)
	settle(r)
	s.makeRoom(10)
	r.Wake()
	s.await(video, 1001)
	s.expect(t, video, [2]int{0, 1}, [2]int{1000, 1001})
	settle(r) // it is counted after it was given
	if stats.Level.Load() != 0 {
		t.Errorf("it is %d behind", stats.Level.Load())
	}
}
