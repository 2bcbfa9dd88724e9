package receive

import (
	"time"

	"github.com/pion/rtcp"

	"sluice/engine/media"
)

const (
	window     = 1024                   // sequence numbers that are remembered as come or missing
	maxMissing = 256                    // packets that are asked for at a time; of more, a key frame is quicker
	firstAsk   = 10 * time.Millisecond  // from a gap to asking: what is only out of order comes meanwhile
	askAgain   = 50 * time.Millisecond  // and from one ask to the next, or one round trip and a half
	giveUp     = 800 * time.Millisecond // after this a packet is lost
)

// stream is what comes with one SSRC.
type stream struct {
	ssrc   uint32
	track  int
	repair bool
	of     *stream // that it repairs
	rate   float64

	started bool
	first   int64 // sequence numbers, counted on past 65535
	highest int64
	last    time.Time
	have    [window / 64]uint64
	missing []gap
	lost    uint64 // given up
	got     uint64

	transit float64 // RFC 3550 A.8, in ticks
	jitter  float64

	reportedGot, reportedExpected int64
	senderReport                  uint32 // the middle of the NTP time of the last one
	senderReportAt                time.Time
}

// gap is a packet that is missing.
type gap struct {
	seq         int64
	since, next time.Time
}

func newStream(ssrc uint32, track int, repair bool, rate uint32) *stream {
	return &stream{ssrc: ssrc, track: track, repair: repair, rate: float64(rate)}
}

// arrived notes a packet, and tells whether it is new.
func (s *stream) arrived(seq uint16, ticks uint32, at time.Time) bool {
	if !s.started {
		s.started = true
		s.first, s.highest = int64(seq), int64(seq)-1
	}
	n := s.extend(seq)
	if n <= s.highest-window || n <= s.highest && s.has(n) {
		return false
	}
	if n > s.highest {
		s.advance(n, at)
	} else {
		s.found(n)
	}
	s.set(n)
	s.got++
	s.last = at
	s.jitters(ticks, at)
	return true
}

// filled notes a packet that came as a retransmission, and tells whether it was missing.
func (s *stream) filled(seq uint16) bool {
	if !s.started {
		return false
	}
	n := s.extend(seq)
	if n > s.highest || n <= s.highest-window || n < s.first || s.has(n) {
		return false
	}
	s.set(n)
	s.found(n)
	s.got++
	return true
}

// extend counts a sequence number on from the highest there was.
func (s *stream) extend(seq uint16) int64 { return s.highest + int64(int16(seq-uint16(s.highest))) }

func (s *stream) has(n int64) bool {
	i := uint64(n) % window
	return s.have[i/64]>>(i%64)&1 == 1
}

func (s *stream) set(n int64) {
	i := uint64(n) % window
	s.have[i/64] |= 1 << (i % 64)
}

// advance moves on to a higher number. After a jump that is longer than anybody repairs, a new sequence begins there.
func (s *stream) advance(n int64, at time.Time) {
	if n-s.highest > window {
		s.lost += uint64(len(s.missing))
		s.missing, s.have = s.missing[:0], [window / 64]uint64{}
		s.first, s.highest, s.got = n, n, 0
		s.reportedGot, s.reportedExpected = 0, 0
		return
	}
	for i := s.highest + 1; i < n; i++ {
		j := uint64(i) % window
		s.have[j/64] &^= 1 << (j % 64)
		if len(s.missing) < maxMissing {
			s.missing = append(s.missing, gap{i, at, at.Add(firstAsk)})
		}
	}
	j := uint64(n) % window
	s.have[j/64] &^= 1 << (j % 64)
	s.highest = n
}

func (s *stream) found(n int64) {
	for i := range s.missing {
		if s.missing[i].seq == n {
			s.missing = append(s.missing[:i], s.missing[i+1:]...)
			return
		}
	}
}

// jitters estimates how unevenly packets come (RFC 3550 A.8). Times are taken since the stream's first packet, as float64
// would have no digits left for what differs.
func (s *stream) jitters(ticks uint32, at time.Time) {
	transit := float64(at.UnixMicro()%3_600_000_000)*s.rate/1e6 - float64(ticks)
	if s.got > 1 {
		d := transit - s.transit
		if d < 0 {
			d = -d
		}
		if d < s.rate { // not over a jump of either clock
			s.jitter += (d - s.jitter) / 16
		}
	}
	s.transit = transit
}

// ask appends a NACK for what is missing and due, and gives up what is missing for too long.
func (s *stream) ask(list []rtcp.Packet, r *Receiver, now time.Time) []rtcp.Packet {
	if len(s.missing) == 0 {
		return list
	}
	var seqs []uint16
	kept := s.missing[:0]
	again := max(askAgain, r.rtt*3/2)
	for _, g := range s.missing {
		if now.Sub(g.since) > giveUp || g.seq <= s.highest-window {
			s.lost++
			if r.tracks[s.track].Kind == media.Video {
				r.keys[s.track].lost = true
			}
			continue
		}
		if r.tracks[s.track].NACK && !now.Before(g.next) {
			seqs = append(seqs, uint16(g.seq))
			g.next = now.Add(again)
		}
		kept = append(kept, g)
	}
	s.missing = kept
	if len(seqs) == 0 {
		return list
	}
	r.counts.NACKs += uint64(len(seqs))
	return append(list, &rtcp.TransportLayerNack{
		SenderSSRC: r.opt.SSRC, MediaSSRC: s.ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(seqs),
	})
}
