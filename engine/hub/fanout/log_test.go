package fanout

import (
	"testing"

	"pgregory.net/rapid"

	"sluice/engine/enginetest"
	"sluice/engine/stat"
)

func TestLogKeepsTheWindowAndTheKeyUnit(t *testing.T) {
	b := newBench(t, 1, 10, 1e6)
	b.frame(true, 3)
	b.frames(40)
	v, a := b.log.lanes[video], b.log.lanes[audio]
	if v.ring.tail != 0 || a.ring.tail != 0 {
		t.Errorf("the key frame was let go: video from %d, audio from %d", v.ring.tail, a.ring.tail)
	}
	b.frame(true, 3) // video from 123 on, audio from 41 on
	b.frames(1)
	if v.ring.tail != 119 || a.ring.tail != 33 {
		t.Errorf("kept video from %d and audio from %d, want the windows of 10", v.ring.tail, a.ring.tail)
	}
	b.frames(20)
	if v.ring.tail != 123 || a.ring.tail != 41 {
		t.Errorf("kept video from %d and audio from %d, want the last key frame", v.ring.tail, a.ring.tail)
	}
}

func TestLogStaysWithinItsLimit(t *testing.T) {
	b := newBench(t, 1, 10, 5000)
	write := func(first, key bool, size int) {
		b.log.Append(video, []item{{n: b.next[video], first: first, key: key, size: size}})
		b.next[video]++
		if b.log.size > 5000 && b.log.lanes[video].ring.len() > 1 {
			t.Fatalf("it keeps %d bytes", b.log.size)
		}
	}
	write(true, true, 1000)
	for range 30 {
		write(true, false, 1000)
	}
	s := newSink()
	r, _ := b.read(s, 0)
	settle(r)
	if got := s.copy(video); len(got) != 0 {
		t.Errorf("a reader got %v although the key frame is gone", got)
	}
	write(true, true, 9000) // larger than the limit, but readers get it before it goes
	s.await(video, 31)
	write(true, false, 10)
	s.await(video, 32)
}

func TestSmallItemsAreBoundedToo(t *testing.T) {
	b := newBench(t, 1, 10, 1e9)
	b.frame(true, 1)
	for range maxKept + 100 {
		b.log.Append(video, []item{{}})
	}
	if n := b.log.lanes[video].ring.len(); n > maxKept {
		t.Errorf("it keeps %d items", n)
	}
}

func TestForgottenLaneBeginsAnew(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	b.frame(true, 3)
	b.log.Forget(video)
	if b.log.lanes[video].size != 0 {
		t.Error("it still keeps something")
	}
	s := newSink()
	r, _ := b.read(s, 0)
	settle(r)
	s.expect(t, video)
	b.log.Append(video, []item{{n: 3, key: true}})
	s.await(video, 3)
}

func TestKeyRequestsAreThrottled(t *testing.T) {
	clock, asked := enginetest.NewClock(), 0
	a := NewAsker(clock, func() { asked++ })
	for range 10 {
		a.Ask()
		clock.Advance(keyInterval / 5)
	}
	if asked != 2 {
		t.Errorf("asked %d times in a second", asked)
	}
	(*Asker)(nil).Ask()
}

func TestLaneCountsWhatIsWritten(t *testing.T) {
	b := newBench(t, 1, 10, 1e6)
	b.frame(true, 3)
	b.frame(true, 3)
	b.frames(1)
	if got := b.log.lanes[video].Stats.Snapshot(); got.Units != 9 || got.Bytes != 900 || got.Keyframes != 2 {
		t.Errorf("it counted %+v", got)
	}
}

// TestSettle: wherever a feed and its lane stand, the feed moves forward only, to a place that is kept, and it is within
// its limit or waits.
func TestSettle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		upTo := func(name string, from, to uint64) uint64 { return rapid.Uint64Range(from, to).Draw(t, name) }
		v := view{head: upTo("head", 0, 1000)}
		v.tail = upTo("tail", 0, v.head)
		v.unit = upTo("unit", v.tail, v.head)
		v.key, v.hasKey = upTo("key", v.tail, v.unit), rapid.Bool().Draw(t, "has key")
		f := feed{pos: upTo("pos", 0, v.head), window: upTo("window", 1, 200), keyed: rapid.Bool().Draw(t, "keyed")}
		f.limit = f.window + upTo("more", 0, 200)
		f.waiting = f.keyed && rapid.Bool().Draw(t, "waiting")
		before, waited := f, f.waiting
		dropped, why := f.settle(v)
		switch {
		case f.pos < before.pos || f.pos-before.pos != dropped:
			t.Fatalf("from %d to %d with %d drops", before.pos, f.pos, dropped)
		case f.pos < v.tail && (f.pos != before.pos || !f.waiting):
			t.Fatalf("at %d, before the tail", f.pos)
		case !f.waiting && v.head-f.pos > f.limit:
			t.Fatalf("%d behind with a limit of %d", v.head-f.pos, f.limit)
		case f.waiting && !f.keyed:
			t.Fatal("waits for a key frame that will not come")
		case waited && !f.waiting && f.pos != v.key:
			t.Fatalf("the wait ended at %d, the key frame is at %d", f.pos, v.key)
		case dropped > 0 && waited != (why == stat.AwaitKey):
			t.Fatalf("dropped because of %v", why)
		}
	})
}
