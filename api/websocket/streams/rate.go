package streams

import (
	"context"
	"fmt"
	"time"

	"sluice/api/websocket/reason"
	"sluice/api/websocket/wire"
	"sluice/elements/webrtc"
)

// rates is what is remembered of a stream to tell its client about bandwidth.
type rates struct {
	told   time.Time // when its video was counted last
	video  uint64    // bits then
	looked time.Time // when its bandwidth was compared last
	bytes  uint64
	narrow bool // it was too narrow then
}

// tick tells clients about bandwidth.
func (a *Streams) tick(ctx context.Context) {
	every := shortest(a.opt.InboundRate, a.opt.OutboundRate, a.opt.Bandwidth)
	if every == 0 {
		return
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			for _, s := range a.all() {
				s.measure(now)
			}
		}
	}
}

// shortest is the smallest of some intervals that are not 0, at most a second, so that none is missed by much.
func shortest(intervals ...time.Duration) time.Duration {
	least := time.Duration(0)
	for _, d := range intervals {
		if d > 0 && (least == 0 || d < least) {
			least = d
		}
	}
	return min(least, time.Second)
}

// measure tells the client of a stream that flows what is due.
func (s *stream) measure(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.status != wire.Playing && s.status != wire.Publishing || !s.peers() { // the SDK measures nothing of other providers
		return
	}
	counts := s.peer.Counts()
	name, every := "inboundVideoRate", s.all.opt.InboundRate
	if s.plays() {
		name, every = "outboundVideoRate", s.all.opt.OutboundRate
		s.compare(now, counts)
	}
	if every <= 0 || now.Sub(s.rates.told) < every-every/4 {
		return
	}
	// Bits since the message before, not a second: the SDK compares them with its own count since then.
	s.owner.client.Send(name, wire.VideoRate{MediaSessionID: s.id, VideoRate: counts.VideoBits - s.rates.video})
	s.rates.told, s.rates.video = now, counts.VideoBits
}

// compare tells a player when what it is sent has been more than its way carries, twice in a row: estimates are low for a
// moment at every start. The caller holds s.mu.
func (s *stream) compare(now time.Time, counts webrtc.Counts) {
	every := s.all.opt.Bandwidth
	if every <= 0 || now.Sub(s.rates.looked) < every-every/4 {
		return
	}
	passed := now.Sub(s.rates.looked)
	rate := int(float64(counts.Bytes-s.rates.bytes) * 8 / passed.Seconds())
	first := s.rates.looked.IsZero()
	s.rates.looked, s.rates.bytes = now, counts.Bytes
	narrow := !first && counts.Estimate > 0 && rate > counts.Estimate
	if narrow && s.rates.narrow {
		s.tellNarrow(rate, counts.Estimate)
	}
	s.rates.narrow = narrow
}

// tellNarrow says how much is sent and how much gets through. The caller holds s.mu.
func (s *stream) tellNarrow(rate, estimate int) {
	info := fmt.Sprintf("%d/%d", rate, estimate) // the SDK splits it at the "/"
	if s.owner.id.Dated {
		s.owner.client.Send("notifyStreamStatusEvent", s.object(wire.NotEnoughBandwidth, reason.Reason(info)))
		return
	}
	s.send(wire.EventNoBandwidth, wire.Reason{Info: info})
}
