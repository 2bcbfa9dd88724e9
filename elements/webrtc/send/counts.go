package send

import (
	"time"

	"sluice/engine/media"
	"sluice/engine/stat"
)

// Counts are what a sender has done until now, and how the way to the peer is.
type Counts struct {
	Packets    uint64 // with media, sent for the first time
	Bytes      uint64 // of media in them
	VideoBytes uint64 // of these
	Padding    uint64 // bytes
	Resent     uint64 // packets
	NACKs      uint64 // packets that were asked for again
	PLIs       uint64 // key frames that were asked for
	Dropped    uint64 // packets of the source that had no place or were sent before
	Failed     uint64 // writes that were refused

	RTT          time.Duration // 0 if not known
	Lost         uint64        // packets, by what the receiver reports
	FractionLost float64       // in its last report on video, or else on audio
	Estimate     int           // what the way is thought to carry, in bits a second; 0 if not known
}

type counters struct {
	Packets, Bytes, VideoBytes, Padding, Resent, NACKs, PLIs, Dropped, Failed stat.Counter
}

// tally is what a burst adds to the counts.
type tally struct{ packets, bytes, padding, failed int }

func (s *Sender) count(k media.Kind, t tally) {
	s.started = s.started || t.packets > t.failed
	s.again.earn(t.bytes)
	s.counts.Packets.Add(uint64(t.packets))
	s.counts.Bytes.Add(uint64(t.bytes))
	if k == media.Video {
		s.counts.VideoBytes.Add(uint64(t.bytes))
	}
	if t.padding > 0 {
		s.counts.Padding.Add(uint64(t.padding))
	}
	if t.failed > 0 {
		s.counts.Failed.Add(uint64(t.failed))
	}
}

// Counts reads the counts.
func (s *Sender) Counts() Counts {
	c := &s.counts
	n := Counts{
		Packets: c.Packets.Load(), Bytes: c.Bytes.Load(), VideoBytes: c.VideoBytes.Load(), Padding: c.Padding.Load(),
		Resent: c.Resent.Load(), NACKs: c.NACKs.Load(), PLIs: c.PLIs.Load(), Dropped: c.Dropped.Load(), Failed: c.Failed.Load(),
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quality.tell(&n)
	return n
}
