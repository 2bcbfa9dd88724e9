package receive

import (
	"time"

	"github.com/pion/rtcp"

	"sluice/engine/media"
)

// Counts are what a publisher has sent until now.
type Counts struct {
	Packets, Bytes, VideoBits uint64
	Lost, Resent, NACKs, PLIs uint64
}

// RTCP takes what the publisher reports. What is none is left out.
func (r *Receiver) RTCP(compound []byte, at time.Time) {
	list, err := rtcp.Unmarshal(compound)
	if err != nil {
		return
	}
	for _, p := range list {
		if sr, ok := p.(*rtcp.SenderReport); ok {
			r.senderReport(sr, at)
		}
	}
}

func (r *Receiver) senderReport(sr *rtcp.SenderReport, at time.Time) {
	r.mu.Lock()
	s := r.streams[sr.SSRC]
	if s == nil || s.repair {
		r.mu.Unlock()
		return
	}
	s.senderReport, s.senderReportAt = uint32(sr.NTPTime>>16), at
	r.mu.Unlock()
	r.out.Report(s.track, sr.RTPTime, ntp(sr.NTPTime), at)
}

// ntp is the moment that an NTP timestamp means (RFC 3550 4); zero for 0, which says nothing.
func ntp(t uint64) time.Time {
	if t == 0 {
		return time.Time{}
	}
	const since1900 = 2208988800
	return time.Unix(int64(t>>32)-since1900, int64((t&0xffffffff)*1e9>>32))
}

// Tick sends what is due.
func (r *Receiver) Tick(now time.Time) {
	rtt := r.opt.RTT() // may wait, so without the lock
	r.mu.Lock()
	r.rtt = rtt
	var list []rtcp.Packet
	for _, s := range r.streams {
		list = s.ask(list, r, now)
	}
	list = r.replace(list, now)
	if now.Sub(r.report) >= reportInterval {
		r.report = now
		list = append(list, r.reports(now)...)
	}
	if r.twcc != nil && now.Sub(r.feedback) >= feedbackInterval && r.twcc.PacketsHeld() > 0 {
		r.feedback = now
		list = append(list, r.twcc.BuildFeedbackPacket()...)
	}
	r.mu.Unlock()
	r.send(list)
}

// reports is a receiver report for all streams, and the estimate that keeps the publisher below what he may send.
func (r *Receiver) reports(now time.Time) []rtcp.Packet {
	rr := &rtcp.ReceiverReport{SSRC: r.opt.SSRC}
	remb := &rtcp.ReceiverEstimatedMaximumBitrate{SenderSSRC: r.opt.SSRC, Bitrate: float32(r.allowed())}
	for _, s := range r.streams {
		if s.repair || !s.started {
			continue
		}
		if len(rr.Reports) < 31 {
			rr.Reports = append(rr.Reports, s.block(now))
		}
		if r.tracks[s.track].Kind == media.Video {
			remb.SSRCs = append(remb.SSRCs, s.ssrc)
		}
	}
	if len(rr.Reports) == 0 {
		return nil
	}
	list := []rtcp.Packet{rr}
	if r.opt.REMB && r.max > 0 && len(remb.SSRCs) > 0 {
		list = append(list, remb)
	}
	return list
}

func (r *Receiver) allowed() int { return max(r.max, r.opt.Min) }

// block is a report block (RFC 3550 6.4.1, A.3).
func (s *stream) block(now time.Time) rtcp.ReceptionReport {
	expected := s.highest - s.first + 1
	lost := max(expected-int64(s.got), 0)
	newExpected, newGot := expected-s.reportedExpected, int64(s.got)-s.reportedGot
	s.reportedExpected, s.reportedGot = expected, int64(s.got)
	var fraction int64
	if newExpected > 0 && newExpected > newGot {
		fraction = min((newExpected-newGot)<<8/newExpected, 255)
	}
	b := rtcp.ReceptionReport{
		SSRC: s.ssrc, FractionLost: uint8(fraction), TotalLost: uint32(min(lost, 1<<23-1)),
		LastSequenceNumber: uint32(s.highest), Jitter: uint32(s.jitter), LastSenderReport: s.senderReport,
	}
	if s.senderReport != 0 {
		b.Delay = uint32(now.Sub(s.senderReportAt).Seconds() * 65536)
	}
	return b
}

// Allow changes how many bits a second the publisher may be told to send; 0 leaves it to him.
func (r *Receiver) Allow(bits int) {
	r.mu.Lock()
	r.max = bits
	r.report = time.Time{} // with the next Tick
	r.mu.Unlock()
}

// Counts reads what came.
func (r *Receiver) Counts() Counts {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.counts
	for _, s := range r.streams {
		c.Lost += s.lost
	}
	return c
}
