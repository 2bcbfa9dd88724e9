package fanout

import (
	"testing"
	"time"

	"sluice/engine/stat"
)

// timed writes a frame of three items and a sound behind it, which came at a time.
func (b *bench) timed(at time.Duration, key bool) {
	v, a := b.next[video], b.next[audio]
	b.log.Append(video, []item{{n: v, at: at, first: true, key: key}, {n: v + 1, at: at}, {n: v + 2, at: at}})
	b.log.Append(audio, []item{{n: a, at: at, first: true}})
	b.next[video] += 3
	b.next[audio]++
}

func (b *bench) live(s *sink) (*Reader[item], *stat.Set) {
	stats := new(stat.Set)
	r := NewReader[item](b.loops, s, stats)
	r.Attach(b.log, []int{video, audio}, Replay{Live: 500 * time.Millisecond}, func() {})
	return r, stats
}

// Who wants media as it comes gets an old key frame alone, the next one when it comes, and no old sound.
func TestLiveReaderIsNotKeptBusyWithThePast(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	for i := range 10 {
		b.timed(time.Duration(i)*100*time.Millisecond, i == 0)
	}
	s := newSink()
	r, stats := b.live(s)
	settle(r)
	s.expect(t, video, [2]int{0, 2})
	s.expect(t, audio)
	b.timed(time.Second, false)
	b.timed(1100*time.Millisecond, true)
	b.timed(1200*time.Millisecond, false)
	s.await(video, 38)
	s.await(audio, 12)
	s.expect(t, video, [2]int{0, 2}, [2]int{33, 38})
	s.expect(t, audio, [2]int{10, 12})
	if n := stats.Drops.Load(stat.AwaitKey); n != 30 {
		t.Errorf("%d items passed by, want 30", n)
	}
}

// What is not old is replayed whole, but for its sound.
func TestLiveReaderGetsWhatIsNew(t *testing.T) {
	b := newBench(t, 1, 100, 1e6)
	for i := range 5 {
		b.timed(time.Duration(i)*100*time.Millisecond, i == 0)
	}
	s := newSink()
	b.live(s)
	b.timed(500*time.Millisecond, false)
	s.await(video, 17)
	s.await(audio, 5)
	s.expect(t, video, [2]int{0, 17})
	s.expect(t, audio, [2]int{5, 5})
}

// Who is asked for a key frame and gives none is not believed any more, though nothing has come yet that was late.
func TestLiveReaderOfWhoNeverAnswers(t *testing.T) {
	b := newBench(t, 1, 1000, 1e6)
	for i := range 10 {
		b.timed(time.Duration(i)*100*time.Millisecond, i == 0)
	}
	s := newSink()
	r, _ := b.live(s) // which asks
	settle(r)
	s.expect(t, video, [2]int{0, 2})
	b.clock.Advance(keyInterval + time.Millisecond)
	late := newSink()
	r, _ = b.live(late)
	late.await(video, 29)
	settle(r)
	late.expect(t, video, [2]int{0, 29})
}

// A writer that lets those wait who ask for key frames is replayed whole, until it has answered soon three times in a row: once or
// twice it may have been by chance, and who got one key frame alone would look at it until the next one.
func TestLiveReaderOfWhoDoesNotAnswer(t *testing.T) {
	b := newBench(t, 1, 1000, 1e6)
	s := newSink()
	b.timed(0, true)
	r, _ := b.live(s) // which asks
	settle(r)
	at := time.Duration(0)
	for i, c := range []struct {
		after time.Duration // until a key frame comes for the one who asked before
		alone bool          // the one who comes then gets it alone
	}{
		{after: 2 * time.Second},
		{after: 100 * time.Millisecond},
		{after: 100 * time.Millisecond},
		{after: 600 * time.Millisecond}, // and the two before do not count any more
		{after: 100 * time.Millisecond},
		{after: 100 * time.Millisecond},
		{after: 500 * time.Millisecond, alone: true},
		{after: 100 * time.Millisecond, alone: true},
		{after: 2 * time.Second},
	} {
		b.clock.Advance(c.after)
		at += 10 * time.Second
		first := b.next[video]
		for n := range 10 {
			b.timed(at+time.Duration(n)*100*time.Millisecond, n == 0)
		}
		b.clock.Advance(time.Second) // so that it may be asked again, and nobody has
		want := [2]int{first, first + 29}
		if c.alone {
			want[1] = first + 2
		}
		s = newSink()
		r, _ = b.live(s) // which asks, too
		s.await(video, want[1])
		settle(r)
		if s.expect(t, video, want); t.Failed() {
			t.Fatalf("at key frame %d", i+1)
		}
	}
}
