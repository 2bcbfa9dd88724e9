package send

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"sluice/engine/media"
)

// reports takes the sender reports that were sent, by SSRC, and looks at what must come with them.
func (r *rig) reports(t *testing.T) map[uint32]*rtcp.SenderReport {
	t.Helper()
	out := map[uint32]*rtcp.SenderReport{}
	for _, p := range r.control {
		switch p := p.(type) {
		case *rtcp.SenderReport:
			out[p.SSRC] = p
		case *rtcp.SourceDescription:
			for _, c := range p.Chunks {
				if out[c.Source] == nil || len(c.Items) != 1 || c.Items[0].Type != rtcp.SDESCNAME || c.Items[0].Text != "somebody" {
					t.Errorf("described as %v", c)
				}
			}
			if len(p.Chunks) != len(out) {
				t.Errorf("%d names for %d reports", len(p.Chunks), len(out))
			}
		}
	}
	r.control = nil
	return out
}

// captured is the wall clock at which a packet was taken, by the last report on its track.
func captured(p rtp.Packet, r *rtcp.SenderReport, rate uint32) time.Duration {
	at := time.Duration(r.NTPTime>>32)*time.Second + time.Duration(r.NTPTime&0xFFFFFFFF)*time.Second>>32
	return at + time.Duration(int32(p.Timestamp-r.RTPTime))*time.Second/time.Duration(rate)
}

// TestTogether: whatever timestamps the tracks have, what belongs to one moment is played at one moment, at first and after
// each takeover.
func TestTogether(t *testing.T) {
	r := newRig()
	for i, tracks := range [][]media.Codec{{media.VP8, media.Opus}, {media.Opus, media.VP8}, {media.VP8, media.Opus}} {
		var list []media.Track
		video, audio := 0, 1
		for k, c := range tracks {
			list = append(list, media.NewTrack(c))
			if c == media.VP8 {
				video, audio = k, 1-k
			}
		}
		r.Begin(list)
		pts := time.Duration(7-i) * time.Second // takeovers go back in time
		v := &media.Packet{Payload: key(1), PTS: pts, Arrival: r.now.Add(-time.Duration(i) * time.Millisecond)}
		v.Header = rtp.Header{SequenceNumber: 7, Timestamp: uint32(i * 123456789), Marker: true}
		a := &media.Packet{Payload: []byte{1}, PTS: pts - 300*time.Millisecond, Arrival: r.now}
		a.Header = rtp.Header{SequenceNumber: 70, Timestamp: uint32(i * 987654321)}
		r.feed(video, v)
		r.now = r.now.Add(time.Millisecond)
		r.feed(audio, a)
		sent, reports := r.take(), r.reports(t)
		if len(sent) != 2 || len(reports) != 2 {
			t.Fatalf("%d packets, %d reports", len(sent), len(reports))
		}
		vAt, aAt := captured(sent[0], reports[videoSSRC], 90000), captured(sent[1], reports[audioSSRC], 48000)
		if d := vAt - aAt - 300*time.Millisecond; d.Abs() > 50*time.Microsecond {
			t.Errorf("publisher %d: apart by %s", i, d)
		}
		r.now = r.now.Add(time.Minute)
	}
}

// TestTimelineOfReports: reports follow the publication's time, by which a drifting source is corrected.
func TestTimelineOfReports(t *testing.T) {
	r := playing()
	first := packet(0, 0, delta(0))
	first.Arrival = r.now
	r.feed(0, first)
	r.reports(t)
	for i := range 3000 { // the source's clock is too fast by a percent
		r.now = r.now.Add(time.Second / 30)
		p := packet(uint16(i+1), uint32(i+1)*3030, delta(0))
		p.PTS = time.Duration(i+1) * time.Second / 30
		r.feed(0, p)
	}
	sent := r.take()
	last := sent[len(sent)-1]
	reports := r.reports(t)
	at := captured(last, reports[videoSSRC], 90000)
	want := time.Duration(ntp(r.now)>>32)*time.Second + time.Duration(ntp(r.now)&0xFFFFFFFF)*time.Second>>32
	if d := at - want; d.Abs() > 40*time.Millisecond { // a percent of the time since the report
		t.Errorf("off by %s", d)
	}
}

func TestReportsAreRegular(t *testing.T) {
	r := playing()
	seen := 0
	for i := range 30 * 100 { // a hundred seconds
		r.now = r.now.Add(time.Second / 30)
		r.feed(0, packet(uint16(i), uint32(i)*3000, make([]byte, 10)))
		if s := r.reports(t)[videoSSRC]; s != nil {
			seen++
			if s.PacketCount != uint32(i+1) || s.OctetCount != uint32(10*(i+1)) {
				t.Fatalf("%d packets and %d bytes after %d", s.PacketCount, s.OctetCount, i+1)
			}
		}
	}
	if seen < 34 || seen > 97 { // every one to three seconds
		t.Errorf("%d reports", seen)
	}
}

func TestNoReportOnWhatIsGone(t *testing.T) {
	r := playing()
	r.feed(0, frames(0, 1)...)
	r.feed(1, frames(0, 1)...)
	r.reports(t)
	r.Begin([]media.Track{media.NewTrack(media.Opus)})
	r.now = r.now.Add(time.Minute)
	r.feed(0, frames(10, 1)...)
	if got := r.reports(t); len(got) != 1 || got[audioSSRC] == nil {
		t.Errorf("reports %v", got)
	}
}
