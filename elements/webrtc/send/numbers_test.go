package send

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/media"
)

// TestNumbers pushes packets with these source numbers, of which some begin key frames, and looks at the steps between the
// outgoing ones.
func TestNumbers(t *testing.T) {
	const k, old = 1 << 20, 1 << 21 // begins a key frame; has an earlier time than all others
	cases := []struct {
		name   string
		source []int
		steps  []int
	}{
		{"in order", []int{5, 6, 7}, []int{1, 1}},
		{"wrap-around", []int{65534, 65535, 0, 1}, []int{1, 1, 1}},
		{"lost by the source", []int{5, 6, 9, 10}, []int{1, 3, 1}},
		{"reordered", []int{5, 7, 6, 8}, []int{2, -1, 2}},
		{"refilled much later", []int{5, 6, 8, 9, 10, 11, 12, 7, 13}, []int{1, 2, 1, 1, 1, 1, -5, 6}},
		{"twice", []int{5, 6, 6, 5, 7}, []int{1, 1}},
		{"reordered around the wrap", []int{65535, 1, 0, 2}, []int{2, -1, 2}},
		{"before the first", []int{10, 9, 8, 11}, []int{-1, -1, 3}},
		{"long before the first", []int{100, 50, 101}, []int{1}},
		{"a small gap at a key frame", []int{5, 6, 26 | k, 27}, []int{1, 20, 1}},
		{"dropped by the hub", []int{5, 6, 606 | k, 607}, []int{1, 1, 1}},
		{"a large gap without a key frame", []int{5, 6, 606, 607}, []int{1, 600, 1}},
		{"late over a closed gap", []int{5, 7, 207 | k, 6, 208}, []int{2, 1, -2, 3}},
		{"late out of a closed gap", []int{5, 6, 206 | k, 100, 205, 207}, []int{1, 1, 1}},
		{"late twice over a closed gap", []int{5, 7, 207 | k, 6, 6, 208}, []int{2, 1, -2, 3}},
		{"numbered anew, forward", []int{5, 6, 20000, 20001}, []int{1, 1, 1}},
		{"numbered anew, backward", []int{20000, 20001, 5, 6}, []int{1, 1, 1}},
		{"numbered anew, and what was before", []int{20000, 20002, 5, 20001 | old, 6}, []int{2, 1, 1}},
		{"numbered anew forward, and what was before", []int{5, 7, 20000, 6 | old, 20001}, []int{2, 1, 1}},
		{"too late", []int{1000, 1002, 400 | old, 1003}, []int{2, 1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := playing()
			var when uint32
			for i, n := range c.source {
				payload := delta(uint32(i))
				if n&k != 0 {
					payload = key(uint32(i))
				}
				when += 3000
				p := packet(uint16(n), when, payload)
				if n&old != 0 {
					p.PTS = 0
				}
				r.feed(0, p)
			}
			if got := steps(r.take()); !slices.Equal(got, c.steps) {
				t.Errorf("steps %v, not %v", got, c.steps)
			}
			if sent, dropped := len(c.steps)+1, len(c.source)-len(c.steps)-1; r.Counts().Packets != uint64(sent) || r.Counts().Dropped != uint64(dropped) {
				t.Errorf("counted %+v", r.Counts())
			}
		})
	}
}

// TestTooLate: the ring does not know any more whether it was sent already.
func TestTooLate(t *testing.T) {
	for track, n := range map[int]int{0: videoRing, 1: audioRing} {
		r := playing()
		r.feed(track, packet(0, 0, delta(0)), packet(2, 3000, delta(2)))
		r.feed(track, frames(3, n)...)
		r.take()
		late := packet(1, 0, delta(1))
		late.PTS = -time.Hour // or it would be a source that numbers anew
		r.feed(track, late)
		if sent := r.take(); len(sent) != 0 {
			t.Errorf("sent %v", numbersOf(sent))
		}
	}
}

// TestTimeOverClosedGap: the same source's timestamps go on, though its clock is too fast by much.
func TestTimeOverClosedGap(t *testing.T) {
	r := playing()
	before, after := packet(0, 0, delta(0)), packet(1000, 900000, key(1))
	after.PTS = 7 * time.Second
	r.feed(0, before, after)
	if sent := r.take(); steps(sent)[0] != 1 || sent[1].Timestamp-sent[0].Timestamp != 900000 {
		t.Errorf("sent %v", sent)
	}
}

