package fanout

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/stat"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// item is the nth of its lane.
type item struct {
	n          int
	at         time.Duration
	first, key bool
	spare      bool
	size       int
}

func look(i *item) Glance {
	return Glance{At: i.at, Bytes: 100, Size: max(i.size, 1), First: i.first, Key: i.key, Spare: i.spare}
}

// bench is a log with a lane of video and one of audio.
type bench struct {
	clock *enginetest.Clock
	loops *Loops
	log   *Log[item]
	asked atomic.Int32
	next  [2]int
}

const video, audio = 0, 1

func newBench(t testing.TB, loops, window, limit int) *bench {
	b := &bench{clock: enginetest.NewClock()}
	b.loops = NewLoops(loops, b.clock)
	t.Cleanup(b.loops.Close)
	b.log = newLog(b, window, limit)
	return b
}

func newLog(b *bench, window, limit int) *Log[item] {
	l := NewLog[item](b.loops, limit)
	asker := NewAsker(b.clock, func() { b.asked.Add(1) })
	l.AddLane(Lane[item]{Keyed: true, Window: window, Look: look, Asker: asker, Stats: new(stat.Set)})
	l.AddLane(Lane[item]{Window: window, Look: look, Stats: new(stat.Set)})
	return l
}

// frame writes a frame of video, of so many items, and one item of audio behind it.
func (b *bench) frame(key bool, items int) {
	batch := make([]item, items)
	for i := range batch {
		batch[i] = item{n: b.next[video], first: i == 0, key: key && i == items/2}
		b.next[video]++
	}
	b.log.Append(video, batch)
	b.log.Append(audio, []item{{n: b.next[audio], first: true}})
	b.next[audio]++
}

func (b *bench) frames(n int) {
	for range n {
		b.frame(false, 3)
	}
}

// sink collects what it is pushed, as long as it has room.
type sink struct {
	mu      sync.Mutex
	got     [2][]int
	room    int
	changed chan struct{} // holds a token after a change
	inside  atomic.Bool
}

func newSink() *sink { return &sink{room: math.MaxInt, changed: make(chan struct{}, 1)} }

func (s *sink) Push(track int, items []*item) int {
	if !s.inside.CompareAndSwap(false, true) {
		panic("a sink is pushed to twice at a time") //nolint:forbidigo // Push has no error to return, and no test to fail
	}
	defer s.inside.Store(false)
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(s.room, len(items))
	s.room -= n
	for _, i := range items[:n] {
		s.got[track] = append(s.got[track], i.n)
	}
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return n
}

func (s *sink) makeRoom(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.room = n
}

func (s *sink) copy(track int) []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]int(nil), s.got[track]...)
}

// last is the last item of the track; -1 if there is none.
func (s *sink) last(track int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.got[track]) == 0 {
		return -1
	}
	return s.got[track][len(s.got[track])-1]
}

// await returns when the last item of the track is n.
func (s *sink) await(track, n int) {
	for s.last(track) != n {
		<-s.changed
	}
}

// expect checks that a track got exactly the items of these stretches, each from and including its ends.
func (s *sink) expect(t *testing.T, track int, stretches ...[2]int) {
	t.Helper()
	var want []int
	for _, one := range stretches {
		for n := one[0]; n <= one[1]; n++ {
			want = append(want, n)
		}
	}
	if got := s.copy(track); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("track %d got %v, want %v", track, got, want)
	}
}

// read attaches a new reader to both lanes.
func (b *bench) read(s *sink, rate float64) (*Reader[item], *stat.Set) {
	stats := new(stat.Set)
	r := NewReader[item](b.loops, s, stats)
	r.Attach(b.log, []int{video, audio}, Replay{Rate: rate}, func() {})
	return r, stats
}

// settle returns when the reader's loop has done everything it was given.
func settle[T any](r *Reader[T]) {
	for range 2 { // once for the calls before, once for what they woke
		done := make(chan struct{})
		if !r.loop.post(func() { close(done) }) {
			return
		}
		<-done
	}
}
