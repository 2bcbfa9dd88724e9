package send

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"
	"pgregory.net/rapid"

	"sluice/engine/media"
)

// source plays a publisher, its network and the hub: packets are lost, come late or twice, are dropped by the hub up to a key
// frame, and at takeovers everything begins anew.
type source struct {
	t     *rapid.T
	r     *rig
	seq   uint16
	ts    uint32
	pts   time.Duration
	count int64 // of packets that were made, without wrap-around
	id    uint32
	era   int // of one publisher, between two drops of the hub

	waiting []*media.Packet // to be pushed later
	ready   []*media.Packet // to be pushed next
	made    map[uint32]origin
	due     map[uint32]bool // must have been sent in the end
}

// origin is where a packet comes from.
type origin struct {
	publisher, era int
	count          int64
	ts             uint32
	marker         bool
	payload        []byte
}

func (s *source) make(isKey bool, publisher int) *media.Packet {
	s.id++
	payload := delta(s.id)
	if isKey {
		payload = key(s.id)
	}
	p := packet(s.seq, s.ts, payload)
	p.PTS, p.Arrival, p.Header.SSRC = s.pts, time.Unix(1000, 0).Add(s.pts), uint32(1+publisher)
	p.Header.Marker = rapid.Bool().Draw(s.t, "marker")
	s.made[s.id] = origin{publisher, s.era, s.count, s.ts, p.Header.Marker, payload}
	s.skip(1)
	return p
}

// skip goes on by n packets.
func (s *source) skip(n int) {
	s.seq += uint16(n)
	s.count += int64(n)
	if n > hubGap || rapid.IntRange(0, 2).Draw(s.t, "frame ends") == 0 {
		s.ts += 3000
		s.pts += time.Second / 30
	}
}

// come has a packet come now; push hands over what came.
func (s *source) come(p *media.Packet) { s.ready = append(s.ready, p); s.due[id(p.Payload)] = true }

func (s *source) push() {
	if len(s.ready) > 0 {
		s.r.Push(0, s.ready)
	}
	s.ready = nil
}

func (s *source) step(publisher int) {
	switch rapid.SampledFrom([]string{"next", "next", "next", "next", "lose", "hold", "late", "twice", "drop", "push", "push", "time", "begin"}).Draw(s.t, "step") {
	case "next":
		s.come(s.make(false, publisher))
	case "lose":
		s.skip(rapid.IntRange(1, 20).Draw(s.t, "lost"))
	case "hold":
		if len(s.waiting) < 20 {
			s.waiting = append(s.waiting, s.make(false, publisher))
		}
	case "late":
		if len(s.waiting) > 0 {
			i := rapid.IntRange(0, len(s.waiting)-1).Draw(s.t, "which")
			s.come(s.waiting[i])
			s.waiting = slices.Delete(s.waiting, i, i+1)
		}
	case "twice":
		if len(s.ready) > 0 {
			s.ready = append(s.ready, s.ready[0])
		}
	case "drop":
		s.waiting = nil // the hub has passed over them
		s.skip(rapid.IntRange(hubGap+25, 2500).Draw(s.t, "dropped"))
		s.era++
		s.come(s.make(true, publisher))
	case "push":
		s.push()
	case "begin": // the other track has changed, or the reader was paused
		s.push()
		s.r.Begin([]media.Track{media.NewTrack(media.VP8)})
	case "time":
		s.r.now = s.r.now.Add(30 * time.Millisecond)
	}
}

// TestAnything holds for whatever publishers, networks and the hub do:
//
//   - every packet that came is sent once, and as it was;
//   - between packets of one era there are as many outgoing numbers as there were numbers of the source;
//   - eras follow each other without a gap: the first packet of each has the number behind the highest one before, or a
//     place in a gap of before is still filled;
//   - no number is used twice;
//   - time is the source's within a publisher, and never goes backwards from one to the next.
func TestAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &source{t: t, r: newRig(), made: map[uint32]origin{}, due: map[uint32]bool{}}
		publishers := rapid.IntRange(1, 3).Draw(t, "publishers")
		for publisher := range publishers {
			s.seq = rapid.OneOf(rapid.Uint16(), rapid.Uint16Range(65500, 65535)).Draw(t, "first")
			s.ts = rapid.OneOf(rapid.Uint32(), rapid.Uint32Range(1<<32-9000, 1<<32-1)).Draw(t, "timestamp")
			s.pts = time.Duration(rapid.IntRange(0, 1000).Draw(t, "pts")) * time.Millisecond
			s.era++
			s.r.Begin([]media.Track{media.NewTrack(media.VP8)})
			s.come(s.make(true, publisher))
			s.push() // the first one first: what comes before it has no place in a takeover
			for range rapid.IntRange(0, 200).Draw(t, "steps") {
				s.step(publisher)
			}
			s.push()
			s.waiting = nil
		}
		s.r.End(nil)
		s.check(s.r.take())
	})
}

func (s *source) check(sent []rtp.Packet) {
	type run struct {
		shift int64
		ts    uint32
	}
	eras := map[int]*run{}
	used := map[int64]bool{}
	highest := int64(sent[0].SequenceNumber) - 1
	var newest uint32
	lastPublisher := -1
	for _, p := range sent {
		o, ok := s.made[id(p.Payload)]
		if !ok || !s.due[id(p.Payload)] {
			s.t.Fatalf("packet %d was sent twice, or never made", id(p.Payload))
		}
		delete(s.due, id(p.Payload))
		if p.Marker != o.marker || !slices.Equal(p.Payload, o.payload) || p.SSRC != videoSSRC || p.PayloadType != videoType {
			s.t.Fatalf("%v is not what was made", p)
		}
		n := highest + int64(int16(p.SequenceNumber-uint16(highest)))
		if used[n] {
			s.t.Fatalf("number %d is used twice", n)
		}
		used[n] = true
		e := eras[o.era]
		if e == nil {
			e = &run{shift: n - o.count, ts: p.Timestamp - o.ts}
			eras[o.era] = e
			if n != highest+1 {
				s.t.Fatalf("era %d begins with %d, behind %d", o.era, n, highest)
			}
			if o.publisher == lastPublisher+1 && lastPublisher >= 0 && int32(p.Timestamp-newest) <= 0 {
				s.t.Fatalf("publisher %d begins at %d, behind %d", o.publisher, p.Timestamp, newest)
			}
			if o.publisher == lastPublisher && p.Timestamp-o.ts != eras[o.era-1].ts {
				s.t.Fatalf("time is moved in era %d", o.era)
			}
			lastPublisher = o.publisher
		}
		if n-o.count != e.shift || p.Timestamp-o.ts != e.ts {
			s.t.Fatalf("packet %d of era %d has number %d and timestamp %d: moved by %d and %d, not %d and %d",
				o.count, o.era, n, p.Timestamp, n-o.count, p.Timestamp-o.ts, e.shift, e.ts)
		}
		if n > highest {
			highest, newest = n, p.Timestamp
		}
	}
	if len(s.due) > 0 {
		s.t.Fatalf("packets %v were never sent", s.due)
	}
}