func TestTakeover(t *testing.T) {
	r := playing()
	r.feed(0, frames(65000, 3)...)
	before := r.take()
	r.now = r.now.Add(time.Second)
	r.Begin([]media.Track{media.NewTrack(media.Opus), media.NewTrack(media.VP8)}) // in another order
	r.feed(1, frames(100, 2)...)
	after := r.take()
	if got := int16(after[0].SequenceNumber - before[2].SequenceNumber); got != 1 || steps(after)[0] != 1 {
		t.Errorf("a step of %d, then %v", got, steps(after))
	}
	if d := int32(after[0].Timestamp - before[2].Timestamp); d != 90000-6000 { // the last frame was 6000 ticks after the first
		t.Errorf("%d ticks passed", d)
	}
	r.feed(1, packet(99, 0, delta(9))) // of nobody any more
	if sent := r.take(); len(sent) != 0 {
		t.Errorf("sent %v", numbersOf(sent))
	}
}

// TestChangeOfLayer: the track that has not changed goes on as if nothing had happened, with what it has lost and with what
// comes late.
func TestChangeOfLayer(t *testing.T) {
	r := playing()
	audio := frames(0, 10)
	for i, p := range audio {
		p.Header.SSRC, p.Header.Timestamp, p.PTS = 5, uint32(i)*960, time.Duration(i)*20*time.Millisecond
		p.Arrival = r.now.Add(p.PTS + time.Duration(i%3)*time.Millisecond)
	}
	small, large := packet(500, 3000, delta(1)), packet(9, 777777, key(2))
	small.Arrival, large.Arrival = r.now, r.now.Add(100*time.Millisecond)
	small.PTS, large.PTS, large.Header.SSRC = 0, 100*time.Millisecond, 6
	r.feed(0, small)
	r.feed(1, audio[0], audio[1], audio[3])
	r.Begin([]media.Track{media.NewTrack(media.VP8), media.NewTrack(media.Opus)})
	r.feed(1, audio[5], audio[4], audio[2])
	r.feed(0, large)
	r.feed(1, audio[6])
	var video, sound []rtp.Packet
	for _, p := range r.take() {
		if p.SSRC == videoSSRC {
			video = append(video, p)
		} else {
			sound = append(sound, p)
		}
	}
	if got := steps(sound); !slices.Equal(got, []int{1, 2, 2, -1, -2, 4}) {
		t.Errorf("steps of sound %v", got)
	}
	for i, k := range []int{0, 1, 3, 5, 4, 2, 6} {
		if d := sound[i].Timestamp - sound[0].Timestamp; d != uint32(k)*960 {
			t.Errorf("packet %d is %d ticks after the first", k, d)
		}
	}
	if steps(video)[0] != 1 || video[1].Timestamp-video[0].Timestamp != 9000 {
		t.Errorf("sent %v", video)
	}
}

// TestResumed: after a pause the hub begins again at the last key frame; what the peer has is not sent again.
func TestResumed(t *testing.T) {
	r := playing()
	list := frames(0, 200)
	list[0].Payload = key(0)
	for _, p := range list {
		p.Arrival = r.now.Add(p.PTS)
	}
	r.feed(0, list[:100]...)
	before := r.take()
	r.Begin([]media.Track{media.NewTrack(media.VP8)})
	r.Push(0, list)
	after := r.take()
	if len(before) != 100 || len(after) != 100 || after[0].SequenceNumber-before[99].SequenceNumber != 1 || id(after[0].Payload) != 100 {
		t.Errorf("%d packets, then %d", len(before), len(after))
	}
}

func TestFirstNumber(t *testing.T) {
	seen := map[uint16]bool{}
	for range 20 {
		r := playing()
		r.feed(0, frames(40000, 1)...)
		n := r.take()[0].SequenceNumber
		if n > 1<<15 || n < early {
			t.Errorf("begins with %d", n)
		}
		seen[n] = true
	}
	if len(seen) < 10 {
		t.Errorf("only %d different first numbers", len(seen))
	}
}
